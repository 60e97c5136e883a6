// `cpm config ls -l --json` beside what npm printed for the same files, environment and flags.
// Usage: node config.mjs CPM CORPUS. Expected differences are listed by name below.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const [program, corpus] = process.argv.slice(2)
const { npm, defaults, cases } = JSON.parse(fs.readFileSync(corpus))

// A project's file gets no environment variables (docs/configuration.md).
const refusesVariables = new Set(['env in values', 'scoped registry'])
// npm itself crashes.
const crashes = new Set(['enum bad'])
// The recording's registry is not the real one; the log is not compared line by line.
const ignored = new Set(['registry'])

function write (file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
}

function run (c) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cpm-config-'))
  const here = s => s.replaceAll('$ROOT', root)
  write(`${root}/p/package.json`, '{"name":"p"}')
  write(`${root}/home/.keep`, '')
  if (c.project) write(`${root}/p/.npmrc`, here(c.project))
  if (c.user) write(`${root}/home/.npmrc`, here(c.user))
  if (c.global_) write(`${root}/g/etc/npmrc`, here(c.global_))
  for (const [name, text] of Object.entries(c.files)) write(`${root}/${name}`, here(text))
  const env = { PATH: process.env.PATH, HOME: `${root}/home`, npm_config_prefix: `${root}/g` }
  for (const [name, text] of Object.entries(c.env)) env[name] = here(text)
  const child = spawnSync(program, ['config', 'ls', '-l', '--json', ...c.argv],
    { cwd: `${root}/${c.cwd}`, env, encoding: 'utf8' })
  const there = s => s.replaceAll(root, '$ROOT')
  fs.rmSync(root, { recursive: true })
  return { exit: child.status, stdout: there(child.stdout), stderr: there(child.stderr) }
}

function differences (c, got) {
  const bad = []
  if (got.exit !== c.exit) bad.push(`exit ${got.exit} instead of ${c.exit}`)
  if (c.exit !== 0) {
    const code = c.changed_from_defaults.error.code
    if (!got.stderr.includes(`code ${code}`)) bad.push(`no ${code} in ${got.stderr}`)
    return bad
  }
  const expected = { ...defaults, ...c.changed_from_defaults }
  const values = JSON.parse(got.stdout)
  for (const key of new Set([...Object.keys(expected), ...Object.keys(values)])) {
    if (ignored.has(key) && !(key in c.changed_from_defaults)) continue
    const [want, have] = [expected[key], values[key]].map(v => JSON.stringify(v))
    if (want !== have) bad.push(`${key}: ${have} instead of ${want}`)
  }
  const words = c.stderr.replace(/\bnpm\b/g, 'cpm')
  if (!/ (silly|verbose) /.test(words) && got.stderr !== words) {
    bad.push(`stderr: ${got.stderr}instead of ${words}`)
  }
  return bad
}

let passed = 0
const skipped = []
let failed = 0
for (const c of cases) {
  if (crashes.has(c.name) || refusesVariables.has(c.name)) {
    skipped.push(c.name)
    continue
  }
  const bad = differences(c, run(c))
  if (bad.length) {
    failed++
    console.log(`${c.name}\n  ${bad.join('\n  ')}`)
  } else {
    passed++
  }
}
console.log(`npm ${npm}: ${passed} passed, ${failed} failed, not compared: ${skipped.join(', ')}`)
process.exit(failed ? 1 : 0)
