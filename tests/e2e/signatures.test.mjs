// Registry signatures: checked when a tarball is fetched, and by `cpm audit signatures`.
import crypto from 'node:crypto'
import { assert, run, test } from './lib.mjs'

const KEYS = '/-/npm/v1/keys'
const pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = (fields = {}) => ({ keyid: 'SHA256:test', keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', expires: null, key: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'), ...fields })
const signature = text => ({ keyid: 'SHA256:test', sig: crypto.sign('sha256', Buffer.from(text), pair.privateKey).toString('base64') })

// A registry with a and b, both signed; what `forged` names is signed as another package.
async function project (t, { keys = [key()], forged = [], unsigned = [], times } = {}) {
  const packages = { a: { '1.0.0': { dependencies: { b: '1' } } }, b: { '1.0.0': {} } }
  await t.registry({ packages, times, answers: keys ? { [KEYS]: { keys } } : {} })
  for (const name of Object.keys(packages)) {
    const { integrity } = t.server.manifest(name, '1.0.0').dist
    const id = forged.includes(name) ? 'other@1.0.0' : `${name}@1.0.0`
    if (!unsigned.includes(name)) packages[name]['1.0.0'].dist = { signatures: [signature(`${id}:${integrity}`)] }
  }
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '1' } })
}

const UNCHECKED = '--no-verify-signatures'
const askedForKeys = t => t.server.requests.filter(each => each.path === KEYS).length

test('what is fetched is signed, and the keys are asked for once', async t => {
  await project(t)
  await t.ok('install')
  assert.equal(askedForKeys(t), 1)
  assert.ok(t.exists('node_modules/b/package.json'))
  await t.ok('install')
  assert.equal(askedForKeys(t), 1)
})

test('a wrong signature is refused, also the next time, and nothing is installed', async t => {
  await project(t, { forged: ['b'] })
  const { stderr } = await t.fails('install', 'EINTEGRITYSIGNATURE')
  assert.match(stderr, /b@1\.0\.0 has an invalid registry signature with keyid: SHA256:test and signature: /)
  assert.ok(!t.exists('node_modules/b'))
  await t.fails('install', 'EINTEGRITYSIGNATURE')
  await t.ok(`install ${UNCHECKED}`)
})

test('a registry without signatures is asked for no keys, one without keys is taken as it is', async t => {
  await project(t, { unsigned: ['a', 'b'] })
  await t.ok('install')
  assert.equal(askedForKeys(t), 0)
})

test('signatures of a registry that publishes no keys are not checked', async t => {
  await project(t, { keys: null, forged: ['a'] })
  await t.ok('install')
})

test('a key that is not published, and keys that cannot be had, end the install', async t => {
  await project(t, { keys: [key({ keyid: 'SHA256:another' })] })
  await t.fails('install', 'EMISSINGSIGNATUREKEY')
  t.server.fault({ match: /keys$/, status: 503, times: 9 })
  assert.equal((await t.cpm('install --fetch-retries=0')).code, 1)
})

test('audit signatures counts what is signed', async t => {
  await project(t)
  await t.ok('install')
  assert.match((await t.ok('audit signatures')).stdout, /^audited 2 packages in \d+s\n\n2 packages have verified registry signatures\n\n$/)
  assert.deepEqual(JSON.parse((await t.ok('audit signatures --json')).stdout), { invalid: [], missing: [] })
  const { stdout } = await t.ok('audit signatures --json --include-attestations')
  assert.deepEqual(JSON.parse(stdout), { invalid: [], missing: [], verified: [] })
})

const PUBLISH = 'https://registry.example.org/attestation/tree/main/specs/publish/v0.1'
const TYPE = 'application/vnd.in-toto+json'

// An attestation as a registry keeps it; what is signed is the payload in DSSE's encoding.
function attestation (manifest, { keyid = 'SHA256:test', signedAs = manifest, subject = `pkg:npm/${manifest.name}@1.0.0` } = {}) {
  const statement = about => Buffer.from(JSON.stringify({
    subject: [{ name: subject, digest: { sha512: Buffer.from(about.dist.integrity.slice(7), 'base64').toString('hex') } }], predicateType: PUBLISH,
  }))
  const encode = payload => Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload])
  const sig = crypto.sign('sha256', encode(statement(signedAs)), pair.privateKey).toString('base64')
  return {
    predicateType: PUBLISH,
    bundle: {
      verificationMaterial: { tlogEntries: [{ integratedTime: '1700000000' }] },
      dsseEnvelope: { payload: statement(manifest).toString('base64'), payloadType: TYPE, signatures: [{ sig, keyid }] },
    },
  }
}

// a has attestations: those that make() gives of its manifest.
async function attested (t, make, options) {
  await project(t, options)
  const a = t.server.packages.a['1.0.0']
  const where = { url: 'https://elsewhere.example.org/-/npm/v1/attestations/a@1.0.0', provenance: { predicateType: PUBLISH } }
  a.dist = { ...a.dist, attestations: where }
  const attestations = make(t.server.manifest('a', '1.0.0'), t.server.manifest('b', '1.0.0'))
  t.server.answers['/-/npm/v1/attestations/a@1.0.0'] = { attestations }
  await t.ok('install')
  return { where, attestations }
}

