// `cpm query`: npm's dependency selectors over the tree that stands.
import fs from 'node:fs'
import { assert, run, test } from './lib.mjs'

const add = (t, at, manifest) => t.write(`${at}/package.json`, manifest)

function project (t) {
  add(t, '.', { name: 'p', version: '1.0.0', workspaces: ['ws/*'], dependencies: { a: '^1', al: 'npm:real@2', gone: '3' }, devDependencies: { d: '*' }, optionalDependencies: { o: '1' } })
  add(t, 'ws/w', { name: 'w', version: '1.0.0', private: true, dependencies: { b: '1' } })
  add(t, 'node_modules/a', { name: 'a', version: '1.2.0', license: 'MIT', keywords: ['http', 'x y'], engines: { node: '>=10' }, dependencies: { b: '1' }, scripts: { test: 'node_modules/.bin/t', bad: 1 } })
  add(t, 'node_modules/b', { name: 'b', version: '1.5.0', license: 'mit', author: 'Jo <jo@example.org>', contributors: [{ name: 'Al', email: 'al@example.org' }] })
  add(t, 'node_modules/al', { name: 'real', version: '2.0.0', funding: 'https://x.example' })
  add(t, 'node_modules/d', { name: 'd', version: '0.1.0-beta.1', bundledDependencies: ['in'], dependencies: { in: '1', b: '^2' } })
  add(t, 'node_modules/d/node_modules/in', { name: 'in', version: '1.0.0' })
  add(t, 'node_modules/x', { name: 'x', version: '9.0.0' })
  fs.symlinkSync('../ws/w', t.at('node_modules/w'))
}

