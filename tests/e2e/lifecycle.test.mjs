// `cpm run` between processes: signals with scripts around, reports of workspaces, what goes where.
import { spawn } from 'node:child_process'
import { assert, program, run, test } from './lib.mjs'

const manifest = scripts => ({ name: 'p', version: '1.2.3', scripts })

async function started (t, script, signal) {
  const child = spawn(program, ['run', script], { cwd: t.project, env: t.env(), stdio: 'ignore' })
  for (let i = 0; i < 250 && !t.exists('ready'); i++) await new Promise(resolve => setTimeout(resolve, 20))
  const ended = new Promise(resolve => child.on('close', (code, sig) => resolve({ code, signal: sig })))
  child.kill(signal)
  return ended
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  test(`${signal} reaches a script that has a post`, async t => {
    t.write('package.json', manifest({
      wait: `trap 'echo told > told; exit 9' ${signal.slice(3)}; echo > ready; while :; do sleep 0.05; done`,
      postwait: 'echo > after'
    }))
    assert.deepEqual(await started(t, 'wait', signal), { code: 9, signal: null })
    assert.equal(t.read('told'), 'told\n')
    assert.ok(!t.exists('after'))
  })
}

test('a script that a signal killed leaves the same signal', async t => {
  t.write('package.json', manifest({ die: 'kill -KILL $$', postdie: 'true', last: 'kill -TERM $$' }))
  const ended = script => new Promise(resolve => spawn(program, ['run', script], { cwd: t.project, env: t.env(), stdio: 'ignore' })
    .on('close', (code, signal) => resolve(signal)))
  assert.equal(await ended('die'), 'SIGKILL')
  assert.equal(await ended('last'), 'SIGTERM')
})

test('the banner is on stdout, on stderr with --json, nowhere when silent', async t => {
  t.write('package.json', manifest({ go: 'echo out' }))
  const banner = '\n> p@1.2.3 go\n> echo out x y\n\n'
  assert.deepEqual(pick(await t.cpm('run go x y')), [banner + 'out x y\n', ''])
  assert.deepEqual(pick(await t.cpm('run go x y --json')), ['out x y\n', banner])
  assert.deepEqual(pick(await t.cpm('run go x y --silent')), ['out x y\n', ''])
})

function pick ({ stdout, stderr }) {
  return [stdout, stderr]
}

test('a workspace that fails is reported and the next one runs', async t => {
  t.write('package.json', { ...manifest({}), workspaces: ['packages/*'] })
  t.write('packages/a/package.json', { name: 'a', version: '1.0.0', scripts: { go: 'exit 4' } })
  t.write('packages/b/package.json', { name: 'b', version: '1.0.0', scripts: { go: 'echo b' } })
  const { code, stdout, stderr } = await t.cpm('run go --workspaces')
  assert.equal(code, 4)
  assert.match(stdout, /\nb\n$/)
  assert.match(stderr, new RegExp('Lifecycle script `go` failed with error:\ncpm error code 4\n' +
    `cpm error path ${t.at('packages/a')}\ncpm error workspace a@1.0.0\n`))
})

test('restart stops and starts, start is node server.js, env prints the environment', async t => {
  t.write('package.json', manifest({ stop: 'echo stopping' }))
  t.write('server.js', 'console.log("serving")')
  assert.match((await t.ok('start')).stdout, /> node server\.js\n\nserving\n$/)
  assert.match((await t.ok('run restart')).stdout, /\nstopping\n[^]*\nserving\n$/)
  assert.match((await t.ok('run env --silent')).stdout, /^npm_lifecycle_event=env$/m)
})

await run()
