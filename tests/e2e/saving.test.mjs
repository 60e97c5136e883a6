// What the commands save, and how they end, where there is little to go by.
import { assert, run, test } from './lib.mjs'

const packages = { a: { '1.0.0': {}, '1.1.0': {} } }

for (const line of ['install', 'install --package-lock-only', 'install --dry-run', 'install --no-package-lock']) {
  test(`without a package.json a bare ${line} ends with ENOENT, after all is done`, async t => {
    await t.registry({ packages })
    const { code, stderr } = await t.cpm(line)
    assert.equal(code, 254)
    assert.match(stderr, /error code ENOENT/)
    assert.equal(t.exists('package-lock.json'), !/no-package-lock|dry-run/.test(line))
  })
}

test('without a package.json install --ignore-scripts, update, prune and install NAME work', async t => {
  await t.registry({ packages })
  for (const line of ['install --ignore-scripts', 'update', 'prune']) await t.ok(line)
  assert.equal(t.exists('package.json'), false)
  await t.ok('install a')
  assert.deepEqual(t.json('package.json'), { dependencies: { a: '^1.1.0' } })
})

test('dedupe writes no lock when nothing stands there twice', async t => {
  await t.registry({ packages })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('dedupe')
  assert.equal(t.exists('package-lock.json'), false)
  assert.ok(t.exists('node_modules/a/package.json'))
})

test('uninstall of a name that stands nowhere saves a sorted package.json all the same', async t => {
  await t.registry({ packages })
  await t.ok('uninstall nothing')
  assert.deepEqual(t.json('package.json'), {})
})

const deep = {
  top: { '1.0.0': { dependencies: { a: '^1.0.0' }, bin: 'x.js', files: { 'x.js': '#!/usr/bin/env node\n' } } },
  ...packages,
}

test('a global install leaves what stands there alone, nested packages included', async t => {
  await t.registry({ packages: deep })
  await t.ok('install -g --prefix ../g top')
  const { stdout } = await t.ok('install -g --prefix ../g a@1.0.0')
  assert.match(stdout, /added 1 package in/)
  assert.equal(t.json('../g/lib/node_modules/top/node_modules/a/package.json').version, '1.1.0')
  assert.ok(t.exists('../g/bin/top'))
  await t.ok('update -g --prefix ../g a')
  assert.equal(t.json('../g/lib/node_modules/a/package.json').version, '1.1.0')
  await t.ok('uninstall -g --prefix ../g top')
  assert.equal(t.exists('../g/lib/node_modules/top'), false)
  assert.equal(t.exists('../g/bin/top'), false)
  assert.ok(t.exists('../g/lib/node_modules/a'))
})

test('what the project itself bundles is installed', async t => {
  await t.registry({ packages: deep })
  await t.ok('install top --save-bundle')
  assert.deepEqual(t.json('package.json'), { bundleDependencies: ['top'], dependencies: { top: '^1.0.0' } })
  assert.ok(t.exists('node_modules/top/x.js'))
  assert.ok(t.exists('node_modules/a/package.json'))
  assert.equal(t.json('package-lock.json').packages['node_modules/a'].inBundle, true)
})

test('a new optional dependency stands in the first lock among the dependencies too, and not in the next', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0' })
  await t.ok('install -O a')
  assert.deepEqual(t.json('package-lock.json').packages[''],
    { name: 'p', version: '1.0.0', dependencies: { a: '*' }, optionalDependencies: { a: '^1.1.0' } })
  await t.ok('install --package-lock-only')
  assert.equal(t.json('package-lock.json').packages[''].dependencies, undefined)
})

test('a dependency that moves to another group leaves the old one, and that is told', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  const { stderr } = await t.ok('install -D a')
  assert.match(stderr, /warn idealTree Removing dependencies\.a in favor of devDependencies\.a\n/)
  assert.deepEqual(t.json('package.json'), { name: 'p', version: '1.0.0', devDependencies: { a: '^1.1.0' } })
  await t.ok('install -P a')
  assert.equal((await t.ok('install -O a')).stderr, '', 'npm says nothing of a dependency that becomes optional')
})

test('after --no-save the next install writes the lock', async t => {
  await t.registry({ packages: deep })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  await t.ok('install --no-save')
  assert.equal(t.exists('package-lock.json'), false)
  await t.ok('install')
  assert.ok(t.exists('package-lock.json'))
})

test('a conflict that is overridden is reported below one heading', async t => {
  await t.registry({ packages: { ...packages, plug: { '1.0.0': { peerDependencies: { a: '1.1.0' } } } } })
  t.write('package.json', { dependencies: { a: '1.0.0', plug: '1.0.0' } })
  const { stderr } = await t.ok('install --force')
  assert.match(stderr, /warn ERESOLVE overriding peer dependency\n\w+ warn While resolving: plug@1\.0\.0\n/)
})

await run()
