// What is said beside a command's result, and under which name.
import fs from 'node:fs'
import { assert, program, run, spawnProgram, test } from './lib.mjs'

const NOTICE = { match: /^\/a$/, headers: { 'npm-notice': 'read me' } }

test('under the name npm the lines begin with npm', async t => {
  fs.symlinkSync(program, t.at('npm'))
  await t.registry({ packages: { a: { '1.0.0': { funding: 'https://example.org' } } } })
  const npm = (...args) => spawnProgram(t.at('npm'), args, { cwd: t.project, env: t.env({ npm_config_fund: 'true' }) })
  assert.match((await npm('install', 'absent')).stderr, /^npm error code E404\nnpm error 404 /)
  assert.match((await npm('install', 'a')).stdout, /run `npm fund` for details/)
})

test('what a registry does not have is told in the words of npm, in each command', async t => {
  await t.registry({ packages: { a: { '1.0.0': {} } } })
  const lines = async line => (await t.fails(line, 'E404')).stderr.replaceAll('cpm error ', '')
  const absent = asked => ` The requested resource '${asked}' could not be found or you do not have permission to access it.`
  for (const line of ['install nowhere@^1', 'view nowhere@^1', 'exec -y nowhere@^1', 'pack nowhere@^1', 'docs nowhere@^1']) {
    const said = await lines(line)
    assert.match(said, /^code E404\n404 Not Found - GET \S+\/nowhere\S*.*\n404 ?\n/)
    assert.ok(said.includes(`404 ${absent('nowhere@^1')}\n`), said)
    assert.match(said, /404 Note that you can also install from a\n404 tarball, folder, http url, or git url\.\n/)
  }
  assert.ok((await lines('install x@npm:nowhere')).includes(absent('nowhere@*')))
  assert.ok((await lines('install nowhere@beta')).includes(absent('nowhere@beta')))
  assert.ok((await lines('view a@2')).includes(absent('a@2')))
  assert.match(await lines('install CAPITAL'), /404 This package name is not valid, because \n404 {2}1\. name can no longer contain capital letters\n/)
  const { error } = JSON.parse((await t.cpm('install nowhere --json')).stdout)
  assert.match(error.summary, /^Not Found - GET /)
  assert.match(error.detail, /^The requested resource 'nowhere@\*' could not be found/)
})

test('a tarball that is not there is E404 and says whose it is', async t => {
  const registry = await t.registry({ packages: { a: { '1.0.0': {} } } })
  registry.fault({ match: /\/-\/a-1\.0\.0\.tgz$/, status: 404, times: 9 })
  const { stderr } = await t.fails('install a', 'E404')
  assert.match(stderr, /404 Not Found - GET \S+a-1\.0\.0\.tgz.*\n.*404\n.*The requested resource 'a@1\.0\.0' could not be found/)
})

test('a word that is no name asks the registry for nothing', async t => {
  const registry = await t.registry({ packages: {} })
  for (const line of ['install node_modules', 'exec -y node_modules', 'pack favicon.ico']) await t.fails(line, 'EINVALIDPACKAGENAME')
  assert.deepEqual(registry.requests, [])
})

test('who is not logged in is told how to, each line under its title', async t => {
  await t.registry({ packages: {} })
  t.write('package.json', { name: 'p', version: '1.0.0' })
  for (const line of ['whoami', 'logout', 'publish'])
    assert.match((await t.fails(line, 'ENEEDAUTH')).stderr, /^cpm error need auth .*logged in.*\ncpm error need auth You need to authorize this machine using `cpm adduser`$/m)
})

test('a stream that the caller closed is no file of the project', async t => {
  await t.registry({ packages: { a: { '1.0.0': { deprecated: 'old' } } } })
  t.write('package.json', { name: 'p', version: '1.0.0', scripts: { say: 'echo out && echo err >&2' } })
  const shell = line => spawnProgram('sh', ['-c', line, program], { cwd: t.project, env: t.env() })
  assert.equal((await shell('exec "$0" install a <&- >&- 2>&-')).code, 0)
  assert.equal(t.json('package.json').dependencies.a, '^1.0.0')
  for (const closed of ['<&-', '>&-', '2>&-']) assert.equal((await shell(`exec "$0" run say ${closed}`)).code, 0, closed)
})

test("a registry's notice is shown, unless nothing is to be said", async t => {
  const registry = await t.registry({ packages: { a: { '1.0.0': {} } } })
  registry.fault({ ...NOTICE, times: 3 })
  assert.match((await t.ok('view a')).stderr, /^cpm notice read me$/m)
  assert.match((await t.ok('install a')).stderr, /^cpm notice read me$/m)
  assert.equal((await t.ok('view a --silent')).stderr, '')
})

test('--loglevel=verbose tells who runs and how it ended, but no words of the command line', async t => {
  const { stderr } = await t.ok('root --loglevel=verbose --otp=123456')
  assert.match(stderr, /^cpm verbose cli \S+\ncpm info using cpm@\S+\n(.*\n)*cpm verbose exit 0\ncpm info ok\n$/)
  assert.doesNotMatch(stderr, /123456/)
  assert.equal((await t.ok('root')).stderr, '')
})

test('config set names each value of the wrong type, and stores it as npm does', async t => {
  const { stderr } = await t.ok('config set registry=nonsense lockfile-version=9 fund=false')
  assert.match(stderr, /^cpm warn invalid config registry="nonsense" set in \S+\.npmrc\ncpm warn invalid config Must be full url with "http:\/\/"\ncpm warn config omitting invalid config values\n/)
  assert.match(stderr, /lockfile-version="9" .*\n.* Must be one of: null, 1, 2, 3\n/)
  assert.equal((await t.ok('root')).stderr.match(/invalid config/g).length, 4)
  assert.match((await t.ok('config get registry --location=user', { env: { npm_config_registry: '' } })).stdout, /nonsense/)
})

test('runtime=electron of an .npmrc reaches the tools that build for it', async t => {
  t.write('package.json', { name: 'p', version: '1.0.0', scripts: { say: 'echo $npm_config_runtime' } })
  t.write('.npmrc', 'runtime=electron\n')
  assert.deepEqual(await t.ok('run say --silent'), { code: 0, signal: null, stdout: 'electron\n', stderr: '' })
})

test('a pipe gets no colours, whatever FORCE_COLOR says; --color=always gives them', async t => {
  await t.registry({ packages: { a: { '1.0.0': {} } } })
  assert.doesNotMatch((await t.ok('view a', { env: { FORCE_COLOR: '1' } })).stdout, /\x1b/)
  assert.match((await t.ok('view a --color=always', { env: { FORCE_COLOR: '0' } })).stdout, /\x1b/)
})

await run()
