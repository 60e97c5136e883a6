// A registry's life on the real software: verdaccio, on loopback. Skipped where it is not installed: CPM_PEERS names the
// node_modules folder that holds it (and npm, to compare with).
import { assert, program, run, spawnProgram, test } from './lib.mjs'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'

const peers = process.env.CPM_PEERS ?? path.resolve('build/peers/node_modules')
const verdaccio = path.join(peers, 'verdaccio/bin/verdaccio')
const npm = path.join(peers, 'npm/bin/npm-cli.js')

const freePort = () => new Promise(resolve => {
  const server = net.createServer().listen(0, 'localhost', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

async function answers (url) {
  for (let i = 0; i < 200; i++) {
    if (await fetch(`${url}-/ping`).then(answer => answer.ok, () => false)) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('verdaccio did not start')
}

// A registry of the scene's own, without users and packages.
async function registry (t) {
  if (!fs.existsSync(verdaccio)) t.skip(`no verdaccio in ${peers}`)
  const port = await freePort()
  const folder = path.join(t.folder, `verdaccio-${port}`)
  const url = `http://localhost:${port}/`
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'config.yaml'), `
storage: ./storage
auth: { htpasswd: { file: ./htpasswd, max_users: 10 } }
uplinks: {}
packages:
  '@*/*': { access: $all, publish: $authenticated, unpublish: $authenticated }
  '**': { access: $all, publish: $authenticated, unpublish: $authenticated }
log: { type: file, path: ./log.txt, level: warn }
`)
  const child = spawn(process.execPath, [verdaccio, '--config', path.join(folder, 'config.yaml'), '--listen', `localhost:${port}`],
    { cwd: folder, stdio: 'ignore' })
  const others = t.cleanup
  t.cleanup = async () => {
    await others?.()
    const ended = new Promise(resolve => child.on('exit', resolve))
    child.kill()
    await ended
  }
  await answers(url)
  return { url }
}

// cpm, or the real npm, as one user of one registry.
function client (t, server, { as = 'cpm', home = 'home' } = {}) {
  const folder = path.join(t.folder, home)
  const env = { ...t.env(), HOME: folder, npm_config_registry: server.url, npm_config_cache: path.join(folder, 'cache') }
  fs.mkdirSync(folder, { recursive: true })
  return async (line, { cwd = t.project, input, code = 0, env: more } = {}) => {
    const args = typeof line === 'string' ? line.split(' ') : line
    const command = as === 'npm' ? [process.execPath, [npm, ...args]] : [program, args]
    const result = await spawnProgram(...command, { cwd, env: { ...env, ...more }, input })
    assert.equal(result.code, code, `${as} ${args.join(' ')} ended with ${result.code}\n${result.stdout}${result.stderr}`)
    return result
  }
}

const json = async (server, name) => (await fetch(server.url + name.replace('/', '%2f'))).json()
const userConfig = t => fs.readFileSync(path.join(t.home, '.npmrc'), 'utf8')

const packages = {
  a: {
    'package.json': {
      name: '@scope/a',
      version: '1.0.0',
      description: 'the first',
      repository: 'github:scope/a',
      author: 'Ada <ada@example.org> (http://example.org)',
      bin: './cli.js',
      scripts: { prepublishOnly: 'echo prepublishOnly >> order', prepack: 'echo prepack >> order', prepare: 'echo prepare >> order', postpack: 'echo postpack >> order', publish: 'echo publish >> order', postpublish: 'echo postpublish >> order' },
      files: ['lib'],
    },
    'cli.js': '#!/usr/bin/env node\n',
    'lib/index.js': 'module.exports = 1\n',
    'notes.txt': 'not packed\n',
    'README.md': '# a\n\nIt is a.\n',
  },
  b: {
    'package.json': { name: 'b', version: '1.0.0', dependencies: { '@scope/a': '^1.0.0' }, keywords: ['x'] },
    'index.js': 'module.exports = require("@scope/a")\n',
    '.npmignore': 'secret\n',
    secret: 'x\n',
  },
}

function write (t, below = '') {
  for (const [folder, files] of Object.entries(packages))
    for (const [name, content] of Object.entries(files)) t.write(path.join(below, folder, name), content)
}

async function life (t, cpm, below = '') {
  const a = { cwd: t.at(path.join(below, 'a')) }
  const b = { cwd: t.at(path.join(below, 'b')) }
  write(t, below)
  await cpm('publish --access public', a)
  await cpm('publish', b)
  await cpm('dist-tag add @scope/a@1.0.0 stable', a)
  t.write(path.join(below, 'a/package.json'), { ...packages.a['package.json'], version: '1.1.0' })
  await cpm('publish --tag next', a)
  await cpm(['deprecate', '@scope/a@1.1.0', 'too new'], a)
  t.write(path.join(below, 'a/package.json'), { ...packages.a['package.json'], version: '1.2.0' })
  await cpm('publish', a)
  await cpm('unpublish @scope/a@1.2.0', a)
  await cpm('dist-tag rm @scope/a stable', a)
}

test('adduser keeps the other lines of .npmrc and logout takes only its own', async t => {
  const server = await registry(t)
  const cpm = client(t, server)
  fs.writeFileSync(path.join(t.home, '.npmrc'), '; mine\nfund=false\n')
  await cpm('adduser --auth-type=legacy', { input: 'ada\npassword1\nada@example.org\n' })
  assert.match(userConfig(t), /^; mine\nfund=false\n\/\/localhost:\d+\/:_authToken=\S+\n$/)
  assert.equal(fs.statSync(path.join(t.home, '.npmrc')).mode & 0o777, 0o600)
  assert.equal((await cpm('whoami')).stdout, 'ada\n')
  await cpm('logout')
  assert.equal(userConfig(t), '; mine\nfund=false\n')
  assert.match((await cpm('whoami', { code: 1 })).stderr, /code ENEEDAUTH/)
  await cpm('login --auth-type=legacy', { input: 'ada\npassword1\n' })
  assert.equal((await cpm('whoami')).stdout, 'ada\n')
})

test('a registry without login pages is logged in to with a password', async t => {
  const server = await registry(t)
  const cpm = client(t, server)
  const { stdout } = await cpm('adduser', { input: 'ada\npassword1\nada@example.org\n' })
  assert.match(stdout, new RegExp(`Logged in on ${server.url}\\.`))
})

test('a package lives: published, tagged, deprecated, owned, installed, unpublished', async t => {
  const server = await registry(t)
  const cpm = client(t, server)
  await cpm('adduser --auth-type=legacy', { input: 'ada\npassword1\nada@example.org\n' })
  write(t)
  const inA = { cwd: t.at('a') }
  assert.match((await cpm('publish --access public', inA)).stdout, /\+ @scope\/a@1\.0\.0\n$/)
  assert.deepEqual(t.read('a/order').split('\n').slice(0, -1), ['prepublishOnly', 'prepack', 'prepare', 'postpack', 'publish', 'postpublish'])
  await cpm('publish', { cwd: t.at('b') })
  assert.equal((await cpm('dist-tag add @scope/a@1.0.0 stable')).stdout, '+stable: @scope/a@1.0.0\n')
  assert.equal((await cpm('dist-tag ls @scope/a')).stdout, 'latest: 1.0.0\nstable: 1.0.0\n')
  await cpm(['deprecate', '@scope/a@1', 'use b'])
  assert.equal((await json(server, '@scope/a')).versions['1.0.0'].deprecated, 'use b')
  t.write('user/package.json', {})
  const installed = await cpm('install b', { cwd: t.at('user') })
  assert.match(installed.stderr, /deprecated @scope\/a@1\.0\.0: use b/)
  assert.ok(t.exists('user/node_modules/@scope/a/lib/index.js'))
  assert.ok(!t.exists('user/node_modules/@scope/a/notes.txt') && !t.exists('user/node_modules/b/secret'))
  assert.equal((await cpm('owner ls @scope/a')).stdout, 'no admin found\n')
  await cpm('undeprecate @scope/a')
  assert.equal((await cpm('unpublish b --force')).stdout, '- b\n')
  assert.equal((await fetch(server.url + 'b')).status, 404)
})

test('owners: who is one already or none is left alone; what verdaccio refuses has the words that npm has for it', async t => {
  const server = await registry(t)
  const cpm = client(t, server)
  await cpm('adduser --auth-type=legacy', { input: 'ada\npassword1\nada@example.org\n' })
  t.write('package.json', { name: 'c', version: '1.0.0' })
  await cpm('publish')
  const clients = [cpm]
  if (fs.existsSync(npm)) {
    clients.push(client(t, server, { as: 'npm', home: 'npm-home' }))
    fs.copyFileSync(path.join(t.home, '.npmrc'), path.join(t.folder, 'npm-home/.npmrc'))
  }
  for (const run of clients) {
    assert.equal((await run('owner ls c')).stdout, 'no admin found\n')
    assert.equal((await run('owner rm ada c')).stdout, '')
    const { stderr } = await run('owner add ada c', { code: 1 })
    assert.match(stderr, /error code EOWNERMUTATE\n/)
    assert.match(stderr, /error Failed to update package: "422 Unprocessable Entity - PUT \S+\/c\/-rev\/\S+ - bad incoming package data"\n/)
  }
})

test('what must not be published is refused before anything is sent', async t => {
  const server = await registry(t)
  const cpm = client(t, server)
  t.write('package.json', { name: 'c', version: '1.0.0' })
  assert.match((await cpm('publish', { code: 1 })).stderr, /code ENEEDAUTH/)
  await cpm('adduser --auth-type=legacy', { input: 'ada\npassword1\nada@example.org\n' })
  t.write('package.json', { name: 'c', version: '1.0.0', private: true })
  assert.match((await cpm('publish', { code: 1 })).stderr, /code EPRIVATE/)
  t.write('package.json', { name: 'c', version: '1.0.0-rc.1' })
  assert.match((await cpm('publish', { code: 1 })).stderr, /You must specify a tag using --tag/)
  t.write('package.json', { name: 'c', version: '1.0.0' })
  assert.match((await cpm('publish --access restricted', { code: 1 })).stderr, /code EUNSCOPED/)
  await cpm('publish --dry-run')
  assert.equal((await fetch(server.url + 'c')).status, 404)
  await cpm('publish')
  assert.match((await cpm('publish', { code: 1 })).stderr, /You cannot publish over the previously published versions: 1\.0\.0\./)
  t.write('package.json', { name: 'c', version: '0.9.0' })
  assert.match((await cpm('publish', { code: 1 })).stderr, /Cannot implicitly apply the "latest" tag/)
})

test('publishConfig names the registry, unless the command line does', async t => {
  const [first, second] = [await registry(t), await registry(t)]
  const cpm = client(t, first)
  await cpm(`adduser --auth-type=legacy --registry ${second.url}`, { input: 'ada\npassword1\nada@example.org\n' })
  t.write('package.json', { name: 'd', version: '1.0.0', publishConfig: { registry: second.url, tag: 'beta' } })
  await cpm('publish')
  assert.deepEqual((await json(second, 'd'))['dist-tags'], { beta: '1.0.0', latest: '1.0.0' })
  assert.match((await cpm(`publish --registry ${first.url}`, { code: 1 })).stderr, /code ENEEDAUTH/)
})

// Times, revisions and the compressed tarball's hashes differ between any two runs.
function comparable (packument, server) {
  const copy = JSON.parse(JSON.stringify(packument).replaceAll(server.url, 'REGISTRY/'))
  for (const key of ['time', '_rev']) delete copy[key]
  for (const version of Object.values(copy.versions)) for (const key of ['integrity', 'shasum']) delete version.dist[key]
  return copy
}

test('cpm and npm leave the same packuments', async t => {
  if (!fs.existsSync(npm)) t.skip(`no npm in ${peers}`)
  const [first, second] = [await registry(t), await registry(t)]
  const cpm = client(t, first)
  const real = client(t, second, { as: 'npm', home: 'npm-home' })
  await cpm('adduser --auth-type=legacy', { input: 'ada\npassword1\nada@example.org\n' })
  const token = userConfig(t).replace(new URL(first.url).host, new URL(second.url).host)
  const user = await (await fetch(`${second.url}-/user/org.couchdb.user:ada`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ _id: 'org.couchdb.user:ada', name: 'ada', password: 'password1', email: 'ada@example.org', type: 'user', roles: [] }),
  })).json()
  fs.writeFileSync(path.join(t.folder, 'npm-home/.npmrc'), token.replace(/_authToken=.*/, `_authToken=${user.token}`))
  await life(t, cpm, 'by-cpm')
  await life(t, real, 'by-npm')
  for (const name of ['@scope/a', 'b']) assert.deepEqual(comparable(await json(first, name), first), comparable(await json(second, name), second))
})

await run()
