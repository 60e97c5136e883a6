// cpm resolve beside the node that runs this: every odd specifier from every odd place, errors included.
import fs from 'node:fs'
import { assert, run, spawnProgram, test } from './lib.mjs'

const packages = {
  plain: [{}, 'index.js', 'node_modules/nest/index.js'],
  bare: [null, 'index.js'],
  'main-dir': [{ main: './lib' }, 'lib/index.js'],
  'main-gone': [{ main: 'zz' }, 'z.js'],
  'main-escape': [{ main: 'a%20b.js' }, 'a b.js', 'a%20b.js'],
  fs: [{}, 'index.js', 'promises.js'],
  '@s/e': [{ name: '@s/e', exports: { '.': './x.js', './y': './y.js' } }, 'x.js', 'y.js'],
  sugar: [{ exports: { import: './a.mjs', default: './a.js' } }, 'a.js', 'a.mjs'],
  mixed: [{ exports: { '.': './a.js', node: './b.js' } }, 'a.js'],
  nulled: [{ exports: null, main: 'a.js' }, 'a.js'],
  exp: [{
    name: 'exp',
    exports: {
      '.': './index.js', './a': './a.js', './b/*': './lib/*.js', './b/x/*': null, './c': { import: './c.mjs', require: './c.cjs' },
      './d': { import: './c.mjs' }, './e': {}, './f': [], './g': [null, './a.js'], './h': './gone.js', './i': './lib', './j*': './lib/*',
      './l/*/z': './lib/*', './m': '../plain/index.js', './n': 'plain', './o': './node_modules/q.js', './p': './lib/../a.js', './q/': './lib/',
      './r': { default: { node: null, default: './a.js' } }, './s': { node: { bogus: './a.js' }, default: './c.cjs' }, './t': false,
      './v': './a%20b.js', './z': [{ bogus: './a.js' }, './c.cjs'], './0': { 0: './a.js' },
    },
  }, 'index.js', 'a.js', 'lib/x.js', 'lib/y.js', 'lib/x/q.js', 'c.mjs', 'c.cjs', 'a b.js'],
}
const own = {
  name: 'root',
  exports: { '.': './m.js', './s/*': './sub/*.js' },
  imports: {
    '#a': './m.js', '#b': 'plain', '#c/*': './sub/*', '#d': { import: 'main-dir', require: './m.js' }, '#e': 'node:fs', '#f': 'fs',
    '#g': './nope.js', '#h': 'nope', '#i': [], '#j': ['x:y', './m.js'], '#k': null, '#l/*': 'exp/*', '#o': '../out.js',
    '#q': { browser: './m.js' }, '#s': '', '#u': './sub/%2e%2e/m.js', '#v': './sub', '#x': 5,
  },
}
const files = ['m.js', 'sub/a.js', 'sub/c.json', 'sub/index.js', 'sub/a b.js', 'sub/p%20q.js', 'sub/h#h.js', 'noext', 'both.js', 'both/index.js',
  'dir.js/index.js', 'mod.node', '.hid/index.js', '.hid.js', 'x.js.js', 'node_modules/file.js']
const subpaths = ['', '/', '/index', '/index.js', '/a', '/a.js', '/b/x', '/b/y', '/b/x/q', '/b/', '/c', '/d', '/e', '/f', '/g', '/h', '/i', '/jx.js',
  '/l/x.js/z', '/m', '/n', '/o', '/p', '/q/x.js', '/r', '/s', '/t', '/v', '/z', '/0', '/y', '/package.json', '/lib/x', '/b/../a', '/b/%2e%2e/a',
  '/b/node_modules/x', '/b/x%2fy', '//index.js', '/a%20b.js', '/b/*', '/promises']
