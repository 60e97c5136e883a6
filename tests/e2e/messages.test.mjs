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

await run()
