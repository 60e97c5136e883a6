// The cache, and what needs an editor or a shell: config edit and fix, edit, explore.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const packages = { a: { '1.0.0': { files: { 'x.js': '1' } }, '1.1.0': {} }, '@s/b': { '1.0.0': {} } }

const storeOf = t => `${t.cache}/_cpm/store/v2`

function entries (t) {
  return fs.readdirSync(storeOf(t)).filter(name => name.startsWith('sha512-')).map(key => path.join(storeOf(t), key))
}

// A file of an entry stands there by number; what is in it tells which it is.
function fileWith (text, entry) {
  return fs.readdirSync(entry).map(name => path.join(entry, name)).find(file => fs.readFileSync(file, 'utf8') === text)
}

test('cache ls names packages and packuments, cache add adds them', async t => {
  await t.registry({ packages })
  await t.ok('cache add a@1.0.0 @s/b')
  const { stdout } = await t.ok('cache ls')
  assert.match(stdout, /^@s\/b@1\.0\.0 sha512-.*\na@1\.0\.0 sha512-.*\nhttp.*@s%2fb\nhttp.*\/a\n$/)
  assert.match((await t.ok('cache ls a@1.0.0')).stdout, /^a@1\.0\.0 sha512-.*\nhttp.*\/a\n$/)
  assert.doesNotMatch((await t.ok('cache ls a@^2')).stdout, /sha512/)
  await t.fails('cache ls a@latest', 'EUSAGE')
  await t.fails('cache add', 'EUSAGE')
  const asked = t.server.log?.length
  t.write('package.json', { name: 'p', dependencies: { a: '1.0.0' } })
  await t.ok('install --offline')
  assert.equal(t.server.log?.length, asked)
})

test('cache verify throws damaged packages away and old marks', async t => {
  await t.registry({ packages })
  await t.ok('cache add a@1.0.0 a@1.1.0')
  assert.match((await t.ok('cache verify')).stdout, /^Cache verified and compressed \(.*_cpm\)\nContent verified: 2 \(\d+ bytes\)\nIndex entries: 3\n/)
  fs.writeFileSync(entries(t).map(entry => fileWith('1', entry)).find(Boolean), '22')
  const marks = `${storeOf(t)}/synced`
  fs.writeFileSync(`${marks}/${'0'.repeat(32)}`, '')
  fs.utimesSync(`${marks}/${'0'.repeat(32)}`, 1, 1)
  const kept = fs.readdirSync(marks).length - 1
  const { stdout } = await t.ok('cache verify')
  assert.match(stdout, /Content verified: 1 .*\nCorrupted content removed: 1\nContent garbage-collected: 1 /)
  assert.equal(entries(t).length, 1)
  assert.equal(fs.readdirSync(marks).length, kept)
})

test('cache clean takes keys, and everything only with --force', async t => {
  await t.registry({ packages })
  await t.ok('cache add a@1.0.0')
  assert.match((await t.ok('cache clean a@1.0.0')).stdout, /Deleted: a@1\.0\.0 sha512-/)
  assert.match((await t.ok('cache rm nothing')).stderr, /warn cache Not Found: nothing/)
  assert.equal((await t.cpm('cache clean')).code, 1)
  assert.ok(fs.existsSync(`${t.cache}/_cpm`))
  await t.ok('cache clean --force')
  assert.equal(fs.existsSync(`${t.cache}/_cpm`), false)
})

