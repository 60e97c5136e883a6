// An install that fails leaves the project as it was: each entry of node_modules, package.json and the lock.
import fs from 'node:fs'
import path from 'node:path'
import { spawn, spawnSync } from 'node:child_process'
import { assert, program, run, test, tree } from './lib.mjs'

const names = ['a', 'b', 'c', '@s/x', '@s/y']
const versions = name => Object.fromEntries(['1.0.0', '2.0.0'].map(version =>
  [version, { bin: { [`run-${path.basename(name)}`]: 'index.js' }, files: { 'index.js': `${name} ${version}\n` } }]))
const packages = {
  ...Object.fromEntries(names.map(name => [name, versions(name)])),
  outer: { '1.0.0': { dependencies: { inner: '1.0.0', c: '2.0.0' } } },
  inner: { '1.0.0': {} },
  broken: { '1.0.0': { scripts: { install: 'exit 3' } }, '2.0.0': { scripts: { install: 'exit 3' } } },
}
const manifest = (version, list = names) => ({ name: 'p', version: '1.0.0', dependencies: Object.fromEntries(list.map(name => [name, version])) })
const gone = name => ({ match: new RegExp(`/-/${name}\\.tgz$`), status: 404, delay: 200, times: 100 })

// Folders' times too: they decide whether the hidden lock is believed.
const times = t => fs.readdirSync(t.project, { recursive: true }).sort().filter(name => /(^|\/)(node_modules|@s|\.bin)$/.test(name))
  .map(name => `${name} ${fs.statSync(t.at(name)).mtimeMs}`)

async function failsAndLeaves (t, line, code, options) {
  const before = t.tree()
  const then = times(t)
  const result = await t.fails(line, code, options)
  assert.deepEqual(t.tree(), before)
  assert.deepEqual(times(t), then)
  return result
}

async function prepare (t) {
  await t.registry({ packages })
  t.write('package.json', manifest('1.0.0'))
  await t.ok('install')
}

test('a first install that fails leaves no node_modules', async t => {
  await t.registry({ packages })
  t.write('package.json', manifest('1.0.0'))
  t.server.fault(gone('c-1.0.0'))
  await failsAndLeaves(t, 'install', 'E404')
  t.server.faults.length = 0
  fs.rmSync(t.cache, { recursive: true })
  t.server.fault({ match: /y-1\.0\.0\.tgz/, corrupt: true, delay: 200, times: 100 })
  await failsAndLeaves(t, 'install', 'EINTEGRITY')
  t.server.faults.length = 0
  await t.ok('install')
})

test('an upgrade that fails puts no new version beside the old ones, and what the user laid there stays', async t => {
  await prepare(t)
  t.write('package.json', manifest('2.0.0', ['a', 'c', '@s/x']))
  t.write('node_modules/a/mine.txt', 'mine\n')
  t.write('node_modules/stray', 'mine\n')
  t.server.fault(gone('c-2.0.0'))
  await failsAndLeaves(t, 'install', 'E404')
  assert.match((await t.cpm('ls --json')).stdout, /"version": "1\.0\.0"/)
  t.server.faults.length = 0
  await t.ok('install')
  assert.deepEqual(fs.readdirSync(t.at('node_modules')).filter(name => !name.startsWith('.')), ['@s', 'a', 'c', 'stray'])
  assert.equal(t.read('node_modules/c/index.js'), 'c 2.0.0\n')
})

test('adding, removing and ci leave what stood there when a package cannot be had', async t => {
  await prepare(t)
  t.server.fault(gone('inner-1.0.0'))
  await failsAndLeaves(t, 'install outer', 'E404')
  t.server.fault(gone('b-1.0.0'))
  fs.rmSync(t.cache, { recursive: true })
  await failsAndLeaves(t, 'ci', 'E404')
  fs.rmSync(t.at('node_modules/b'), { recursive: true })
  await failsAndLeaves(t, 'uninstall a @s/x', 'E404')
  t.server.faults.length = 0
  await t.ok('uninstall a @s/x')
  assert.deepEqual(t.json('package.json').dependencies, manifest('1.0.0', ['b', 'c', '@s/y']).dependencies)
})

