// node bench/semver.mjs BENCH PEERS PACKUMENTS
// Ranges beside node-semver, parsing included: BENCH is the program `semver` of the build's bench folder, PEERS a folder with
// semver in its node_modules, PACKUMENTS one of NAME.json.gz. Asked is every range that a version of one of the packages
// has for another of them (of those, 2000 that lie evenly), once with each version of that package (satisfies) and once with
// all of them (maxSatisfying).
// The best of three rounds of CPU time each; both must give the same answers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const [bench, peers, folder] = process.argv.slice(2)
const semver = createRequire(join(resolve(peers), 'package.json'))('semver')
const rounds = 3

const files = dir => readdirSync(dir).flatMap(name => statSync(join(dir, name)).isDirectory() ? files(join(dir, name)) : [join(dir, name)])
const versions = new Map()
const ranges = new Set()
for (const file of files(folder)) {
  if (!file.endsWith('.json.gz')) continue
  const doc = JSON.parse(gunzipSync(readFileSync(file)))
  versions.set(doc.name, Object.keys(doc.versions ?? {}))
  for (const manifest of Object.values(doc.versions ?? {})) {
    for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
      for (const [name, range] of Object.entries(manifest[key] ?? {})) ranges.add(`${name}\t${range}`)
    }
  }
}
const most = 2000
const all = [...ranges].map(line => line.split('\t'))
  .filter(([name, range, ...more]) => !more.length && versions.has(name) && semver.validRange(range, { loose: true }) !== null && !range.includes('\n'))
  .map(([name, range]) => ({ range, versions: versions.get(name) }))
const questions = all.filter((_, i) => i % Math.ceil(all.length / most) === 0)
const count = questions.reduce((sum, q) => sum + q.versions.length, 0)

const measure = ask => {
  let best = Infinity, answer
  for (let i = 0; i < rounds; i++) {
    const begin = process.cpuUsage()
    answer = ask()
    const { user, system } = process.cpuUsage(begin)
    best = Math.min(best, (user + system) * 1e3)
  }
  return { best, answer }
}
const loose = { loose: true }
const satisfies = measure(() => {
  let hits = 0
  for (const q of questions) for (const version of q.versions) hits += semver.satisfies(version, q.range, loose)
  return hits
})
const max = measure(() => {
  let sum = 0
  for (const q of questions) sum += q.versions.indexOf(semver.maxSatisfying(q.versions, q.range, loose)) + 1
  return sum
})

const temp = mkdtempSync(join(tmpdir(), 'cpm-semver-'))
const cases = join(temp, 'cases.tsv')
writeFileSync(cases, questions.map(q => `${q.range}\t${q.versions.join(' ')}\n`).join(''))
const ours = JSON.parse(execFileSync(bench, [cases], { encoding: 'utf8' }))
rmSync(temp, { recursive: true })

console.log(`${questions.length} ranges, ${count} questions; nanoseconds each, parsing included`)
const row = (what, mine, theirs) => console.log(`${what.padEnd(14)} cpm ${mine.toFixed(0)}, node-semver ${theirs.toFixed(0)}: ${(theirs / mine).toFixed(1)} x`)
row('satisfies', ours.satisfies, satisfies.best / count)
row('maxSatisfying', ours.max, max.best / questions.length)
if (ours.hits !== satisfies.answer || ours.picks !== max.answer) {
  console.log(`the answers differ: ${ours.hits} and ${satisfies.answer} hits, ${ours.picks} and ${max.answer} picked`)
  process.exit(1)
}
