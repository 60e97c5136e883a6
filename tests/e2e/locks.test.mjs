// What install does with locks of other shapes: older versions, options that change what is written, broken ones.
import { assert, run, test } from './lib.mjs'

const packages = {
  a: { '1.0.0': { dependencies: { b: '^1.0.0' } }, '1.1.0': { dependencies: { b: '^1.0.0' } } },
  b: { '1.0.0': {}, '1.2.0': { funding: { url: 'https://localhost/b' } } },
  wants: { '1.0.0': { dependencies: { b: '1.0.0' }, peerDependencies: { a: '^1.0.0' } } },
}

// A package as a version 1 lock without integrity has it.
const old = (t, name, version, more) => ({ version, resolved: `${t.server.url}${name}/-/${name}-${version}.tgz`, ...more })

test('lockfile-version=2 writes the section that npm 6 reads', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install --package-lock-only --lockfile-version=2')
  const lock = t.json('package-lock.json')
  assert.equal(lock.lockfileVersion, 2)
  assert.deepEqual(Object.keys(lock.dependencies), ['a', 'b'])
  assert.deepEqual(lock.dependencies.a.requires, { b: '^1.0.0' })
})

test('the section that npm 6 reads has the range that was saved for a workspace', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', workspaces: ['w'] })
  t.write('w/package.json', { name: 'w', version: '1.0.0' })
  await t.ok('install b@1.0.0 -w w --package-lock-only --lockfile-version=2')
  const lock = t.json('package-lock.json')
  assert.equal(t.json('w/package.json').dependencies.b, '^1.0.0')
  assert.equal(lock.dependencies.w.requires.b, '^1.0.0')
})

test('a version 2 lock stays one, until everything is updated', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install --package-lock-only --lockfile-version=2')
  await t.ok('install b --package-lock-only')
  assert.equal(t.json('package-lock.json').lockfileVersion, 2)
  await t.ok('update --package-lock-only')
  const lock = t.json('package-lock.json')
  assert.equal(lock.lockfileVersion, 3)
  assert.equal(lock.dependencies, undefined)
})

test('a version 1 lock is told of and becomes 3, also after ci, which leaves it', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '1.0.0' } })
  await t.ok('install --lockfile-version=1 --package-lock-only')
  const told = /^cpm warn old lockfile\ncpm warn old lockfile The package-lock\.json file was created with an old version of npm,\n/m
  assert.match((await t.ok('ci')).stderr, told)
  assert.equal(t.json('package-lock.json').lockfileVersion, 1)
  const { stderr } = await t.ok('install')
  assert.match(stderr, told)
  assert.doesNotMatch(stderr, /Converting/)
  assert.equal(t.json('package-lock.json').lockfileVersion, 3)
  assert.equal((await t.ok('install')).stderr, '')
  assert.equal((await t.ok('install --lockfile-version=2')).stderr, 'cpm warn shrinkwrap Converting lock file (package-lock.json) from v3 -> v2\n')
})

test('a version 4 lock stays one and keeps its own name', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install --package-lock-only')
  t.write('package-lock.json', { ...t.json('package-lock.json'), lockfileVersion: 4, name: 'old' })
  await t.ok('install b')
  const lock = t.json('package-lock.json')
  assert.equal(lock.lockfileVersion, 4)
  assert.equal(lock.name, 'old')
  assert.equal(lock.packages[''].dependencies.b, '^1.2.0')
  await t.ok('ci')
})

test('a lock whose packages are patched is refused and stays as it is', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install --package-lock-only')
  const lock = t.json('package-lock.json')
  lock.packages['node_modules/a'].patched = { path: 'patches/a.patch', integrity: 'sha512-x' }
  t.write('package-lock.json', { ...lock, lockfileVersion: 4 })
  const before = t.read('package-lock.json')
  for (const command of ['ci', 'install']) assert.match((await t.fails(command, 'EUNSUPPORTED')).stderr, /node_modules\/a has a patch/)
  assert.equal(t.read('package-lock.json'), before)
})

test('patches that package.json wants are not passed over in silence', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '1.0.0' }, patchedDependencies: { b: 'patches/b.patch' } })
  assert.match((await t.ok('install')).stderr, /warn patchedDependencies/)
})