test('after a failure the state file answers as before', async t => {
  await prepare(t)
  t.server.fault(gone('inner-1.0.0'))
  await failsAndLeaves(t, 'install outer', 'E404')
  const asked = t.server.requests.length
  assert.match((await t.ok('install')).stdout, /up to date/)
  assert.equal(t.server.requests.length, asked)
})

test('the linked layout keeps its links and its store', async t => {
  await t.registry({ packages })
  t.write('package.json', manifest('1.0.0'))
  await t.ok('install --install-strategy=linked')
  t.write('package.json', manifest('2.0.0'))
  t.server.fault(gone('c-2.0.0'))
  await failsAndLeaves(t, 'install --install-strategy=linked', 'E404')
})

test('a script of a dependency that fails brings back what was replaced, removed and linked', async t => {
  await t.registry({ packages })
  t.write('package.json', { ...manifest('1.0.0', ['a', 'b', '@s/x']), allowScripts: { broken: true } })
  await t.ok('install')
  const notes = name => !/\.cpm\/(state|resolve-index)$/.test(name[0])
  const visible = () => Object.entries(t.tree()).filter(notes)
  t.write('package.json', { ...manifest('2.0.0', ['a', 'c', 'broken']), allowScripts: { broken: true } })
  t.write('node_modules/.bin/run-c', 'mine\n')
  const [before, then] = [visible(), times(t)]
  const result = await t.cpm('install')
  assert.equal(result.code, 3)
  assert.deepEqual(visible(), before)
  assert.deepEqual(times(t), then)
  t.write('package.json', { ...manifest('1.0.0', ['a', 'b', '@s/x']), allowScripts: { broken: true } })
  fs.rmSync(t.at('node_modules/.bin/run-c'))
  await t.ok('install')
  assert.equal(t.read('node_modules/a/index.js'), 'a 1.0.0\n')
})

test('a script of a dependency may install in the same folder, also when it fails then', async t => {
  const nested = `"${program}" install b --ignore-scripts --prefix "$INIT_CWD"`
  await t.registry({ packages: { ...packages, nester: { '1.0.0': { scripts: { install: nested } }, '2.0.0': { scripts: { install: `${nested}; exit 3` } } } } })
  t.write('package.json', { ...manifest('1.0.0', ['a', 'nester']), allowScripts: { nester: true } })
  const began = Date.now()
  await t.ok('install')
  assert.ok(t.exists('node_modules/b/index.js'))
  t.write('package.json', { ...manifest('2.0.0', ['a', 'nester']), allowScripts: { nester: true } })
  assert.equal((await t.cpm('install')).code, 3)
  assert.ok(Date.now() - began < 20000)
  assert.ok(['a', 'b', 'nester'].every(name => t.exists(`node_modules/${name}/package.json`)))
})

test('an optional package that cannot be had goes with whoever needs it, also where another version stood, and is tried again', async t => {
  await t.registry({ packages: { ...packages, user: { '1.0.0': { dependencies: { shared: '1.0.0' } } }, shared: { '1.0.0': {} },
    maybe: { '1.0.0': { dependencies: { inner: '1.0.0', shared: '1.0.0', b: '1.0.0' } } } } })
  t.write('package.json', { ...manifest('1.0.0', ['a', 'user']), optionalDependencies: { c: '1.0.0' } })
  await t.ok('install')
  t.write('package.json', { ...manifest('1.0.0', ['a', 'user']), optionalDependencies: { c: '2.0.0', maybe: '1.0.0' } })
  t.server.fault(gone('c-2.0.0'))
  t.server.fault(gone('inner-1.0.0'))
  await t.ok('install')
  const visible = () => fs.readdirSync(t.at('node_modules')).filter(name => !name.startsWith('.'))
  assert.deepEqual(visible(), ['a', 'shared', 'user'])
  assert.deepEqual(Object.keys(t.json('node_modules/.package-lock.json').packages), ['node_modules/a', 'node_modules/shared', 'node_modules/user'])
  assert.ok(t.json('package-lock.json').packages['node_modules/inner'].optional)
  t.server.faults.length = 0
  assert.match((await t.ok('install')).stdout, /added 4 packages/)
  assert.deepEqual(visible(), ['a', 'b', 'c', 'inner', 'maybe', 'shared', 'user'])
})

