// The linked strategy: npm's isolated layout. Its names hash what a package reaches, as npm 11.19 does.
import crypto from 'node:crypto'
import fs from 'node:fs'
import { assert, run, test } from './lib.mjs'

const bin = { 'run.js': '#!/usr/bin/env node\n' }
const packages = {
  a: { '1.0.0': { dependencies: { b: '1', '@s/c': '1' }, bin: 'run.js', files: bin } },
  b: { '1.0.0': { dependencies: { '@s/c': '1' }, peerDependencies: { d: '1' } }, '1.1.0': { peerDependencies: { d: '1' } } },
  '@s/c': { '1.0.0': { bin: { c: 'run.js' }, files: bin } },
  d: { '1.0.0': {}, '1.0.1': {} },
  o: { '1.0.0': { optionalDependencies: { d: '1' } } },
}
// What stands there, without cpm's own notes.
const visible = t => Object.fromEntries(Object.entries(t.tree()).filter(([name]) => !/node_modules\/\.cpm(\/|$)/.test(name)))
const LINKED = 'install --install-strategy=linked'

// The key of the first of the packages, of which each is [path of names, name and version].
function key (t, id, ...paths) {
  const url = at => {
    const [, name, version] = at.match(/([^>]*)@([^@]*)$/)
    return `${at}::${new URL(`${name}/-/${name.split('/').pop()}-${version}.tgz`, t.server.url)}`
  }
  const hash = crypto.createHash('shake256', { outputLength: 16 }).update([id, ...paths].map(url).sort().join(','))
  return `${id}-${hash.digest('base64url')}`
}

test('each package stands once in .store, and who needs it has a link beside it', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1', b: '1.0.0', d: '1.0.0' } })
  await t.ok(LINKED)
  const [c, d] = [key(t, '@s/c@1.0.0'), key(t, 'd@1.0.0')]
  const b = key(t, 'b@1.0.0', 'b@1.0.0->d@1.0.0', 'b@1.0.0->@s/c@1.0.0')
  const a = key(t, 'a@1.0.0', 'a@1.0.0->b@1.0.0', 'a@1.0.0->b@1.0.0->d@1.0.0', 'a@1.0.0->b@1.0.0->@s/c@1.0.0')
  assert.equal(fs.readlinkSync(t.at('node_modules/a')), `.store/${a}/node_modules/a`)
  assert.equal(fs.readlinkSync(t.at('node_modules/d')), `.store/${d}/node_modules/d`)
  assert.equal(fs.readlinkSync(t.at(`node_modules/.store/${a}/node_modules/b`)), `../../${b}/node_modules/b`)
  assert.equal(fs.readlinkSync(t.at(`node_modules/.store/${b}/node_modules/@s/c`)), `../../../${c}/node_modules/@s/c`)
  assert.ok(t.exists(`node_modules/.store/${c}/node_modules/@s/c/package.json`))
  assert.equal(t.exists('node_modules/@s'), false)
  assert.equal(fs.readlinkSync(t.at('node_modules/.bin/a')), '../a/run.js')
  assert.equal(fs.readlinkSync(t.at(`node_modules/.store/${a}/node_modules/.bin/c`)), '../@s/c/run.js')
  const { name, packages: hidden } = t.json('node_modules/.package-lock.json')
  assert.equal(name, undefined)
  assert.deepEqual(hidden[`node_modules/.store/${a}`], {})
  assert.deepEqual(hidden['node_modules/a'], { resolved: `node_modules/.store/${a}/node_modules/a`, link: true })
  assert.deepEqual(Object.keys(t.json('package-lock.json').packages), ['', 'node_modules/@s/c', 'node_modules/a', 'node_modules/b', 'node_modules/d'])
})

test('what a package bundles comes with it, and neither lock tells of it', async t => {
  const files = { 'node_modules/b/package.json': '{"name":"b","version":"1.0.0"}' }
  await t.registry({ packages: { a: { '1.0.0': { dependencies: { b: '1' }, bundleDependencies: ['b'], files } } } })
  t.write('package.json', { name: 'p', dependencies: { a: '1' } })
  await t.ok(LINKED)
  const a = `node_modules/.store/${key(t, 'a@1.0.0')}/node_modules/a`
  assert.ok(t.exists(`${a}/node_modules/b/package.json`))
  assert.equal(t.json('node_modules/.package-lock.json').packages[a].bundleDependencies, undefined)
  assert.deepEqual(Object.keys(t.json('package-lock.json').packages), ['', 'node_modules/a'])
})

