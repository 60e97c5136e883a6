// `cpm fund`: who of the tree looks for funding.
import fs from 'node:fs'
import { assert, run, test } from './lib.mjs'

const add = (t, at, manifest) => t.write(`${at}/package.json`, manifest)

function project (t) {
  add(t, '.', { name: 'p', version: '1.0.0', workspaces: ['ws/*'], dependencies: { a: '1', u: '1' } })
  add(t, 'ws/w1', { name: 'w1', version: '1.0.0', dependencies: { c: '1' }, funding: 'https://w1.example' })
  add(t, 'node_modules/a', { name: 'a', version: '1.0.0', funding: { type: 'fans', url: 'https://a.example' }, dependencies: { b: '1' } })
  add(t, 'node_modules/b', { name: 'b', version: '1.0.0', funding: 'https://a.example' })
  add(t, 'node_modules/c', { name: 'c', version: '1.0.0', funding: ['https://c.example', 'https://d.example'] })
  add(t, 'node_modules/u', { name: 'u', version: '1.0.0', funding: 'ftp://u.example', dependencies: { d: '1' } })
  add(t, 'node_modules/d', { name: 'd', version: '2.0.0', funding: 'http://d.example' })
  fs.symlinkSync('../ws/w1', t.at('node_modules/w1'))
}

test('packages with one address share a branch, each package stands once, what has no address is left out', async t => {
  project(t)
  const { stdout } = await t.ok('fund --unicode')
  assert.equal(stdout, `p@1.0.0
├─┬ https://w1.example
│ │ └── w1@1.0.0
│ └── https://c.example
│     └── c@1.0.0
├── https://a.example
│   └── a@1.0.0, b@1.0.0
└── http://d.example
    └── d@2.0.0

`)
  assert.match((await t.ok('fund --no-unicode')).stdout, /\n\| \| `-- w1@1\.0\.0\n/)
  assert.match((await t.ok('fund --color=always --unicode')).stdout, /\x1b\[34mhttps:\/\/a\.example\x1b\[39m\n│ {3}└── a@1\.0\.0\x1b\[2m,\x1b\[22m b/)
})

test('--json gives npm\'s document, -w only what a workspace wants', async t => {
  project(t)
  const doc = JSON.parse((await t.ok('fund --json')).stdout)
  assert.equal(doc.length, 5)
  assert.deepEqual(Object.keys(doc.dependencies), ['w1', 'a', 'd'])
  assert.deepEqual(doc.dependencies.a, { version: '1.0.0', funding: { type: 'fans', url: 'https://a.example' },
    dependencies: { b: { version: '1.0.0', funding: { url: 'https://a.example' } } } })
  assert.deepEqual(Object.keys(JSON.parse((await t.ok('fund --json -w w1')).stdout).dependencies), ['w1'])
})

test('a package\'s page is opened; of several it is asked which one', async t => {
  project(t)
  assert.equal((await t.ok('fund a --no-browser')).stdout, 'fans funding available at the following URL:\nhttps://a.example\n')
  assert.equal((await t.ok('fund c')).stdout, '1: Funding available at the following URL: https://c.example\n' +
    '2: Funding available at the following URL: https://d.example\n' +
    'Run `cpm fund [<package-spec>] --which=1`, for example, to open the first funding URL listed in that package\n')
  assert.match((await t.ok('fund c --which=2 --no-browser')).stdout, /\nhttps:\/\/d\.example\n/)
  assert.match((await t.ok('fund c --which=3')).stdout, /^--which=3 is not a valid index\n/)
  assert.match((await t.ok('fund ./ws/w1 --browser=echo')).stdout, /https:\/\/w1\.example/)
  await t.fails('fund u', 'ENOFUND')
  await t.fails('fund c --which=0', 'EFUNDNUMBER')
  await t.fails('fund -g', 'EFUNDGLOBAL')
})

test('what is not installed is looked up in the registry', async t => {
  add(t, '.', { name: 'p', version: '1.0.0' })
  await t.registry({ packages: { far: { '1.0.0': { funding: 'https://old.example' }, '2.0.0': { funding: 'https://new.example' } } } })
  assert.match((await t.ok('fund far --no-browser')).stdout, /https:\/\/new\.example/)
  assert.match((await t.ok('fund far@1 --no-browser')).stdout, /https:\/\/old\.example/)
  await t.fails('fund nowhere', 'ENOFUND')
})

await run()