test('audit signatures verifies what the registry attests, and asks no other host for it', async t => {
  const { where, attestations } = await attested(t, a => [attestation(a)])
  const { stdout } = await t.ok('audit signatures')
  assert.match(stdout, /\n2 packages have verified registry signatures\n\n1 package has a verified attestation\n\(use --json/)
  const { verified } = JSON.parse((await t.ok('audit signatures --json --include-attestations')).stdout)
  assert.deepEqual(verified, [{
    name: 'a', version: '1.0.0', location: 'node_modules/a', registry: t.server.url, attestations: where, attestationBundles: attestations,
  }])
})

test('an attestation signed of something else is wrong, one about something else ends the audit', async t => {
  await attested(t, (a, b) => [attestation(a, { signedAs: b })])
  const { code, stdout } = await t.cpm('audit signatures')
  assert.equal(code, 1)
  assert.match(stdout, /\n1 package has an invalid attestation:\n\na@1\.0\.0 \(http.*\)\n\nSomeone might/)
  const [wrong] = JSON.parse((await t.cpm('audit signatures --json')).stdout).invalid
  assert.equal(wrong.code, 'EATTESTATIONVERIFY')
  assert.equal(wrong.predicateType, PUBLISH)
  const answer = attestations => { t.server.answers['/-/npm/v1/attestations/a@1.0.0'] = { attestations } }
  answer([attestation(t.server.manifest('a', '1.0.0'), { subject: 'pkg:npm/b@1.0.0' })])
  assert.match((await t.fails('audit signatures', 'EATTESTATIONSUBJECT')).stderr, /\(PURL\): pkg:npm\/a@1\.0\.0 doesn't match what was signed: pkg:npm\/b/)
  answer([attestation(t.server.manifest('a', '1.0.0'), { keyid: 'SHA256:another' })])
  await t.fails('audit signatures', 'EMISSINGSIGNATUREKEY')
})

test('what is signed with a certificate is said not to be verified', async t => {
  await attested(t, a => [attestation(a), attestation(a, { keyid: '' })])
  const { stdout } = await t.ok('audit signatures')
  assert.match(stdout, /\n1 package has attestations that are not verified: they are signed with a certificate/)
  assert.doesNotMatch(stdout, /verified attestation/)
  const { verified, unverified } = JSON.parse((await t.ok('audit signatures --json --include-attestations')).stdout)
  assert.deepEqual([verified.length, unverified.map(each => each.name)], [0, ['a']])
})

test('audit signatures tells what is wrong or missing, and fails', async t => {
  await project(t, { forged: ['a'], unsigned: ['b'] })
  await t.ok(`install ${UNCHECKED}`)
  const { code, stdout } = await t.cpm('audit signatures')
  assert.equal(code, 1)
  assert.equal(stdout.replace(/in \d+s/, ''), `audited 2 packages \n
1 package has a missing registry signature but the registry is providing signing keys:

b@1.0.0 (${t.server.url})

1 package has an invalid registry signature:

a@1.0.0 (${t.server.url})

Someone might have tampered with this package since it was published on the registry!

`)
  const doc = JSON.parse((await t.cpm('audit signatures --json')).stdout)
  assert.deepEqual(doc.missing.map(each => each.name), ['b'])
  assert.deepEqual(Object.keys(doc.invalid[0]), ['code', 'message', 'integrity', 'keyid', 'location', 'name', 'registry', 'resolved', 'signature', 'type', 'version'])
  assert.equal(doc.invalid[0].code, 'EINTEGRITYSIGNATURE')
})

test('a key counts for what was published before it ended', async t => {
  const times = { a: { '1.0.0': '2023-06-01T00:00:00.000Z' }, b: { '1.0.0': '2024-06-01T00:00:00.000Z' } }
  await project(t, { keys: [key({ expires: '2025-01-01T00:00:00.000Z' })], times })
  await t.ok('install')
  await t.ok('audit signatures')
  t.server.answers[KEYS] = { keys: [key({ expires: '2024-01-01T00:00:00.000Z' })] }
  await t.fails('audit signatures', 'EEXPIREDSIGNATUREKEY')
})

test('without packages, with a registry that signs nothing, and for globals it says why it cannot', async t => {
  await project(t, { keys: null, unsigned: ['a', 'b'] })
  await t.ok('install')
  assert.match((await t.cpm('audit signatures')).stderr, /found no dependencies to audit that were installed from a supported registry/)
  t.write('package.json', { name: 'p', version: '1.0.0' })
  await t.ok('prune')
  assert.match((await t.cpm('audit signatures')).stderr, /found no installed dependencies to audit/)
  await t.fails('audit signatures -g', 'EAUDITGLOBAL')
})

await run()