test('a second run changes nothing, and ci makes the same', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1', d: '1' } })
  assert.match((await t.ok(LINKED)).stdout, /added 4 packages/)
  const tree = visible(t)
  assert.match((await t.ok(LINKED)).stdout, /up to date/)
  fs.rmSync(t.at('node_modules/.cpm'), { recursive: true })
  assert.match((await t.ok(LINKED)).stdout, /up to date/)
  assert.deepEqual(visible(t), tree)
  await t.ok('ci --install-strategy=linked')
  assert.deepEqual(visible(t), tree)
})

test('an update and an uninstall leave nothing of the old in .store', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { b: '1.0.0', d: '1.0.0' } })
  await t.ok(LINKED)
  await t.ok([...LINKED.split(' '), 'd@1.0.1'])
  assert.equal(fs.readdirSync(t.at('node_modules/.store')).filter(name => name.startsWith('d@')).length, 1)
  assert.equal(t.json('node_modules/d/package.json').version, '1.0.1')
  await t.ok('uninstall b --install-strategy=linked')
  assert.deepEqual(fs.readdirSync(t.at('node_modules/.store')), [key(t, 'd@1.0.1')])
  assert.deepEqual(fs.readdirSync(t.at('node_modules')).sort(), ['.cpm', '.package-lock.json', '.store', 'd'])
})

test('hoisted becomes linked and hoisted again, each as if made at once', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1', d: '1' } })
  await t.ok('install')
  const hoisted = visible(t)
  await t.ok(LINKED)
  const linked = visible(t)
  await t.ok('install')
  assert.deepEqual(visible(t), hoisted)
  fs.rmSync(t.at('node_modules'), { recursive: true })
  await t.ok(LINKED)
  assert.deepEqual(visible(t), linked)
  fs.rmSync(t.at('node_modules/.package-lock.json'))
  await t.ok('install')
  assert.deepEqual(visible(t), hoisted)
})

test('workspaces have links of their own, and stand at the root when the root names them', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', workspaces: ['w/*'], dependencies: { x: '1' } })
  t.write('w/x/package.json', { name: 'x', version: '1.0.0', dependencies: { '@w/y': '1', d: '1.0.0' } })
  t.write('w/y/package.json', { name: '@w/y', version: '1.0.0', devDependencies: { d: '1.0.1' } })
  await t.ok(LINKED)
  assert.equal(fs.readlinkSync(t.at('node_modules/x')), '../w/x')
  assert.equal(t.exists('node_modules/@w/y'), false)
  assert.equal(fs.readlinkSync(t.at('w/x/node_modules/@w/y')), '../../../y')
  assert.equal(fs.readlinkSync(t.at('w/x/node_modules/d')), `../../../node_modules/.store/${key(t, 'd@1.0.0')}/node_modules/d`)
  assert.equal(t.json('w/y/node_modules/d/package.json').version, '1.0.1')
})

test('scripts run in the store, where allowScripts names the package', async t => {
  await t.registry({ packages: { s: { '1.0.0': { scripts: { postinstall: 'echo 1 > made' } } } } })
  t.write('package.json', { name: 'p', dependencies: { s: '1' }, allowScripts: { s: true } })
  await t.ok(LINKED)
  assert.ok(t.exists('node_modules/s/made'))
  assert.match(fs.realpathSync(t.at('node_modules/s')), /\.store\/s@1\.0\.0-/)
})

test('whatever instant it is killed at, the next run gives the same tree', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', dependencies: { a: '1', o: '1', d: '1.0.0' } })
  await t.ok(LINKED)
  const whole = visible(t)
  for (let ms = 4; ms <= 24; ms += 4) {
    fs.rmSync(t.at('node_modules'), { recursive: true })
    await t.cpm(LINKED, { kill: ms })
    for (const name of fs.existsSync(t.at('node_modules')) ? fs.readdirSync(t.at('node_modules')) : []) {
      if (!name.startsWith('.')) assert.ok(t.exists(`node_modules/${name}/package.json`), `${name} after ${ms} ms`)
    }
    await t.ok(LINKED)
    assert.deepEqual(visible(t), whole)
  }
})

await run()