const locations = async (t, selector, ...more) =>
  JSON.parse((await t.ok(['query', selector, ...more])).stdout).map(({ location }) => location.replace(/^node_modules\//, '')).join(' ')

test('an entry has the package, its place, who wants it and what it wants', async t => {
  project(t)
  const [item] = JSON.parse((await t.ok('query #d')).stdout)
  assert.deepEqual(Object.entries(item), Object.entries({ name: 'd', version: '0.1.0-beta.1', dependencies: { in: '1', b: '^2' }, _id: 'd@0.1.0-beta.1',
    bundleDependencies: ['in'], pkgid: 'd@0.1.0-beta.1', location: 'node_modules/d', path: t.at('node_modules/d'), realpath: t.at('node_modules/d'),
    resolved: null, from: [''], to: ['node_modules/d/node_modules/in', 'node_modules/b'], dev: true, inBundle: false, deduped: false, overridden: false, queryContext: {} }))
  assert.deepEqual(JSON.parse((await t.ok('query #a')).stdout)[0].scripts, { test: 'node_modules/.bin/t' })
  const [missing] = JSON.parse((await t.ok('query :missing')).stdout)
  assert.deepEqual(missing, { name: 'gone', version: '3', _id: 'gone@3', pkgid: 'gone@3', path: null, realpath: null, resolved: null, from: [''], to: [],
    dev: true, inBundle: false, deduped: false, overridden: false, queryContext: { missing: true } })
})

const CASES = {
  'names, kinds and what the tree is like there': {
    '*': ' a al b d d/node_modules/in x ws/w', '#al': 'al', '#real': 'al', '.dev': 'd d/node_modules/in x b', '.workspace': 'ws/w', '.bundled': 'd/node_modules/in',
    ':root': '', ':extraneous': 'x', ':invalid': 'b', ':link': 'ws/w', ':private': 'ws/w', ':deduped': 'b', ':is(:root)': '',
  },
  'combinators': {
    ':root > *': 'a al d ws/w', ':root > .dev': 'd', '#a > *': 'b', '#d #in': 'd/node_modules/in', '.workspace > *': 'b', '#a ~ #al': 'al', '#a ~ #a': '', '#x + #a': 'a',
  },
  'attributes': {
    '[license]': 'a b', '[license=MIT]': 'a', '[license="mit" i]': 'a b', '[keywords=http]': 'a', '[keywords="x y"]': 'a', '[keywords~=y]': 'a', '[name^=re]': 'al',
    '[name$=al]': 'al', '[author*=jo@]': 'b', '[version|="0.1.0"]': 'd', ':attr(engines, [node])': 'a', ':attr(contributors, [email^=al])': 'b', ':attr(no, :attr(no, [x]))': '',
  },
  'versions, paths and types': {
    ':semver(1.x)': ' a b d/node_modules/in ws/w', ':semver(1.2.0)': 'a', ':semver(12.0.0, :attr(engines, [node]))': 'a', ':semver(1.2.0, [version], gt)': 'al b x',
    ':path(ws/*)': 'ws/w', ':path(node_modules/?)': 'a b d x', ':type(alias)': 'al', ':type(directory)': 'ws/w', ':semver(^2, [version], "ltr")': ' a b d d/node_modules/in ws/w',
  },
  'selectors in selectors': {
    ':not(.dev):not(:root):not(.workspace)': ' a al', ':has(> #b)': 'a d ws/w', ':root > :is(#a, #d)': 'a d', ':has(> :missing)': '', ':root > :not(:empty)': 'a d ws/w', '#a, #b, #a': 'a b',
  },
}
for (const [what, cases] of Object.entries(CASES)) {
  test(what, async t => {
    project(t)
    for (const [selector, wanted] of Object.entries(cases)) {
      const found = await locations(t, selector)
      assert.deepEqual(found.split(' ').sort(), wanted.split(' ').sort(), selector)
    }
  })
}

test('-w sets the scope, --package-lock-only reads the lock', async t => {
  project(t)
  assert.equal(await locations(t, ':scope', '-w', 'w'), 'ws/w')
  assert.equal(await locations(t, ':scope > *', '-w', 'w', '--include-workspace-root'), 'a al d ws/w b')
  assert.match((await t.fails('query * --package-lock-only', 'EUSAGE')).stderr, /required in package-lock-only mode/)
  t.write('package-lock.json', { name: 'p', lockfileVersion: 3, packages: { '': {}, 'node_modules/a': { version: '1.3.0', resolved: 'http://localhost:9/a/-/a-1.3.0.tgz', license: 'ISC' } } })
  const [item] = JSON.parse((await t.ok('query [license=ISC] --package-lock-only')).stdout)
  assert.deepEqual([item.name, item.version, item.resolved, item.pkgid], ['a', '1.3.0', 'http://localhost:9/a/-/a-1.3.0.tgz', 'a@1.3.0'])
})

test('expectations decide the exit code', async t => {
  project(t)
  const warning = async (line, text) => {
    const { code, stderr } = await t.cpm(line)
    assert.deepEqual([code, stderr], [text ? 1 : 0, text ? `cpm warn query ${text}\n` : ''], line)
  }
  await warning('query #zz --expect-results', 'Expected results, got 0')
  await warning('query #a --no-expect-results', 'Expected no results, got 1')
  await warning('query #a --expect-results')
  await warning('query #a --expect-result-count=2', 'Expected 2 results, got 1')
  await warning('query #a --expect-result-count=1')
})

test('faults have npm\'s codes, also as JSON', async t => {
  project(t)
  const codes = { a: 'EQUERYNOSELECTOR', '.a': 'EQUERYNODEPTYPE', ':a': 'EQUERYNOPSEUDO', ':attr(a)': 'EQUERYATTR', ':vuln([a])': 'EQUERYATTR', ':semver(z)': 'EQUERYINVALIDSEMVER',
    ':semver(1, [version], zz)': 'EQUERYINVALIDOPERATOR', ':semver(1, [version], [x])': 'ESEMVERFUNC', ':semver([a],[b])': 'ESEMVERVALUE' }
  for (const [selector, code] of Object.entries(codes)) {
    const { stdout } = await t.fails(['query', selector], code)
    assert.equal(JSON.parse(stdout).error.code, code)
  }
  assert.match((await t.cpm(['query', '[name=a'])).stderr, /Expected a closing square bracket, in the selector '\[name=a'/)
  assert.match((await t.cpm(['query', ':is(#a'])).stderr, /Expected a closing parenthesis/)
  assert.equal((await t.ok('query')).stdout, '[]\n')
})

test('the registry is asked for newer versions and for advisories', async t => {
  add(t, '.', { name: 'p', version: '1.0.0', dependencies: { a: '^1' } })
  add(t, 'node_modules/a', { name: 'a', version: '1.0.0' })
  const advisory = { id: 1, severity: 'high', cwe: ['CWE-79'], vulnerable_versions: '<1.1.0' }
  await t.registry({ packages: { a: { '1.0.0': {}, '1.1.0': {}, '2.0.0': {} } }, answers: { '/-/npm/v1/security/advisories/bulk': { a: [advisory] } } })
  assert.deepEqual(JSON.parse((await t.ok('query :outdated(in-range)')).stdout)[0].queryContext,
    { versions: ['1.0.0', '1.1.0', '2.0.0'], outdated: { inRange: [{ from: '', versions: ['1.1.0'] }] } })
  for (const [selector, wanted] of Object.entries({ ':outdated': 'a', ':outdated(major)': 'a', ':outdated(minor)': 'a', ':outdated(patch)': '', ':outdated(out-of-range)': 'a',
    ':vuln': 'a', ':vuln([severity=high])': 'a', ':vuln([severity=low])': '', ':vuln([cwe=79])': 'a', ':vuln([cwe=80],[severity=high])': 'a', ':vuln([cwe])': 'a' })) {
    assert.equal(await locations(t, selector), wanted, selector)
  }
  assert.deepEqual(JSON.parse((await t.ok('query :vuln')).stdout)[0].queryContext, { advisories: [advisory] })
})

await run()
