// What the program says of itself: completion, the manual.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { assert, program, run, test } from './lib.mjs'

const complete = async (t, ...words) => {
  const line = ['cpm', ...words].join(' ')
  const env = { COMP_CWORD: `${words.length}`, COMP_LINE: line, COMP_POINT: `${line.length}` }
  return (await t.ok(['completion', '--', 'cpm', ...words], { env })).stdout.split('\n').filter(Boolean)
}

test('completion knows commands, their words, options, values and scripts', async t => {
  t.write('package.json', { name: 'p', scripts: { build: 'x', 'test:unit': 'y' } })
  t.write('node_modules/a/package.json', {})
  t.write('node_modules/@s/b/package.json', {})
  assert.deepEqual(await complete(t, 'unin'), ['uninstall'])
  assert.ok((await complete(t, '')).includes('run-script'))
  assert.deepEqual(await complete(t, 'pkg', ''), ['get', 'set', 'delete', 'fix'])
  assert.deepEqual(await complete(t, 'run', 'test:'), ['test:unit'])
  assert.deepEqual((await complete(t, 'rm', '')).sort(), ['@s/b', 'a'])
  assert.deepEqual(await complete(t, 'install', '--om'), ['--omit'])
  assert.deepEqual(await complete(t, 'install', '--omit', 'd'), ['dev'])
  assert.deepEqual(await complete(t, 'install', '--omit=o'), ['--omit=optional'])
  assert.deepEqual(await complete(t, 'config', 'get', 'save-p'), ['save-peer', 'save-prefix', 'save-prod'])
  assert.deepEqual(await complete(t, 'nonsense', ''), [])
})

test('completion works in a real fish', async t => {
  if (spawnSync('fish', ['--version']).error) t.skip('no fish')
  t.write('package.json', { name: 'p', scripts: { build: 'x' } })
  t.write('script', (await t.ok('completion fish')).stdout)
  t.write('bin/none', '')
  fs.symlinkSync(program, t.at('bin/cpm'))
  const env = { ...t.env(), PATH: `${t.at('bin')}:${process.env.PATH}` }
  const complete = line => spawnSync('fish', ['-c', `source script; complete -C '${line}'`], { cwd: path.dirname(t.at('script')), env, encoding: 'utf8' }).stdout
  assert.equal(complete('cpm unin'), 'uninstall\tRemove a package\n')
  assert.equal(complete('cpm run '), 'build\tx\n')
  assert.equal(complete('cpm publish bi'), 'bin/\n')
})

test('completion prints what the shell needs', async t => {
  assert.match((await t.ok('completion')).stdout, /complete -o default -F _cpm cpm/)
  assert.match((await t.ok('completion fish')).stdout, /complete -c cpm/)
  await t.fails('completion tcsh', 'EUSAGE')
})

test('without a command it says how it is used, in the form that npm has', async t => {
  const { code, stdout } = await t.cpm([])
  assert.equal(code, 1)
  assert.match(stdout, /^cpm <command>\n\nUsage:\n\ncpm install {8}install all/)
  assert.match(stdout, /\ncpm help <term> {4}search for help on <term>\ncpm help cpm {7}more involved overview\n/)
  assert.match(stdout, /ini-formatted file:\n {4}.*npmrc\n.*\n\n.*\n.*help 7 config\n\ncpm@\d+\.\d+\.\d+ \/.*cpm\n$/)
  assert.equal((await t.ok('help')).stdout, stdout)
  assert.match((await t.cpm('-l')).stdout, /\n {4}ci +Clean install a project\n +\n +Usage:\n +cpm ci\n/)
  assert.match((await t.ok('ci -h')).stdout, /\n {2}--install-links\n {4}.*\n\n\naliases: clean-install, ic/)
})

test('help finds pages by every name of a command, and searches for the rest', async t => {
  const none = { env: { PATH: '/nowhere' } } // no man there: the summary
  assert.match((await t.ok('help ic', none)).stdout, /Clean install a project/)
  assert.match((await t.ok('help npm', none)).stdout, /cpm .*package manager/)
  assert.match((await t.ok('help shrinkwrap lock')).stdout, /Top hits for "shrinkwrap" "lock"/)
  assert.match((await t.ok('help nonsensical')).stdout, /No matches in help for: nonsensical/)
  await t.fails('help-search', 'EUSAGE')
})

await run()
