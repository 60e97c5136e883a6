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

await run()
