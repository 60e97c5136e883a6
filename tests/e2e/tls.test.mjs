// https: whose certificates are believed, what a refusal is called, client certificates, and proxies.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const packages = { a: { '1.0.0': { files: { 'index.js': '1\n' } } } }

// An authority of the test's own and what it signs.
class Authority {
  constructor (t) {
    if (spawnSync('openssl', ['version']).error) t.skip('no openssl')
    this.folder = path.join(t.folder, 'authority')
    fs.mkdirSync(this.folder)
    this.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority')
    this.ca = this.file('ca.pem')
  }

  openssl (...args) {
    execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] })
  }

  file (name) {
    return path.join(this.folder, name)
  }

  // { key, cert } for a host; `days` in the past when negative.
  sign (name, { host = 'localhost', days = 2 } = {}) {
    fs.writeFileSync(this.file(`${name}.ext`), `subjectAltName=DNS:${host}\n`)
    this.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`)
    this.openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.pem`,
      '-days', String(days), '-extfile', `${name}.ext`)
    return { key: fs.readFileSync(this.file(`${name}.key`)), cert: fs.readFileSync(this.file(`${name}.pem`)) }
  }
}

async function begin (t, tls) {
  await t.registry({ packages, tls })
  t.write('package.json', { dependencies: { a: '1.0.0' } })
}

const trusting = authority => ({ npm_config_cafile: authority.ca, npm_config_fetch_retries: '0' })

test('an authority named with cafile is believed', async t => {
  const authority = new Authority(t)
  await begin(t, authority.sign('server'))
  await t.ok('install', { env: trusting(authority) })
})

test('an unknown authority is refused, and believed with strict-ssl off', async t => {
  const authority = new Authority(t)
  await begin(t, authority.sign('server'))
  const { stderr } = await t.fails('install', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  assert.match(stderr, /cafile/)
  assert.equal(t.server.requests.length, 0)
  await t.ok('install --strict-ssl=false')
})

test('a certificate that vouches for itself is refused', async t => {
  const authority = new Authority(t)
  await begin(t, { key: fs.readFileSync(authority.file('ca.key')), cert: fs.readFileSync(authority.ca) })
  await t.fails('install', 'DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('an expired certificate is refused', async t => {
  const authority = new Authority(t)
  await begin(t, authority.sign('server', { days: -1 }))
  await t.fails('install', 'CERT_HAS_EXPIRED', { env: trusting(authority) })
})

test('a certificate for another host is refused', async t => {
  const authority = new Authority(t)
  await begin(t, authority.sign('server', { host: 'registry.example.org' }))
  await t.fails('install', 'ERR_TLS_CERT_ALTNAME_INVALID', { env: trusting(authority) })
})

test('a server that only speaks an old TLS is refused', async t => {
  const authority = new Authority(t)
  await begin(t, { ...authority.sign('server'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
  const result = await t.cpm('install', { env: trusting(authority) })
  assert.equal(result.code, 1)
  assert.match(result.stderr, /TLS/)
})

test('a client certificate is shown to the registry it is for', async t => {
  const authority = new Authority(t)
  authority.sign('client')
  await begin(t, { ...authority.sign('server'), ca: fs.readFileSync(authority.ca), requestCert: true, rejectUnauthorized: true })
  const refused = await t.cpm('install', { env: trusting(authority) })
  assert.equal(refused.code, 1)
  const host = new URL(t.server.url).host
  fs.writeFileSync(path.join(t.home, '.npmrc'), `//${host}/:certfile=${authority.file('client.pem')}\n//${host}/:keyfile=${authority.file('client.key')}\n`)
  await t.ok('install', { env: trusting(authority) })
})

// A proxy that keeps what it was asked; { user } makes it ask for Basic credentials.
async function startProxy (t, { user } = {}) {
  const asked = []
  const allowed = (request, refuse) => {
    asked.push(`${request.method} ${request.url}`)
    const right = !user || request.headers['proxy-authorization'] === `Basic ${Buffer.from(user).toString('base64')}`
    if (!right) refuse()
    return right
  }
  const proxy = http.createServer((request, response) => {
    if (!allowed(request, () => response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end())) return
    request.pipe(http.request(request.url, { method: request.method, headers: request.headers }, answer => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    }))
  })
  proxy.on('connect', (request, socket) => {
    if (!allowed(request, () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n'))) return
    const [host, port] = request.url.split(':')
    const through = net.connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    for (const end of [socket, through]) end.on('error', () => {})
  })
  await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve))
  t.cleanup = () => { proxy.close(); proxy.closeAllConnections() }
  return { asked, url: who => `http://${who ? `${who}@` : ''}localhost:${proxy.address().port}/` }
}

test('http goes through the proxy', async t => {
  await begin(t)
  const proxy = await startProxy(t)
  await t.ok('install', { env: { npm_config_proxy: proxy.url() } })
  assert.ok(proxy.asked.some(line => line.startsWith(`GET ${t.server.url}a`)), proxy.asked.join('\n'))
})

test('https goes through a tunnel of the proxy', async t => {
  const authority = new Authority(t)
  await begin(t, authority.sign('server'))
  const proxy = await startProxy(t)
  await t.ok('install', { env: { ...trusting(authority), npm_config_https_proxy: proxy.url() } })
  assert.deepEqual([...new Set(proxy.asked)], [`CONNECT ${new URL(t.server.url).host}`])
})

test('a proxy gets the credentials of its address, and its refusal is told', async t => {
  await begin(t)
  const proxy = await startProxy(t, { user: 'me:word' })
  await t.ok('install', { env: { npm_config_proxy: proxy.url('me:word') } })
  const refused = await t.cpm('view a', { env: { npm_config_proxy: proxy.url(), npm_config_cache: path.join(t.folder, 'other') } })
  assert.equal(refused.code, 1)
  assert.doesNotMatch(refused.stderr, /word/)
})

test('noproxy leaves the proxy out', async t => {
  await begin(t)
  const proxy = await startProxy(t)
  await t.ok('install', { env: { npm_config_proxy: proxy.url(), npm_config_noproxy: 'localhost' } })
  assert.deepEqual(proxy.asked, [])
})

await run()
