// Node's own tests on this runtime, beside what Bun and Deno pass of them; on demand, some twenty minutes.
//   node node_suite.mjs PATH_OF_CPM SUITE CORPUS [--out FOLDER] [--only REGEXP] [--jobs N] [--timeout SECONDS]
// SUITE is a folder that holds Node's test/, CORPUS the one with eligible.txt and peers.tsv. A pass is exit code 0
// without "1..0 # Skipped", as it was counted for the peers; the flags of a test's "// Flags:" are given to none. The
// folder gets results.tsv (test, verdict, milliseconds, first line of the error) and table.md.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

const { values: options, positionals: [program, suite, corpus] } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'node-suite' },
    only: { type: 'string', default: '.' },
    jobs: { type: 'string', default: '2' },
    timeout: { type: 'string', default: '10' }
  }
})
const lines = name => fs.readFileSync(path.join(corpus, name), 'utf8').trim().split('\n')
const only = new RegExp(options.only)
const peers = new Map(lines('peers.tsv').slice(1).map(line => line.split('\t')).map(([test, ...row]) => [test, row]))
const tests = lines('eligible.txt').filter(test => only.test(test) || only.test(peers.get(test)[0]))

const cpm = path.resolve(program)
const root = path.resolve(suite)
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'node-suite-'))

const firstError = output => {
  const shown = output.split('\n').filter(line => line.trim())
  return (shown.find(line => /Error|not |panic|fail|Mismatched/i.test(line) && !/^\s*at |^\S*\.m?js:\d+$|^\s*[✔✖ℹ]/.test(line)) ?? shown[0] ?? '')
    .trim().slice(0, 200).replaceAll('\t', ' ')
}

// A test may leave children behind: it leads a process group, which ends with it.
function run (test, lane) {
  return new Promise(resolve => {
    const begun = Date.now()
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_TEST_KNOWN_GLOBALS: '0', NODE_SKIP_FLAG_CHECK: '1',
      NO_COLOR: '1', TEST_THREAD_ID: lane, TEST_SERIAL_ID: lane, NODE_TEST_DIR: scratch, TZ: 'UTC', LANG: 'C.UTF-8' }
    const child = spawn('nice', ['-n', '10', cpm, 'node', path.join(root, 'test', test)],
      { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env })
    let output = '', late = false
    const kill = () => { try { process.kill(-child.pid, 'SIGKILL') } catch {} }
    const clock = setTimeout(() => { late = true; kill() }, options.timeout * 1000)
    const take = chunk => { if (output.length < 8000) output += chunk }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('exit', (code, signal) => setTimeout(() => {
      clearTimeout(clock)
      kill()
      const skipped = /^1\.\.0 # Skip/m.test(output)
      const verdict = late ? 'TIMEOUT' : signal ? `CRASH:${signal}` : code ? `FAIL:${code}` : skipped ? 'SKIP' : 'PASS'
      resolve([test, verdict, Date.now() - begun, verdict === 'PASS' ? '' : firstError(output)])
    }, 30))
  })
}

const share = (part, whole) => `${part} (${Math.floor(100 * part / whole)}%)`
function table (results) {
  const groups = new Map()
  for (const [test, verdict] of results) {
    const [group, bun, deno] = peers.get(test)
    for (const name of [group, '**all**']) {
      if (!groups.has(name)) groups.set(name, [0, 0, 0, 0])
      const counts = groups.get(name)
      ;[true, verdict === 'PASS', bun === 'PASS', deno === 'PASS'].forEach((yes, i) => { counts[i] += yes })
    }
  }
  const all = groups.get('**all**')
  groups.delete('**all**')
  const rows = [...groups].sort((a, b) => b[1][0] - a[1][0]).concat([['**all**', all]])
  return ['| group | eligible | cpm | bun | deno |', '|---|---|---|---|---|',
    ...rows.map(([name, [of, ...passed]]) => `| ${name} | ${of} | ${passed.map(n => share(n, of)).join(' | ')} |`)].join('\n') + '\n'
}

fs.mkdirSync(options.out, { recursive: true })
const queue = tests.entries()
const results = []
const log = fs.createWriteStream(path.join(options.out, 'results.tsv'))
await Promise.all(Array.from({ length: options.jobs }, async (_, lane) => {
  for (const [, test] of queue) {
    const result = await run(test, String(lane + 1))
    results.push(result)
    log.write(result.join('\t') + '\n')
  }
}))
log.end()
fs.rmSync(scratch, { recursive: true, force: true })
fs.writeFileSync(path.join(options.out, 'table.md'), table(results))
process.stdout.write(table(results))
