#!/usr/bin/env node
// Random scenes, played by npm and by cpm: exit code, error code, package-lock.json, package.json (and node_modules where it
// is written) have to be equal, byte for byte.
//   node tests/differential/fuzz.mjs --npm FOLDER_OF_NPM --cpm PROGRAM [--seed N] [--count N] [--shrink] [--cli EVERY_NTH]
//   node tests/differential/fuzz.mjs --npm … --cpm … --replay SCENE.json [--shrink] [--record CASE.json --about SENTENCE]
// --record: the scene with npm's answers, as a case that tests/cases/scenes.mjs plays without npm.
// --answers FOLDER: npm's answers are kept there and read from there, the registry listens on --port. --judge plays npm itself.
// --cli: every Nth scene is played by npm as a user starts it, a process a command, instead of npm in one long process.
// --parts: scenes of projects with workspaces, most of whose commands are for some of them (-w).
// --keep: leaves the folder in which the last scene was played.
// --judge: npm ci --dry-run and npm ls are run on what cpm left of every scene that ends well, also where npm has no answer of
// its own; told is what npm does not say of its own lock and tree as well.
// --out FOLDER: differing scenes are written there as SEED.json, shrunk ones too.
import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startRegistry } from '../fixtures/registry.mjs'
import { Answers } from './answers.mjs'
import { Player } from './play.mjs'
import { record } from './record.mjs'
import { makeScene } from './scene.mjs'
import { shrink } from './shrink.mjs'
import { NpmWorker, Program } from './tools.mjs'

const { values: options } = parseArgs({
  options: {
    npm: { type: 'string' }, cpm: { type: 'string' }, seed: { type: 'string', default: '1' }, count: { type: 'string', default: '100' },
    cli: { type: 'string', default: '50' }, shrink: { type: 'boolean' }, replay: { type: 'string' }, out: { type: 'string' },
    verbose: { type: 'boolean' }, keep: { type: 'boolean' }, judge: { type: 'boolean' }, record: { type: 'string' }, about: { type: 'string', default: '' },
    answers: { type: 'string' }, port: { type: 'string' }, parts: { type: 'boolean' },
  },
})
if (!options.npm || !options.cpm) {
  console.error('usage: fuzz.mjs --npm FOLDER_OF_NPM --cpm PROGRAM [--seed N] [--count N] [--shrink] [--replay FILE] [--out FOLDER]')
  process.exit(2)
}

const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cpm-fuzz-'))
const registry = await startRegistry({}, Number(options.port ?? (options.answers ? 4899 : 0)))
const cpm = new Program(path.resolve(options.cpm))
const worker = new NpmWorker(options.npm)
const mended = new NpmWorker(options.npm, { mended: true })
const cli = new Program(process.execPath, [path.resolve(options.npm, 'bin/npm-cli.js')])
const { version } = JSON.parse(fs.readFileSync(path.join(options.npm, 'package.json'), 'utf8'))
const mends = crypto.createHash('sha256').update(fs.readFileSync(new URL('mends.cjs', import.meta.url))).digest('hex')
const KINDS = new Map([[worker, version], [mended, `${version} mended ${mends}`], [cli, `${version} cli`]])

function answersOf (npm) {
  if (!options.answers || options.judge) return undefined
  const alone = new Player({ registry, tools: { npm }, folder: path.join(folder, 'alone') })
  return new Answers({ folder: options.answers, kind: KINDS.get(npm), player: alone })
}

const player = (npm, answers) => new Player({ registry, tools: { npm, cpm }, folder, answers })

const firstDifference = (npm, cpm) => {
  const [a, b] = [npm, cpm].map(text => String(text).split('\n'))
  const at = a.findIndex((line, i) => line !== b[i])
  const from = at < 0 ? a.length : at
  return [`line ${from + 1}`, ...a.slice(from, from + 3).map(line => `    npm ${line}`), ...b.slice(from, from + 3).map(line => `    cpm ${line}`)].join('\n')
}

function tell (scene, found) {
  console.log(`scene ${scene.seed}: step ${found.step} (${scene.steps[found.step].args.join(' ')}): ${found.what.join(', ')}`)
  for (const key of found.what) if (found.npm.seen && found.cpm.seen) console.log(`  ${key}: ${firstDifference(found.npm.seen[key], found.cpm.seen[key])}`)
  if (found.what.includes('exit') || found.what.includes('code')) console.log(`  npm: ${found.npm.message?.slice(0, 600)}\n  cpm: ${found.cpm.message?.slice(0, 600)}`)
  console.log(`  again: node tests/differential/fuzz.mjs --npm ${options.npm} --cpm ${options.cpm} --seed ${scene.seed} --count 1 --shrink`)
}

