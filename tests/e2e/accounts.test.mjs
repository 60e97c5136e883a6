// What only npm's own registry does, answered by a server on loopback in its forms: logging in by web page, one-time
// passwords by code and by page, access, teams and organisations.
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

// rows: [METHOD path, answer]; an answer is a function of (request, body) or [status, body, headers].
async function serve (t, rows) {
  const asked = []
  const server = http.createServer((request, response) => {
    let text = ''
    request.on('data', data => { text += data })
    request.on('end', () => {
      const body = text ? JSON.parse(text) : undefined
      const line = `${request.method} ${request.url}`
      asked.push({ line, body, headers: request.headers })
      const answer = rows[line] ?? [404, { error: 'not found' }]
      const [status, document, headers = {}] = typeof answer === 'function' ? answer(request, body) : answer
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(document === undefined ? undefined : JSON.stringify(document))
    })
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  t.server = { url: `http://localhost:${server.address().port}/`, close: () => new Promise(resolve => { server.close(resolve); server.closeAllConnections() }) }
  fs.writeFileSync(path.join(t.home, '.npmrc'), `//localhost:${server.address().port}/:_authToken=old\n`)
  return asked
}

const lines = asked => asked.map(each => each.line)

test('login by web page waits until the page says that it is done, and keeps the token', async t => {
  let polls = 0
  const asked = await serve(t, {
    'POST /-/v1/login': () => [200, { loginUrl: `${t.server.url}page`, doneUrl: `${t.server.url}done` }],
    'GET /done': () => ++polls < 3 ? [202, {}, { 'retry-after': '0' }] : [200, { token: 'fresh' }],
    'GET /-/whoami': [200, { username: 'ada' }],
  })
  const { stdout } = await t.ok('login --auth-type=web', { input: '\n' })
  assert.ok(stdout.includes(`${t.server.url}page`), stdout)
  assert.match(stdout, /Logged in on/)
  assert.equal(polls, 3)
  assert.match(fs.readFileSync(path.join(t.home, '.npmrc'), 'utf8'), /:_authToken=fresh\n/)
  assert.equal((await t.ok('whoami')).stdout, 'ada\n')
  assert.equal(asked.at(-1).headers.authorization, 'Bearer fresh')
})

test('a registry that wants a one-time password gets the one of --otp; without one it is EOTP', async t => {
  const asked = await serve(t, {
    'PUT /p': request => request.headers['npm-otp'] === '123456'
      ? [201, {}]
      : [401, { error: 'You must provide a one-time pass.' }, { 'www-authenticate': 'OTP' }],
  })
  t.write('package.json', { name: 'p', version: '1.0.0' })
  await t.fails('publish', 'EOTP')
  assert.equal((await t.ok('publish --otp=123456')).stdout, '+ p@1.0.0\n')
  assert.equal(asked.at(-1).headers['npm-otp'], '123456')
  assert.equal(asked.at(-1).body._id, 'p')
})

test('a refused token is told with the address that refused it, and what to do', async t => {
  await serve(t, { 'GET /-/whoami': [401, {}, { 'www-authenticate': 'Basic, Bearer' }], 'GET /-/npm/v1/tokens': [401, {}, { 'www-authenticate': 'Basic' }] })
  assert.match((await t.fails('whoami', 'E401')).stderr,
    /error Unable to authenticate, your authentication token seems to be invalid\.\n.*error 401 \S+ - GET \S+whoami\n.*try logging in again with:\n.*error {3}cpm login\n/)
  assert.match((await t.fails('token', 'E401')).stderr, /error Incorrect or missing password\.\n/)
})

test('access, team and org ask what npm asks', async t => {
  let open = true
  const asked = await serve(t, {
    'GET /-/user/ada/package': [200, { '@s/p': 'write' }],
    'GET /-/package/@s%2fp/visibility': () => [200, { public: open }],
    'GET /-/package/@s%2fp/collaborators': [200, { ada: 'write', bob: 'read' }],
    'POST /-/package/@s%2fp/access': (_, { access }) => { open = access === 'public'; return [200, {}] },
    'PUT /-/team/s/devs/package': [200, {}],
    'PUT /-/org/s/team': [201, { name: 'devs' }],
    'PUT /-/team/s/devs/user': [201, {}],
    'GET /-/team/s/devs/user?format=cli': [200, ['ada', 'bob']],
    'GET /-/org/s/team?format=cli': [200, ['s:devs']],
    'GET /-/org/s/user': [200, { ada: 'owner' }],
    'PUT /-/org/s/user': [201, { org: { name: 's', size: 2 }, user: 'bob', role: 'admin' }],
  })
  const ok = async line => (await t.ok(line)).stdout
  assert.equal(await ok('access get status @s/p'), '@s/p: public\n')
  assert.equal(await ok('access list packages ada'), '@s/p: read-write\n') // no organisation: a user
  assert.equal(await ok('access list collaborators @s/p'), 'ada: read-write\nbob: read-only\n')
  assert.equal(await ok('access set status=private @s/p'), '@s/p: private\n')
  assert.deepEqual(asked.find(({ line }) => line.startsWith('POST')).body, { access: 'restricted' })
  await ok('access grant read-only s:devs @s/p')
  assert.deepEqual(asked.at(-1).body, { package: '@s/p', permissions: 'read-only' })
  assert.equal(await ok('team create s:devs'), '+@s:devs\n')
  assert.deepEqual(asked.at(-1).body, { name: 'devs' })
  await ok('team add s:devs bob')
  assert.deepEqual(asked.at(-1).body, { user: 'bob' })
  assert.match(await ok('team ls s:devs'), /ada/)
  assert.match(await ok('team ls s'), /devs/)
  assert.match(await ok('org ls s'), /ada/)
  assert.equal(await ok('org set s bob admin'), 'Added bob as admin to s. You now have 2 members in this org.\n')
  assert.deepEqual(asked.at(-1).body, { user: 'bob', role: 'admin' })
  assert.ok(lines(asked).includes('GET /-/org/ada/package'))
})

await run()
