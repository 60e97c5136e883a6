// `cpm install --write-case FILE`: what the solver was asked and answered, without hosts, credentials and folders.
import { assert, run, test } from './lib.mjs'

const packages = {
  a: { '1.0.0': { dependencies: { b: '^1.0.0' } }, '1.1.0': { deprecated: 'no' } },
  b: { '1.0.0': {}, '1.2.0': {}, '2.0.0': {} }
}

test('a case holds the packages that were read, the project and the lock that came out', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' }, scripts: { test: 'secret' } })
  await t.ok('install --write-case case.json')
  const doc = t.json('case.json')
  assert.deepEqual(doc.package, { name: 'p', version: '1.0.0', dependencies: { a: '1.0.0' } })
  assert.deepEqual(Object.keys(doc.packuments.a.versions), ['1.0.0', '1.1.0'])
  assert.deepEqual(doc.packuments.a.versions['1.0.0'].dependencies, { b: '^1.0.0' })
  assert.deepEqual(doc.packuments.b.versions['2.0.0'], {})
  const lock = doc.result.lock.join('\n').replaceAll('https://registry.example.org/', t.server.url)
  assert.deepEqual(Object.keys(JSON.parse(lock).packages), Object.keys(t.json('package-lock.json').packages))
  assert.equal(JSON.parse(lock).packages['node_modules/b'].resolved, t.json('package-lock.json').packages['node_modules/b'].resolved)
})

test('no host, credential or folder of the machine gets into a case', async t => {
  await t.registry({ packages })
  t.write('x/package.json', { name: 'x', version: '1.0.0' })
  t.write('package.json', {
    name: 'p',
    version: '1.0.0',
    dependencies: { a: '1.0.0', x: `file:${t.at('x')}` },
    optionalDependencies: { far: 'https://user:hunter2@far.internal/far.tgz?token=hunter3#abc', git: 'git@code.internal:team/git.git' }
  })
  t.write('.npmrc', `${t.server.url.replace('http:', '')}:_authToken=hunter4\n`)
  await t.cpm('install --package-lock-only --fetch-retries=0 --write-case=case.json')
  const text = t.read('case.json')
  for (const secret of ['hunter', 'internal', 'user:', new URL(t.server.url).host, t.home, t.project])
    assert.ok(!text.includes(secret), secret)
  assert.match(text, /https:\/\/host\d\.example\.org\/far\.tgz#abc/)
})

test('a conflict is a case, too, and stays a failure', async t => {
  await t.registry({ packages: { ...packages, c: { '1.0.0': { peerDependencies: { b: '1' } } } } })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { b: '2', c: '1' } })
  const { code } = await t.cpm('install --write-case case.json')
  assert.equal(code, 1)
  const { result } = t.json('case.json')
  assert.equal(result.error, 'ERESOLVE')
  assert.match(result.report.join('\n'), /Found: b@2\.0\.0\n/)
})

await run()
