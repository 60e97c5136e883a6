// link, rebuild and shrinkwrap.
import fs from 'node:fs'
import { assert, run, test } from './lib.mjs'

const packages = {
  a: { '1.0.0': { scripts: { install: 'date > built' }, files: { 'x.js': '1' } }, '1.1.0': {} },
  b: { '1.0.0': { bin: 'b.js', files: { 'b.js': '#!/usr/bin/env node\n' } } },
}
const leads = (t, name) => fs.readlinkSync(t.at(name))
const prefix = t => `${t.home}/prefix`

test('link makes the project a global package, and by name links it into another', async t => {
  await t.registry({ packages })
  t.write('../lib/package.json', { name: '@s/lib', version: '1.0.0', bin: { tool: 't.js' } })
  t.write('../lib/t.js', '')
  t.write('package.json', { name: 'p', dependencies: { b: '1.0.0' } })
  await t.ok('link', { cwd: t.at('../lib') })
  assert.equal(fs.realpathSync(`${prefix(t)}/lib/node_modules/@s/lib`), t.at('../lib'))
  assert.ok(fs.existsSync(`${prefix(t)}/bin/tool`))
  await t.ok('install')
  const lock = t.read('package-lock.json')
  assert.match((await t.ok('ln @s/lib')).stdout, /added 1 package/)
  assert.equal(leads(t, 'node_modules/@s/lib'), '../../../lib')
  assert.equal(leads(t, 'node_modules/.bin/tool'), '../@s/lib/t.js')
  assert.equal(t.read('package-lock.json'), lock)
  assert.deepEqual(t.json('package.json').dependencies, { b: '1.0.0' })
  await t.ok('unlink @s/lib')
  assert.equal(t.exists('node_modules/@s/lib'), false)
})

test('link saves when asked to, takes folders, and installs globally what is not there', async t => {
  await t.registry({ packages })
  t.write('../lib/package.json', { name: 'lib', version: '1.0.0' })
  t.write('package.json', { name: 'p' })
  await t.ok('link ../lib --save-dev')
  assert.deepEqual(t.json('package.json').devDependencies, { lib: 'file:../lib' })
  assert.match((await t.ok('link a@1.1.0')).stdout, /added 1 package/)
  assert.equal(fs.realpathSync(t.at('node_modules/a')), fs.realpathSync(`${prefix(t)}/lib/node_modules/a`))
  await t.fails('link -g a', 'ELINKGLOBAL')
})

test('rebuild runs the scripts of allowed packages, in files of their own', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1.0.0', b: '1.0.0' } })
  await t.ok('install')
  assert.equal(t.exists('node_modules/a/built'), false)
  const before = fs.statSync(t.at('node_modules/a/x.js'))
  assert.match((await t.ok('rebuild')).stderr, /1 package has install scripts not yet covered by allowScripts/)
  assert.equal(t.exists('node_modules/a/built'), false)
  await t.ok(['pkg', 'set', '--json', 'allowScripts.a=true'])
  fs.rmSync(t.at('node_modules/.bin/b'))
  assert.equal((await t.ok('rebuild b')).stdout, 'rebuilt dependencies successfully\n')
  assert.equal(t.exists('node_modules/a/built'), false)
  assert.ok(t.exists('node_modules/.bin/b'))
  await t.ok('rebuild a@^1')
  assert.ok(t.exists('node_modules/a/built'))
  const after = fs.statSync(t.at('node_modules/a/x.js'))
  assert.equal(after.nlink, 1)
  assert.equal(after.mtimeMs, before.mtimeMs)
  fs.rmSync(t.at('node_modules/a/built'))
  await t.ok('rb --ignore-scripts')
  await t.ok('rb a@2')
  assert.equal(t.exists('node_modules/a/built'), false)
  assert.match((await t.cpm('rebuild a@latest')).stderr, /only supports SemVer/)
})

test('a script that fails ends rebuild with its exit code', async t => {
  await t.registry({ packages: { a: { '1.0.0': { scripts: { install: 'exit 3' } } } } })
  t.write('package.json', { name: 'p', dependencies: { a: '1.0.0' }, allowScripts: { a: true } })
  await t.ok('install --ignore-scripts')
  const { code, stderr } = await t.cpm('rebuild')
  assert.equal(code, 3)
  assert.match(stderr, /command failed/)
})

test('shrinkwrap renames the lock, converts it and makes one', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { b: '1.0.0' } })
  assert.match((await t.ok('shrinkwrap')).stderr, /created a lockfile as npm-shrinkwrap\.json with version 3/)
  fs.rmSync(t.at('npm-shrinkwrap.json'))
  await t.ok('install')
  const lock = t.read('package-lock.json')
  assert.match((await t.ok('shrinkwrap')).stderr, /package-lock\.json has been renamed to npm-shrinkwrap\.json/)
  assert.equal(t.read('npm-shrinkwrap.json'), lock)
  assert.equal(t.exists('package-lock.json'), false)
  assert.match((await t.ok('shrinkwrap')).stderr, /up to date/)
  assert.match((await t.ok('shrinkwrap --lockfile-version=2')).stderr, /Converting lock file.*v3 -> v2\n.*updated to version 2/)
  assert.ok(t.json('npm-shrinkwrap.json').dependencies.b)
  await t.fails('shrinkwrap -g', 'ESHRINKWRAPGLOBAL')
})

test('shrinkwrap names the project as package.json does now', async t => {
  await t.registry({ packages: { a: { '1.0.0': {} } } })
  t.write('package.json', { name: 'old', version: '1.0.0', dependencies: { a: '1' } })
  await t.ok('install')
  t.write('package.json', { name: 'new', version: '2.0.0', license: 'MIT', dependencies: { a: '1' } })
  await t.ok('shrinkwrap --offline')
  const { name, version, packages } = t.json('npm-shrinkwrap.json')
  assert.deepEqual([name, version], ['new', '2.0.0'])
  assert.deepEqual(packages[''], { name: 'new', version: '2.0.0', license: 'MIT', dependencies: { a: '1' } })
  assert.ok(!t.exists('package-lock.json') && t.exists('node_modules/a'))
})

await run()
