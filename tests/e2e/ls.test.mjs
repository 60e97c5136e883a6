// `cpm ls`: npm's tree of what is installed, and what is wrong with it.
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const install = (t, at, manifest) => t.write(path.join(at, 'package.json'), manifest)

function project (t) {
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '^1.0.0' }, devDependencies: { d: '*' } })
  install(t, 'node_modules/a', { name: 'a', version: '1.2.0', dependencies: { b: '1' } })
  install(t, 'node_modules/b', { name: 'b', version: '1.0.0' })
  install(t, 'node_modules/d', { name: 'd', version: '3.0.0', dependencies: { b: '^1' } })
}

test('the top alone is shown, --all shows all, each package in full once', async t => {
  project(t)
  assert.equal((await t.ok('ls --unicode')).stdout, `p@1.0.0 ${t.project}\n├── a@1.2.0\n└── d@3.0.0\n\n`)
  assert.equal((await t.ok('ls --all --unicode')).stdout,
    `p@1.0.0 ${t.project}\n├─┬ a@1.2.0\n│ └── b@1.0.0\n└─┬ d@3.0.0\n  └── b@1.0.0 deduped\n\n`)
  assert.equal((await t.ok('ls --no-unicode')).stdout, `p@1.0.0 ${t.project}\n+-- a@1.2.0\n\`-- d@3.0.0\n\n`)
  assert.equal((await t.ok('ls --omit=dev --unicode')).stdout, `p@1.0.0 ${t.project}\n└── a@1.2.0\n\n`)
})

test('a name with a range shows the ways to it', async t => {
  project(t)
  assert.equal((await t.ok('ls b@1 --unicode')).stdout,
    `p@1.0.0 ${t.project}\n├─┬ a@1.2.0\n│ └── b@1.0.0\n└─┬ d@3.0.0\n  └── b@1.0.0 deduped\n\n`)
  const { code, stdout } = await t.cpm('ls b@2 --unicode')
  assert.equal(code, 1)
  assert.equal(stdout, `p@1.0.0 ${t.project}\n└── (empty)\n\n`)
})

test('--json and --parseable are for programs', async t => {
  project(t)
  const doc = JSON.parse((await t.ok('ls --json --all')).stdout)
  assert.equal(doc.dependencies.a.dependencies.b.version, '1.0.0')
  assert.deepEqual(doc.dependencies.d.dependencies.b, { version: '1.0.0' })
  assert.equal((await t.ok('ls --parseable')).stdout,
    `${t.project}\n${t.at('node_modules/a')}\n${t.at('node_modules/d')}\n`)
})

test('missing and invalid packages fail with ELSPROBLEMS, extraneous ones alone do not', async t => {
  project(t)
  install(t, 'node_modules/x', { name: 'x', version: '9.0.0' })
  assert.match((await t.ok('ls --unicode')).stdout, /x@9\.0\.0 extraneous\n/)
  fs.rmSync(t.at('node_modules/d'), { recursive: true })
  install(t, 'node_modules/a', { name: 'a', version: '2.0.0' })
  const { code, stdout, stderr } = await t.cpm('ls --unicode')
  assert.equal(code, 1)
  assert.match(stdout, /├── a@2\.0\.0 invalid: "\^1\.0\.0" from the root project\n/)
  assert.match(stdout, /├── UNMET DEPENDENCY d@\*\n/)
  assert.match(stderr, /^cpm error code ELSPROBLEMS\ncpm error invalid: a@2\.0\.0 /)
  assert.match(stderr, /\ncpm error missing: d@\*, required by p@1\.0\.0\n/)
  const doc = JSON.parse((await t.cpm('ls --json')).stdout)
  assert.equal(doc.error.code, 'ELSPROBLEMS')
  assert.equal(doc.problems.length, 4) // b is now extraneous, too
})

test('links and aliases say what they are', async t => {
  t.write('package.json', { name: 'p', version: '1.0.0', workspaces: ['w'], dependencies: { al: 'npm:real@1' } })
  t.write('w/package.json', { name: 'w', version: '1.1.0' })
  install(t, 'node_modules/al', { name: 'real', version: '1.0.0' })
  fs.symlinkSync('../w', t.at('node_modules/w'))
  assert.equal((await t.ok('ls --unicode')).stdout, `p@1.0.0 ${t.project}\n├── al@npm:real@1.0.0\n└── w@1.1.0 -> ./w\n\n`)
  assert.equal((await t.ok('ls --link --unicode')).stdout, `p@1.0.0 ${t.project}\n└── w@1.1.0 -> ./w\n\n`)
})

test('a hidden lock that is older than a folder is not believed', async t => {
  project(t)
  const packages = { 'node_modules/a': { version: '1.1.1' } }
  t.write('node_modules/.package-lock.json', { name: 'p', version: '1.0.0', lockfileVersion: 3, requires: true, packages })
  assert.match((await t.ok('ls')).stdout, /a@1\.2\.0/)
})

test('a name from a package cannot write to the terminal', async t => {
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '*' } })
  install(t, 'node_modules/a', { name: 'a', version: '1.0.0\u001b[2J' })
  const { stdout } = await t.cpm('ls')
  assert.ok(!stdout.includes('\u001b'), JSON.stringify(stdout))
})

await run()
