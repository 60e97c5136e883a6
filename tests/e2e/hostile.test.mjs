// What a hostile package may try, and what becomes of it. Nothing is ever written, linked or run outside of its folder.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test, tree } from './lib.mjs'

const index = { 'index.js': 'module.exports = 1\n' }

// Installs one package `evil` whose archive, packument or name is as told; `canary` is a folder outside of the project.
async function attempt (t, describe, { dependencies = { evil: '1.0.0' }, line = 'install', env } = {}) {
  const canary = path.join(t.folder, 'canary')
  fs.mkdirSync(canary)
  fs.writeFileSync(path.join(canary, 'secret'), 'secret\n')
  const before = tree(canary)
  const version = describe(canary)
  await t.registry({ packages: { evil: { '1.0.0': version }, ...version.others } })
  t.write('package.json', { name: 'p', dependencies })
  const result = await t.cpm(line, { env })
  assert.deepEqual(tree(canary), before)
  assert.deepEqual(fs.readdirSync(t.folder).sort().filter(name => !/^(cache|canary|home|project)$/.test(name)), [])
  return result
}

function refused (title, describe, options) {
  test(`refused: ${title}`, async t => {
    const { code, stdout, stderr } = await attempt(t, describe, options)
    assert.equal(code, options?.code ?? 1, stdout + stderr)
    assert.match(stderr, /error code (E[A-Z]+|128)/)
    assert.ok(!t.exists('node_modules/evil'))
  })
}

function harmless (title, describe, look, options) {
  test(`harmless: ${title}`, async t => {
    const { code, stdout, stderr } = await attempt(t, describe, options)
    assert.equal(code, 0, stdout + stderr)
    assert.equal(t.read('node_modules/evil/index.js'), index['index.js'])
    await look?.(t, stdout + stderr)
  })
}

const entries = (...list) => ({ files: index, entries: list })

refused('a path that climbs out', () => entries({ path: 'package/../../../canary/x', content: 'x' }))
refused('an absolute path', canary => entries({ path: `${canary}/x`, content: 'x' }))
refused('two entries of one path', () => entries({ path: 'package/package.json', content: '{"name":"evil","version":"1.0.0"}' }))
refused('a file, and a file below it', () => entries({ path: 'package/a', content: '1' }, { path: 'package/a/b', content: '2' }))
refused('a control character in a name', () => entries({ path: 'package/x\r\ny', content: '' }))
refused('integrity of no strong hash', () => ({ files: index, dist: { integrity: 'md5-1B2M2Y8AsgTpgAmY7PhCfg==', shasum: undefined } }))
refused('a tarball address that is a file', () => ({ files: index, dist: { tarball: 'file:///etc/passwd' } }))
refused('a name that climbs out', () => ({ files: index }), { dependencies: { '../../evil': '1.0.0' } })
refused('the name .bin', () => ({ files: index }), { dependencies: { '.bin': 'npm:evil@1.0.0' } })
refused('a dependency of a package that leads to a folder', () => ({ files: index, dependencies: { leak: 'file:../../../canary' } }))
refused('git with an option for a host', () => ({ files: index, dependencies: { g: 'git+ssh://-oProxyCommand=touch%20x/y.git' } }), { code: 128 })
refused('a tarball address that is a folder', canary => ({ files: index, dist: { tarball: `file://${canary}` } }))
refused('a tarball address that is a repository', canary => ({ files: index, dist: { tarball: `git+file://${canary}#${'a'.repeat(40)}` } }))

harmless('a symbolic link out of the package is not made', canary => entries({ path: 'package/leak', type: 'symlink', linkname: `${canary}/secret` }),
  t => assert.ok(!t.exists('node_modules/evil/leak')))
harmless('a hard link out of the package is not made', canary => entries({ path: 'package/leak', type: 'hardlink', linkname: `${canary}/secret` }),
  t => assert.ok(!t.exists('node_modules/evil/leak')))
harmless('a file through a link of the archive stays inside', canary => entries(
  { path: 'package/dir', type: 'symlink', linkname: canary }, { path: 'package/dir/x', content: 'inside\n' }),
t => assert.equal(t.read('node_modules/evil/dir/x'), 'inside\n'))
harmless('a device and a FIFO are not made', () => entries({ path: 'package/null', type: 'char' }, { path: 'package/pipe', type: 'fifo' }),
  t => assert.deepEqual(fs.readdirSync(t.at('node_modules/evil')).sort(), ['index.js', 'package.json']))
harmless('odd modes become 644 and 755', () => entries(
  { path: 'package/suid', mode: 0o6755, content: 'x' }, { path: 'package/open', mode: 0o777, content: 'x' }, { path: 'package/shut', mode: 0, content: 'x' }),
t => {
  const mode = name => (fs.statSync(t.at(`node_modules/evil/${name}`)).mode & 0o7777).toString(8)
  assert.deepEqual([mode('suid'), mode('open'), mode('shut')], ['755', '755', '644'])
})
harmless('a command that points out of the package is not linked', () => ({ files: index, bin: { tool: '../../canary/secret' } }),
  t => assert.ok(!fs.existsSync(t.at('node_modules/.bin/tool')) || fs.realpathSync(t.at('node_modules/.bin/tool')).startsWith(t.at('node_modules'))))
harmless('a command whose name climbs out stays in .bin', () => ({ files: index, bin: { '../../evil': 'index.js', '..': 'index.js' } }),
  t => assert.deepEqual(fs.readdirSync(t.project).sort(), ['node_modules', 'package-lock.json', 'package.json']))
harmless('no escape sequence of a deprecation reaches the terminal', () => ({ files: index, deprecated: 'old \u001b]0;owned\u0007 \u001b[2J \u009b31m' }),
  (t, output) => {
    assert.match(output, /old/)
    assert.doesNotMatch(output, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
  })
harmless("a dependency's node-gyp does not run", () => ({ files: { ...index, 'binding.gyp': '{"targets":[]}' } }),
  t => assert.ok(!t.exists('node_modules/evil/build')))

test('refused: a packument of another package', async t => {
  await t.registry({ packages: { evil: { '1.0.0': { files: index } }, other: { '1.0.0': { files: index } } } })
  const answer = t.server.packument.bind(t.server)
  t.server.packument = (name, corgi) => answer(name === 'evil' ? 'other' : name, corgi)
  t.write('package.json', { dependencies: { evil: '1.0.0' } })
  const { code } = await t.cpm('install')
  assert.equal(code, 1)
})

test('refused: a package.json of a thousand levels, at once', async t => {
  t.write('package.json', `{"name":"p","x":${'['.repeat(100000)}${']'.repeat(100000)}}`)
  await t.fails('install', 'EJSONPARSE')
})

test('refused: a tarball whose end is missing', async t => {
  await t.registry({ packages: { evil: { '1.0.0': { files: { 'index.js': 'x'.repeat(100000) } } } } })
  const packed = t.server.packedVersion('evil', '1.0.0')
  packed.bytes = packed.bytes.subarray(0, packed.bytes.length - 40)
  t.write('package.json', { dependencies: { evil: '1.0.0' } })
  const { code } = await t.cpm('install')
  assert.equal(code, 1)
  assert.ok(!t.exists('node_modules/evil'))
})

test('refused: an archive that unpacks to more than a thousand times its size', async t => {
  await t.registry({ packages: { evil: { '1.0.0': { files: { zeros: '\0'.repeat(64 << 20) } } } } })
  t.write('package.json', { dependencies: { evil: '1.0.0' } })
  const { code } = await t.cpm('install')
  assert.equal(code, 1)
  assert.ok(!t.exists('node_modules/evil'))
})

await run()
