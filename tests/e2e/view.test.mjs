// What view tells of a package: whole, by field, for the workspaces; and the forms in which one may be named.
import { assert, run, test } from './lib.mjs'

const person = { name: 'Ann', email: 'ann@localhost' }
const packages = {
  a: { '1.0.0': { contributors: [person, { name: 'Bob' }], _npmUser: { ...person, trustedPublisher: { id: 'x' } } } },
  b: { '1.0.0': {}, '2.0.0': {} },
}
const json = async (t, line) => JSON.parse((await t.ok(`view ${line} --json`)).stdout)

test('a person is one text, in the whole document too', async t => {
  await t.registry({ packages })
  assert.deepEqual((await json(t, 'a')).contributors, ['Ann <ann@localhost>', 'Bob'])
  assert.equal(await json(t, 'a _npmUser'), 'Ann <ann@localhost>')
})

test('of workspaces --json is one document by name, with what the registry lacks behind it', async t => {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', workspaces: ['w/*'] })
  for (const name of ['a', 'absent', 'b']) t.write(`w/${name}/package.json`, { name, version: '0.0.1' })
  const { code, stdout, stderr } = await t.cpm('view . version --workspaces --json')
  const { error, ...found } = JSON.parse(stdout)
  assert.equal(code, 1)
  assert.equal(stderr, '')
  assert.deepEqual(found, { a: '1.0.0', b: '2.0.0' })
  assert.equal(error.absent.code, 'E404')
  assert.match(error.absent.summary, /^Not Found - GET /)
})

test('npm:NAME on a command line is the package itself', async t => {
  await t.registry({ packages })
  assert.equal(await json(t, 'npm:b version'), '2.0.0')
  await t.ok('install npm:b@1')
  assert.deepEqual(t.json('package.json').dependencies, { b: '^1.0.0' })
  await t.fails(['view', ''], 'EINVALIDPACKAGENAME')
})

await run()
