// Installing for some of the workspaces: -w, --workspaces, --include-workspace-root, --no-workspaces.
import fs from 'node:fs'
import { assert, run, test } from './lib.mjs'

const packages = {
  both: { '1.0.0': {}, '1.1.0': {} },
  deep: { '1.0.0': {}, '2.0.0': {} },
  x: { '1.0.0': { dependencies: { deep: '1' } }, '2.0.0': { dependencies: { deep: '2' } } },
  y: { '1.0.0': { bin: 'y.js', dependencies: { deep: '2' }, files: { 'y.js': '#!/usr/bin/env node\n' } } },
  top: { '1.0.0': { funding: 'http://localhost/top' } },
}

const manifest = (name, dependencies, more) => ({ name, version: '1.0.0', dependencies, ...more })

// one needs both and x, two needs both and y, three needs one; the root needs top.
async function prepare (t) {
  await t.registry({ packages })
  t.write('package.json', manifest('root', { top: '1' }, { workspaces: ['packages/*'] }))
  t.write('packages/one/package.json', manifest('one', { both: '1.0.0', x: '1' }))
  t.write('packages/two/package.json', manifest('two', { both: '1.0.0', y: '1' }))
  t.write('packages/three/package.json', manifest('three', { one: '*' }))
}

const names = (t, folder = 'node_modules') => t.exists(folder) ? fs.readdirSync(t.at(folder)).filter(name => name[0] !== '.').sort() : []
const hidden = t => Object.keys(t.json('node_modules/.package-lock.json').packages)
const version = (t, name) => t.json(`node_modules/${name}/package.json`).version
const told = async (t, line) => JSON.parse((await t.ok(`${line} --json`)).stdout)

test('-w installs what the workspace needs, and the lock is whole', async t => {
  await prepare(t)
  const { added, audited, funding } = await told(t, 'install -w packages/two')
  assert.deepEqual({ added, audited, funding }, { added: 4, audited: 0, funding: 0 })
  assert.deepEqual(names(t), ['both', 'deep', 'two', 'y'])
  assert.deepEqual(hidden(t), ['node_modules/both', 'node_modules/deep', 'node_modules/two', 'node_modules/y', 'packages/two'])
  assert.equal(fs.readlinkSync(t.at('node_modules/.bin/y')), '../y/y.js')
  const lock = t.read('package-lock.json')
  await t.ok('install')
  assert.equal(t.read('package-lock.json'), lock)
  assert.deepEqual(names(t), ['both', 'deep', 'one', 'three', 'top', 'two', 'x', 'y'])
})

test('what is not asked for is not fetched', async t => {
  await prepare(t)
  const fetched = () => t.server.requests.map(({ path }) => path).filter(path => /\.tgz$/.test(path)).sort()
  await t.ok('install -w one')
  assert.deepEqual(fetched(), ['/both/-/both-1.0.0.tgz', '/deep/-/deep-1.0.0.tgz', '/x/-/x-1.0.0.tgz'])
  t.server.requests.length = 0
  await t.ok('ci -w two')
  assert.deepEqual(fetched(), ['/deep/-/deep-2.0.0.tgz', '/y/-/y-1.0.0.tgz'])
})

test('the same part again changes nothing, another part and the whole are completed', async t => {
  await prepare(t)
  await t.ok('install -w one')
  const before = fs.statSync(t.at('node_modules/.package-lock.json')).mtimeNs
  assert.match((await t.ok('install -w one')).stdout, /up to date/)
  assert.equal(fs.statSync(t.at('node_modules/.package-lock.json')).mtimeNs, before)
  assert.equal((await told(t, 'install -w two')).added, 3)
  assert.deepEqual(names(t), ['both', 'deep', 'one', 'two', 'x', 'y'])
  assert.equal((await told(t, 'install')).added, 2)
  assert.deepEqual(names(t), ['both', 'deep', 'one', 'three', 'top', 'two', 'x', 'y'])
  assert.match((await t.ok('install -w one')).stdout, /up to date/)
  assert.match((await t.ok('install')).stdout, /up to date/)
  assert.equal(names(t).length, 8)
})

test('links between workspaces are followed, and --workspaces leaves the root out', async t => {
  await prepare(t)
  await t.ok('install -w three')
  assert.deepEqual(names(t), ['both', 'deep', 'one', 'three', 'x'])
  await t.ok('install --workspaces')
  assert.equal(t.exists('node_modules/top'), false)
  assert.equal((await told(t, 'install -w three --include-workspace-root')).added, 1)
  assert.ok(t.exists('node_modules/top'))
})

test('--no-workspaces installs what the root asks for', async t => {
  await prepare(t)
  const { funding } = await told(t, 'install --no-workspaces --fund')
  assert.equal(funding, 1)
  assert.deepEqual(names(t), ['top'])
})

