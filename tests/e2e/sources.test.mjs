// Folders and tarballs by path and by address. What the locks hold is what npm 11.19 writes.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const packages = { a: { '1.0.0': {} } }
const locked = (t, name) => t.json('package-lock.json').packages[`node_modules/${name}`]

function outside (t) {
  t.write('../dir/package.json', { name: 'dir', version: '1.2.3', files: ['x.js'], dependencies: { a: '1', other: 'file:../other' } })
  t.write('../dir/x.js', 'x')
  t.write('../dir/left-out.js', 'y')
  t.write('../other/package.json', { name: 'other', version: '0.1.0' })
}

test('with install-links a folder outside is packed, and so are the folders that it names', async t => {
  await t.registry({ packages })
  outside(t)
  t.write('package.json', { name: 'p', dependencies: { dir: 'file:../dir' } })
  await t.ok('install --install-links')
  assert.deepEqual(locked(t, 'dir'), { version: '1.2.3', resolved: 'file:../dir', dependencies: { a: '1', other: 'file:../other' } })
  assert.deepEqual(locked(t, 'other'), { version: '0.1.0', resolved: 'file:../other' })
  assert.equal(fs.lstatSync(t.at('node_modules/dir')).isSymbolicLink(), false)
  assert.ok(t.exists('node_modules/dir/x.js'))
  assert.equal(t.exists('node_modules/dir/left-out.js'), false)
  const tree = t.tree()
  assert.match((await t.ok('install --install-links')).stdout, /up to date/)
  await t.ok('ci --install-links')
  assert.deepEqual(t.tree(), tree)
})

test('without it the packed folder becomes a link again', async t => {
  await t.registry({ packages })
  outside(t)
  t.write('package.json', { name: 'p', dependencies: { dir: 'file:../dir' } })
  await t.ok('install --install-links')
  await t.ok('install')
  assert.equal(fs.readlinkSync(t.at('node_modules/dir')), '../../dir')
  assert.equal(t.exists('node_modules/a'), false)
  assert.deepEqual(locked(t, 'dir'), { resolved: '../dir', link: true })
})

test('a folder inside the project is linked even with install-links', async t => {
  t.write('in/package.json', { name: 'in', version: '1.0.0' })
  t.write('package.json', { name: 'p', dependencies: { in: 'file:./in' } })
  await t.ok('install --install-links')
  assert.equal(fs.readlinkSync(t.at('node_modules/in')), '../in')
})

test('prepare of a packed folder runs when allowScripts names the folder', async t => {
  t.write('../made/package.json', { name: 'made', version: '1.0.0', files: ['out.js'], scripts: { prepare: 'echo 1 > out.js' } })
  const manifest = { name: 'p', dependencies: { made: 'file:../made' } }
  t.write('package.json', manifest)
  await t.ok('install --install-links')
  assert.equal(t.exists('node_modules/made/out.js'), false)
  t.write('package.json', { ...manifest, allowScripts: { 'file:../made': true } })
  fs.rmSync(t.at('node_modules'), { recursive: true })
  await t.ok('install --install-links')
  assert.ok(t.exists('node_modules/made/out.js'))
})

test('a tarball by address is locked with its integrity, and allow-remote is obeyed', async t => {
  const { url } = await t.registry({ packages })
  const address = new URL('a/-/a-1.0.0.tgz', url).href
  t.write('package.json', { name: 'p' })
  await t.fails(['install', '--allow-remote=none', address], 'EALLOWREMOTE')
  await t.ok(['install', '--allow-remote=root', address])
  assert.deepEqual(t.json('package.json').dependencies, { a: address })
  assert.equal(locked(t, 'a').resolved, address)
  assert.match(locked(t, 'a').integrity, /^sha512-/)
  fs.rmSync(t.at('node_modules'), { recursive: true })
  await t.fails('ci --allow-remote=none', 'EALLOWREMOTE')
  await t.ok('ci')
})

test('a missing tarball file ends with ENOENT and its errno', async t => {
  t.write('package.json', { name: 'p', dependencies: { x: 'file:none.tgz' } })
  const { code } = await t.cpm('install')
  assert.equal(code, 254)
  await t.fails('install --allow-file=none', 'EALLOWFILE')
  t.write('package.json', { name: 'p', dependencies: { x: `file:${path.join(t.folder, 'nowhere')}` } })
  await t.fails('install --allow-directory=none', 'EALLOWDIRECTORY')
})

await run()
