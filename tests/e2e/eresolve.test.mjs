// ERESOLVE as words, as data and as a file: npm 11's texts for the same packages.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const packages = { a: { '1.0.0': { peerDependencies: { p: '1' } } }, p: { '1.0.0': {}, '2.0.0': {} } }
const project = { name: 'root', version: '1.0.0', dependencies: { a: '1', p: '2' } }
const explanation = `While resolving: root@1.0.0
Found: p@2.0.0
node_modules/p
  p@"2" from the root project

Could not resolve dependency:
peer p@"1" from a@1.0.0
node_modules/a
  a@"1" from the root project

Fix the upstream dependency conflict, or retry this command with --force or --legacy-peer-deps to accept an incorrect \
(and potentially broken) dependency resolution.`

const report = t => {
  const logs = path.join(t.cache, '_logs')
  const [name, ...others] = fs.readdirSync(logs)
  assert.deepEqual(others, [])
  assert.match(name, /^\d{4}-\d\d-\d\dT\d\d_\d\d_\d\d_\d{3}Z-eresolve-report\.txt$/)
  return path.join(logs, name)
}

test('a conflict is told in npm\'s words, and in full in a report beside the logs', async t => {
  await t.registry({ packages })
  t.write('package.json', project)
  const { code, stdout, stderr } = await t.cpm('install')
  const file = report(t)
  assert.equal(code, 1)
  assert.equal(stdout, '')
  const lines = `\n${explanation}\n\n\nFor a full report see:\n${file}`.split('\n')
  assert.equal(stderr, ['code ERESOLVE', 'ERESOLVE unable to resolve dependency tree', ...lines]
    .map(line => `cpm error ${line}`.trim() + '\n').join(''))
  assert.equal(fs.readFileSync(file, 'utf8'), `'Log files:\n\n\n# cpm resolution error report\n\n${explanation}\n`)
})

test('--json gives code, summary and detail', async t => {
  await t.registry({ packages })
  t.write('package.json', project)
  const { error } = JSON.parse((await t.cpm('install --json')).stdout)
  assert.deepEqual(error, {
    code: 'ERESOLVE',
    summary: 'unable to resolve dependency tree',
    detail: `${explanation}\n\n\nFor a full report see:\n${report(t)}`
  })
})

test('other failures are the same object: ci\'s list of differences, the usage, a version that is not there', async t => {
  await t.registry({ packages })
  const failure = async args => JSON.parse((await t.cpm(`${args} --json`)).stdout).error
  t.write('package.json', { name: 'root', dependencies: { p: '9' } })
  assert.deepEqual(await failure('install'), {
    code: 'ETARGET',
    summary: 'No matching version found for p@9.',
    detail: 'In most cases you or one of your dependencies are requesting a package version that doesn\'t exist.'
  })
  t.write('package.json', { name: 'root', dependencies: { p: '1' } })
  await t.ok('install --package-lock-only')
  t.write('package.json', { name: 'root', dependencies: { p: '1', a: '1' } })
  const { code, summary } = await failure('ci')
  assert.equal(code, 'EUSAGE')
  assert.match(summary, /in sync.*\n\nMissing: a@1\.0\.0 from lock file/)
  assert.match((await failure('explain')).summary, /^Explain installed packages\n\nUsage:\ncpm explain/)
})

await run()
