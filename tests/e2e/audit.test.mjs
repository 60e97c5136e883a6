// `cpm audit`, `cpm audit fix` and the lines at the end of an install, against made-up advisories.
import { assert, run, test } from './lib.mjs'

const BULK = '/-/npm/v1/security/advisories/bulk'
const advisory = (id, range, severity = 'high') =>
  ({ id, url: `http://localhost/advisories/${id}`, title: `fault ${id}`, severity, vulnerable_versions: range, cwe: [], cvss: { score: 1, vectorString: null } })

const packages = {
  low: { '1.0.0': {}, '1.0.1': {}, '2.0.0': {} },
  mid: { '1.0.0': { dependencies: { low: '1.0.0' } }, '2.0.0': { dependencies: { low: '^2.0.0' } } },
  other: { '1.0.0': { dependencies: { low: '^1.0.0' } } },
}

async function project (t, dependencies, advisories = { low: [advisory(7, '<1.0.1')] }) {
  const asked = []
  await t.registry({ packages, answers: { [BULK]: body => { asked.push(body); return Object.fromEntries(Object.entries(advisories).filter(([name]) => body[name])) } } })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies })
  await t.ok('install')
  return asked
}

const AUDITED = { env: { npm_config_audit: 'true' } }

test('an install says what is known of what it brings, and asks in one question', async t => {
  const asked = await project(t, { mid: '^1.0.0' })
  const { stdout } = await t.ok('ci', AUDITED)
  assert.match(stdout, /^\nadded 2 packages, and audited 3 packages in \S+\n\n2 high severity vulnerabilities\n/)
  assert.match(stdout, /\n {2}cpm audit fix --force\n\nRun `cpm audit` for details\.\n$/)
  assert.deepEqual(asked, [{ low: ['1.0.0'], mid: ['1.0.0'] }])
  const request = t.server.requests.find(each => each.path === BULK)
  assert.equal(request.headers['content-encoding'], 'gzip')
})

test('nothing is asked with --no-audit, and a failing endpoint is silent', async t => {
  const asked = await project(t, { mid: '^1.0.0' })
  assert.doesNotMatch((await t.ok('ci --no-audit', AUDITED)).stdout, /audited|vulnerabilit/)
  assert.equal(asked.length, 0)
  t.server.fault({ match: /advisories/, status: 503 })
  const { stdout, stderr } = await t.ok('ci', AUDITED)
  assert.doesNotMatch(stdout + stderr, /audit|vulnerabilit|503/)
})

test('the report names who depends on what is vulnerable, and fails', async t => {
  await project(t, { mid: '^1.0.0' })
  const { code, stdout } = await t.cpm('audit')
  assert.equal(code, 1)
  assert.equal(stdout, `# npm audit report

low  1.0.0
Severity: high
fault 7 - http://localhost/advisories/7
fix available via \`cpm audit fix --force\`
Will install mid@2.0.0, which is a breaking change
node_modules/low
  mid  1.0.0
  Depends on vulnerable versions of low
  node_modules/mid

2 high severity vulnerabilities

To address all issues (including breaking changes), run:
  cpm audit fix --force
`)
  await t.ok('audit --audit-level=critical')
  const doc = JSON.parse((await t.cpm('audit --json')).stdout)
  assert.deepEqual(doc.vulnerabilities.mid.via, ['low'])
  assert.deepEqual(doc.vulnerabilities.low.effects, ['mid'])
  assert.equal(doc.metadata.vulnerabilities.total, 2)
})

test('a dependent that can do without the vulnerable version is none itself, and is fixed', async t => {
  await project(t, { other: '1.0.0' }, { low: [advisory(8, '=1.0.1', 'critical')] })
  const doc = JSON.parse((await t.cpm('audit --json')).stdout)
  assert.deepEqual(Object.keys(doc.vulnerabilities), ['low'])
  assert.equal(doc.vulnerabilities.low.fixAvailable, true)
  assert.match((await t.ok('audit fix')).stdout, /changed 1 package, and audited 3 packages in \S+\n\nfound 0 vulnerabilities\n$/)
  assert.equal(t.json('package-lock.json').packages['node_modules/low'].version, '1.0.0')
})

test('audit fix leaves what package.json does not allow, --force does not', async t => {
  await project(t, { mid: '^1.0.0' })
  assert.equal((await t.cpm('audit fix')).code, 1)
  assert.equal(t.json('package.json').dependencies.mid, '^1.0.0')
  const { stderr } = await t.ok('audit fix --force')
  assert.match(stderr, /warn audit Updating mid to 2\.0\.0, which is a SemVer major change\./)
  assert.equal(t.json('package.json').dependencies.mid, '^2.0.0')
  assert.match((await t.ok('audit')).stdout, /^found 0 vulnerabilities\n$/)
})

test('without a lock, with a broken endpoint and for globals it says why it cannot', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { low: '1' } })
  await t.fails('audit', 'ENOLOCK')
  await t.fails('audit -g', 'EAUDITGLOBAL')
  await t.ok('install')
  const { code, stderr } = await t.cpm('audit')
  assert.equal(code, 1)
  assert.match(stderr, /warn audit 405 .*\n.*error audit endpoint returned an error\n$/)
})

await run()