test("other workspaces' packages stay as they are on disk, whatever the lock says by now", async t => {
  await prepare(t)
  await t.ok('install')
  t.write('packages/one/package.json', manifest('one', { both: '1.0.0', x: '2' }))
  t.write('packages/two/package.json', manifest('two', { both: '1.1.0', y: '1' }))
  await t.ok('install -w one')
  assert.equal(version(t, 'x'), '2.0.0')
  assert.deepEqual([t.json('package-lock.json').packages['node_modules/both'].version, version(t, 'both')], ['1.0.0', '1.0.0'])
  assert.equal(t.json('package-lock.json').packages['packages/two/node_modules/both'].version, '1.1.0')
  assert.deepEqual(names(t, 'packages/two/node_modules'), [])
  assert.deepEqual((await told(t, 'install')).add.map(({ path }) => path), [t.at('packages/two/node_modules/both')])
})

test('uninstall -w takes away what only that workspace needed', async t => {
  await prepare(t)
  await t.ok('install')
  fs.mkdirSync(t.at('node_modules/stranger'))
  t.write('node_modules/stranger/package.json', { name: 'stranger', version: '1.0.0' })
  assert.equal((await told(t, 'uninstall x -w one')).removed, 2)
  assert.equal(t.exists('node_modules/x'), false)
  assert.deepEqual(t.json('packages/one/package.json').dependencies, { both: '1.0.0' })
  assert.equal(t.json('node_modules/.package-lock.json').packages['node_modules/stranger'].extraneous, true)
  await t.ok('prune -w one')
  assert.ok(t.exists('node_modules/stranger'))
  await t.ok('prune')
  assert.equal(t.exists('node_modules/stranger'), false)
})

test('a package added to a workspace is what the hidden lock says, by the range that is saved', async t => {
  await prepare(t)
  await t.ok('install -w one top')
  assert.deepEqual(names(t), ['both', 'deep', 'one', 'top', 'x'])
  assert.deepEqual(t.json('node_modules/.package-lock.json').packages['packages/one'].dependencies, { both: '1.0.0', top: '^1.0.0', x: '1' })
})

test('ci -w empties every node_modules and installs the part', async t => {
  await prepare(t)
  t.write('packages/two/package.json', manifest('two', { both: '1.1.0' }))
  t.write('packages/one/package.json', manifest('one', { both: '1.0.0' }))
  await t.ok('install')
  const nested = ['packages/one', 'packages/two'].find(folder => t.exists(`${folder}/node_modules/both`))
  const other = nested === 'packages/one' ? 'two' : 'one'
  await t.ok(`ci -w ${other}`)
  assert.deepEqual(names(t, `${nested}/node_modules`), [])
  assert.deepEqual(names(t), ['both', other])
})

test("packages below a workspace without a link are nobody's concern", async t => {
  await prepare(t)
  t.write('packages/two/package.json', manifest('two', { both: '1.1.0' }))
  await t.ok('install')
  const [nested, other] = t.exists('packages/two/node_modules/both') ? ['packages/two', 'one'] : ['packages/one', 'two']
  fs.rmSync(t.at('node_modules'), { recursive: true })
  assert.equal((await told(t, `install -w ${other}`)).removed, 0)
  assert.deepEqual(names(t, `${nested}/node_modules`), ['both'])
  assert.equal(hidden(t).some(location => location.startsWith(nested)), false)
})

test('only the scripts of workspaces that are asked for run', async t => {
  await prepare(t)
  for (const name of ['one', 'two']) t.write(`packages/${name}/package.json`, manifest(name, {}, { scripts: { prepare: 'echo >> ran' } }))
  await t.ok('install -w one')
  assert.deepEqual([t.read('packages/one/ran'), t.exists('packages/two/ran')], ['\n', false])
  await t.ok('install')
  await t.ok('install -w two')
  assert.deepEqual([t.read('packages/one/ran'), t.read('packages/two/ran')], ['\n\n', '\n\n'])
})

test('a dry run tells of the part and does nothing', async t => {
  await prepare(t)
  assert.equal((await told(t, 'install -w two --dry-run')).added, 4)
  assert.equal(t.exists('node_modules'), false)
})

test('-w with a folder that is no workspace fails, whatever is said of the root', async t => {
  await prepare(t)
  const { code, stderr } = await t.cpm('install -w packages/gone --include-workspace-root')
  assert.equal(code, 1)
  assert.match(stderr, /No workspaces found:\n.*--workspace=packages\/gone/)
})

test('what a rule of the root makes of a new wish is what is saved', async t => {
  await prepare(t)
  t.write('package.json', manifest('root', {}, { workspaces: ['packages/*'], overrides: { both: '1.0.0' } }))
  await t.ok(['install', 'both@~1.0', '-w', 'two'])
  assert.equal(t.json('packages/two/package.json').dependencies.both, '^1.0.0')
})

test('an address that the lock leaves out is left out of the hidden lock for all packages', async t => {
  await prepare(t)
  await t.ok('install')
  await t.ok('install -w one --omit-lockfile-registry-resolved')
  const packages = Object.values(t.json('node_modules/.package-lock.json').packages)
  assert.deepEqual(packages.filter(one => one.resolved && !one.link), [])
})

test('after a run that did not end, what is outside the part is mended as well', async t => {
  await prepare(t)
  await t.ok('install')
  fs.rmSync(t.at('node_modules/y/y.js'))
  fs.writeFileSync(t.at('node_modules/.cpm/journal'), 'cpm-journal 1\n')
  await t.ok('install -w one')
  assert.ok(t.exists('node_modules/y/y.js'))
  assert.equal(names(t).length, 8)
})

await run()
