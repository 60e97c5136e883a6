// `cpm run`: npm's order, arguments, environment, exit codes and signals.
import fs from 'node:fs'
import path from 'node:path'
import { spawn } from 'node:child_process'
import { assert, program, run, test } from './lib.mjs'

const manifest = scripts => ({ name: 'p', version: '1.2.3', config: { port: '8080' }, scripts })

test('a script runs between its pre and its post', async t => {
  t.write('package.json', manifest({ prego: 'echo before >> order', go: 'echo go >> order', postgo: 'echo after >> order' }))
  await t.ok('run go')
  assert.equal(t.read('order'), 'before\ngo\nafter\n')
  fs.rmSync(t.at('order'))
  await t.ok('run go --ignore-scripts')
  assert.equal(t.read('order'), 'go\n')
})

test('a pre that fails ends the run', async t => {
  t.write('package.json', manifest({ prego: 'exit 7', go: 'echo go > reached' }))
  assert.equal((await t.cpm('run go')).code, 7)
  assert.ok(!t.exists('reached'))
})

test('what devEngines ask for is looked at first', async t => {
  const write = onFail => t.write('package.json', {
    ...manifest({ go: 'echo gone > gone' }), devEngines: { packageManager: { name: 'yarn', version: '^1', onFail } },
  })
  const words = ['The developer of this package has specified the following through devEngines',
    'Invalid devEngines.packageManager', 'Invalid name "yarn" does not match "npm" for "packageManager"', '{']
  write('error')
  for (const command of ['run go', 'install', 'ls']) {
    const { code, stderr } = await t.cpm(command)
    assert.equal(code, 1)
    assert.match(stderr, /cpm error code EBADDEVENGINES/)
    for (const line of words) assert.ok(stderr.includes(`cpm error EBADDEVENGINES ${line}\n`), stderr)
  }
  assert.ok(!t.exists('gone') && !t.exists('package-lock.json'))
  assert.match((await t.ok('ls --force')).stderr, /warn EBADDEVENGINES Invalid devEngines.packageManager/)
  write('warn')
  assert.match((await t.ok('run go')).stderr, /warn EBADDEVENGINES   required: \{ name: 'yarn', version: '\^1', onFail: 'warn' \}/)
  assert.ok(t.exists('gone'))
})

test('arguments behind -- reach the script as they are', async t => {
  t.write('package.json', manifest({ args: `node -e 'console.log(JSON.stringify(process.argv.slice(1)))' --` }))
  const { stdout } = await t.ok(['run', 'args', '--silent', '--', '-x', 'two words', '', "it's", '$HOME', '"q"', '*'])
  assert.deepEqual(JSON.parse(stdout), ['-x', 'two words', '', "it's", '$HOME', '"q"', '*'])
})

test("the exit code is the script's", async t => {
  t.write('package.json', manifest({ fail: 'exit 43', ok: 'true' }))
  assert.equal((await t.cpm('run fail')).code, 43)
  assert.equal((await t.cpm('run ok')).code, 0)
})

test('a signal reaches the script', async t => {
  t.write('package.json', manifest({ wait: "trap 'echo told > told; exit 9' TERM; echo ready > ready; while :; do sleep 0.05; done" }))
  const child = spawn(program, ['run', 'wait'], { cwd: t.project, env: t.env(), stdio: 'ignore' })
  for (let i = 0; i < 200 && !t.exists('ready'); i++) await new Promise(resolve => setTimeout(resolve, 20))
  const ended = new Promise(resolve => child.on('close', code => resolve(code)))
  child.kill('SIGTERM')
  assert.equal(await ended, 9)
  assert.equal(t.read('told'), 'told\n')
})

test("PATH begins with every node_modules/.bin upwards, and npm's variables are set", async t => {
  t.write('package.json', manifest({ env: `node -p 'JSON.stringify(process.env)'` }))
  t.write('sub/deep/x', '')
  const { stdout } = await t.ok('run env --silent', { cwd: t.at('sub/deep') })
  const env = JSON.parse(stdout)
  assert.ok(env.PATH.startsWith(`${t.project}/node_modules/.bin:${path.dirname(t.project)}/node_modules/.bin:`), env.PATH)
  assert.equal(env.npm_lifecycle_event, 'env')
  assert.equal(env.npm_package_version, '1.2.3')
  assert.equal(env.npm_package_config_port, '8080')
  assert.equal(env.npm_package_json, t.at('package.json'))
  assert.equal(env.INIT_CWD, t.at('sub/deep'))
  assert.match(env.npm_config_user_agent, /^npm\/\S+ node\/v/)
  assert.ok(env.npm_execpath && env.npm_node_execpath)
})

test('a script that is not there is an error that names the near ones, unless --if-present', async t => {
  t.write('package.json', manifest({ build: 'true' }))
  const { code, stderr } = await t.cpm('run buil')
  assert.equal(code, 1)
  assert.match(stderr, /Missing script: "buil"/)
  assert.match(stderr, /run build/)
  await t.ok('run buil --if-present')
})

