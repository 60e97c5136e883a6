// npm's recorded runs of scripts: which run in which order, where, with which arguments and environment.
//   node run_script.mjs PATH_OF_CPM run-script.json [WORDS OF A NAME]
// $PROBE is a program that writes down what it sees. What names npm itself (its version, its path) is left out, and
// what the recording machine's own configuration added.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const [program, corpus, ...words] = process.argv.slice(2)
const OWN = new Set(['npm_config_npm_version', 'npm_config_user_agent', 'npm_execpath', 'npm_config_cafile'])
const LATER = /^npm (pack|publish|version|rebuild|install-test)\b/ // commands that cpm does not have yet
const probe = `const fs = require('fs')
const env = {}
for (const key of Object.keys(process.env)) {
  if (/^npm_|^(COLOR|EDITOR|INIT_CWD|NODE|PATH)$/.test(key)) env[key] = process.env[key]
}
fs.appendFileSync(process.env.PROBE_LOG, JSON.stringify({ event: env.npm_lifecycle_event, cwd: process.cwd(),
  argv: process.argv.slice(2), env }) + '\\n')
`

function play (scenario) {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cpm-run-script-')))
  const dir = path.join(home, 'w', 'case')
  for (const [name, content] of Object.entries(scenario.files)) {
    const file = path.join(dir, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  }
  const probeFile = path.join(home, 'probe.js')
  const log = path.join(home, 'log')
  fs.writeFileSync(probeFile, probe)
  const env = { PATH: '/usr/bin:/bin', HOME: home, PROBE: probeFile, PROBE_LOG: log, TERM: 'dumb' }
  const ended = spawnSync(path.resolve(program), scenario.argv, { cwd: path.join(dir, scenario.cwd), env, timeout: 60000 })
  const events = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n').map(line => JSON.parse(line)) : []
  fs.rmSync(home, { recursive: true })
  return { exit: ended.status, stdout: String(ended.stdout), stderr: String(ended.stderr), events, dir, home, probeFile }
}

const times = text => text.replace(/ in \d+m?s$/gm, ' in TIME').replace(/`npm run`/g, '`cpm run`')

// The recorded PATH names the recorded folders above; ours are others.
function expectedPath (text, dir) {
  const above = []
  for (let at = dir; ; at = path.dirname(at)) {
    above.push(path.join(at, 'node_modules/.bin'))
    if (at === '/') break
  }
  return [...above, ...text.split(':').filter(part => !part.endsWith('node_modules/.bin'))].join(':')
}

function differences (scenario, got) {
  const found = []
  const fill = text => text.replaceAll('$DIR', got.dir).replaceAll('$HOME', got.home).replaceAll('$PROBE', got.probeFile)
  const differ = (what, want, have) => want === have || found.push(`${what}: ${JSON.stringify(want)} is ${JSON.stringify(have)}`)
  differ('exit', scenario.exit, got.exit)
  differ('stdout', times(scenario.stdout), times(got.stdout))
  differ('events', scenario.events.map(e => e.event).join(' '), got.events.map(e => e.event).join(' '))
  scenario.events.forEach((want, i) => {
    const have = got.events[i]
    if (!have) return
    differ(`${want.event} cwd`, fill(want.cwd), have.cwd)
    differ(`${want.event} argv`, JSON.stringify(want.argv), JSON.stringify(have.argv))
    for (const key of new Set([...Object.keys(want.env), ...Object.keys(have.env)])) {
      if (OWN.has(key)) continue
      let value = want.env[key]
      // the command's own text is recorded unexpanded, the shell expands it for others
      if (value !== undefined && key !== 'npm_lifecycle_script') value = fill(value)
      if (key === 'PATH') value = expectedPath(value, got.dir)
      differ(`${want.event} ${key}`, value, have.env[key])
    }
  })
  return found
}

const scenarios = JSON.parse(fs.readFileSync(corpus, 'utf8')).filter(s => words.every(w => s.name.includes(w)))
let good = 0
let later = 0
for (const scenario of scenarios) {
  if (LATER.test(`npm ${scenario.argv.join(' ')}`)) {
    later++
    continue
  }
  const found = differences(scenario, play(scenario))
  if (found.length === 0) good++
  else console.log(`${scenario.name}\n${[...new Set(found)].slice(0, 12).map(line => `  ${line}`).join('\n')}`)
}
console.log(`${good} of ${scenarios.length}; ${later} are of commands that are not there yet`)
process.exit(good + later === scenarios.length ? 0 : 1)
