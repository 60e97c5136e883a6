// `cpx` and `cpm exec`: where a command is looked for, what is asked, what is kept.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { assert, program, run, spawnProgram, test } from './lib.mjs'

const cpx = path.join(path.dirname(program), 'cpx')
const script = text => ({ content: `#!/bin/sh\n${text}\n`, mode: 0o755 })
const tool = (text, more) => ({ bin: { tool: 'tool.sh' }, files: { 'tool.sh': script(text) }, ...more })

// Runs cpx; a list of arguments, or one line.
const exec = (t, line, { env, cwd = t.project, ...rest } = {}) =>
  spawnProgram(cpx, typeof line === 'string' ? line.split(' ') : line, { cwd, env: t.env(env), ...rest })

const bin = (t, file, text) => {
  t.write(file, `#!/bin/sh\n${text}\n`)
  fs.chmodSync(t.at(file), 0o755)
}

const folder = (t, ...packages) => path.join(t.cache, '_npx',
  crypto.createHash('sha512').update(packages.sort((a, b) => a.localeCompare(b, 'en')).join('\n')).digest('hex').slice(0, 16))

test("a command of the project's node_modules is run without a question to anybody", async t => {
  bin(t, 'node_modules/.bin/tool', 'echo local "$@"; pwd')
  t.write('package.json', {})
  t.write('deep/er/x', '')
  const { stdout } = await exec(t, ['tool', '-x', 'two words', '--', '$HOME'], { cwd: t.at('deep/er') })
  assert.equal(stdout, `local -x two words -- $HOME\n${t.at('deep/er')}\n`)
})

test("a folder's own bin comes before what is installed", async t => {
  t.write('package.json', { name: 'own', version: '1.0.0', bin: { tool: 'own.sh' } })
  bin(t, 'own.sh', 'echo own')
  bin(t, 'node_modules/.bin/tool', 'echo local')
  assert.equal((await exec(t, 'tool')).stdout, 'own\n')
  assert.equal((await exec(t, 'tool')).stdout, 'own\n')
})

test('the global folder comes before the registry', async t => {
  const file = path.join(t.home, 'prefix/bin/tool')
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, '#!/bin/sh\necho global\n', { mode: 0o755 })
  assert.equal((await exec(t, 'tool')).stdout, 'global\n')
})

test("what is nowhere is installed into npm's own folder for it, and told where nobody can be asked", async t => {
  await t.registry({ packages: { '@s/pkg': { '1.2.0': tool('echo from registry "$@"') } } })
  const { stdout, stderr } = await exec(t, '@s/pkg --help')
  assert.equal(stdout, 'from registry --help\n')
  assert.match(stderr, /warn exec The following package was not found and will be installed: @s\/pkg@1\.2\.0/)
  const kept = JSON.parse(fs.readFileSync(path.join(folder(t, '@s/pkg'), 'package.json'), 'utf8'))
  assert.deepEqual(kept, { dependencies: { '@s/pkg': '^1.2.0' }, _npx: { packages: ['@s/pkg'] } })
})

test('a second run asks nothing while the answer is fresh, unless --prefer-online', async t => {
  const registry = await t.registry({ maxAge: 300, packages: { tool: { '1.0.0': tool('echo one') } } })
  await exec(t, 'tool')
  const before = registry.requests.length
  assert.deepEqual(await exec(t, 'tool'), { code: 0, signal: null, stdout: 'one\n', stderr: '' })
  assert.equal(registry.requests.length, before)
  registry.packages.tool['2.0.0'] = tool('echo two')
  assert.equal((await exec(t, '--prefer-online tool')).stdout, 'two\n')
})

test('an answer that is not called fresh is asked for again, and a newer version is found', async t => {
  const registry = await t.registry({ packages: { tool: { '1.0.0': tool('echo one') } } })
  assert.equal((await exec(t, 'tool')).stdout, 'one\n')
  registry.packages.tool['2.0.0'] = tool('echo two')
  assert.equal((await exec(t, 'tool')).stdout, 'two\n')
})

