// The main job: install, again, ci, add and remove, bins, workspaces, scripts.
import fs from 'node:fs'
import { spawnSync } from 'node:child_process'
import { assert, run, test } from './lib.mjs'

const packages = {
  a: { '1.0.0': { dependencies: { b: '^1.0.0' }, files: { 'index.js': 'module.exports = "a1"\n', 'lib/deep/x.js': '1\n' } },
    '1.1.0': { dependencies: { b: '^1.0.0' }, files: { 'index.js': 'module.exports = "a1.1"\n' } },
    '2.0.0': { files: { 'index.js': 'module.exports = "a2"\n' } } },
  b: { '1.0.0': { files: { 'index.js': 'module.exports = "b1"\n' } },
    '1.2.0': { files: { 'index.js': 'module.exports = "b1.2"\n' } },
    '2.0.0': { files: { 'index.js': 'module.exports = "b2"\n' } } },
  '@scope/c': { '1.0.0': { bin: 'cli.js', files: { 'cli.js': '#!/usr/bin/env node\nconsole.log("c runs")\n' } } },
  scripted: { '1.0.0': { scripts: { postinstall: 'echo ran > ran.txt' }, files: { 'index.js': '' } } },
}

test('a fresh install writes the lock and the tree', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '^1.0.0', b: '2.0.0' } })
  const { stdout } = await t.ok('install')
  assert.match(stdout, /added 3 packages/)
  assert.equal(t.read('node_modules/a/index.js'), 'module.exports = "a1.1"\n')
  assert.equal(t.read('node_modules/b/index.js'), 'module.exports = "b2"\n')
  assert.equal(t.read('node_modules/a/node_modules/b/index.js'), 'module.exports = "b1.2"\n')
  const lock = t.json('package-lock.json')
  assert.equal(lock.lockfileVersion, 3)
  assert.deepEqual(Object.keys(lock.packages), ['', 'node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/b'])
  assert.equal(lock.packages['node_modules/a'].integrity, t.server.manifest('a', '1.1.0').dist.integrity)
  assert.equal(lock.packages['node_modules/a'].license, 'MIT')
  assert.ok(t.exists('node_modules/.package-lock.json'))
})

test('packages too large to be inflated side by side all arrive, and the small ones among them', async t => {
  const sizes = { one: 10, two: 18, three: 30, four: 5, small: 0 }, large = {} // MB
  const lines = megabytes => Array.from({ length: megabytes << 10 }, (_, i) => `${i}\n`.padStart(1024)).join('')
  for (const [name, megabytes] of Object.entries(sizes))
    large[name] = { '1.0.0': { files: { 'data.txt': lines(megabytes) } } }
  await t.registry({ packages: large })
  t.write('package.json', { dependencies: Object.fromEntries(Object.keys(sizes).map(name => [name, '1.0.0'])) })
  assert.match((await t.ok('install')).stdout, /added 5 packages/)
  for (const [name, megabytes] of Object.entries(sizes))
    assert.equal(fs.statSync(t.at(`node_modules/${name}/data.txt`)).size, megabytes << 20)
})

test('a second install changes nothing, asks nothing and says so', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  const before = t.tree()
  const asked = t.server.requests.length
  const { stdout } = await t.ok('install')
  assert.match(stdout, /up to date/)
  assert.deepEqual(t.tree(), before)
  assert.equal(t.server.requests.length, asked)
})

test('a mode that is changed in one node_modules is not the next one\'s', async t => {
  await t.registry({ packages: { a: { '1.0.0': { } } } })
  await t.ok('install a')
  const file = 'node_modules/a/package.json'
  fs.chmodSync(t.at(file), 0o600)
  t.write('../other/package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install', { cwd: t.at('../other') })
  assert.equal(fs.statSync(t.at(`../other/${file}`)).mode & 0o777, 0o666 & ~process.umask())
  assert.equal(fs.statSync(t.at(file)).mode & 0o777, 0o600)
})

test('an edited tree is not called up to date by ci', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  const before = t.tree()
  fs.rmSync(t.at('node_modules/b'), { recursive: true })
  await t.ok('ci')
  assert.deepEqual(t.tree(), before)
})