test('ci accepts a lock without the optional package that the registry lacks', async t => {
  await t.registry({ packages: { ...packages, o: { '1.0.0': { optionalDependencies: { gone: '1.0.0', b: '9.9.9' } } } } })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { o: '1.0.0' } })
  await t.ok('install --package-lock-only')
  assert.deepEqual(Object.keys(t.json('package-lock.json').packages), ['', 'node_modules/o'])
  await t.ok('ci')
  assert.ok(t.exists('node_modules/o/package.json'))
})

test('omit-lockfile-registry-resolved leaves addresses out of the lock', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install --omit-lockfile-registry-resolved')
  const { packages: entries } = t.json('package-lock.json')
  assert.equal(entries['node_modules/a'].resolved, undefined)
  assert.ok(entries['node_modules/a'].integrity)
  await t.ok('ci')
  assert.ok(t.exists('node_modules/b/package.json'))
})

test('a version 1 lock is completed from the registry: integrity and funding, but no license and no new peers', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { wants: '1.0.0' } })
  t.write('package-lock.json', {
    name: 'p',
    version: '1.0.0',
    lockfileVersion: 1,
    requires: true,
    dependencies: {
      wants: old(t, 'wants', '1.0.0', { requires: { b: '1.0.0' } }),
      b: old(t, 'b', '1.0.0'),
    },
  })
  await t.ok('install --package-lock-only')
  const lock = t.json('package-lock.json')
  assert.equal(lock.lockfileVersion, 3)
  assert.deepEqual(Object.keys(lock.packages), ['', 'node_modules/b', 'node_modules/wants'])
  assert.equal(lock.packages['node_modules/b'].integrity, t.server.manifest('b', '1.0.0').dist.integrity)
  assert.equal(lock.packages['node_modules/b'].license, undefined)
  assert.deepEqual(lock.packages['node_modules/wants'].peerDependencies, { a: '^1.0.0' })
})

test('a folder that a version 1 lock links to is described by the lock alone, and so is what lies in it', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { x: 'file:x' } })
  t.write('x/package.json', { name: 'x', version: '1.0.0', dependencies: { b: '^1.0.0' } })
  t.write('package-lock.json', {
    name: 'p',
    version: '1.0.0',
    lockfileVersion: 1,
    requires: true,
    dependencies: { x: { version: 'file:x', requires: { b: '^1.0.0' }, dependencies: { b: old(t, 'b', '1.2.0') } } },
  })
  await t.ok('install --package-lock-only')
  const { packages: entries } = t.json('package-lock.json')
  assert.equal(entries['x/node_modules/b'].version, '1.2.0')
  assert.equal(entries['x/node_modules/b'].funding, undefined)
})

test('a lock that is no JSON is named with line and column, not used, and written anew', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '1.0.0' } })
  t.write('package-lock.json', '{\n  nope')
  const { stderr } = await t.ok('install')
  assert.match(stderr, /warn lock .*package-lock\.json:2:3/)
  assert.equal(t.json('package-lock.json').packages['node_modules/b'].version, '1.0.0')
})

test('a lock that is JSON but no lock is named, and package.json is not blamed', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '1.0.0' } })
  for (const lock of ['[]', '"x"', '3', 'null']) {
    t.write('package-lock.json', lock)
    await t.fails('ci', 'EUSAGE')
    assert.match((await t.ok('install --package-lock-only')).stderr, /^cpm warn lock package-lock\.json:1:1: a lock must be an object\ncpm warn lock It is no lock/)
    assert.equal(t.json('package-lock.json').packages['node_modules/b'].version, '1.0.0')
  }
  t.write('package-lock.json', '{"lockfileVersion":3,"packages":{"":[]}}')
  const { stderr } = await t.fails('install', 'EJSONPARSE')
  assert.match(stderr, /package-lock\.json:1:37: .*\n.*Mend the lock, or remove it/)
  assert.doesNotMatch(stderr, /package\.json/)
})

test('ci cannot go by a lock that is no JSON', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '1.0.0' } })
  t.write('package-lock.json', '<<<<<<<')
  await t.fails('ci', 'EUSAGE')
  assert.equal(t.read('package-lock.json'), '<<<<<<<')
})

