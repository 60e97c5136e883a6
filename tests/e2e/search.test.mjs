// `cpm search`: the registry's search as npm asks for it and shows it.
import { assert, run, test } from './lib.mjs'

const person = username => ({ username, email: `${username}@example.org` })
const express = { name: 'express', version: '4.19.2', description: 'Fast web Express framework', keywords: ['express', 'web'],
  date: '2024-03-25T14:14:42Z', publisher: person('wes'), maintainers: [person('wes'), person('uli')] }
const tiny = { name: '@a/express-x', version: '1.0.0', keywords: 'web, tiny thing', maintainers: [person('bob')] }

const serve = (t, packages) =>
  t.registry({ answers: { '/-/v1/search': { objects: packages.map(each => ({ package: each, searchScore: 1 })), total: packages.length } } })

test('each package is shown with who published it when', async t => {
  await serve(t, [express, tiny])
  const { stdout } = await t.ok('search express')
  assert.equal(stdout.replace(/https:\/\/[^/]*\//g, 'PAGE/'), `express
Fast web Express framework
Version 4.19.2 published 2024-03-25 by wes
Maintainers: wes uli
Keywords: express web
PAGE/express

@a/express-x
Version 1.0.0 published prehistoric by ???
Maintainers: bob
Keywords: web tiny thing
PAGE/@a/express-x

`)
  assert.doesNotMatch((await t.ok('search express --no-description')).stdout, /Fast/)
})

test('what matches is coloured', async t => {
  await serve(t, [express, tiny])
  const { stdout } = await t.ok('search EXP ress --color=always')
  assert.ok(stdout.startsWith('\x1b[34m\x1b[36mexp\x1b[39m\x1b[34m\x1b[36mress\x1b[39m\x1b[34m\x1b[39m\n' +
    'Fast web \x1b[36mExp\x1b[39m\x1b[36mress\x1b[39m framework\n'), JSON.stringify(stdout))
  assert.match(stdout, /by \x1b\[33m\?\?\?\x1b\[39m\n/)
})

test('--json and --parseable are for programs', async t => {
  await serve(t, [express, tiny])
  const { stdout } = await t.ok('search express --json')
  assert.deepEqual(JSON.parse(stdout), [{ ...express, date: '2024-03-25T14:14:42.000Z' }, tiny])
  assert.match(stdout, /^\[\n\n\{"name":"express",.*\}\n\n,\n\n\{.*\}\n\]\n\n$/)
  assert.equal((await t.ok('search express --parseable')).stdout,
    'express\tFast web Express framework\t2024-03-25\t4.19.2\texpress,web\n@a/express-x\tprehistoric\t1.0.0\tweb,tiny,thing\n')
})

test('words and patterns of --searchexclude leave packages out', async t => {
  await serve(t, [express, tiny])
  assert.deepEqual(JSON.parse((await t.ok('search express --json --searchexclude=BOB')).stdout).map(({ name }) => name), ['express'])
  assert.deepEqual(JSON.parse((await t.ok(['search', 'express', '--json', '--searchexclude=zz /^exp/'])).stdout).map(({ name }) => name),
    ['@a/express-x'])
  assert.equal((await t.ok('search express --json --searchexclude=web')).stdout, '\n[]\n\n')
  assert.equal((await t.ok('search express --searchexclude=web')).stdout, 'No matches found for "express"\n')
})

test('limits and order go to the registry', async t => {
  const { requests } = await serve(t, [tiny])
  await t.ok('search express')
  await t.ok(['find', 'A&b', 'c', '--searchlimit=3', '--searchopts=from=7&sortBy=popularity'])
  assert.deepEqual(requests.map(({ query }) => query), [
    '?text=express&size=20&from=0&quality=0.65&popularity=0.98&maintenance=0.5',
    '?text=a%26b+c&size=3&from=7&quality=0&popularity=1&maintenance=0'])
})

test('no word, no search in the registry, no network: each fails and says so', async t => {
  await t.registry({})
  assert.match((await t.cpm('search')).stderr, /search must be called with arguments/)
  await t.fails('search express', 'E404')
  await t.fails('search express --offline', 'ENOTCACHED')
})

test('a description cannot write to the terminal', async t => {
  await serve(t, [{ ...express, name: 'x\x1b[2J', description: 'a\x1b]0;owned\x07b' }])
  const { stdout } = await t.ok('search express')
  assert.ok(!/[\x1b\x07]/.test(stdout), JSON.stringify(stdout))
})

await run()
