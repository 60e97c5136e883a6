// Git dependencies, from repositories made on the spot. What the locks hold is what npm 11.19 writes.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import tls from 'node:tls'
import { pack } from '../fixtures/registry.mjs'
import { assert, run, test } from './lib.mjs'

// A repository beside the project with one commit for each set of files; a commit's `tag`, `branch` name it.
function repository (t, name, commits) {
  const folder = path.join(t.folder, 'repos', name)
  const env = { PATH: process.env.PATH, HOME: t.home, GIT_CONFIG_NOSYSTEM: '1' }
  const git = (...args) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main', ...args],
    { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  fs.mkdirSync(folder, { recursive: true })
  if (!fs.existsSync(path.join(folder, '.git'))) git('init', '-q')
  const shas = commits.map(({ tag, branch, files }) => {
    if (branch) git('checkout', '-q', '-B', branch)
    for (const [file, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
      fs.writeFileSync(path.join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
    }
    git('add', '-A')
    git('commit', '-q', '-m', 'x')
    if (tag) git('tag', '-a', '-m', tag, tag)
    const sha = git('rev-parse', 'HEAD')
    if (branch) git('checkout', '-q', 'main')
    return sha
  })
  return { url: `git+file://${folder}`, folder, shas, git }
}

const plain = [
  { tag: 'v1.0.0', files: { 'package.json': { name: 'plain', version: '1.0.0' }, 'index.js': '1' } },
  { tag: 'v1.1.0', files: { 'package.json': { name: 'plain', version: '1.1.0', license: 'MIT' } } },
  { files: { 'package.json': { name: 'plain', version: '2.0.0' } } },
  { branch: 'next', files: { 'package.json': { name: 'plain', version: '3.0.0' } } },
]

// The lock's entry of a package.
const locked = (t, name) => t.json('package-lock.json').packages[`node_modules/${name}`]

test('a repository, a branch, a tag, a range and commits whole and cut are locked to their commit', async t => {
  const { url, shas } = repository(t, 'plain', plain)
  const rows = [['', 2, '2.0.0'], ['#next', 3, '3.0.0'], ['#v1.0.0', 0, '1.0.0'], ['#semver:^1.0.0', 1, '1.1.0'],
    [`#${shas[0]}`, 0, '1.0.0'], [`#${shas[1].slice(0, 9)}`, 1, '1.1.0'], ['#next~1', 2, '2.0.0']]
  for (const [ref, at, version] of rows) {
    t.write('package.json', { name: 'p' })
    fs.rmSync(t.at('package-lock.json'), { force: true })
    await t.ok(['install', url + ref])
    const { license, ...entry } = locked(t, 'plain')
    assert.deepEqual(entry, { version, resolved: `${url}#${shas[at]}` })
    assert.equal(license, at === 1 ? 'MIT' : undefined)
    assert.deepEqual(t.json('package.json').dependencies, { plain: url + ref })
    assert.equal(t.json('node_modules/plain/package.json').version, version)
    assert.equal(t.read('node_modules/plain/index.js'), '1')
    assert.equal(t.exists('node_modules/plain/.git'), false)
  }
})

test('what a lock names by its commit comes from the store, without git', async t => {
  const { url, folder } = repository(t, 'plain', plain)
  t.write('package.json', { name: 'p', dependencies: { plain: url } })
  await t.ok('install')
  const [lock, tree] = [t.read('package-lock.json'), t.tree()]
  fs.rmSync(folder, { recursive: true })
  for (const line of ['ci', 'install']) {
    fs.rmSync(t.at('node_modules'), { recursive: true })
    await t.ok(line, { env: { PATH: '/nowhere' } })
    assert.equal(t.read('package-lock.json'), lock)
    assert.deepEqual(t.tree(), tree)
  }
})

test('a branch that moved is followed by update, not by install', async t => {
  const { url } = repository(t, 'plain', plain)
  t.write('package.json', { name: 'p', dependencies: { plain: `${url}#next` } })
  await t.ok('install')
  const { shas } = repository(t, 'plain', [{ branch: 'next', files: { 'package.json': { name: 'plain', version: '3.1.0' } } }])
  await t.ok('install')
  assert.equal(locked(t, 'plain').version, '3.0.0')
  await t.ok('update plain')
  assert.deepEqual(locked(t, 'plain'), { version: '3.1.0', resolved: `${url}#${shas[0]}` })
})

test('a git dependency brings its own, from git and from the registry', async t => {
  await t.registry({ packages: { a: { '1.0.0': {} } } })
  const { url, shas } = repository(t, 'plain', plain)
  const outer = repository(t, 'outer', [{ files: { 'package.json': { name: 'outer', version: '1.0.0', dependencies: { plain: `${url}#v1.0.0`, a: '1' } } } }])
  t.write('package.json', { name: 'p', workspaces: ['w'] })
  t.write('w/package.json', { name: 'w', version: '1.0.0', dependencies: { outer: outer.url } })
  await t.ok('install')
  assert.deepEqual(locked(t, 'outer').dependencies, { plain: `${url}#v1.0.0`, a: '1' })
  assert.equal(locked(t, 'plain').resolved, `${url}#${shas[0]}`)
  assert.ok(t.exists('node_modules/a/package.json'))
})

test('a folder of a repository is installed, though the lock names the commit alone', async t => {
  const { url, shas } = repository(t, 'mono', [{ files: { 'package.json': { name: 'mono', version: '9.0.0' }, 'packages/sub/package.json': { name: 'sub', version: '1.0.0' }, 'packages/sub/x.js': 'x' } }])
  t.write('package.json', { name: 'p' })
  await t.ok(['install', `${url}#path:packages/sub`])
  assert.deepEqual(locked(t, 'sub'), { version: '1.0.0', resolved: `${url}#${shas[0]}` })
  const tree = t.tree()
  await t.ok('ci')
  assert.deepEqual(t.tree(), tree)
  assert.ok(t.exists('node_modules/sub/x.js'))
})

test('a folder that a link in the repository leads to elsewhere is refused', async t => {
  const { url, folder } = repository(t, 'evil', plain.slice(0, 1))
  fs.mkdirSync(path.join(t.folder, 'secret'))
  fs.writeFileSync(path.join(t.folder, 'secret/package.json'), '{"name":"s","version":"1.0.0"}')
  fs.symlinkSync(path.join(t.folder, 'secret'), path.join(folder, 'out'))
  repository(t, 'evil', [{ files: {} }])
  t.write('package.json', { name: 'p', dependencies: { s: `${url}#path:out` } })
  await t.fails('install', 'ENOENT')
})

const built = [{
  files: {
    'package.json': { name: 'built', version: '1.0.0', files: ['out.js'], scripts: { prepare: 'echo made > out.js' } },
    'source.js': 'x',
  },
}]

test('a package is prepared before it is packed when allowScripts names its repository', async t => {
  const { url } = repository(t, 'built', built)
  t.write('package.json', { name: 'p', allowScripts: { [url]: true }, dependencies: { built: url } })
  await t.ok('install')
  assert.equal(t.read('node_modules/built/out.js'), 'made\n')
  assert.equal(t.exists('node_modules/built/source.js'), false)
})

test('without leave it is packed as it is, and named', async t => {
  const { url } = repository(t, 'built', built)
  t.write('package.json', { name: 'p', dependencies: { built: url } })
  const { stderr } = await t.ok('install')
  assert.match(stderr, /built@1\.0\.0 \(prepare: echo made > out\.js\)/)
  assert.equal(t.exists('node_modules/built/out.js'), false)
})

test('a known host is asked by https, then by ssh, and saved and locked in npm\'s forms', async t => {
  const { shas, folder } = repository(t, 'plain', plain)
  const instead = `[url "file://${folder}"]\n\tinsteadOf = ssh://git@github.com/u/plain.git\n`
  fs.writeFileSync(path.join(t.home, '.gitconfig'), `[protocol "https"]\n\tallow = never\n${instead}`)
  for (const spec of ['u/plain#v1.0.0', 'git+https://github.com/u/plain.git#v1.0.0', 'git@github.com:u/plain.git#v1.0.0']) {
    t.write('package.json', { name: 'p' })
    await t.ok(['install', spec])
    assert.deepEqual(t.json('package.json').dependencies, { plain: 'github:u/plain#v1.0.0' })
    assert.equal(locked(t, 'plain').resolved, `git+ssh://git@github.com/u/plain.git#${shas[0]}`)
  }
})

// A proxy that plays every https host itself: `answer` is (request, response). What was asked for stands in `asked`.
async function hosts (t, answer) {
  const [key, cert] = ['key.pem', 'cert.pem'].map(name => path.join(t.folder, name))
  if (spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=x']).status) t.skip('no openssl')
  const asked = []
  const inner = http.createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`)
    answer(request, response)
  })
  const proxy = http.createServer().on('connect', (request, socket) => {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    inner.emit('connection', new tls.TLSSocket(socket, { isServer: true, key: fs.readFileSync(key), cert: fs.readFileSync(cert) }).on('error', () => {}))
  })
  await new Promise(resolve => proxy.listen(0, 'localhost', resolve))
  t.cleanup = () => {
    inner.closeAllConnections()
    proxy.closeAllConnections()
    proxy.close()
  }
  return { asked, env: { npm_config_https_proxy: `http://localhost:${proxy.address().port}`, npm_config_strict_ssl: 'false' } }
}

test('a whole commit of a known host comes as its tarball, without git', async t => {
  const sha = '0123456789012345678901234567890123456789'
  const { bytes } = pack('plain', '1.0.0', { files: { 'index.js': '1', '.gitignore': 'left.js', 'left.js': '2' } })
  const { asked, env } = await hosts(t, (request, response) => response.end(bytes))
  const rows = [['u/plain', 'codeload.github.com/u/plain/tar.gz/' + sha, 'git+ssh://git@github.com/u/plain.git'],
    ['gitlab:u/plain', `gitlab.com/api/v4/projects/u%2Fplain/repository/archive.tar.gz?sha=${sha}`, 'git+ssh://git@gitlab.com/u/plain.git'],
    ['bitbucket:u/plain', `bitbucket.org/u/plain/get/${sha}.tar.gz`, 'git+ssh://git@bitbucket.org/u/plain.git']]
  for (const [spec, address, resolved] of rows) {
    t.write('package.json', { name: 'p' })
    fs.rmSync(t.at('package-lock.json'), { force: true })
    await t.ok(['install', `${spec}#${sha}`], { env: { ...env, npm_config_git: '/nowhere/git' } })
    assert.deepEqual(asked.splice(0), [address])
    assert.deepEqual(locked(t, 'plain'), { version: '1.0.0', resolved: `${resolved}#${sha}`, license: 'MIT' })
    assert.equal(t.read('node_modules/plain/index.js'), '1')
    assert.equal(t.exists('node_modules/plain/left.js'), false)
  }
  await t.ok('ci', { env })
  assert.deepEqual(asked, [])
})

test('what the host does not give as a tarball is cloned', async t => {
  const { shas, folder } = repository(t, 'plain', plain)
  const { asked, env } = await hosts(t, (request, response) => response.writeHead(404).end())
  fs.writeFileSync(path.join(t.home, '.gitconfig'), `[protocol "https"]\n\tallow = never\n[url "file://${folder}"]\n\tinsteadOf = ssh://git@github.com/u/plain.git\n`)
  t.write('package.json', { name: 'p' })
  await t.ok(['install', `u/plain#${shas[0]}`], { env })
  assert.deepEqual(asked, [`codeload.github.com/u/plain/tar.gz/${shas[0]}`])
  assert.equal(locked(t, 'plain').version, '1.0.0')
})

test('what git cannot reach ends with git\'s exit code, and an optional one is left out', async t => {
  t.write('package.json', { name: 'p', dependencies: { a: 'git+file:///nowhere/a' } })
  let { code, stderr } = await t.cpm('install')
  assert.equal(code, 128)
  assert.match(stderr, /error code 128\n.*git error occurred\n.*ls-remote -- file:\/\/\/nowhere\/a/)
  t.write('package.json', { name: 'p', optionalDependencies: { a: 'git+file:///nowhere/a' } })
  await t.ok('install')
  const { url } = repository(t, 'plain', plain)
  t.write('package.json', { name: 'p', dependencies: { plain: `${url}#none` } })
  ;({ code, stderr } = await t.cpm('install'))
  assert.equal(code, 1)
  assert.match(stderr, /The git reference could not be found\n.*'none' is not in 'git\+file:/)
  t.write('package.json', { name: 'p', dependencies: { plain: `${url}#semver:^9` } })
  await t.fails('install', 'ETARGET')
})

test('a name that looks like an option is no option', async t => {
  const { url } = repository(t, 'plain', plain)
  const mark = path.join(t.folder, 'mark')
  for (const spec of [`${url}#--upload-pack=touch ${mark}`, `git+ssh://-oProxyCommand=touch%20${mark}/x`, `git+file://--upload-pack=touch ${mark}`]) {
    t.write('package.json', { name: 'p', dependencies: { plain: spec } })
    const { code } = await t.cpm('install')
    assert.notEqual(code, 0)
    assert.equal(fs.existsSync(mark), false)
  }
})

test('a git hook\'s own repository is left alone', async t => {
  const { url, folder, shas } = repository(t, 'plain', plain)
  t.write('package.json', { name: 'p', dependencies: { plain: url } })
  await t.ok('install', { env: { GIT_DIR: path.join(folder, '.git'), GIT_WORK_TREE: t.project } })
  assert.equal(locked(t, 'plain').resolved, `${url}#${shas[2]}`)
})

test('without git the error says so, and allow-git refuses before git is asked', async t => {
  const { url } = repository(t, 'plain', plain)
  t.write('package.json', { name: 'p', dependencies: { plain: url } })
  const { stderr } = await t.fails('install', 'ENOGIT', { env: { PATH: '/nowhere' } })
  assert.match(stderr, /No git binary found in \$PATH/)
  await t.fails('install --allow-git=none', 'EALLOWGIT')
  await t.ok('install --allow-git=root')
  fs.rmSync(t.at('node_modules'), { recursive: true })
  await t.fails('ci --allow-git=none', 'EALLOWGIT')
})

test('diff and pack take a package from a repository, and run nothing of it', async t => {
  const scripts = { prepare: `touch ${t.at('ran')}` }
  const { url, shas } = repository(t, 'built', [
    { tag: 'v1.0.0', files: { 'package.json': { name: 'built', version: '1.0.0', scripts }, 'index.js': 'one\n', 'sub/package.json': { name: 'sub', version: '3.0.0' } } },
    { files: { 'package.json': { name: 'built', version: '2.0.0', scripts }, 'index.js': 'two\n' } },
  ])
  const { stdout, stderr } = await t.ok(`diff --diff=${url}#v1.0.0 --diff=${url}#${shas[1]} index.js`)
  assert.match(stdout, /^index v1\.0\.0\.\.v2\.0\.0 100644\n.*\n.*\n@@ -1,1 \+1,1 @@\n-one\n\+two\n$/m)
  assert.match(stderr, /built@1\.0\.0 has scripts that build it; they are not run/)
  await t.ok(`pack ${url}#v1.0.0::path:sub`)
  assert.ok(t.exists('sub-3.0.0.tgz') && !t.exists('ran'))
  assert.deepEqual(fs.readdirSync(t.folder).filter(name => name.startsWith('cpm-git-')), [])
  await t.fails(`pack ${url} --allow-git=none`, 'EALLOWGIT')
  await t.fails(`pack ${url}#v1.0.0::path:../..`, 'E[A-Z]+')
})

await run()
