// Where a credential goes: to the address that it was given for, and nowhere else.
import { assert, run, test, tree } from './lib.mjs'
import { startRegistry } from '../fixtures/registry.mjs'
import fs from 'node:fs'
import path from 'node:path'

const SECRET = 'npm_secretsecretsecretsecretsecretse'
const packages = { a: { '1.0.0': { files: { 'index.js': '1\n' } } }, '@team/b': { '1.0.0': { files: { 'index.js': '2\n' } } } }
const host = registry => new URL(registry.url).host
const authorizations = registry => registry.requests.map(request => request.headers.authorization).filter(Boolean)

async function second (t) {
  const other = await startRegistry({ packages })
  t.cleanup = () => other.close()
  return other
}

const userConfig = (t, text) => fs.writeFileSync(path.join(t.home, '.npmrc'), text)

test('a token goes with packuments and tarballs of its registry', async t => {
  await t.registry({ packages, auth: { token: SECRET } })
  userConfig(t, `//${host(t.server)}/:_authToken=${SECRET}\n`)
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  assert.ok(t.server.requests.every(request => request.status === 200))
})

test('user and password go as Basic', async t => {
  await t.registry({ packages, auth: { basic: 'me:word' } })
  userConfig(t, `//${host(t.server)}/:username=me\n//${host(t.server)}/:_password=${Buffer.from('word').toString('base64')}\n`)
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
})

test('a scope has a registry and a credential of its own', async t => {
  await t.registry({ packages: { a: packages.a } })
  const team = await startRegistry({ packages, auth: { token: SECRET } })
  t.cleanup = () => team.close()
  userConfig(t, `@team:registry=${team.url}\n//${host(team)}/:_authToken=${SECRET}\n`)
  t.write('package.json', { dependencies: { a: '1.0.0', '@team/b': '1.0.0' } })
  await t.ok('install')
  assert.deepEqual(authorizations(t.server), [])
  assert.ok(authorizations(team).length > 0)
})

test('a redirect to another port goes without it', async t => {
  await t.registry({ packages })
  const other = await second(t)
  userConfig(t, `//${host(t.server)}/:_authToken=${SECRET}\n`)
  t.server.fault({ match: /\.tgz$/, times: 9, status: 302, headers: { location: `${other.url}a/-/a-1.0.0.tgz` } })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  assert.ok(authorizations(t.server).length > 0)
  assert.equal(other.requests.length, 1)
  assert.deepEqual(authorizations(other), [])
})

test('a tarball on another port goes without it', async t => {
  const other = await second(t)
  await t.registry({ packages: { a: { '1.0.0': { ...packages.a['1.0.0'], dist: { tarball: `${other.url}a/-/a-1.0.0.tgz` } } } } })
  userConfig(t, `//${host(t.server)}/:_authToken=${SECRET}\n`)
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.cpm('install')
  assert.deepEqual(authorizations(other), [])
})

test('a credential of a path goes to nothing beside it', async t => {
  await t.registry({ packages })
  userConfig(t, `//${host(t.server)}/team/:_authToken=${SECRET}\n`)
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  await t.ok('install')
  assert.deepEqual(authorizations(t.server), [])
})

test("a project's .npmrc cannot send a variable of the environment to an address of its own", async t => {
  await t.registry({ packages })
  const other = await second(t)
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  t.write('.npmrc', `registry=${other.url}\${NPM_TOKEN}/\n//${host(other)}/:_authToken=\${NPM_TOKEN}\n`)
  await t.cpm('install', { env: { NPM_TOKEN: SECRET, npm_config_registry: undefined } })
  assert.deepEqual(other.requests.filter(({ path, headers }) => path.includes(SECRET) || headers.authorization), [])
})

test('no output and no file holds the secret', async t => {
  await t.registry({ packages, auth: { token: 'another' } })
  userConfig(t, `//${host(t.server)}/:_authToken=${SECRET}\n`)
  t.write('package.json', { dependencies: { a: '1.0.0' } })
  const { stdout, stderr } = await t.fails('install', 'E401', { env: { npm_config_loglevel: 'silly' } })
  assert.ok(!(stdout + stderr).includes(SECRET))
  for (const folder of [t.cache, t.project]) {
    for (const [name, what] of Object.entries(tree(folder))) {
      if (what.startsWith('file')) assert.ok(!fs.readFileSync(path.join(folder, name)).includes(SECRET), name)
    }
  }
})

await run()