test('cache npx lists, explains and removes the folders of exec', async t => {
  await t.registry({ packages: { tool: { '1.0.0': { bin: 't.js', files: { 't.js': '#!/bin/sh\necho ran\n' } } } } })
  assert.match((await t.ok('cache npx ls')).stdout, /npx cache does not exist/)
  await t.ok('exec --yes tool')
  const [, key] = (await t.ok('cache npx ls')).stdout.match(/^(\w+): tool\n$/)
  assert.match((await t.ok(`cache npx info ${key.slice(0, 4)}`)).stdout,
    new RegExp(`^valid npx cache entry with key ${key}\nlocation: .*${key}\npackages:\n- tool \\(tool@1\\.0\\.0\\)\n`))
  await t.fails('cache npx info zzz', 'EUSAGE')
  await t.fails('cache npx rm', 'EUSAGE')
  assert.match((await t.ok(`cache npx rm ${key}`)).stdout, /^Removing npx key at /)
  assert.equal((await t.ok('cache npx ls')).stdout, '')
})

test('config edit opens the file of a location and keeps it as it is', async t => {
  t.write('../editor', '#!/bin/sh\necho "$@" > "$(dirname "$0")/args"\necho added=1 >> "$2"\n')
  fs.chmodSync(t.at('../editor'), 0o755)
  const editor = { env: { EDITOR: `${t.at('../editor')} -x` } }
  await t.ok('config edit', editor)
  assert.equal(t.read('../args'), `-x ${t.home}/.npmrc\n`)
  assert.match(t.read('../home/.npmrc'), /^; Lines that begin.*\n.*\n;\n; _auth=null\n.*\nadded=1\n$/s)
  assert.equal(fs.statSync(`${t.home}/.npmrc`).mode & 0o777, 0o600)
  t.write('package.json', {})
  t.write('.npmrc', '; mine\nfund=false\n')
  await t.ok('config edit --location=project', editor)
  assert.equal(t.read('.npmrc'), '; mine\nfund=false\nadded=1\n')
  assert.match((await t.cpm('config edit', { env: { EDITOR: 'false' } })).stderr, /editor process exited with code: 1/)
})

test('config fix binds credentials to the registry and keeps the rest', async t => {
  t.write('../home/.npmrc', '; mine\n_authToken=${TOKEN}\nusername=u\nfund=false\n')
  const { stderr } = await t.fails('install', 'ERR_INVALID_AUTH', { env: { TOKEN: 'x' } })
  assert.match(stderr, /Please run `cpm config fix` to repair/)
  const { stdout } = await t.ok('config fix', { env: { TOKEN: 'x' } })
  assert.equal(stdout, 'The following configuration problems have been repaired:\n\n' +
    '~ `_authToken` renamed to `//localhost:9/:_authToken` in user config\n- `username` deleted from user config\n')
  assert.equal(t.read('../home/.npmrc'), '; mine\nfund=false\n//localhost:9/:_authToken=${TOKEN}\n')
  assert.equal((await t.ok('config fix')).stdout, '')
})

test('edit opens a package, which then has files of its own, and rebuilds it', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1.0.0' } })
  await t.ok('install')
  t.write('../editor', '#!/bin/sh\necho changed > "$1/x.js"\n')
  fs.chmodSync(t.at('../editor'), 0o755)
  const { stdout } = await t.ok('edit a', { env: { EDITOR: t.at('../editor') } })
  assert.match(stdout, /rebuilt dependencies successfully/)
  assert.equal(t.read('node_modules/a/x.js'), 'changed\n')
  assert.ok(fileWith('1', entries(t)[0]))
  assert.equal((await t.fails('edit ../..', 'ENOENT')).code, 254)
  await t.fails('edit', 'EUSAGE')
})

test('explore runs a command in the folder of a package and ends as it does', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1.0.0' } })
  await t.ok('install')
  const { stdout } = await t.ok(['explore', 'a', '--', 'pwd'])
  assert.match(stdout, /> a@1\.0\.0 _explore\n> pwd\n\n.*node_modules\/a\n/)
  assert.equal((await t.cpm(['explore', 'a', '--', 'exit 4'])).code, 4)
  assert.match((await t.cpm('explore nothing')).stderr, /It doesn't look like nothing is installed\./)
  await t.fails(['explore', '..'], 'EUSAGE')
})

await run()