test('an exact version is asked for once and for all', async t => {
  const registry = await t.registry({ packages: { tool: { '1.0.0': tool('echo one'), '2.0.0': tool('echo two') } } })
  for (let i = 0; i < 2; i++) assert.equal((await exec(t, 'tool@1.0.0')).stdout, 'one\n')
  assert.equal((await exec(t, 'tool@^2')).stdout, 'two\n')
  const memory = path.join(folder(t, 'tool@1.0.0'), '.cpm-exec')
  assert.match(fs.readFileSync(memory, 'utf8'), /^cpm-exec 1\n18446744073709551615\n/)
  await registry.close()
  assert.equal((await exec(t, 'tool@1.0.0')).stdout, 'one\n')
})

test('a warm command loads neither libcurl, libarchive nor OpenSSL', async t => {
  await t.registry({ maxAge: 300, packages: { tool: { '1.0.0': tool('true') } } })
  await exec(t, 'tool')
  bin(t, 'node_modules/.bin/local', 'true')
  for (const name of ['tool', 'local']) {
    const { stderr } = spawnSync(cpx, [name], { cwd: t.project, env: t.env({ LD_DEBUG: 'files' }), encoding: 'utf8' })
    assert.match(stderr, /libc\.so/)
    assert.doesNotMatch(stderr, /file=lib(curl|archive|crypto|ssl)\b/)
  }
})

test('--no refuses to install and names what is missing', async t => {
  await t.registry({ packages: { tool: { '1.0.0': tool('echo one') } } })
  const { code, stderr } = await exec(t, '--no tool')
  assert.equal(code, 1)
  assert.match(stderr, /canceled due to missing packages and no YES option: \["tool@1\.0\.0"\]/)
})

// What a user sees and types on a terminal of their own.
const onTerminal = (t, input) =>
  spawnProgram('script', ['-qefc', `${cpx} tool`, '/dev/null'], { cwd: t.project, env: t.env({ NO_COLOR: '1', TERM: 'dumb' }), input })

test('on a terminal the question names package, age and scripts; only y and Enter go on', async t => {
  if (spawnSync('script', ['--version']).status !== 0) t.skip('no script(1)')
  await t.registry({ packages: { tool: { '1.0.0': tool('echo one', { scripts: { postinstall: 'true' } }) } }, times: { tool: { '1.0.0': '2020-01-01T00:00:00.000Z' } } })
  for (const answer of ['n\n', 'q\n', '\x04']) {
    const { code, stdout } = await onTerminal(t, answer)
    assert.equal(code, 1, stdout)
    assert.match(stdout, /Need to install the following packages:\r\ntool@1\.0\.0 \(published \d+ days ago.*\)\r\nOk to proceed\? \(y\) /)
    assert.match(stdout, answer === '\x04' ? /\(y\) \r\ncpm error canceled\r\n$/ : /cpm error canceled\r\n$/)
  }
  assert.match((await onTerminal(t, '\n')).stdout, /\none\r\n$/)
  assert.equal((await onTerminal(t, '')).stdout, 'one\r\n') // it is there now
})

test('several packages stand in PATH together, and -c runs a line with them', async t => {
  await t.registry({ packages: { tool: { '1.0.0': tool('echo one') }, other: { '1.0.0': { bin: { more: 'm.sh' }, files: { 'm.sh': script('echo more') } } } } })
  const { stdout, code } = await exec(t, ['-y', '-p', 'tool', '--package=other', '-c', 'tool && more && echo $npm_lifecycle_event && exit 3'])
  assert.equal(stdout, 'one\nmore\nnpx\n')
  assert.equal(code, 3)
  assert.ok(fs.existsSync(folder(t, 'tool', 'other')))
  assert.equal((await exec(t, '-p other -p tool -- more')).stdout, 'more\n')
})

