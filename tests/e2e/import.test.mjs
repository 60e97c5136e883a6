// `cpm import`: another manager's lock becomes package-lock.json, with the same versions.
import { assert, run, test } from './lib.mjs'

const packages = {
  '@s/a': { '1.0.0': { peerDependencies: { b: '1 || 2' }, dependencies: { c: '^1.0.0' } }, '1.5.0': {} },
  b: { '1.0.0': {}, '1.9.0': {}, '2.0.0': {}, '2.5.0': {} },
  c: { '1.0.0': { license: 'ISC' }, '1.1.0': {} }
}
const project = { name: 'p', version: '1.0.0', workspaces: ['w'], dependencies: { '@s/a': '^1.0.0', al: 'npm:b@^1.0.0' } }
const workspace = { name: 'w', version: '1.0.0', devDependencies: { b: '^2.0.0' } }
const versions = t => Object.fromEntries(Object.entries(t.json('package-lock.json').packages)
  .filter(([place, e]) => place.includes('node_modules/') && !e.link).map(([place, e]) => [place, e.version]))
const locked = { 'node_modules/@s/a': '1.0.0', 'node_modules/al': '1.0.0', 'node_modules/b': '2.0.0', 'node_modules/c': '1.0.0' }

async function scene (t, name, lock) {
  await t.registry({ packages })
  t.write('package.json', project)
  t.write('w/package.json', workspace)
  t.write(name, lock)
}

async function expectImported (t, name) {
  assert.match((await t.ok('import')).stdout, new RegExp(`^package-lock\\.json now has the versions of ${name}`))
  assert.deepEqual(versions(t), locked)
  const lock = t.read('package-lock.json')
  assert.equal(t.json('package-lock.json').packages['node_modules/@s/a'].dependencies.c, '^1.0.0')
  assert.equal(t.json('package-lock.json').packages['node_modules/c'].license, 'ISC')
  await t.ok('ci')
  await t.ok('install')
  assert.equal(t.read('package-lock.json'), lock)
}

test('pnpm-lock.yaml', async t => {
  await scene(t, 'pnpm-lock.yaml', `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.0.0(b@2.0.0)
      al:
        specifier: npm:b@^1.0.0
        version: b@1.0.0

  w:
    devDependencies:
      b:
        specifier: ^2.0.0
        version: 2.0.0

packages:

  '@s/a@1.0.0':
    resolution: {tarball: 'https://registry.example.org/a.tgz'}

snapshots:

  '@s/a@1.0.0(b@2.0.0)':
    dependencies:
      b: 2.0.0
      c: 1.0.0

  b@1.0.0: {}

  b@2.0.0: {}

  c@1.0.0: {}
`)
  await expectImported(t, 'pnpm-lock.yaml')
})

test('bun.lock', async t => {
  await scene(t, 'bun.lock', `{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "p", "dependencies": { "@s/a": "^1.0.0", "al": "npm:b@^1.0.0", }, },
    "w": { "name": "w", "version": "1.0.0", "devDependencies": { "b": "^2.0.0", }, },
  },
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", { "dependencies": { "c": "^1.0.0" }, "peerDependencies": { "b": "1 || 2" } }, ""],

    "al": ["b@1.0.0", "", {}, ""],

    "b": ["b@2.0.0", "", {}, ""],

    "c": ["c@1.0.0", "", {}, ""],

    "w": ["w@workspace:w"],
  }
}
`)
  await expectImported(t, 'bun.lock')
})

const yarn1 = t => `# yarn lockfile v1


"@s/a@^1.0.0":
  version "1.0.0"
  resolved "https://registry.example.org/@s/a/-/a-1.0.0.tgz#0"
  dependencies:
    c "^1.0.0"

"al@npm:b@^1.0.0":
  version "1.0.0"
  resolved "https://registry.example.org/b/-/b-1.0.0.tgz#0"

b@^2.0.0:
  version "2.0.0"
  resolved "https://registry.example.org/b/-/b-2.0.0.tgz#0"

c@^1.0.0:
  version "1.0.0"
  resolved "https://registry.example.org/c/-/c-1.0.0.tgz#0"
`

test('yarn.lock of Yarn 1', async t => {
  await scene(t, 'yarn.lock', yarn1())
  await t.ok('import')
  assert.deepEqual(versions(t), locked)
})

test('yarn.lock of Yarn 2 and later', async t => {
  const entry = (wish, id) => `"${wish}":\n  version: ${id.split('@').pop()}\n  resolution: "${id.replace(/@([^@]*)$/, '@npm:$1')}"\n  linkType: hard\n\n`
  await scene(t, 'yarn.lock', '__metadata:\n  version: 8\n  cacheKey: 10c0\n\n' + entry('@s/a@npm:^1.0.0', '@s/a@1.0.0') +
    entry('al@npm:b@^1.0.0', 'b@1.0.0') + entry('b@npm:^2.0.0', 'b@2.0.0') + entry('c@npm:^1.0.0', 'c@1.0.0') +
    '"w@workspace:w":\n  version: 0.0.0-use.local\n  resolution: "w@workspace:w"\n  linkType: soft\n')
  await expectImported(t, 'yarn.lock')
})

test('what Yarn alone adds stays behind, and what npm alone installs comes from the registry', async t => {
  await t.registry({ packages: {
    native: { '1.0.0': { peerDependencies: { host: '^1.0.0' } } },
    host: { '1.0.0': {} },
    'node-gyp': { '10.0.0': {} },
  } })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { native: '^1.0.0' } })
  t.write('yarn.lock', '__metadata:\n  version: 8\n\n"native@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "native@npm:1.0.0"\n' +
    '  dependencies:\n    node-gyp: "npm:latest"\n  linkType: hard\n\n"node-gyp@npm:latest":\n  version: 10.0.0\n' +
    '  resolution: "node-gyp@npm:10.0.0"\n  linkType: hard\n')
  await t.ok('import')
  assert.deepEqual(Object.keys(t.json('package-lock.json').packages), ['', 'node_modules/host', 'node_modules/native'])
  await t.ok('ci')
})

test('a lock that is there already, none at all and what npm cannot say are refused', async t => {
  await scene(t, 'bun.lock', '{"workspaces": {"": {}}, "packages": {}, "patchedDependencies": {"b@1.0.0": "b.patch"}}')
  assert.match((await t.cpm('import')).stderr, /npm cannot express its 'patchedDependencies'/)
  t.write('yarn.lock', yarn1())
  t.write('package.json', { ...project, dependencies: { w: 'workspace:*' } })
  assert.match((await t.cpm('import yarn.lock')).stderr, /wants 'w' as 'workspace:\*', which npm does not know/)
  t.write('package.json', project)
  t.write('package-lock.json', '{}')
  assert.match((await t.cpm('import yarn.lock')).stderr, /code EEXIST\n.*package-lock\.json is there already/)
  await t.ok('import yarn.lock --force')
  assert.deepEqual(versions(t), locked)
  assert.match((await t.cpm('import other.lock --force')).stderr, /code ENOLOCK/)
})

await run()
