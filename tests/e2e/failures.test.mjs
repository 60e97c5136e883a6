// What goes wrong outside: npm's codes, nothing half done, and the next run is right.
import fs from 'node:fs'
import { spawnSync } from 'node:child_process'
import { assert, run, test } from './lib.mjs'

const big = 'x'.repeat(200000)
const packages = {
  a: { '1.0.0': { dependencies: { b: '^1.0.0' }, files: { 'index.js': 'module.exports = "a1"\n' } } },
  b: { '1.0.0': { files: { 'index.js': 'module.exports = "b1"\n' } } },
  large: { '1.0.0': { files: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}.txt`, `${i}${big}`])) } },
}

test('an unknown package is E404 and names it', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { nowhere: '1.0.0' } })
  const before = t.tree()
  const { stderr } = await t.fails('install', 'E404')
  assert.match(stderr, /nowhere/)
  assert.deepEqual(t.tree(), before)
})

test('a version that no one published is ETARGET and names it', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '^9.0.0' } })
  const { stderr } = await t.fails('install', 'ETARGET')
  assert.match(stderr, /No matching version found for a@\^9\.0\.0/)
  assert.ok(!t.exists('package-lock.json'))
})

test('bytes that do not fit the integrity are EINTEGRITY and never reach the tree', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  t.server.fault({ match: /b-1\.0\.0\.tgz/, corrupt: true, times: 100 })
  await t.fails('install', 'EINTEGRITY')
  assert.ok(!t.exists('node_modules/b/index.js'))
  t.server.faults.length = 0
  await t.ok('install')
  assert.equal(t.read('node_modules/b/index.js'), 'module.exports = "b1"\n')
})

test('the integrity in the lock binds, whatever the registry says', async t => {
  await t.registry({ packages: structuredClone(packages) })
  t.write('package.json', { dependencies: { b: '1.0.0' } })
  await t.ok('install')
  fs.rmSync(t.at('node_modules'), { recursive: true })
  t.server.packages.b['1.0.0'] = { files: { 'index.js': 'stolen\n' } }
  await t.fails('ci', 'EINTEGRITY', { env: { npm_config_cache: `${t.folder}/other-cache` } })
  assert.ok(!t.exists('node_modules/b/index.js'))
})

test('a connection that breaks off and a busy registry are tried again', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  t.server.fault({ match: /^\/b$/, status: 503, headers: { 'retry-after': '0' } })
  t.server.fault({ match: /a-1\.0\.0\.tgz/, cut: true })
  await t.ok('install --fetch-retry-mintimeout=10 --fetch-retry-maxtimeout=20')
  assert.equal(t.read('node_modules/a/index.js'), 'module.exports = "a1"\n')
})

test('a registry that wants a login is E401, and the right token opens it', async t => {
  await t.registry({ packages, auth: { token: 'open-sesame' } })
  t.write('package.json', { dependencies: { b: '1.0.0' } })
  await t.fails('install', 'E401')
  const { host } = new URL(t.server.url)
  t.write('.npmrc', `//${host}/:_authToken=open-sesame\n`)
  await t.ok('install')
})

test('a credential goes to no other address', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { b: '1.0.0' } })
  t.write('.npmrc', '//localhost:1/:_authToken=elsewhere\n//registry.example.org/:_authToken=elsewhere\n')
  await t.ok('install')
  assert.deepEqual(t.server.requests.filter(request => request.headers.authorization), [])
})

test('a package for another system is told with what it wants and what is here', async t => {
  await t.registry({ packages: {
    w: { '1.0.0': { os: ['win32', '!linux'], cpu: 'arm' } },
    old: { '1.0.0': { engines: { node: '>=999' } } },
  } })
  assert.match((await t.fails('install w', 'EBADPLATFORM')).stderr,
    /notsup Unsupported platform for w@1\.0\.0: wanted {"os":"win32,!linux","cpu":"arm"} \(current: {"os":"linux","cpu":"\w+"}\)\n.*notsup Valid os: {3}win32,!linux\n.*notsup Actual os: {2}linux\n.*notsup Valid cpu: {2}arm\n.*notsup Actual cpu: \w+\n/)
  assert.match((await t.fails('install old --engine-strict', 'EBADENGINE')).stderr,
    /notsup Not compatible with your version of node\/npm: old@1\.0\.0\n.*notsup Required: { node: '>=999' }\n.*notsup Actual: {3}{ node: 'v\d/)
})

test('a node_modules that is a file gives way, and is named', async t => {
  await t.registry({ packages })
  t.write('node_modules', 'mine\n')
  assert.match((await t.ok('install b')).stderr, /^cpm warn node_modules was no folder and is replaced by one\n$/)
  assert.ok(t.exists('node_modules/b/index.js'))
})

test('offline, a filled cache suffices', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  const before = t.tree()
  const asked = t.server.requests.length
  fs.rmSync(t.at('node_modules'), { recursive: true })
  fs.rmSync(t.at('package-lock.json'))
  await t.ok('install --offline')
  assert.deepEqual(t.tree(), before)
  assert.equal(t.server.requests.length, asked)
})

test('offline, an empty cache is ENOTCACHED', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.fails('install --offline', 'ENOTCACHED')
  assert.equal(t.server.requests.length, 0)
})

