// `cpm outdated`: what is installed against what is wanted and what is newest.
import fs from 'node:fs'
import { assert, run, test } from './lib.mjs'

const packages = {
  a: { '1.0.0': {}, '1.1.0': { homepage: 'http://localhost/a' }, '2.0.0': { homepage: 'http://localhost/a' } },
  b: { '1.0.0': {} },
  real: { '1.0.0': {}, '1.5.0': {} },
}

async function project (t, more) {
  await t.registry({ packages })
  t.write('package.json', { name: 'p', version: '1.0.0', dependencies: { a: '^1.0.0', b: '1', al: 'npm:real@1.0.0' }, devDependencies: { gone: '^1.0.0' }, ...more })
  t.write('node_modules/a/package.json', { name: 'a', version: '1.0.0' })
  t.write('node_modules/b/package.json', { name: 'b', version: '1.0.0' })
}

test('what differs is a table, what is current is not in it, and the exit code is 1', async t => {
  await project(t)
  const { code, stdout } = await t.cpm('outdated')
  assert.equal(code, 1)
  assert.equal(stdout, [
    'Package        Current  Wanted  Latest  Location        Depended by',
    'a                1.0.0   1.1.0   2.0.0  node_modules/a  project',
    'al:real@1.0.0  MISSING   1.0.0   1.5.0  -               project', ''].join('\n'))
  assert.deepEqual(await t.cpm('outdated b'), { code: 0, signal: null, stdout: '', stderr: '' })
})

test('--json, --parseable and --long are for programs', async t => {
  await project(t)
  assert.deepEqual(JSON.parse((await t.cpm('outdated --json --long')).stdout).a, {
    current: '1.0.0', wanted: '1.1.0', latest: '2.0.0', dependent: 'project', location: t.at('node_modules/a'),
    type: 'dependencies', dependedByLocation: '',
  })
  assert.equal((await t.cpm('outdated a --parseable')).stdout, `${t.at('node_modules/a')}:a@1.1.0:a@1.0.0:a@2.0.0:project\n`)
  assert.equal((await t.ok('outdated b --json')).stdout, '{}\n')
})

test('-w asks for a workspace alone, and a name that two want becomes a list', async t => {
  await project(t, { workspaces: ['w'] })
  t.write('w/package.json', { name: 'w', version: '1.0.0', dependencies: { a: '1.0.0' } })
  fs.symlinkSync('../w', t.at('node_modules/w'))
  assert.equal((await t.cpm('outdated -w w --parseable')).stdout, `${t.at('node_modules/a')}:a@1.0.0:a@1.0.0:a@2.0.0:w\n`)
  assert.deepEqual(JSON.parse((await t.cpm('outdated --json')).stdout).a.map(each => each.dependent), ['project', 'w'])
})

await run()
