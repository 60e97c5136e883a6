// Install scripts that a run did not bring to their end are run by the next one.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { assert, program, run, test } from './lib.mjs'

// Makes its file only once HOME/go is there.
const script = { postinstall: 'test -e "$HOME/go" && go=1; echo > "$HOME/ready"; test "$go" || exec sleep 2; echo 1 > made' }
const packages = { s: { '1.0.0': { scripts: script }, '1.1.0': {} }, a: { '1.0.0': {} }, f: { '1.0.0': { scripts: { postinstall: 'test -e "$HOME/go" && echo 1 > made' } } } }
const manifest = { name: 'p', dependencies: { s: '1.0.0', a: '1' }, allowScripts: { s: true, f: true } }

async function prepare (t) {
  await t.registry({ packages })
  t.write('package.json', manifest)
}
const go = t => fs.writeFileSync(path.join(t.home, 'go'), '')
const pending = 'node_modules/.cpm/pending'

// Begins an install and kills it while the script waits.
async function killedInScript (t) {
  const child = spawn(program, ['install'], { cwd: t.project, env: t.env(), stdio: 'ignore' })
  const ended = new Promise(resolve => child.on('close', resolve))
  for (let i = 0; i < 500 && !fs.existsSync(path.join(t.home, 'ready')); i++) await new Promise(resolve => setTimeout(resolve, 10))
  child.kill('SIGKILL')
  await ended
  assert.equal(t.exists('node_modules/s/made'), false)
}

test('what a kill left without its script is run by the next install, once', async t => {
  await prepare(t)
  await killedInScript(t)
  assert.equal(t.read(pending), 'node_modules/s\n')
  go(t)
  await t.ok('install')
  assert.ok(t.exists('node_modules/s/made'))
  assert.equal(t.exists(pending), false)
  fs.rmSync(t.at('node_modules/s/made'))
  await t.ok('install')
  assert.equal(t.exists('node_modules/s/made'), false)
})

test('a run without scripts, or for something else, does not forget it', async t => {
  await prepare(t)
  await killedInScript(t)
  go(t)
  for (const line of ['install --ignore-scripts', 'install --ignore-scripts']) {
    await t.ok(line)
    assert.equal(t.exists('node_modules/s/made'), false)
  }
  await t.ok('uninstall a')
  assert.ok(t.exists('node_modules/s/made'))
})

test('a package that went, or came in another version, is not waited for', async t => {
  await prepare(t)
  await killedInScript(t)
  t.write('package.json', { ...manifest, dependencies: { a: '1' } })
  await t.ok('install')
  assert.equal(t.exists(pending), false)
})

test('a script that failed is run again', async t => {
  await prepare(t)
  t.write('package.json', { ...manifest, dependencies: { f: '1' } })
  const { code } = await t.cpm('install')
  assert.equal(code, 1)
  go(t)
  await t.ok('install')
  assert.ok(t.exists('node_modules/f/made'))
})

test('whatever instant a run is killed at, the next one runs the script', async t => {
  await prepare(t)
  go(t)
  for (let ms = 3; ms <= 24; ms += 3) {
    fs.rmSync(t.at('node_modules'), { recursive: true, force: true })
    await t.cpm('install', { kill: ms })
    await t.ok('install')
    assert.ok(t.exists('node_modules/s/made'), `killed after ${ms} ms`)
    assert.equal(t.exists(pending), false)
  }
})

await run()
