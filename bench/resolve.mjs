// node bench/resolve.mjs BENCH PEERS ROOT FACTS.tsv
// Module resolution beside oxc-resolver and enhanced-resolve: BENCH is the program `resolve` of the build's bench folder,
// PEERS a folder with both in its node_modules, FACTS what tree-facts.mjs wrote of the tree ROOT. Microseconds a fact, the
// best of three passes in turn, each with the best of its rounds; cold is a new resolver, warm the same one asked again.
// Writes an index into ROOT's node_modules.
import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const [bench, peers, rootGiven, facts] = process.argv.slice(2)
const root = realpathSync(rootGiven)
const load = createRequire(join(resolve(peers), 'package.json'))
const questions = readFileSync(facts, 'utf8').split('\n').filter(Boolean).map(line => {
  const [from, mode, specifier] = line.split('\t')
  return { folder: dirname(join(root, from)), import: mode === 'import', specifier }
})
const passes = 3, rounds = 3

const measure = make => {
  const best = { cold: Infinity, warm: Infinity }
  for (let i = 0; i < rounds; i++) {
    let ask
    for (const kind of ['cold', 'warm']) {
      const begin = process.hrtime.bigint()
      if (kind === 'cold') ask = make()
      for (const q of questions) ask(q)
      best[kind] = Math.min(best[kind], Number(process.hrtime.bigint() - begin) / 1e3 / questions.length)
    }
  }
  return best
}

const conditions = word => ['node', word, 'module-sync', 'node-addons']
const oxc = () => {
  const { ResolverFactory } = load('oxc-resolver')
  const options = { builtinModules: true, extensions: ['.js', '.json', '.node'] }
  const forRequire = new ResolverFactory({ ...options, conditionNames: conditions('require') })
  const forImport = new ResolverFactory({ ...options, conditionNames: conditions('import'), fullySpecified: true })
  return q => (q.import ? forImport : forRequire).sync(q.folder, q.specifier)
}
const enhanced = () => {
  const { CachedInputFileSystem, ResolverFactory } = load('enhanced-resolve')
  const options = {
    fileSystem: new CachedInputFileSystem(createRequire(import.meta.url)('node:fs'), 4000),
    useSyncFileSystemCalls: true, extensions: ['.js', '.json', '.node'], unsafeCache: true
  }
  const forRequire = ResolverFactory.createResolver({ ...options, conditionNames: conditions('require') })
  const forImport = ResolverFactory.createResolver({ ...options, conditionNames: conditions('import'), fullySpecified: true })
  return q => { try { return (q.import ? forImport : forRequire).resolveSync({}, q.folder, q.specifier) } catch { return undefined } }
}

const ours = args => JSON.parse(execFileSync(bench, [root, facts, ...args], { encoding: 'utf8' }))
const contestants = {
  cpm: () => ours([]),
  'cpm with the index': () => ours([join(root, 'node_modules')]),
  'oxc-resolver': () => measure(oxc),
  'enhanced-resolve': () => measure(enhanced)
}
const rows = {}
for (let i = 0; i < passes; i++) {
  for (const [name, ask] of Object.entries(contestants)) {
    const row = rows[name] ??= {}
    for (const [key, value] of Object.entries(ask())) row[key] = Math.min(row[key] ?? Infinity, value)
  }
}
const write = rows['cpm with the index'].write / 1e3
console.log(`${questions.length} specifiers of ${rootGiven}, microseconds each; its index was written in ${write.toFixed(1)} ms`)
for (const [name, r] of Object.entries(rows)) {
  const times = kind => `${kind} ${r[kind].toFixed(2)} (${(rows['oxc-resolver'][kind] / r[kind]).toFixed(1)} x oxc-resolver)`
  const two = r.cold2 === undefined ? '' : `, two threads: cold ${r.cold2.toFixed(2)}, warm ${r.warm2.toFixed(2)}`
  console.log(`${name.padEnd(20)} ${times('cold')}, ${times('warm')}${two}`)
}
