// The policy of install scripts: approve-scripts, deny-scripts, install-scripts.
import { assert, run, test } from './lib.mjs'

const scripted = () => ({ scripts: { postinstall: 'date > built' } })
const packages = { a: { '1.0.0': scripted(), '2.0.0': scripted() }, b: { '1.0.0': { dependencies: { a: '2.0.0' } } }, c: { '1.0.0': scripted() } }
const policy = t => t.json('package.json').allowScripts

async function project (t, allowScripts) {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1.0.0', b: '1.0.0', c: '1.0.0' }, allowScripts })
  await t.ok('install')
}

test('what waits for review is listed, and approved by version', async t => {
  await project(t)
  const { stdout } = await t.ok('install-scripts ls')
  assert.match(stdout, /^3 packages have install scripts not yet covered by allowScripts:\n/)
  assert.match(stdout, /\n {2}a@2\.0\.0 \(postinstall: date > built\)\n/)
  assert.equal((await t.ok('approve-scripts a')).stdout, 'Approved a:\n  added a@1.0.0\n  added a@2.0.0\n')
  assert.deepEqual(policy(t), { 'a@1.0.0': true, 'a@2.0.0': true })
  assert.deepEqual(JSON.parse((await t.ok('approve-scripts --allow-scripts-pending --json')).stdout),
    { allowScripts: [{ name: 'c', changes: [{ key: 'c@1.0.0', change: 'pending' }] }] })
  await t.ok('approve-scripts --all')
  assert.match((await t.ok('install-scripts list')).stdout, /No packages with unreviewed install scripts/)
  await t.ok('rebuild')
  assert.ok(t.exists('node_modules/a/built') && t.exists('node_modules/b/node_modules/a/built') && t.exists('node_modules/c/built'))
})

test('approving replaces stale versions and names, or writes the name alone', async t => {
  await project(t, { a: true, 'c@0.9.0': true })
  assert.equal((await t.ok('install-scripts approve a c')).stdout,
    'Approved a:\n  added a@1.0.0\n  added a@2.0.0\n  replaced-by-pin a\nApproved c:\n  removed-stale c@0.9.0\n  added c@1.0.0\n')
  await t.ok('approve-scripts a@1.0.0 --no-allow-scripts-pin')
  assert.deepEqual(policy(t), { 'c@1.0.0': true, a: true })
})

test('a deny is of the whole package and stands until it is removed', async t => {
  await project(t, { 'a@1.0.0': true })
  assert.equal((await t.ok('deny-scripts a')).stdout, 'Denied a:\n  removed-pinned-allow a@1.0.0\n  added a\n')
  const { stdout, stderr } = await t.ok('approve-scripts a')
  assert.match(stderr, /a is denied; remove the entry from allowScripts to approve a\./)
  assert.match(stdout, /Nothing to approve; allowScripts unchanged\./)
  assert.deepEqual(policy(t), { a: false })
})

test('prune drops entries that mean nothing installed', async t => {
  await project(t, { 'c@1.0.0': true, 'b@1.0.0': true, gone: false })
  assert.match((await t.ok('install-scripts prune --dry-run')).stdout, /Would remove 2 unused allowScripts entries/)
  assert.equal((await t.ok('install-scripts prune')).stdout,
    'Removed 2 unused allowScripts entries:\n  b@1.0.0 (no install scripts)\n  gone (package not installed)\n')
  assert.deepEqual(policy(t), { 'c@1.0.0': true })
})

test('what cannot be meant is refused', async t => {
  await project(t)
  assert.match((await t.fails('approve-scripts nothing', 'ENOMATCH')).stderr, /No installed packages match: nothing/)
  await t.fails('approve-scripts', 'EUSAGE')
  await t.fails('install-scripts look', 'EUSAGE')
  await t.fails('install-scripts ls a', 'EUSAGE')
  await t.fails('deny-scripts -g a', 'EGLOBAL')
})

await run()
