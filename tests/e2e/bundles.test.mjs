// Packages that bring others in their tarball, or name them in an npm-shrinkwrap.json of their own.
import { assert, run, test } from './lib.mjs'

const inside = (name, version, more) => JSON.stringify({ name, version, ...more })

const packages = {
  holder: {
    '1.0.0': {
      dependencies: { inner: '^1.0.0', outer: '^1.0.0' },
      bundleDependencies: ['inner'],
      files: {
        'node_modules/inner/package.json': inside('inner', '1.0.5', { dependencies: { deep: '*' } }),
        'node_modules/inner/lib/package.json': '{"type":"commonjs"}',
        'node_modules/inner/node_modules/deep/package.json': inside('deep', '3.0.0'),
      },
    },
  },
  inner: { '1.0.0': {}, '1.9.0': {} },
  outer: { '1.0.0': { dependencies: { inner: '^1.0.0' } } },
  elsewhere: {
    '1.0.0': {
      os: ['plan9'],
      dependencies: { inner: '^1.0.0' },
      bundleDependencies: ['inner'],
      files: { 'node_modules/inner/package.json': inside('inner', '1.0.0') },
    },
  },
}

const shrinkwrapped = url => ({
  name: 'wrapped',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { name: 'wrapped', version: '1.0.0', dependencies: { inner: '^1.0.0' } },
    'node_modules/inner': { version: '1.0.0', resolved: `${url}inner/-/inner-1.0.0.tgz`, integrity: 'INTEGRITY' },
  },
})

for (const mode of ['', ' --package-lock-only']) {
  test(`what a package bundles stands in the lock below it: install${mode}`, async t => {
    await t.registry({ packages })
    t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { holder: '1.0.0' } })
    await t.ok('install' + mode)
    const { packages: entries } = t.json('package-lock.json')
    assert.deepEqual(Object.keys(entries), ['', 'node_modules/holder', 'node_modules/holder/node_modules/inner',
      'node_modules/holder/node_modules/inner/node_modules/deep', 'node_modules/inner', 'node_modules/outer'])
    assert.deepEqual(entries['node_modules/holder/node_modules/inner'],
      { version: '1.0.5', inBundle: true, dependencies: { deep: '*' } })
    assert.equal(entries['node_modules/inner'].version, '1.9.0')
    const before = t.read('package-lock.json')
    await t.ok('ci')
    assert.equal(t.json('node_modules/holder/node_modules/inner/package.json').version, '1.0.5')
    await t.ok('install' + mode)
    assert.equal(t.read('package-lock.json'), before)
  })

  test(`a package's own shrinkwrap decides what stands below it: install${mode}`, async t => {
    const wrapped = { '1.0.0': { dependencies: { inner: '^1.0.0' }, _hasShrinkwrap: true, files: {} } }
    await t.registry({ packages: { ...packages, wrapped } })
    const { integrity } = t.server.manifest('inner', '1.0.0').dist
    const shrinkwrap = JSON.stringify(shrinkwrapped(t.server.url)).replace('INTEGRITY', integrity)
    wrapped['1.0.0'].files['npm-shrinkwrap.json'] = shrinkwrap
    t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { wrapped: '1.0.0' } })
    await t.ok('install' + mode)
    const { packages: entries } = t.json('package-lock.json')
    assert.deepEqual(Object.keys(entries), ['', 'node_modules/wrapped', 'node_modules/wrapped/node_modules/inner'])
    assert.equal(entries['node_modules/wrapped'].hasShrinkwrap, true)
    assert.equal(entries['node_modules/wrapped/node_modules/inner'].version, '1.0.0')
    assert.equal(entries['node_modules/wrapped/node_modules/inner'].integrity, integrity)
    await t.ok('ci')
    assert.equal(t.json('node_modules/wrapped/node_modules/inner/package.json').version, '1.0.0')
  })
}

test('a bundling package for another system is looked into only for a complete lock', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', optionalDependencies: { elsewhere: '1.0.0' } })
  await t.ok('install')
  assert.deepEqual(Object.keys(t.json('package-lock.json').packages), ['', 'node_modules/elsewhere'])
})

test('a bundling package whose tarball is gone fails even a dry run', async t => {
  await t.registry({ packages })
  t.server.fault({ match: /holder-1\.0\.0\.tgz/, times: 9, status: 404 })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { holder: '1.0.0' } })
  await t.fails('install --dry-run', 'E404')
})

test('a package may depend on a folder of its own, but on no other', async t => {
  const linker = {
    '1.0.0': { dependencies: { part: 'file:parts/part' }, files: { 'parts/part/package.json': inside('part', '7.0.0'), 'parts/part/index.js': '' } },
    '2.0.0': { dependencies: { part: 'file:../../secret' } },
  }
  await t.registry({ packages: { linker } })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { linker: '1.0.0' } })
  await t.ok('install')
  const { packages: entries } = t.json('package-lock.json')
  assert.deepEqual(Object.keys(entries), ['', 'node_modules/linker', 'node_modules/linker/parts/part', 'node_modules/part'])
  assert.deepEqual(entries['node_modules/part'], { resolved: 'node_modules/linker/parts/part', link: true })
  assert.equal(t.json('node_modules/part/package.json').version, '7.0.0')
  await t.ok('ci')
  assert.equal(t.json('node_modules/part/package.json').version, '7.0.0')
  await t.ok('install')
  await t.fails('install linker@2', 'EUNSUPPORTEDPROTOCOL')
})

await run()
