// `cpm sbom`: what is installed as a CycloneDX or SPDX document, in npm's words.
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const install = (t, at, manifest) => t.write(path.join(at, 'package.json'), manifest)
const document = async (t, line) => JSON.parse((await t.ok(`sbom ${line}`)).stdout)
const SHA512 = Buffer.alloc(64, 1)

function project (t) {
  t.write('package.json', { name: '@s/p', version: '1.0.0', license: '(MIT OR ISC)', dependencies: { a: '^1.0.0', again: 'npm:a@^1.0.0' }, devDependencies: { d: '*' } })
  install(t, 'node_modules/a', { name: 'a', version: '1.2.0', license: 'MIT', author: { name: 'A. Author' }, homepage: 'http://localhost/a', bugs: { url: 'http://localhost/a/bugs' } })
  install(t, 'node_modules/again', { name: 'a', version: '1.2.0' })
  install(t, 'node_modules/d', { name: 'd', version: '3.0.0', private: true, dependencies: { a: '*' } })
  t.write('package-lock.json', {
    name: '@s/p', version: '1.0.0', lockfileVersion: 3, requires: true,
    packages: {
      '': { name: '@s/p', version: '1.0.0', dependencies: { a: '^1.0.0', again: 'npm:a@^1.0.0' }, devDependencies: { d: '*' } },
      'node_modules/a': { version: '1.2.0', resolved: 'http://localhost/a-1.2.0.tgz', integrity: `sha512-${SHA512.toString('base64')}`, license: 'MIT' },
      'node_modules/again': { name: 'a', version: '1.2.0' },
      'node_modules/d': { version: '3.0.0', dev: true, dependencies: { a: '*' } },
    },
  })
}

test('CycloneDX names each package once, with what its package.json says', async t => {
  project(t)
  const doc = await document(t, '--sbom-format=cyclonedx --sbom-type=application')
  assert.match(doc.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(Math.abs(Date.parse(doc.metadata.timestamp) - Date.now()) < 60000)
  assert.deepEqual(doc.metadata.lifecycles, [{ phase: 'build' }])
  assert.equal(doc.metadata.component.type, 'application')
  assert.deepEqual(doc.metadata.component.licenses, [{ expression: '(MIT OR ISC)' }])
  assert.equal(doc.metadata.component.purl, 'pkg:npm/%40s/p@1.0.0')
  assert.deepEqual(doc.components.map(each => each['bom-ref']), ['a@1.2.0', 'd@3.0.0'])
  assert.deepEqual(doc.components[0], {
    'bom-ref': 'a@1.2.0', type: 'library', name: 'a', version: '1.2.0', scope: 'required', author: 'A. Author', purl: 'pkg:npm/a@1.2.0', properties: [],
    externalReferences: [
      { type: 'distribution', url: 'http://localhost/a-1.2.0.tgz' },
      { type: 'website', url: 'http://localhost/a' },
      { type: 'issue-tracker', url: 'http://localhost/a/bugs' },
    ],
    hashes: [{ alg: 'SHA-512', content: SHA512.toString('hex') }],
    licenses: [{ license: { id: 'MIT' } }],
  })
  assert.deepEqual(doc.components[1].properties, ['development', 'private'].map(name => ({ name: `cdx:npm:package:${name}`, value: 'true' })))
  assert.deepEqual(doc.dependencies, [
    { ref: '@s/p@1.0.0', dependsOn: ['a@1.2.0', 'd@3.0.0'] },
    { ref: 'a@1.2.0', dependsOn: [] },
    { ref: 'd@3.0.0', dependsOn: ['a@1.2.0'] },
  ])
})

test('SPDX names packages and how they are wanted', async t => {
  project(t)
  const doc = await document(t, '--sbom-format=spdx')
  assert.equal(doc.name, '@s/p@1.0.0')
  assert.match(doc.documentNamespace, /^http:\/\/spdx\.org\/spdxdocs\/@s%2fp-1\.0\.0-[0-9a-f-]{36}$/)
  assert.deepEqual(doc.documentDescribes, ['SPDXRef-Package-s.p-1.0.0'])
  assert.deepEqual(doc.packages.map(each => each.licenseDeclared), ['(MIT OR ISC)', 'MIT', 'NOASSERTION'])
  assert.deepEqual(doc.packages[1].checksums, [{ algorithm: 'SHA512', checksumValue: SHA512.toString('hex') }])
  assert.equal(doc.packages[0].primaryPackagePurpose, 'LIBRARY')
  assert.deepEqual(doc.relationships.map(each => [each.spdxElementId, each.relationshipType].join(' ').replaceAll('SPDXRef-', '')), [
    'DOCUMENT DESCRIBES', 'Package-a-1.2.0 DEPENDENCY_OF', 'Package-d-3.0.0 DEV_DEPENDENCY_OF', 'Package-a-1.2.0 DEPENDENCY_OF',
  ])
})

test('--omit leaves out, --package-lock-only reads the lock alone', async t => {
  project(t)
  assert.deepEqual((await document(t, '--sbom-format=cyclonedx --omit=dev')).components.map(each => each.name), ['again'])
  const doc = await document(t, '--sbom-format=cyclonedx --package-lock-only')
  assert.deepEqual(doc.metadata.lifecycles, [{ phase: 'pre-build' }])
  assert.deepEqual(doc.components.map(each => [each.name, each.scope, each.author]), [['a', 'required', undefined], ['d', 'optional', undefined]])
})

test('-w limits it to a workspace and what that needs, --no-workspaces leaves workspaces out', async t => {
  t.write('package.json', { name: 'p', version: '1.0.0', workspaces: ['packages/*'], dependencies: { a: '*' } })
  for (const [name, dependencies] of [['one', { b: '*' }], ['two', {}]]) t.write(`packages/${name}/package.json`, { name, version: '1.0.0', dependencies })
  const packages = { a: { '1.0.0': {} }, b: { '1.0.0': {} } }
  await t.registry({ packages })
  await t.ok('install')
  const names = async line => (await document(t, `--sbom-format=cyclonedx ${line}`)).components.map(each => each.name)
  assert.deepEqual(await names('-w one'), ['b', 'one'])
  assert.deepEqual(await names('--no-workspaces'), ['a'])
  assert.deepEqual(await names(''), ['a', 'b', 'one', 'two'])
})

test('what is missing or invalid is told and nothing printed', async t => {
  project(t)
  install(t, 'node_modules/a', { name: 'a', version: '2.0.0', dependencies: { gone: '^1.0.0' } })
  const { stdout, stderr } = await t.fails('sbom --sbom-format=spdx', 'ESBOMPROBLEMS')
  assert.equal(stdout, '')
  assert.match(stderr, /error invalid: a@2\.0\.0, \^1\.0\.0 required by @s\/p@1\.0\.0\n/)
  assert.match(stderr, /error missing: gone@\^1\.0\.0, required by a@2\.0\.0\n/)
})

test('without a format, a lock or a version it says why it cannot', async t => {
  t.write('package.json', { name: 'p' })
  assert.match((await t.fails('sbom', 'EUSAGE')).stderr, /Must specify --sbom-format flag with one of: cyclonedx, spdx\./)
  assert.match((await t.fails('sbom --sbom-format=spdx --package-lock-only', 'EUSAGE')).stderr, /A package lock or shrinkwrap file is required/)
  await t.fails('sbom --sbom-format=spdx', 'EINVALIDPURLTYPE')
})

await run()