test('without a name the scripts are listed', async t => {
  t.write('package.json', manifest({ test: 'one', build: 'two' }))
  const { stdout } = await t.ok('run')
  assert.match(stdout, /Lifecycle scripts included in p@1\.2\.3:\n {2}test\n {4}one/)
  assert.match(stdout, /build\n {4}two/)
  assert.equal((await t.ok('run --parseable')).stdout, 'test:one\nbuild:two\n')
})

test('-w runs the script in that workspace, --workspaces in all', async t => {
  t.write('package.json', { ...manifest({ here: 'pwd' }), workspaces: ['packages/*'] })
  for (const name of ['x', 'y']) t.write(`packages/${name}/package.json`, { name, version: '1.0.0', scripts: { here: 'pwd' } })
  assert.equal((await t.ok('run here --silent -w x')).stdout, `${t.at('packages/x')}\n`)
  assert.equal((await t.ok('run here --silent --workspaces')).stdout, `${t.at('packages/x')}\n${t.at('packages/y')}\n`)
})

test('no package.json is ENOENT and names it', async t => {
  const { stderr } = await t.cpm('run x')
  assert.match(stderr, /ENOENT/)
  assert.match(stderr, /package\.json/)
})

const workspaces = (t, scripts) => {
  t.write('package.json', { workspaces: ['w/*'] })
  for (const [name, { needs = [], ...rest }] of Object.entries(scripts))
    t.write(`w/${name}/package.json`, { name, version: '1.0.0', dependencies: Object.fromEntries(needs.map(each => [each, '1.0.0'])), scripts: rest })
}

test('--topological runs a workspace after those that it depends on, in a circle too', async t => {
  workspaces(t, { a: { needs: ['b', 'c'], go: 'echo a' }, b: { needs: ['d'], go: 'echo b' }, c: { go: 'echo c' }, d: { needs: ['a'], go: 'echo d' } })
  assert.equal((await t.ok('run go --workspaces --silent')).stdout, 'a\nb\nc\nd\n')
  assert.equal((await t.ok('run go --workspaces --silent --topological')).stdout, 'd\nb\nc\na\n')
})

test('--parallel runs several workspaces at once, each line behind its name', async t => {
  workspaces(t, {
    a: { needs: ['b'], go: 'echo a; echo warned >&2' },
    b: { prego: 'echo before', go: 'echo b > ../../b; until test -e ../../c; do sleep 0.02; done; printf unended' },
    c: { go: 'echo c > ../../c; until test -e ../../b; do sleep 0.02; done; echo c' },
  })
  const { stdout, stderr } = await t.ok('run go --workspaces --parallel')
  assert.match(stdout, /^b: > echo before$/m)
  assert.match(stdout, /^a: a$/m)
  assert.match(stdout, /^b: unended$/m)
  assert.match(stdout, /^c: c$/m)
  assert.equal(stderr, 'a: warned\n')
})

test('with --parallel a failure stops what depends on it and nothing else', async t => {
  workspaces(t, { a: { needs: ['b'], go: 'echo > ../../reached' }, b: { go: 'exit 7' }, c: { go: 'sleep 0.1; echo c' } })
  const { code, stdout, stderr } = await t.cpm('run go --workspaces --parallel')
  assert.equal(code, 7)
  assert.match(stdout, /^c: c$/m)
  assert.match(stderr, /error workspace b\n[^]*warn run 'go' of a was not run/)
  assert.ok(!t.exists('reached'))
})


// A PATH with the shell's tools and no node.
function pathWithoutNode(t) {
  const bin = t.at('tools')
  fs.mkdirSync(bin)
  for (const tool of ['sh', 'env', 'echo']) fs.symlinkSync(['/usr/bin', '/bin'].map(at => path.join(at, tool)).find(fs.existsSync), path.join(bin, tool))
  return bin
}

test('a script finds the embedded runtime as node where no node is on PATH', async t => {
  const { stdout: found } = await t.cpm('node -p process.versions.jsc')
  if (!/^\d/.test(found)) return t.skip('this build has no runtime')
  t.write('package.json', manifest({ who: 'node -p "Boolean(process.versions.jsc)" && echo $npm_node_execpath', tool: 'tool' }))
  t.write('node_modules/.bin/tool', '#!/usr/bin/env node\nconsole.log(process.versions.cpm !== undefined)\n')
  fs.chmodSync(t.at('node_modules/.bin/tool'), 0o755)
  const env = { PATH: pathWithoutNode(t) }
  assert.match((await t.ok('run who --silent', { env })).stdout, /^true\n\/.*\/node\n$/)
  assert.equal((await t.ok('run tool --silent', { env })).stdout, 'true\n')
  assert.equal((await t.ok('exec tool', { env })).stdout, 'true\n')
  assert.equal((await t.ok('run tool --silent --runtime=cpm')).stdout, 'true\n')
  assert.equal((await t.ok('run tool --silent')).stdout, 'false\n')
})

await run()
