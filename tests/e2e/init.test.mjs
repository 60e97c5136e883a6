// `cpm init`: the package.json that npm would make, questions, workspaces, initializers.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const NO_TEST = 'echo "Error: no test specified" && exit 1'
const plain = name => ({ name, version: '1.0.0', description: '', main: 'index.js', scripts: { test: NO_TEST }, keywords: [], author: '', license: 'ISC', type: 'commonjs' })
const text = doc => JSON.stringify(doc, null, 2) + '\n'

test("an empty folder gives npm's fields, and they are shown", async t => {
  t.write('My node-Pkg.js/x', '')
  const cwd = t.at('My node-Pkg.js')
  const { stdout } = await t.ok('init -y', { cwd })
  assert.equal(t.read('My node-Pkg.js/package.json'), text(plain('my-node-pkg')))
  assert.equal(stdout, `Wrote to ${cwd}/package.json:\n\n${text(plain('my-node-pkg'))}\n\n`)
})

test('what lies in the folder and what is configured go in', async t => {
  const cwd = t.at('c')
  for (const file of ['bin/x.js', 'docs/x', 'test/x', 'main.js', 'b.js']) t.write(`c/${file}`, '')
  t.write('c/.git/config', '[remote "origin"]\n\turl = git@github.com:foo/bar.git\n')
  t.write('c/node_modules/mocha/package.json', { version: '1.0.0' })
  t.write('c/node_modules/dep/package.json', { version: '2.0.0' })
  await t.ok('init -y --scope=foo --init-license=MIT --init-author-name=Me --init-author-email=a@b.c --init-private --init-type=module', { cwd })
  assert.equal(t.read('c/package.json'), text({
    name: '@foo/c', version: '1.0.0', description: '', main: 'main.js', bin: { c: 'bin/x.js' }, directories: { doc: 'docs', test: 'test' },
    dependencies: { dep: '^2.0.0' }, devDependencies: { mocha: '^1.0.0' }, scripts: { test: 'mocha' },
    repository: { type: 'git', url: 'git+https://github.com/foo/bar.git' }, keywords: [], author: 'Me <a@b.c>', license: 'MIT', type: 'module',
    private: true, bugs: { url: 'https://github.com/foo/bar/issues' }, homepage: 'https://github.com/foo/bar#readme',
  }))
})

test('a package.json that is there is completed, in its own style', async t => {
  t.write('package.json', '{\n\t"name": "have",\n\t"version": "3.0.0",\n\t"license": "MIT",\n\t"scripts": {\n\t\t"x": "./node_modules/.bin/y"\n\t},\n\t"mine": 1\n}\n')
  await t.ok('init -y')
  const doc = t.json('package.json')
  assert.deepEqual(Object.keys(doc), ['name', 'version', 'license', 'scripts', 'mine', 'description', 'main', 'keywords', 'author', 'type'])
  assert.equal(doc.scripts.x, 'y')
  assert.match(t.read('package.json'), /^\{\n\t"name"/)
})

test('answers are taken line by line; a wrong one is asked for again; no writes nothing', async t => {
  const answers = ['UPPER', 'good', 'x', '1.2.3', '', '', '', '', 'a, b c', 'Me', 'no license', 'MIT', '']
  const { stdout } = await t.ok('init', { input: [...answers, '', ''].join('\n') })
  assert.match(stdout, /Sorry, name can no longer contain capital letters\.\n.*package name: \(project\)/)
  assert.match(stdout, /Invalid version: "x"/)
  assert.match(stdout, /Sorry, license should be a valid SPDX license expression/)
  assert.equal(t.read('package.json'), text({ name: 'good', version: '1.2.3', description: '', keywords: ['a', 'b', 'c'], license: 'MIT', author: 'Me', type: 'commonjs', main: 'index.js', scripts: { test: NO_TEST } }))
  fs.rmSync(t.at('package.json'))
  assert.match((await t.ok('init', { input: '\n'.repeat(10) + 'no\n' })).stdout, /Aborted\./)
  const { code, stderr } = await t.cpm('init', { input: '\n\n' })
  assert.equal(code, 1)
  assert.match(stderr, /warn init canceled/)
  assert.ok(!t.exists('package.json'))
})

test('-w makes workspaces, and the root and its lock know them', async t => {
  assert.match((await t.fails('init -y -w a', 'ENOENT')).stderr, /warn init Missing package\.json\. Try with `--include-workspace-root`/)
  await t.ok('init -y')
  await t.ok('init -y -w packages/a -w packages/b')
  assert.deepEqual(t.json('package.json').workspaces, ['packages/a', 'packages/b'])
  assert.equal(t.read('packages/b/package.json'), text(plain('b')))
  assert.equal(fs.readlinkSync(t.at('node_modules/a')), '../packages/a')
  assert.ok(t.json('package-lock.json').packages['packages/b'])
})

test('an initializer is the package create-NAME, with the words behind it', async t => {
  const bin = name => ({ '1.0.0': { bin: 'x.sh', files: { 'x.sh': { content: `#!/bin/sh\necho ${name} "$@"; basename $PWD\n`, mode: 0o755 } } } })
  const registry = await t.registry({ maxAge: 300, packages: { 'create-app': bin('app'), '@s/create': bin('scope'), '@s/create-app': bin('scoped') } })
  const said = async line => (await t.ok(line.split(' '))).stdout.split('\n').slice(-3, -2)[0]
  assert.equal(await said('init -y app one -- --two'), 'app one --two')
  assert.equal(await said('create -y app@latest one'), 'app one')
  assert.equal(await said('init -y @s one'), 'scope one')
  assert.equal(await said('innit -y @s@1 one'), 'scope one')
  assert.equal(await said('init -y @s/app@1.0.0'), 'scoped')
  assert.match((await t.ok('init -y app')).stdout, /^\n> npx\n> 'create-app'\n\n/)
  await t.fails('init ./here', 'EUNSUPPORTED')
  const before = registry.requests.length
  await t.ok('init -y app')
  assert.equal(registry.requests.length, before)
})

test('a package.json that could not be written is not called written', async t => {
  if (process.getuid() === 0) t.skip('root may write everywhere')
  fs.chmodSync(t.project, 0o555)
  t.cleanup = () => fs.chmodSync(t.project, 0o755)
  const { stdout } = await t.fails('init -y', 'EACCES')
  assert.equal(stdout, '')
})

await run()