test('a package that vanished from node_modules comes back', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  fs.rmSync(t.at('node_modules/b'), { recursive: true })
  await t.ok('install')
  assert.ok(t.exists('node_modules/b/index.js'))
})

test('what is there is not fetched again when the registry names no hash', async t => {
  const bare = () => ({ dist: { integrity: undefined, shasum: undefined } })
  await t.registry({ packages: { a: { '1.0.0': bare(), '1.1.0': bare() } } })
  t.write('package.json', { dependencies: { a: '^1.0.0' } })
  await t.ok('install a@1.0.0')
  t.write('package.json', { dependencies: { a: '^1.0.0' } })
  await t.ok('update --no-package-lock')
  const fetched = () => t.server.requests.filter(r => r.path.endsWith('.tgz')).length
  const before = fetched()
  await t.ok('update')
  assert.equal(fetched(), before)
  const { version, integrity } = t.json('package-lock.json').packages['node_modules/a']
  assert.equal(version, '1.1.0')
  assert.match(integrity, /^sha512-/)
})

test('ci twice gives equal trees: names, bytes, modes, links', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '^1.0.0', '@scope/c': '*' } })
  await t.ok('install')
  const installed = t.tree()
  for (let i = 0; i < 2; i++) {
    fs.rmSync(t.at('node_modules'), { recursive: true })
    await t.ok('ci')
    assert.deepEqual(t.tree(), installed)
  }
})

test('ci refuses a lock that does not fit package.json and leaves all as it was', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  const before = t.tree()
  t.write('package.json', { dependencies: { a: '2.0.0' } })
  const { stderr } = await t.fails('ci', 'EUSAGE')
  assert.match(stderr, /package\.json and package-lock\.json .* are in sync/)
  assert.deepEqual({ ...t.tree(), 'package.json': '' }, { ...before, 'package.json': '' })
})

test('ci without a lock says that it needs one', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.fails('ci', 'EUSAGE')
})

test('a spec is added to package.json with its indentation kept, and removed again', async t => {
  await t.registry({ packages })
  t.write('package.json', '{\n\t"name": "p",\n\t"keywords": ["x"],\n\t"version": "1.0.0"\n}\n')
  await t.ok('install b@1 a')
  assert.equal(t.read('package.json'),
    '{\n\t"name": "p",\n\t"keywords": [\n\t\t"x"\n\t],\n\t"version": "1.0.0",\n\t"dependencies": {\n\t\t"a": "^2.0.0",\n\t\t"b": "^1.2.0"\n\t}\n}\n')
  const { stdout } = await t.ok('uninstall a')
  assert.match(stdout, /removed 1 package/)
  assert.deepEqual(t.json('package.json').dependencies, { b: '^1.2.0' })
  assert.ok(!t.exists('node_modules/a'))
  assert.ok(t.exists('node_modules/b'))
})

test('--save-dev and --save-exact choose section and range', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p' })
  await t.ok('install -D -E a@1')
  assert.deepEqual(t.json('package.json'), { name: 'p', devDependencies: { a: '1.1.0' } })
  assert.equal(t.json('package-lock.json').packages['node_modules/a'].dev, true)
})

test('--no-save leaves package.json and the lock alone', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p' })
  await t.ok('install --no-save b')
  assert.deepEqual(t.json('package.json'), { name: 'p' })
  assert.ok(t.exists('node_modules/b'))
})

test('--package-lock-only writes the lock and no tree', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install --package-lock-only')
  assert.ok(t.exists('package-lock.json'))
  assert.ok(!t.exists('node_modules'))
})

test('--dry-run changes nothing', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  const before = t.tree()
  await t.ok('install --dry-run')
  assert.deepEqual(t.tree(), before)
})

test('--omit=dev leaves development packages out of the tree and in the lock', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { b: '2.0.0' }, devDependencies: { a: '2.0.0' } })
  await t.ok('install --omit=dev')
  assert.ok(!t.exists('node_modules/a'))
  assert.ok(t.exists('node_modules/b'))
  assert.ok(t.json('package-lock.json').packages['node_modules/a'])
})