const specifiers = ['.', '..', './', '../', './..', '/', './m', './m.js', './sub', './sub/', './sub/..', './sub/a', './sub/c', './sub/a b', './sub/a%20b.js',
  './sub/p%20q.js', './sub/h#h.js', './sub/h%23h.js', './sub/%c3.js', './noext', './both', './both/', './dir', './dir.js', './mod', './gone/../m',
  './.hid', '.hid', '..m', './x.js', './x', 'm.js', 'root', 'root/s/a', 'root/none', './sub\\a.js', '\\m.js', ' ./m.js', './m.js?x#y', 'file:m.js',
  'file:///tmp', 'a:b', 'node:fs', 'node:nope', 'fs/promises', 'sys', '_http_agent', 'test', 'node:test', 'data:,x', '%', '@', '@x', '@x/y', '@s', '@s/',
  '*', './*', '~/x', '#', '#/a', '#a', '#a/', '#b', '#c/a.js', '#c/a', '#c/../m.js', '#c/%2e%2e/m.js', '#d', '#e', '#f', '#g', '#h', '#i', '#j', '#k',
  '#l/a', '#l/b/x', '#l/none', '#o', '#q', '#s', '#u', '#v', '#x', '#none', 'toString', '__proto__', 'exp/toString', 'loop', 'link', 'link/nest',
  ...Object.keys(packages).flatMap(name => subpaths.map(subpath => name + subpath))]
const parents = ['m.js', 'sub/a.js', 'node_modules/exp/lib/x.js', 'node_modules/plain/index.js', 'node_modules/@s/e/x.js', 'gone/dir/x.js']

// Runs in a child, as import.meta.resolve takes a parent only with a flag. A path, a URL that is no file, or !CODE.
const child = `
import fs from 'node:fs'; import { createRequire } from 'node:module'; import { fileURLToPath, pathToFileURL } from 'node:url'
const { specifiers, parents } = JSON.parse(fs.readFileSync(0, 'utf8'))
const imported = (specifier, parent) => {
  const url = import.meta.resolve(specifier, pathToFileURL(parent).href)
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url), at = fs.statSync(path, { throwIfNoEntry: false })
  return !at ? '!ERR_MODULE_NOT_FOUND' : at.isDirectory() ? '!ERR_UNSUPPORTED_DIR_IMPORT' : path
}
const attempt = f => { try { return f() } catch (error) { return '!' + (error.code ?? error.name) } }
console.log(JSON.stringify(parents.map(parent => specifiers.map(specifier =>
  [attempt(() => createRequire(parent).resolve(specifier)), attempt(() => imported(specifier, parent))]))))`

function build (t) {
  t.write('package.json', own)
  for (const file of files) t.write(file, '')
  for (const [name, [json, ...contents]] of Object.entries(packages)) {
    if (json) t.write(`node_modules/${name}/package.json`, json)
    for (const file of contents) t.write(`node_modules/${name}/${file}`, '')
  }
  fs.symlinkSync('plain', t.at('node_modules/link'))
  fs.symlinkSync('loop', t.at('node_modules/loop'))
}

test('cpm resolve answers as node does', async t => {
  if (parseInt(process.versions.node) < 20) t.skip(`node ${process.versions.node} has older rules: 20 or later is asked`)
  build(t)
  const asked = parents.map(parent => t.at(parent))
  const { stdout, stderr } = await spawnProgram(process.execPath, ['--no-deprecation', '--experimental-import-meta-resolve', '--input-type=module', '-e', child],
    { cwd: t.project, env: t.env(), input: JSON.stringify({ specifiers, parents: asked }) })
  assert.ok(stdout, stderr)
  const expected = JSON.parse(stdout)
  for (const [p, parent] of asked.entries()) {
    for (const [m, mode] of ['--cjs', '--esm'].entries()) {
      const { stdout } = await t.cpm(['resolve', mode, '--json', '--from', parent], { input: specifiers.join('\n') + '\n' })
      const got = stdout.trim().split('\n').map(line => JSON.parse(line)).map(answer => answer.code ? '!' + answer.code : answer.path)
      for (const [i, specifier] of specifiers.entries()) assert.equal(got[i], expected[p][i][m], `${mode} '${specifier}' from ${parent}`)
    }
  }
})

test('many specifiers give a line each, and one that is not found exit code 1', async t => {
  build(t)
  const { stdout, code } = await t.cpm(['resolve', './m', './none'])
  assert.equal(stdout, `${t.at('m.js')}\n!MODULE_NOT_FOUND\n`)
  assert.equal(code, 1)
  const { stderr } = await t.ok(['resolve', '--trace', 'plain'])
  assert.match(stderr, /found .*node_modules\/plain\/index\.js/)
})

await run()
