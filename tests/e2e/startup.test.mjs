// Start-up is a feature: what a command does not need is not loaded.
import { spawnSync } from 'node:child_process'
import { assert, program, run, test } from './lib.mjs'

const HEAVY = /lib(curl|archive|crypto|ssl|javascriptcoregtk)\b/

function loaded (t, line) {
  const { stderr, status } = spawnSync(program, line.split(' '), { cwd: t.project, env: t.env({ LD_DEBUG: 'files' }), encoding: 'utf8', maxBuffer: 1 << 26 })
  assert.equal(status, 0)
  return [...new Set([...stderr.matchAll(/^\s*\d+:\s+file=(\S+?) \[0\];\s+(?:needed|dynamically)/gm)].map(match => match[1]))]
}

test('--version loads neither libcurl, libarchive, OpenSSL nor a JavaScript engine', async t => {
  const files = loaded(t, '--version')
  assert.ok(files.some(file => file.startsWith('libc.so')), files.join())
  assert.deepEqual(files.filter(file => HEAVY.test(file)), [])
})

test('run loads none of them either', async t => {
  t.write('package.json', { name: 'p', scripts: { ok: 'true' } })
  assert.deepEqual(loaded(t, 'run ok').filter(file => HEAVY.test(file)), [])
})

test('an install that has nothing to do loads none of them', async t => {
  await t.registry({ packages: { a: { '1.0.0': {} } } })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  assert.deepEqual(loaded(t, 'install').filter(file => HEAVY.test(file)), [])
})

await run()
