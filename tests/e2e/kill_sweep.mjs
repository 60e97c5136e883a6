// kill -9 at N random moments of a fresh install, an upgrade, an uninstall, an install for one workspace, and an upgrade that
// fails and is on its way back. After each kill every visible package,
// package.json and the lock are wholly old or wholly new; the next run gives the right tree and leaves no litter.
//   node kill_sweep.mjs PATH_OF_CPM [N=12] [SEED]
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test, tree } from './lib.mjs'

const moments = Number(process.argv[3] ?? process.env.N ?? 12)
let seed = Number(process.argv[4] ?? Date.now() % 1e6)
process.argv.length = 3

// Park and Miller's generator: the same seed gives the same moments.
function random () {
  seed = seed * 48271 % 2147483647
  return seed / 2147483647
}

function files (version) {
  const list = { 'index.js': `module.exports = '${version}'\n` }
  for (let i = 0; i < 30; i++) list[`lib/part${i % 5}/file${i}.js`] = `// ${version} ${i}\n`.repeat(60)
  return list
}

const names = Array.from({ length: 25 }, (_, i) => i % 5 ? `p${i}` : `@scope/p${i}`)
const packages = {}
for (const name of names) {
  packages[name] = {}
  for (const version of ['1.0.0', '2.0.0']) {
    packages[name][version] = { bin: { [`run-${path.basename(name)}`]: 'index.js' }, files: files(`${name} ${version}`) }
  }
}

// Its script fails until HOME/go is there.
packages.fragile = { '1.0.0': { scripts: { install: 'test -e "$HOME/go"' } } }

const manifest = (version, list) => ({ name: 'p', version: '1.0.0', dependencies: Object.fromEntries(list.map(name => [name, version])) })
const half = names.filter((_, i) => i % 2)

const fragile = manifest('2.0.0', names)
Object.assign(fragile, { allowScripts: { fragile: true } }).dependencies.fragile = '1.0.0'
const part = (name, list) => ({ [`packages/${name}/package.json`]: { ...manifest('1.0.0', list), name } })

// How each kind begins, what is killed, and which package.json that run may write.
const KINDS = {
  'a fresh install': { before: null, after: manifest('1.0.0', names), line: 'install' },
  'an upgrade': { before: manifest('1.0.0', names), after: manifest('2.0.0', names), line: 'install' },
  'an upgrade that fails in a script': { before: manifest('1.0.0', names), after: fragile, line: 'install', fails: true },
  'an uninstall': { before: manifest('1.0.0', names), line: `uninstall ${half.join(' ')}` },
  'an install for one workspace': {
    before: null,
    after: { name: 'p', version: '1.0.0', workspaces: ['packages/*'] },
    files: { ...part('one', half), ...part('two', names) },
    line: 'install -w one',
  },
}

function copy (from, to) {
  fs.rmSync(to, { recursive: true, force: true })
  fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
}

// Every package that can be seen under its name is one of the two versions, to the last byte.
function assertWhole (t, known) {
  const root = t.at('node_modules')
  const folders = fs.existsSync(root) ? fs.readdirSync(root) : []
  const visible = folders.flatMap(name => name === '@scope' ? fs.readdirSync(path.join(root, name)).map(each => `@scope/${each}`) : [name])
  for (const name of visible.filter(name => names.includes(name))) {
    const found = JSON.stringify(tree(path.join(root, name)))
    assert.ok(known[name].includes(found), `${name} is half written:\n${found}`)
  }
}

function assertOneOf (t, name, versions) {
  const text = t.exists(name) ? t.read(name) : null
  assert.ok(versions.includes(text), `${name} is neither the old one nor the new one:\n${text}`)
}

const go = (t, on) => on ? fs.writeFileSync(path.join(t.home, 'go'), '') : fs.rmSync(path.join(t.home, 'go'), { force: true })

// Less what speeds up the next run.
function assertSame (t, folder) {
  const visible = all => Object.entries(all).filter(([name]) => !/\.cpm\/(state|resolve-index)$/.test(name))
  assert.deepEqual(visible(t.tree()), visible(tree(folder)))
}

async function prepare (t, kind) {
  const start = path.join(t.folder, 'start')
  if (kind.before) {
    t.write('package.json', kind.before)
    await t.ok('install')
  }
  if (kind.after) t.write('package.json', kind.after)
  for (const [name, content] of Object.entries(kind.files ?? {})) t.write(name, content)
  copy(t.project, start)
  let began = Date.now()
  go(t, true)
  await t.ok(kind.line)
  const goal = path.join(t.folder, 'goal')
  copy(t.project, goal)
  if (kind.fails) {
    copy(start, t.project)
    go(t, false)
    began = Date.now()
    assert.equal((await t.cpm(kind.line)).code, 1)
    assertSame(t, start)
  }
  return { start, goal, took: Date.now() - began }
}

function wholePackages (...folders) {
  const known = {}
  for (const name of names) known[name] = folders.map(folder => JSON.stringify(tree(path.join(folder, 'node_modules', name))))
  return known
}

for (const [title, kind] of Object.entries(KINDS)) {
  const count = Math.max(1, Math.round(moments / Object.keys(KINDS).length))
  test(`${title} survives ${count} kills (seed ${seed})`, async t => {
    await t.registry({ packages })
    const { start, goal, took } = await prepare(t, kind)
    const known = wholePackages(start, goal)
    const texts = name => [start, goal].map(folder => path.join(folder, name)).map(file => fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null)
    const expected = tree(goal)
    let killed = 0
    for (let i = 0; i < count; i++) {
      const cold = i % 2 === 0
      copy(start, t.project)
      if (cold) fs.rmSync(t.cache, { recursive: true, force: true })
      const moment = 1 + random() * took * 1.1
      go(t, !kind.fails)
      const result = await t.cpm(kind.line, { kill: moment })
      killed += result.signal === 'SIGKILL'
      if (kind.fails && result.signal !== 'SIGKILL') assertSame(t, start)
      go(t, true)
      assertWhole(t, known)
      assertOneOf(t, 'package.json', texts('package.json'))
      assertOneOf(t, 'package-lock.json', texts('package-lock.json'))
      await t.ok(kind.line)
      assert.deepEqual(t.tree(), expected, `after a kill at ${moment.toFixed(1)} ms`)
      const { stdout } = await t.ok(kind.files ? kind.line : 'install')
      assert.match(stdout, /up to date/)
    }
    console.log(`      ${killed} of ${count} were killed before their end, which takes ${took} ms`)
  })
}

await run()