test('a bin is linked, executable and runs', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { '@scope/c': '1.0.0' } })
  await t.ok('install')
  assert.equal(fs.readlinkSync(t.at('node_modules/.bin/c')), '../@scope/c/cli.js')
  assert.equal(fs.statSync(t.at('node_modules/.bin/c')).mode & 0o111, 0o111)
  assert.equal(spawnSync(t.at('node_modules/.bin/c')).stdout.toString(), 'c runs\n')
  await t.ok('uninstall @scope/c')
  assert.ok(!t.exists('node_modules/.bin/c'))
})

test('workspaces are linked and share the root', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'root', workspaces: ['packages/*'] })
  t.write('packages/x/package.json', { name: 'x', version: '1.0.0', dependencies: { b: '^1.0.0', y: '*' } })
  t.write('packages/y/package.json', { name: 'y', version: '1.0.0', dependencies: { b: '2.0.0' } })
  await t.ok('install')
  assert.equal(fs.readlinkSync(t.at('node_modules/x')), '../packages/x')
  assert.equal(fs.readlinkSync(t.at('node_modules/y')), '../packages/y')
  const versions = ['node_modules/b', 'packages/x/node_modules/b', 'packages/y/node_modules/b']
    .filter(at => t.exists(at)).map(at => t.json(`${at}/package.json`).version)
  assert.deepEqual(versions.sort(), ['1.2.0', '2.0.0'])
  assert.equal(t.json('package-lock.json').packages['node_modules/x'].link, true)
})

test("a dependency's scripts do not run, and it is named", async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { scripted: '1.0.0' } })
  const { stdout, stderr } = await t.ok('install')
  assert.ok(!t.exists('node_modules/scripted/ran.txt'))
  assert.match(stdout + stderr, /scripted/)
})

test('the scripts of an allowed dependency run', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { scripted: '1.0.0' }, allowScripts: { scripted: true } })
  await t.ok('install')
  assert.equal(t.read('node_modules/scripted/ran.txt'), 'ran\n')
})

test("the project's own scripts run in npm's order", async t => {
  await t.registry({ packages })
  const scripts = {}
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) scripts[name] = `echo ${name} >> order`
  t.write('package.json', { name: 'p', version: '1.0.0', scripts })
  await t.ok('install')
  assert.equal(t.read('order'), 'preinstall\ninstall\npostinstall\nprepare\n')
  fs.rmSync(t.at('order'))
  await t.ok('install --ignore-scripts')
  assert.ok(!t.exists('order'))
})

test('every change of node_modules leaves an index by which resolve tells the same as without', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0', b: '2.0.0' } })
  const resolved = async name => (await t.cpm(['resolve', '--cjs', name])).stdout.trim()
  const index = 'node_modules/.cpm/resolve-index'
  await t.ok('install')
  assert.ok(t.exists(index))
  assert.equal(await resolved('a/lib/deep/x'), t.at('node_modules/a/lib/deep/x.js'))
  await t.ok('install a@2')
  assert.equal(await resolved('a'), t.at('node_modules/a/index.js'))
  assert.equal(await resolved('a/lib/deep/x'), '')
  await t.ok('uninstall b')
  assert.equal(await resolved('b'), '')
  t.write('node_modules/a/late.js', '')
  assert.equal(await resolved('a/late'), t.at('node_modules/a/late.js'))
  await t.ok('ci --omit-resolve-index')
  assert.ok(!t.exists(index))
  assert.equal(await resolved('a'), t.at('node_modules/a/index.js'))
  assert.equal(await resolved('a/late'), '')
})

test('--prefix makes the folder that is not there', async t => {
  await t.registry({ packages: { solo: { '1.0.0': {} } } })
  await t.ok('install solo --prefix new/place')
  assert.ok(t.exists('new/place/node_modules/solo/package.json'))
  assert.deepEqual(t.json('new/place/package.json').dependencies, { solo: '^1.0.0' })
  await t.ok('install solo --package-lock-only --prefix new/lock')
  assert.ok(t.exists('new/lock/package-lock.json'))
})

await run()
