// `cpm diff`: two packages, or a package and what is here, as a patch.
import { assert, run, test } from './lib.mjs'

const packages = {
  pkg: {
    '1.0.0': { files: { 'index.js': 'one\ntwo\nthree\nfour\nfive\n', 'lib/gone.js': 'gone', 'logo.png': 'a' } },
    '1.1.0': { files: { 'index.js': 'one\n2\nthree\nfour\nfive\n', 'lib/new.js': 'new\t\n', 'logo.png': 'b' } },
  },
}
const BOTH = '--diff=pkg@1.0.0 --diff=pkg@1.1.0'
const INDEX = `diff --git a/index.js b/index.js
index v1.0.0..v1.1.0 100644
--- a/index.js
+++ b/index.js
@@ -1,5 +1,5 @@
 one
-two
+2
 three
 four
 five
`

async function project (t) {
  await t.registry({ packages })
  t.write('package.json', { name: 'pkg', version: '1.2.0', dependencies: { pkg: '^1.0.0' } })
}

test('two versions as git would show them', async t => {
  await project(t)
  assert.equal((await t.ok(`diff ${BOTH} index.js`)).stdout, INDEX)
  const { stdout } = await t.ok(`diff ${BOTH}`)
  assert.match(stdout, /^diff --git a\/lib\/gone\.js b\/lib\/gone\.js\ndeleted file mode 100644\nindex v1\.0\.0\.\.v1\.1\.0 \n--- a\/lib\/gone\.js\n\+\+\+ b\/lib\/gone\.js\n@@ -1,1 \+0,0 @@\n-gone\n\\ No newline at end of file\n/m)
  assert.match(stdout, /^new file mode 100644\nindex .*\n--- a\/lib\/new\.js\n\+\+\+ b\/lib\/new\.js\n@@ -0,0 \+1,1 @@\n\+new$/m)
  assert.match(stdout, /^--- a\/logo\.png\n\+\+\+ b\/logo\.png\n(diff|$)/m)
})

test('names only, less context, other prefixes, none, every file as text', async t => {
  await project(t)
  assert.deepEqual((await t.ok(`diff ${BOTH} --diff-name-only`)).stdout.trim().split('\n').sort(), ['index.js', 'lib/gone.js', 'lib/new.js', 'logo.png', 'package.json'])
  assert.match((await t.ok(`diff ${BOTH} --diff-unified=0 index.js`)).stdout, /@@ -2,1 \+2,1 @@\n-two\n\+2\n$/)
  assert.match((await t.ok(`diff ${BOTH} --diff-src-prefix=old/ --diff-dst-prefix=new/ index.js`)).stdout, /^diff --git old\/index\.js new\/index\.js\n/)
  assert.match((await t.ok(`diff ${BOTH} --diff-no-prefix index.js`)).stdout, /\nIndex: index\.js\n--- index\.js\n\+\+\+ index\.js\n/)
  assert.match((await t.ok(`diff ${BOTH} --diff-text logo.png`)).stdout, /-a\n.*\n\+b\n/)
  assert.match((await t.ok(`diff ${BOTH} --color=always index.js`)).stdout, /\x1b\[31m-two\x1b\[39m\n\x1b\[32m\+2\x1b\[39m\n/)
})

test('only paths, folders and patterns that are named', async t => {
  await project(t)
  const names = async words => (await t.ok(`diff ${BOTH} --diff-name-only ${words}`)).stdout.trim().split('\n').sort()
  assert.deepEqual(await names('./lib'), ['lib/gone.js', 'lib/new.js'])
  assert.deepEqual(await names('*.png package.json'), ['logo.png', 'package.json'])
})

test('the project against a version of itself, and against a folder', async t => {
  await project(t)
  t.write('index.js', 'one\n2\nthree\n')
  assert.match((await t.ok('diff index.js')).stdout, /^index v1\.1\.0\.\.v1\.2\.0 100644$/m)
  assert.match((await t.ok('diff --diff=1.0.0 index.js')).stdout, /^index v1\.0\.0\.\.v1\.2\.0 100644$/m)
  assert.equal((await t.ok('diff --diff=1.0.0 --diff=1.1.0 index.js')).stdout, INDEX)
  t.write('other/package.json', { name: 'other', version: '9.0.0' })
  t.write('other/index.js', 'one\n')
  assert.match((await t.ok('diff --diff=./other index.js')).stdout, /^index v9\.0\.0\.\.v1\.2\.0 100644$/m)
})

test('what is installed against what outdated would bring, with what was edited by hand', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { pkg: '1.0.0' } })
  await t.ok('install')
  assert.equal((await t.ok('diff --diff=pkg')).stdout, '\n')
  t.write('node_modules/pkg/extra.js', 'by hand\n')
  assert.match((await t.ok('diff --diff=pkg')).stdout, /^diff --git a\/extra\.js b\/extra\.js\ndeleted file mode/)
  assert.match((await t.ok('diff --diff=pkg@1.1.0 index.js')).stdout, /^index v1\.0\.0\.\.v1\.1\.0 100644$/m)
  assert.equal((await t.ok('diff --diff=pkg --diff=1.1.0 index.js')).stdout, INDEX)
})

test('too many words, none, and nothing of that name say why it cannot', async t => {
  await t.registry({ packages })
  assert.match((await t.fails('diff --diff=a --diff=b --diff=c', 'EUSAGE')).stderr, /Can't use more than two --diff arguments\./)
  assert.match((await t.fails('diff', 'EUSAGE')).stderr, /Needs multiple arguments to compare or run from a project dir\./)
  await t.fails('diff --diff=gone@1 --diff=gone@2', 'E404')
})

await run()