for (const mode of ['', ' --package-lock-only']) {
  test(`what stands in a workspace's node_modules is kept by the first install${mode}`, async t => {
    await t.registry({ packages })
    t.write('package.json', { name: 'p', version: '1.0.0', workspaces: ['w/*'] })
    t.write('w/a/package.json', { name: 'a', version: '1.0.0', dependencies: { b: '^1.0.0' } })
    t.write('w/a/node_modules/b/package.json', { name: 'b', version: '1.0.0' })
    t.write('w/a/node_modules/c/package.json', { name: 'c', version: '1.0.0' })
    await t.ok('install' + mode)
    const { packages: entries } = t.json('package-lock.json')
    assert.deepEqual(entries['w/a/node_modules/b'], { version: '1.0.0' })
    assert.deepEqual(entries['w/a/node_modules/c'], { version: '1.0.0', extraneous: true })
    assert.equal(t.json('w/a/node_modules/c/package.json').version, '1.0.0')
  })
}

// An entry as Yarn writes it, with a digest behind the address.
const yarnEntry = (t, wishes, name, version, more = '') => `${wishes}:\n  version "${version}"\n` +
  `  resolved "${t.server.url}${name}/-/${name}-${version}.tgz#0123456789"\n` +
  `  integrity ${t.server.manifest(name, version).dist.integrity}\n${more}`
const YARN = '# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n\n\n'

test('where there is no other lock, yarn.lock chooses the versions, and is written anew', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '^1.0.0' } })
  t.write('yarn.lock', '# yarn lockfile v1\n\n\n' + yarnEntry(t, 'a@*, a@^1.0.0', 'a', '1.0.0', '  dependencies:\n    b "^1.0.0"\n') +
    '\n' + yarnEntry(t, '"b@^1.0.0"', 'b', '1.0.0') + '\nno line of Yarn\n\n' + yarnEntry(t, 'a@1', 'a', '1.1.0'))
  await t.ok('install')
  const { packages: entries } = t.json('package-lock.json')
  assert.equal(entries['node_modules/a'].version, '1.0.0')
  assert.equal(entries['node_modules/b'].version, '1.0.0')
  assert.equal(entries['node_modules/b'].resolved, `${t.server.url}b/-/b-1.0.0.tgz`)
  const expected = YARN + yarnEntry(t, 'a@^1.0.0', 'a', '1.0.0', '  dependencies:\n    b "^1.0.0"\n') + '\n' + yarnEntry(t, 'b@^1.0.0', 'b', '1.0.0')
  assert.equal(t.read('yarn.lock'), expected.replaceAll('#0123456789', ''))
})

test('yarn.lock follows package-lock.json: what is added is there, what was removed is not', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install')
  t.write('yarn.lock', YARN)
  await t.ok('install wants@1.0.0')
  assert.match(t.read('yarn.lock'), /^b@1\.0\.0:\n {2}version "1\.0\.0"$/m)
  assert.match(t.read('yarn.lock'), /^wants@\^1\.0\.0:$/m)
  const before = t.read('yarn.lock')
  await t.ok('ci')
  await t.ok('update --dry-run')
  assert.equal(t.read('yarn.lock'), before)
  await t.ok('uninstall wants a')
  assert.equal(t.read('yarn.lock'), before) // an empty tree leaves no entries, and npm then writes none
})

test('a tree that Yarn installed is locked as it stands, with its addresses and digests', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '^1.0.0' } })
  t.write('node_modules/b/package.json', { name: 'b', version: '1.0.0' })
  t.write('yarn.lock', YARN + yarnEntry(t, 'b@^1.0.0', 'b', '1.0.0'))
  assert.match((await t.ok('install')).stdout, /up to date/)
  const entry = t.json('package-lock.json').packages['node_modules/b']
  assert.equal(entry.resolved, `${t.server.url}b/-/b-1.0.0.tgz`)
  assert.equal(entry.integrity, t.server.manifest('b', '1.0.0').dist.integrity)
})

test('bytes that do not fit yarn.lock are EINTEGRITY', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '^1.0.0' } })
  t.write('yarn.lock', `b@^1.0.0:\n  version "1.0.0"\n  resolved "${t.server.url}b/-/b-1.0.0.tgz"\n` +
    `  integrity ${t.server.manifest('b', '1.2.0').dist.integrity}\n`)
  await t.fails('install', 'EINTEGRITY')
})

await run()
