// `cpm explain`: who wants a package. The expectations are npm 11's words for the same trees.
import path from 'node:path'
import { assert, run, test } from './lib.mjs'

const put = (t, at, manifest) => t.write(path.join(at, 'package.json'), manifest)

function project (t) {
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '^1.0.0' }, devDependencies: { d: '*' } })
  put(t, 'node_modules/a', { name: 'a', version: '1.2.0', dependencies: { b: '1' } })
  put(t, 'node_modules/b', { name: 'b', version: '1.0.0' })
  put(t, 'node_modules/d', { name: 'd', version: '3.0.0', dependencies: { b: '^2' } })
  put(t, 'node_modules/d/node_modules/b', { name: 'b', version: '2.0.0', dependencies: { d: '3' } })
  put(t, 'node_modules/x', { name: 'x', version: '9.0.0' })
}

test('a name explains every copy up to the root, and says of what kind the ways are', async t => {
  project(t)
  const { stdout } = await t.ok('explain b')
  assert.equal(stdout, `b@1.0.0
node_modules/b
  b@"1" from a@1.2.0
  node_modules/a
    a@"^1.0.0" from the root project

b@2.0.0 dev
node_modules/d/node_modules/b
  b@"^2" from d@3.0.0
  node_modules/d
    dev d@"*" from the root project
    d@"3" from b@2.0.0
`)
  assert.equal((await t.ok('why x')).stdout, 'x@9.0.0 extraneous\nnode_modules/x\n')
})

test('a place, a path and a version name one copy', async t => {
  project(t)
  const nested = (await t.ok('explain node_modules/d/node_modules/b/')).stdout
  assert.match(nested, /^b@2\.0\.0 dev\nnode_modules\/d\/node_modules\/b\n/)
  assert.equal((await t.ok(`explain ${t.at('node_modules/d/node_modules/b')}`)).stdout, nested)
  assert.equal((await t.ok('explain b@^2')).stdout, nested)
})

test('--json gives every way in full, with npm\'s keys', async t => {
  project(t)
  const [b] = JSON.parse((await t.ok('explain b@1 --json')).stdout)
  assert.deepEqual(b, {
    name: 'b',
    version: '1.0.0',
    location: 'node_modules/b',
    isWorkspace: false,
    dependents: [{
      type: 'prod',
      name: 'b',
      spec: '1',
      from: {
        name: 'a',
        version: '1.2.0',
        location: 'node_modules/a',
        isWorkspace: false,
        dependents: [{ type: 'prod', name: 'a', spec: '^1.0.0', from: { location: t.project } }]
      }
    }],
    dev: false,
    optional: false,
    devOptional: false,
    peer: false,
    bundled: false,
    overridden: false
  })
})

test('workspaces, links to them, aliases and overrides are told; -w asks one workspace', async t => {
  await t.registry({ packages: { real: { '1.0.0': {}, '2.0.0': {} }, u: { '1.0.0': { dependencies: { real: '1' } } } } })
  t.write('package.json', {
    name: 'p', version: '1.0.0', workspaces: ['w/*'], dependencies: { al: 'npm:real@2', u: '1' }, overrides: { real: '2.0.0' }
  })
  put(t, 'w/one', { name: 'one', version: '1.0.0', dependencies: { two: '1', u: '1' } })
  put(t, 'w/two', { name: 'two', version: '1.0.0' })
  await t.ok('install')
  assert.equal((await t.ok('explain two')).stdout, `two@1.0.0
w/two
  two@1.0.0
  node_modules/two
    two@"1" from one@1.0.0
    w/one
      one@1.0.0
      node_modules/one
        workspace w/one from the root project
    workspace w/two from the root project

two@1.0.0
node_modules/two
  two@"1" from one@1.0.0
  w/one
    one@1.0.0
    node_modules/one
      workspace w/one from the root project
  workspace w/two from the root project
`)
  assert.equal((await t.ok('explain node_modules/real')).stdout, `real@2.0.0 overridden
node_modules/real
  overridden real@"2.0.0" (was "1") from u@1.0.0
  node_modules/u
    u@"1" from one@1.0.0
    w/one
      one@1.0.0
      node_modules/one
        workspace w/one from the root project
    u@"1" from the root project
`)
  assert.equal((await t.cpm('explain real -w two')).code, 1)
  assert.match((await t.ok('explain real -w one')).stdout, /^real@2\.0\.0 overridden\nnode_modules\/real\n/)
})

test('what is not there fails, and no name is a question for the usage', async t => {
  project(t)
  const { code, stderr } = await t.cpm('explain nothing here')
  assert.equal(code, 1)
  assert.match(stderr, /^cpm error No dependencies found matching nothing, here\n/)
  assert.match((await t.cpm('explain')).stderr, /code EUSAGE/)
})

await run()