// Sends the signals once the condition holds; the program's end.
async function interrupt (t, line, condition, ...signals) {
  const child = spawn(program, line.split(' '), { cwd: t.project, env: t.env(), stdio: 'ignore' })
  const ended = new Promise(resolve => child.on('close', (code, signal) => resolve(signal ?? code)))
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise(resolve => setTimeout(resolve, 10))
  for (const signal of signals) child.kill(signal)
  return await ended
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`${signal} in a download that stands still ends the run at once, by that signal, and leaves the project as it was`, async t => {
    await prepare(t)
    t.write('package.json', manifest('2.0.0'))
    t.server.fault({ match: /c-2\.0\.0\.tgz$/, stall: true, times: 100 })
    const [before, then] = [t.tree(), times(t)]
    const began = Date.now()
    const asked = () => ['a', 'b', 'c'].every(name => t.server.requests.some(({ path }) => path === `/${name}/-/${name}-2.0.0.tgz`))
    assert.equal(await interrupt(t, 'install', asked, signal), signal)
    assert.ok(Date.now() - began < 10000)
    assert.deepEqual(t.tree(), before)
    assert.deepEqual(times(t), then)
    t.server.faults.length = 0
    await t.ok('install')
    assert.equal(t.read('node_modules/c/index.js'), 'c 2.0.0\n')
  })
}

test('SIGTERM in a script of a dependency takes the install back', async t => {
  await t.registry({ packages: { ...packages, slow: { '1.0.0': { scripts: { install: 'echo > "$HOME/ready"; exec sleep 20' } } } } })
  t.write('package.json', { ...manifest('1.0.0', ['a']), allowScripts: { slow: true } })
  await t.ok('install')
  assert.equal(await interrupt(t, 'install slow b', () => fs.existsSync(path.join(t.home, 'ready')), 'SIGTERM'), 'SIGTERM')
  assert.deepEqual(fs.readdirSync(t.at('node_modules')).filter(name => !name.startsWith('.')), ['a'])
  assert.deepEqual(Object.keys(t.json('node_modules/.package-lock.json').packages), ['node_modules/a'])
  assert.deepEqual(Object.keys(t.json('package.json').dependencies), ['a'])
})

test('a package.json or a lock that cannot be written undoes what was installed', async t => {
  await prepare(t)
  if (spawnSync('chattr', ['+i', t.at('package-lock.json')]).status) t.skip('needs chattr')
  t.cleanup = () => spawnSync('chattr', ['-i', t.at('package-lock.json')])
  const before = tree(t.at('node_modules'))
  const text = t.read('package.json')
  const result = await t.cpm('install inner')
  assert.notEqual(result.code, 0)
  const after = tree(t.at('node_modules'))
  for (const note of ['.cpm/state', '.cpm/resolve-index']) assert.ok(delete before[note] && !(note in after))
  assert.deepEqual(after, before)
  assert.equal(t.read('package.json'), text)
})

test('a command that stands in the way of a global install is EEXIST, and nothing is left', async t => {
  await t.registry({ packages })
  const bin = path.join(t.home, 'prefix/bin')
  fs.mkdirSync(bin, { recursive: true })
  fs.writeFileSync(path.join(bin, 'run-b'), 'mine\n')
  const before = tree(t.home)
  assert.match((await t.fails('install -g a b', 'EEXIST')).stderr, /run-b/)
  const after = tree(t.home)
  for (const name of ['prefix/lib', 'prefix/lib/node_modules']) delete after[name]
  assert.deepEqual(after, before)
})

await run()