test('broken package.json is EJSONPARSE with line and column, and stays as it is', async t => {
  await t.registry({ packages })
  t.write('package.json', '{\n  "name": "p",\n  "dependencies": {,}\n}\n')
  const before = t.read('package.json')
  const { stderr } = await t.fails('install', 'EJSONPARSE')
  assert.match(stderr, /package\.json/)
  assert.equal(t.read('package.json'), before)
})

// A small file system of its own, unmounted at the end.
function mountSmall (t, folder, size) {
  fs.mkdirSync(folder, { recursive: true })
  const mounted = process.getuid() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0
  if (!mounted) t.skip('needs root and mount')
  t.cleanup = () => spawnSync('umount', ['-l', folder])
}

test('a full disk is ENOSPC, names where, and the next run is right', async t => {
  await t.registry({ packages })
  mountSmall(t, t.project, '4m')
  t.write('package.json', { dependencies: { b: '1.0.0' } })
  await t.ok('install')
  const manifest = { dependencies: { b: '1.0.0', large: '1.0.0' } }
  t.write('package.json', manifest)
  const { stderr } = await t.fails('install', 'ENOSPC')
  assert.ok(stderr.includes(t.project), stderr)
  assert.equal(t.read('node_modules/b/index.js'), 'module.exports = "b1"\n')
  assert.deepEqual(t.json('package.json'), manifest)
  spawnSync('mount', ['-o', 'remount,size=64m', t.project])
  await t.ok('install')
  assert.equal(t.read('node_modules/large/f7.txt'), `7${big}`)
})

test('a full cache is ENOSPC, and the next run is right', async t => {
  await t.registry({ packages })
  mountSmall(t, t.cache, '4m')
  t.write('package.json', { dependencies: { large: '1.0.0' } })
  await t.fails('install', 'ENOSPC')
  spawnSync('mount', ['-o', 'remount,size=64m', t.cache])
  await t.ok('install')
  assert.equal(t.read('node_modules/large/f39.txt'), `39${big}`)
})

test('a read-only project is told by name and left alone', async t => {
  await t.registry({ packages })
  mountSmall(t, t.project, '4m')
  t.write('package.json', { dependencies: { b: '1.0.0' } })
  spawnSync('mount', ['-o', 'remount,ro', t.project])
  const { stderr } = await t.fails('install', 'EROFS')
  assert.ok(stderr.includes(t.project), stderr)
  spawnSync('mount', ['-o', 'remount,rw', t.project])
  await t.ok('install')
})

test('two installs at once end with one right tree', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0', large: '1.0.0' } })
  await Promise.all([t.ok('install'), t.ok('install')])
  const together = t.tree()
  fs.rmSync(t.at('node_modules'), { recursive: true })
  await t.ok('ci')
  assert.deepEqual(t.tree(), together)
})

test('a cache folder that is of no use is named, with the call that failed and what to do', async t => {
  await t.registry({ packages: { a: { '1.0.0': {} }, x: { '1.0.0': { bin: './x.js' } } } })
  t.write('file', '')
  for (const line of ['install a', 'exec -y x', 'cache ls']) {
    const { stderr } = await t.fails(`${line} --cache=${t.at('file')}`, 'ENOTDIR')
    assert.match(stderr, /create the folder '\S+\/file\/\S+': Not a directory\n.* name another one with --cache=FOLDER/)
  }
  fs.mkdirSync(t.at('package-lock.json'))
  assert.match((await t.fails('install a', 'EISDIR')).stderr, /package-lock\.json': Is a directory/)
})

await run()
