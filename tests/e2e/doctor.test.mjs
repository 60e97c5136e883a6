// `cpm doctor`: what may be wrong on this machine.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const RELEASES = [{ version: 'v0.1.0', lts: false }, { version: 'v4.9.1', lts: 'Argon' }]

async function healthy (t, releases = RELEASES) {
  await t.registry({ packages: { npm: { '11.0.0': {}, '12.2.0': {} } }, answers: { '/dist/index.json': releases } })
  const prefix = path.join(t.home, 'prefix')
  for (const folder of ['bin', 'lib/node_modules']) fs.mkdirSync(path.join(prefix, folder), { recursive: true })
  fs.mkdirSync(t.cache, { recursive: true })
  return { env: { npm_config_disturl: `${t.server.url}dist`, PATH: `${path.join(prefix, 'bin')}:${process.env.PATH}` } }
}

test('every check has its title and its result; a foreign registry is worth a word', async t => {
  const options = await healthy(t)
  const { code, stdout, stderr } = await t.cpm('doctor', options)
  assert.equal(code, 1)
  assert.match(stderr, /error Some problems found\. See above for recommendations\.\n/)
  const results = stdout.trimEnd().split('\n\n').map(each => each.split('\n').slice(0, 2).join(': '))
  assert.deepEqual(results, ['Connecting to the registry: Ok', 'Checking cpm version: Ok', 'Checking node version: Ok', 'Checking configured npm registry: Not ok',
    'Checking for git executable in PATH: Ok', 'Checking for global bin folder in PATH: Ok', 'Checking permissions on cached files (this may take awhile): Ok',
    'Checking permissions on local node_modules (this may take awhile): Ok', 'Checking permissions on global node_modules (this may take awhile): Ok',
    'Checking permissions on local bin folder: Ok', 'Checking permissions on global bin folder: Ok', 'Verifying cache contents (this may take awhile): Ok'])
  assert.match(stdout, /\ncurrent: v\S+, works as npm v11\.\S+, latest npm: v12\.2\.0\n/)
  assert.match(stdout, new RegExp(`\ncurrent: ${process.version}, recommended: v4\\.9\\.1\n`))
  assert.match(stdout, /\nTry `cpm config set registry=https:\/\/registry\..*`\n/)
  assert.match(stdout, /\nverified 0 tarballs\n/)
})

test('words choose checks', async t => {
  const options = await healthy(t)
  assert.equal((await t.ok('doctor ping', options)).stdout, 'Connecting to the registry\nOk\n\n')
  assert.equal((await t.ok('doctor environment', options)).stdout.match(/^Checking/gm).length, 2)
  assert.equal((await t.ok('doctor environment --color=always', options)).stdout.match(/\x1b\[32mOk\x1b\[39m/g).length, 2)
  assert.equal((await t.ok('doctor nothing', options)).stdout, '')
  assert.equal((await t.ok('doctor ping --silent', options)).stdout, '')
})

test('an old node, a registry that does not answer and a missing git are named with what to do', async t => {
  const options = await healthy(t, [{ version: 'v999.1.0', lts: 'Last' }])
  assert.match((await t.cpm('doctor versions', options)).stdout, new RegExp(`\nNot ok\nUse node v999\\.1\\.0 \\(current: ${process.version}\\)\n`))
  assert.match((await t.cpm('doctor connection --registry=http://localhost:9/ --fetch-retries=0', options)).stdout, /\nNot ok\n.*localhost:9/)
  const { stdout } = await t.cpm('doctor environment', { env: { ...options.env, PATH: '/nowhere' } })
  assert.match(stdout, /\nNot ok\nError: Install git and ensure it's in your PATH\.\n/)
  assert.match(stdout, /\nNot ok\nError: Add .*prefix\/bin to your \$PATH\n/)
})

test('files of another owner or without the rights are told one by one', async t => {
  const options = await healthy(t)
  const root = process.getuid() === 0 // who may read everything, but can give files away
  t.write('node_modules/a/index.js', '')
  if (root) fs.chownSync(t.at('node_modules/a/index.js'), 12345, 12345)
  else fs.chmodSync(t.at('node_modules/a/index.js'), 0o200)
  const { code, stdout, stderr } = await t.cpm('doctor permissions', options)
  assert.equal(code, 1)
  assert.match(stdout, /local node_modules \(this may take awhile\)\nNot ok\nCheck the permissions of files in .*\/node_modules \(should be owned by current user\)\n/)
  assert.match(stderr, root
    ? /warn doctor checkFilesPermission should be owner of .*a\/index\.js\n/
    : /error doctor checkFilesPermission Missing permissions on .*a\/index\.js \(expect: readable, writable\)\n/)
})

test('a missing global folder is a fault, a missing node_modules is none', async t => {
  const options = await healthy(t)
  fs.rmdirSync(path.join(t.home, 'prefix/lib/node_modules'))
  const { stdout, stderr } = await t.cpm('doctor permissions', options)
  assert.equal(stdout.match(/Not ok/g).length, 1)
  assert.match(stderr, /warn doctor checkFilesPermission error getting info for .*prefix\/lib\/node_modules\n/)
})

await run()