test('the command of a package is its only one, or the one of its name', async t => {
  const files = { 'a.sh': script('echo a'), 'b.sh': script('echo b') }
  await t.registry({ packages: { '@s/two': { '1.0.0': { bin: { two: 'a.sh', other: 'b.sh' }, files } }, odd: { '1.0.0': { bin: { x: 'a.sh', y: 'b.sh' }, files } } } })
  assert.equal((await exec(t, '-y @s/two')).stdout, 'a\n')
  const { code, stderr } = await exec(t, '-y odd')
  assert.equal(code, 1)
  assert.match(stderr, /could not determine executable to run/)
})

test('a folder and a tarball are packages too', async t => {
  t.write('package.json', {})
  t.write('made/package.json', { name: 'made', version: '1.0.0', bin: 'made.sh' })
  bin(t, 'made/made.sh', 'echo made')
  assert.equal((await exec(t, './made')).stdout, 'made\n')
  await t.ok('pack ./made')
  for (let i = 0; i < 2; i++) assert.equal((await exec(t, '-y ./made-1.0.0.tgz')).stdout, 'made\n')
})

test('the exit code and the signal of the command are those of cpx', async t => {
  bin(t, 'node_modules/.bin/fails', 'exit 42')
  bin(t, 'node_modules/.bin/dies', 'kill -TERM $$')
  assert.equal((await exec(t, 'fails')).code, 42)
  assert.equal((await exec(t, 'dies')).signal, 'SIGTERM')
})

test('exec takes the options that stand before --, cpx those before the command', async t => {
  bin(t, 'node_modules/.bin/tool', 'echo "$@"')
  assert.equal((await t.ok('exec tool --silent a')).stdout, 'a\n')
  assert.equal((await t.ok('exec -- tool --silent a')).stdout, '--silent a\n')
  assert.equal((await exec(t, 'tool --silent a')).stdout, '--silent a\n')
  assert.equal((await exec(t, '--loglevel silent tool -p a')).stdout, '-p a\n')
  assert.match((await exec(t, '--ignore-existing tool')).stderr, /the --ignore-existing argument has been removed/)
})

test('in workspaces the command runs in each, with its own bins', async t => {
  t.write('package.json', { workspaces: ['w/*'] })
  for (const name of ['a', 'b']) {
    t.write(`w/${name}/package.json`, { name, version: '1.0.0' })
    bin(t, `w/${name}/node_modules/.bin/tool`, `echo ${name}; basename $PWD`)
  }
  assert.equal((await t.ok('exec --workspaces tool')).stdout, 'a\na\nb\nb\n')
  assert.equal((await t.ok('exec -w b tool')).stdout, 'b\nb\n')
})

test("a dependency of the project answers for its package's name", async t => {
  const registry = await t.registry({ packages: { '@s/pkg': { '1.0.0': tool('echo mine') } } })
  t.write('package.json', { dependencies: { '@s/pkg': '1.0.0' } })
  await t.ok('install')
  const before = registry.requests.length
  assert.equal((await exec(t, '@s/pkg')).stdout, 'mine\n')
  assert.equal(registry.requests.length, before)
})

test('of the versions the one that this node runs is taken, and none after --before', async t => {
  const versions = { '1.0.0': tool('echo one'), '2.0.0': tool('echo two'), '3.0.0': tool('echo three', { engines: { node: '>=999' } }) }
  const times = { tool: { '1.0.0': '2020-01-01T00:00:00.000Z', '2.0.0': '2022-01-01T00:00:00.000Z', '3.0.0': '2023-01-01T00:00:00.000Z' } }
  await t.registry({ packages: { tool: versions }, times })
  assert.equal((await exec(t, '-y tool')).stdout, 'two\n')
  assert.equal((await exec(t, '-y --before=2021-01-01 tool@*')).stdout, 'one\n')
})

await run()