const keep = (name, scene) => {
  if (!options.out) return
  fs.mkdirSync(options.out, { recursive: true })
  fs.writeFileSync(path.join(options.out, name), JSON.stringify(scene, null, 1) + '\n')
}

// Still the same kind of difference: in the same files or codes.
async function smaller (scene, found) {
  const kind = found.what.join()
  const result = await shrink(scene, async one => {
    try {
      return (await compare(one, worker)).found?.what.join() === kind
    } catch {
      return false
    }
  })
  keep(`${scene.seed}.small.json`, result)
  console.log(JSON.stringify(result, null, 1))
  tell(result, (await compare(result, worker)).found)
}

const judged = { scenes: 0, ci: 0, ls: 0, own: 0 }

async function judge (one, scene) {
  const verdict = await one.judge(scene)
  if (!verdict) return
  judged.scenes++
  for (const command of ['ci', 'ls']) {
    if (!verdict[command]) judged[command]++
    else if (verdict.own[command]) judged.own++
    else console.log(`scene ${scene.seed}: step ${one.last}: npm ${command}: ${verdict[command].split('\n').filter(line => /^(Missing|Invalid)|: .*(missing|invalid|extraneous)/.test(line)).slice(0, 3).join('; ') || verdict[command].slice(0, 300)}`)
  }
}

const count = { scenes: 0, commands: 0, differ: 0, hang: 0, crash: 0, known: 0 }

// A difference that goes away with npm's known faults is npm's; else what is left of it.
async function withoutFaults (scene, found, one) {
  const left = await one.play(scene)
  if (!one.met.size) return found
  return left?.what.length ? left : { ...found, what: [], known: [...one.met].join('+') }
}

// { one, found }: where they part, and the player who played last.
async function compareOnce (scene, npm, answers) {
  const one = player(npm, answers(npm))
  const found = await one.play(scene)
  if (!found || found.known || found.hang) return { one, found }
  const other = player(mended, answers(mended))
  return { one: other, found: await withoutFaults(scene, found, other) }
}

// npm judges an empty wish by what the last rule made of it, so that its answer hangs on how often it looked. "*" means the same
// and is judged as it stands: a difference that goes away with it is npm's.
function withoutEmptyWishes (scene) {
  const text = JSON.stringify(scene)
  const changed = text.replace(/(\\?": ?)(\\?")\2/g, '$1$2*$2')
  return /overrides/.test(text) && changed !== text ? JSON.parse(changed) : null
}

async function compare (scene, npm, answers = () => undefined) {
  const first = await compareOnce(scene, npm, answers)
  const other = first.found?.what.length ? withoutEmptyWishes(scene) : null
  if (!other) return first
  const { one, found } = await compareOnce(other, npm, answers)
  const agree = !found || (found.known && !found.what.length && one.last >= first.found.step)
  return agree ? { ...first, found: { ...first.found, what: [], known: 'empty-wish' } } : first
}

async function examine (scene, npm) {
  const { one, found } = await compare(scene, npm, answersOf)
  count.scenes++
  count.commands += found ? found.step + 1 : scene.steps.length
  if (!found?.what.length && options.judge) await judge(one, scene)
  if (!found) return
  if (found.known) count.known++
  else if (found.hang) count.hang++
  else if (found.crash) count.crash++
  if (!found.what.length) {
    const why = found.known ?? (found.hang ? 'npm never ends' : `npm crashes: ${found.npm.message.split('\n')[0]}`)
    if (options.verbose) console.log(`scene ${scene.seed}: step ${found.step}: ${why}`)
    return
  }
  count.differ++
  tell(scene, found)
  keep(`${scene.seed}.json`, scene)
  if (options.shrink) await smaller(scene, found)
}

if (options.replay) {
  const scene = JSON.parse(fs.readFileSync(options.replay, 'utf8'))
  await examine(scene, worker)
  if (options.record) fs.writeFileSync(options.record, await record(new Player({ registry, tools: { npm: worker }, folder }), scene, options.about))
} else {
  const first = Number(options.seed)
  for (let seed = first; seed < first + Number(options.count); seed++) {
    await examine(makeScene(seed, { parts: options.parts }), Number(options.cli) && seed % Number(options.cli) === 0 ? cli : worker)
  }
}
worker.stop()
mended.stop()
await registry.close()
if (options.keep) console.log(`kept ${folder}`)
else fs.rmSync(folder, { recursive: true, force: true })
console.log(`${count.scenes} scenes, ${count.commands} commands: ${count.differ} differ; ${count.known} as docs/differences.md says; npm never ended ${count.hang} times and crashed ${count.crash} times`)
if (options.judge) console.log(`${judged.scenes} of them were judged: npm ci accepts ${judged.ci}, npm ls has no problem with ${judged.ls}; ${judged.own} times npm says the same of its own`)
process.exitCode = count.differ ? 1 : 0
