// New versions and changes of package.json by path.
import { execFileSync } from 'node:child_process'
import { assert, run, test } from './lib.mjs'

const git = (t, ...args) => execFileSync('git', args, { cwd: t.project, encoding: 'utf8', env: t.env({ GIT_CONFIG_NOSYSTEM: '1' }) })

function checkout (t, manifest) {
  t.write('package.json', manifest)
  t.write('package-lock.json', { name: 'p', version: '1.0.0', lockfileVersion: 3, packages: { '': { name: 'p', version: '1.0.0' } } })
  git(t, 'init', '-q')
  git(t, 'config', 'user.email', 'a@example.org')
  git(t, 'config', 'user.name', 'a')
  git(t, 'add', '.')
  git(t, 'commit', '-qm', 'first')
}

test('version raises package.json and lock, commits both and tags the commit', async t => {
  checkout(t, { name: 'p', version: '1.0.0' })
  assert.equal((await t.ok('version minor')).stdout, 'v1.1.0\n')
  assert.equal(t.json('package.json').version, '1.1.0')
  assert.equal(t.json('package-lock.json').packages[''].version, '1.1.0')
  assert.equal(git(t, 'log', '-1', '--format=%s'), '1.1.0\n')
  assert.equal(git(t, 'tag'), 'v1.1.0\n')
  assert.equal(git(t, 'status', '--porcelain'), '')
})

test('the words of version are npm\'s', async t => {
  checkout(t, { name: 'p', version: '1.0.0' })
  assert.equal((await t.ok('version prerelease --preid beta')).stdout, 'v1.0.1-beta.0\n')
  assert.equal((await t.ok(['version', '2.0.0', '-m', 'out: %s', '--tag-version-prefix='])).stdout, '2.0.0\n')
  assert.equal(git(t, 'log', '-1', '--format=%s'), 'out: 2.0.0\n')
  assert.match((await t.cpm('version 2.0.0')).stderr, /error Version not changed/)
  assert.match((await t.cpm('version nonsense')).stderr, /error Invalid version: nonsense/)
  await t.ok('version 2.0.0 --allow-same-version --no-git-tag-version')
  assert.equal((await t.ok('version from-git --allow-same-version --no-git-tag-version')).stdout, 'v2.0.0\n')
})

test('version refuses a checkout with changes, and goes on with --force', async t => {
  checkout(t, { name: 'p', version: '1.0.0' })
  t.write('package.json', { name: 'p', version: '1.0.0', private: true })
  const { code, stderr } = await t.cpm('version patch')
  assert.equal(code, 1)
  assert.match(stderr, /error Git working directory not clean\./)
  assert.equal(t.json('package.json').version, '1.0.0')
  await t.ok('version patch --force')
})

test('a git that fails ends version with its exit code and its words', async t => {
  checkout(t, { name: 'p', version: '1.0.0' })
  git(t, 'tag', 'v1.0.1')
  const { code, stderr } = await t.cpm('version patch')
  assert.equal(code, 128)
  assert.match(stderr, /error code 128\n.*An unknown git error occurred\n.*tag 'v1\.0\.1' already exists/s)
})

test('the scripts of version run around it and see both versions', async t => {
  const scripts = Object.fromEntries(['preversion', 'version', 'postversion'].map(name =>
    [name, `echo "${name} $npm_old_version $npm_new_version $npm_package_version" >> log`]))
  t.write('package.json', { name: 'p', version: '1.0.0', scripts })
  await t.ok('version patch')
  assert.equal(t.read('log'), 'preversion 1.0.0 1.0.1 1.0.0\nversion 1.0.0 1.0.1 1.0.1\npostversion 1.0.0 1.0.1 1.0.1\n')
  t.write('package.json', { name: 'p', version: '1.0.0', scripts: { preversion: 'exit 7' } })
  assert.equal((await t.cpm('version patch')).code, 7)
  assert.equal(t.json('package.json').version, '1.0.0')
})

test('version of workspaces raises each and the lock of the root', async t => {
  t.write('package.json', { name: 'root', version: '1.0.0', workspaces: ['a', 'b'] })
  for (const name of ['a', 'b']) t.write(`${name}/package.json`, { name, version: '1.0.0' })
  await t.ok('install')
  assert.match((await t.ok('version major --workspaces')).stdout, /^a\nv2\.0\.0\nb\nv2\.0\.0\n/)
  assert.equal(t.json('package-lock.json').packages.a.version, '2.0.0')
  assert.deepEqual(Object.keys(JSON.parse((await t.ok('version -w b --json')).stdout)).slice(0, 4), ['b', 'root', 'npm', 'cpm'])
})

test('pkg reads and changes package.json by path and leaves the rest as it is', async t => {
  t.write('package.json', '{\n\t"name": "p",\n\t"keywords": ["x"],\n\t"people": [{"name": "a"}, {"name": "b"}]\n}\n')
  assert.equal((await t.ok('pkg get name')).stdout, '"p"\n')
  assert.deepEqual(JSON.parse((await t.ok('pkg get people.name name')).stdout),
    { 'people[0].name': 'a', 'people[1].name': 'b', name: 'p' })
  await t.ok(['pkg', 'set', 'keywords[]=y', 'scripts.test=true', 'exports[./a.b].import=./a.js'])
  await t.ok('pkg set private=true --json')
  await t.ok('pkg delete people[0]')
  assert.equal(t.read('package.json'), JSON.stringify({
    name: 'p', keywords: ['x', 'y'], people: [{ name: 'b' }], scripts: { test: 'true' }, exports: { './a.b': { import: './a.js' } }, private: true,
  }, null, '\t') + '\n')
  await t.fails('pkg set name.first=p', 'EOVERRIDEVALUE')
  await t.fails('pkg set people.name=p', 'ENOADDPROP')
  await t.fails('pkg set exports[]=p', 'ENOAPPEND')
  await t.fails('pkg set a.__proto__.b=p', 'EFORBIDDENKEY')
  await t.fails('pkg set name', 'EUSAGE')
  await t.fails('pkg get -g', 'EPKGGLOBAL')
})

test('pkg asks workspaces and mends what a registry would', async t => {
  t.write('package.json', { name: 'root', workspaces: ['a', 'b'] })
  for (const name of ['a', 'b']) t.write(`${name}/package.json`, { name, version: 'v1.0.0', bin: `./${name}.js` })
  assert.deepEqual(JSON.parse((await t.ok('pkg get version -ws')).stdout), { a: 'v1.0.0', b: 'v1.0.0' })
  await t.ok('pkg fix -w a')
  assert.deepEqual(t.json('a/package.json'), { name: 'a', version: '1.0.0', bin: { a: 'a.js' } })
  assert.equal(t.json('b/package.json').version, 'v1.0.0')
})

await run()
