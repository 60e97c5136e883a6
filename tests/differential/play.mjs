// Plays one scene with both tools, step by step, and says where they first part.
import fs from 'node:fs'
import path from 'node:path'
import { pack } from '../fixtures/registry.mjs'
import { tree } from '../e2e/lib.mjs'

const write = (file, content) => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, content)
}

const bytes = (content, scene) => {
  if (typeof content === 'string') return content
  const [name, version] = content.pack ?? []
  if (name) return pack(name, version, scene.packages[name][version]).bytes
  return JSON.stringify(content, null, 2) + '\n'
}

function edit (file, { path: keys, value }) {
  if (!fs.existsSync(file)) return
  const document = JSON.parse(fs.readFileSync(file, 'utf8'))
  let at = document
  if (value === undefined && keys.length > 1 && !document[keys[0]]) return
  for (const key of keys.slice(0, -1)) at = at[key] ??= {}
  const last = keys[keys.length - 1]
  if (value === undefined) delete at[last]
  else at[last] = value
  write(file, JSON.stringify(document, null, 2) + '\n')
}

// The files below a folder's node_modules.
function installed (folder, scene) {
  const files = tree(path.join(folder, 'node_modules'))
  for (const [file, what] of Object.entries(files)) {
    if (/^\.cpm\b/.test(file) || what.startsWith('dir')) delete files[file]
    else files[file] = what.replaceAll(path.dirname(folder), '').replace(scene.parts ? /^file \d+/ : '', scene.parts ? 'file' : '')
  }
  return files
}

// What a command leaves: files of the project, and node_modules where it is installed to.
function observe (project, scene) {
  const seen = {}
  const manifests = Object.keys(scene.files).filter(file => file.endsWith('package.json'))
  for (const file of ['package-lock.json', 'npm-shrinkwrap.json', ...manifests]) {
    const full = path.join(project, file)
    seen[file] = fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : null
  }
  if (!scene.real) return seen
  const files = installed(project, scene)
  delete files['.package-lock.json']
  const hidden = path.join(project, 'node_modules/.package-lock.json')
  seen['node_modules/.package-lock.json'] = fs.existsSync(hidden) ? fs.readFileSync(hidden, 'utf8') : null
  seen.node_modules = JSON.stringify(files, null, 2)
  for (const folder of scene.parts ? manifests.map(path.dirname).filter(folder => folder !== '.') : []) {
    seen[`${folder}/node_modules`] = JSON.stringify(installed(path.join(project, folder), scene), null, 2)
  }
  return seen
}

// What --json says was done: counts, and places, which come in no order that means something.
function told (stdout, project) {
  const { added, removed, changed, add, remove, change } = JSON.parse(stdout)
  const places = list => list.map(one => `${path.relative(project, one.path)} ${one.version}`).sort()
  return JSON.stringify({ added, removed, changed, add: places(add), remove: places(remove), change: places(change.map(({ to }) => to)) }, null, 2)
}

// Puts a project's manifests and locks back as they were seen.
function restore (project, seen) {
  for (const [file, content] of Object.entries(seen)) {
    if (!file.endsWith('.json') || file.startsWith('node_modules/')) continue
    if (content === null) fs.rmSync(path.join(project, file), { force: true })
    else write(path.join(project, file), content)
  }
}

// Faults of npm's own, see docs/differences.md: whatever cpm answers then is right.
const CRASH = /^(TypeError|RangeError|ReferenceError|AssertionError|Error: Unable to resolve reference)/

// A package that npm puts into itself until the system refuses so long a path.
const growsForEver = npm => npm.seen?.code === 'ENAMETOOLONG'

// A rule that refers to nothing ends both.
function areOneCrash (npm, cpm) {
  const [, name] = npm.message?.match(/Unable to resolve reference (\S+)/) ?? []
  return name !== undefined && cpm.message.includes(`unable to resolve reference '${name}'`)
}

// npm 11.19 called a missing package in a peer set a conflict, and so does cpm.
const isOlderWord = (what, npm, cpm) => what.join() === 'code' && /^(E404|ETARGET|ENOVERSIONS)$/.test(npm.code) && cpm.code === 'ERESOLVE'

// npm never gives back an integrity that a lock or a package's own shrinkwrap leaves out; cpm writes down what it unpacked.
function isGivenIntegrity (what, npm, cpm) {
  if (!what.length || !what.every(key => /package-lock\.json$/.test(key) && npm[key] && cpm[key])) return false
  return what.every(key => {
    const [a, b] = [npm, cpm].map(seen => JSON.parse(seen[key]))
    for (const [location, entry] of Object.entries(b.packages ?? {})) {
      if (entry.integrity && !a.packages[location]?.integrity) delete entry.integrity
    }
    return JSON.stringify(a) === JSON.stringify(b)
  })
}

// npm saves an optional dependency that could not be had as an alias of nothing.
function isAliasOfNothing (what, npm, cpm) {
  return what.length > 0 && what.every(key => key.endsWith('.json') && npm[key]?.replace(/"npm:null@([^"]*)"/g, '"$1"') === cpm[key])
}

// npm ci refuses the lock that npm wrote where an optional package could not be had; cpm accepts it.
function isRefusedOwnLock (npm, cpm) {
  const lines = npm.message?.match(/^(Missing|Invalid): .*$/gm) ?? []
  return npm.seen.code === 'EUSAGE' && cpm.seen.exit === 0 && lines.length > 0 && lines.every(line => /^Missing: \S+@ from lock file$/.test(line))
}

// Of a lock of npm 6 or before npm does not learn the versions of folders.
function isUnknownVersion (what, npm, cpm) {
  const [a, b] = [npm, cpm].map(seen => seen.stdout?.replace(/@\S* (deduped )?->/g, '@ $1->'))
  return what.join() === 'stdout' && a === b
}

// npm loses packages with a link to one above and with what was replaced, and keeps what lay in them: its lock lists packages in
// a folder that holds none.
function hasOrphans ({ 'package-lock.json': lock }) {
  const packages = (lock && JSON.parse(lock).packages) ?? {}
  const owner = location => location.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')
  return Object.keys(packages).some(location => /(^|\/)node_modules\//.test(location) && !packages[owner(location)])
}

// Where npm takes away what a bundle had shadowed it leaves an empty folder, and may list it in the hidden lock.
function isEmptyFolder (what, npm, cpm, project) {
  const key = 'node_modules/.package-lock.json'
  if (what.join() !== key || !npm[key] || !cpm[key]) return false
  const [a, b] = [npm, cpm].map(seen => JSON.parse(seen[key]))
  for (const location of Object.keys(a.packages)) {
    const folder = path.join(project, location)
    if (fs.existsSync(folder) && fs.readdirSync(folder).length === 0) delete a.packages[location]
  }
  return JSON.stringify(a) === JSON.stringify(b)
}

// With -w npm lists what stood there before, where a package came to be another workspace's: its diff changes a place when the
// package that was there or the one that comes is of the part, its hidden lock takes the new one only when that is.
function isVersionBefore (what, npm, cpm, project) {
  const key = 'node_modules/.package-lock.json'
  if (what.join() !== key || !npm[key] || !cpm[key]) return false
  const [a, b] = [npm, cpm].map(seen => JSON.parse(seen[key]))
  const version = location => JSON.parse(fs.readFileSync(path.join(project, location, 'package.json'), 'utf8')).version
  for (const [location, { version: told, link }] of Object.entries(a.packages)) {
    if (link || !b.packages[location] || !fs.existsSync(path.join(project, location, 'package.json')) || version(location) === told) continue
    delete a.packages[location]
    delete b.packages[location]
  }
  return JSON.stringify(a) === JSON.stringify(b)
}

// A dry run of npm's does not look at what a shrinkwrap lists, and so does not count it.
function isUncountedShrinkwrap (what, npm, cpm, scene, step) {
  if (what.join() !== 'told' || !step.args.includes('--dry-run')) return false
  const [a, b] = [npm, cpm].map(seen => JSON.parse(seen.told))
  const holders = b.add.map(place => place.match(/^(.*node_modules\/((?:@[^/]+\/)?[^/]+)) (\S+)$/)).filter(Boolean)
    .filter(([, , name, version]) => scene.packages[name]?.[version]?.files?.['npm-shrinkwrap.json']).map(([, location]) => location)
  b.add = b.add.filter(place => a.add.includes(place) || !holders.some(location => place.startsWith(`${location}/node_modules/`)))
  return JSON.stringify(a.add) === JSON.stringify(b.add) && JSON.stringify([a.remove, a.change]) === JSON.stringify([b.remove, b.change])
}

const LINKED = '--install-strategy=linked'
const OLD_LOCK = '--lockfile-version=1'
const without = (step, option) => ({ ...step, args: step.args.filter(arg => arg !== option) })
const isOption = arg => /^--(legacy-peer|force|strict-peer|install-strategy|install-links|omit=|include=|os|cpu|libc|engine-strict|before)/.test(arg)

export class Player {
  // tools: { npm, cpm }, or one of them where only its answers are wanted. `met`: the mends that npm met. answers: those that npm
  // gave before; npm's project then holds manifests and locks only.
  constructor ({ registry, tools, folder, answers }) {
    Object.assign(this, { registry, tools, folder, answers, met: new Set() })
  }

  environment (tool, step) {
    const home = path.join(this.folder, tool)
    return {
      PATH: process.env.PATH,
      HOME: home,
      npm_config_cache: path.join(home, `cache${step}`),
      npm_config_prefix: path.join(home, 'prefix'),
      npm_config_userconfig: path.join(home, 'npmrc'),
      npm_config_globalconfig: path.join(home, 'globalrc'),
      npm_config_registry: this.registry.url,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_loglevel: 'error',
      npm_config_unicode: 'false',
      npm_config_color: 'false',
      npm_config_fetch_retries: '0',
      npm_config_logs_max: '0',
    }
  }

  project (tool) {
    return path.join(this.folder, tool, 'project')
  }

  begin (scene) {
    Object.assign(this.registry, { packages: structuredClone(scene.packages), tags: structuredClone(scene.tags ?? {}), times: scene.times ?? {} })
    this.registry.packed.clear()
    this.registry.requests.length = 0
    for (const tool of Object.keys(this.tools)) {
      fs.rmSync(path.join(this.folder, tool), { recursive: true, force: true, maxRetries: 10 }) // one that was ended may still write
      for (const [file, content] of Object.entries(scene.files)) write(path.join(this.project(tool), file), bytes(content, scene))
    }
  }

  prepare (step) {
    for (const [name, versions] of Object.entries(step.publish ?? {})) Object.assign(this.registry.packages[name] ??= {}, versions)
    for (const [name, tags] of Object.entries(step.tags ?? {})) this.registry.tags[name] = { ...this.registry.tags[name], ...tags }
    for (const tool of Object.keys(this.tools)) {
      for (const one of step.edits ?? []) edit(path.join(this.project(tool), one.file), one)
      for (const file of step.remove ?? []) fs.rmSync(path.join(this.project(tool), file), { recursive: true, force: true })
    }
  }

  async step (tool, scene, index) {
    const cwd = this.project(tool)
    const answer = await this.tools[tool].run({ args: scene.steps[index].args, cwd, env: this.environment(tool, index) })
    if (answer.hang) return { hang: true, faults: answer.faults ?? [] }
    const seen = { exit: answer.exit, code: answer.code && String(answer.code), ...observe(cwd, scene) }
    if (scene.parts && scene.steps[index].args.includes('--json') && answer.exit === 0) seen.told = told(answer.stdout, cwd)
    if (scene.steps[index].args[0] === 'ls') seen.stdout = answer.stdout.replaceAll(path.dirname(cwd), '')
    return { seen, message: answer.message, crash: CRASH.test(answer.message) && !answer.code, faults: answer.faults ?? [] }
  }

  async npmStep (scene, index) {
    const answer = this.answers ? (await this.answers.of(scene))[index] : await this.step('npm', scene, index)
    for (const fault of answer.faults ?? []) this.met.add(fault)
    if (this.answers && answer.seen) restore(this.project('npm'), answer.seen)
    return answer
  }

  npmAgain (index, args) {
    return this.tools.npm.run({ args, cwd: this.project('npm'), env: this.environment('npm', `${index}-again`) })
  }

  // The name of the fault of npm's that explains the difference, or undefined.
  async knownAs (what, npm, cpm, scene, i) {
    const faults = {
      'older-word': () => isOlderWord(what, npm.seen, cpm.seen),
      'given-integrity': () => isGivenIntegrity(what, npm.seen, cpm.seen),
      'alias-of-nothing': () => isAliasOfNothing(what, npm.seen, cpm.seen),
      'refused-own-lock': () => isRefusedOwnLock(npm, cpm),
      'unknown-version': () => isUnknownVersion(what, npm.seen, cpm.seen),
      'learnt-less': () => this.learnsLess(npm, cpm, scene, i),
      'lost-workspace': () => this.losesWorkspace(npm, scene),
      'empty-folder': () => isEmptyFolder(what, npm.seen, cpm.seen, this.project('npm')),
      'version-before': () => isVersionBefore(what, npm.seen, cpm.seen, this.project('npm')),
      'uncounted-shrinkwrap': () => isUncountedShrinkwrap(what, npm.seen, cpm.seen, scene, scene.steps[i]),
      orphans: () => hasOrphans(npm.seen) && !hasOrphans(cpm.seen),
      'lost-dependency': () => this.losesDependency(npm, cpm, scene, i),
      'shrinkwrap-solved': () => this.solvesShrinkwrap(npm, cpm, scene, i),
    }
    for (const [name, explains] of Object.entries(faults)) if (await explains()) return name
  }

  // npm loses a workspace together with a nested link to it: its lock lacks a folder that is there.
  losesWorkspace (npm, scene) {
    const { '': root, ...packages } = (npm.seen.exit === 0 && JSON.parse(npm.seen['package-lock.json'] ?? '{}').packages) || {}
    const patterns = root?.workspaces?.packages ?? root?.workspaces ?? []
    const folders = Object.keys(scene.files).filter(file => file.startsWith('packages/') && fs.existsSync(path.join(this.project('npm'), file))).map(path.dirname)
    return folders.some(folder => !packages[folder] && !patterns.includes(`!${folder}`) && (patterns.includes(folder) || patterns.includes('packages/*')))
  }

  // npm ends well with a lock that lacks what could not be had: asked once more it says what cpm said, maybe in its newer word.
  async losesDependency (npm, cpm, scene, i) {
    if (cpm.seen.exit === 0 || npm.seen.exit !== 0 || !npm.seen['package-lock.json']) return false
    const args = ['install', '--package-lock-only', ...scene.steps[i].args.filter(isOption)]
    const answer = this.answers ? await this.answers.again(scene, i, args) : await this.npmAgain(i, args)
    return answer.exit !== 0 && (answer.code === cpm.seen.code || isOlderWord(['code'], answer, cpm.seen))
  }

  // From a lock of npm 6 or before npm does not learn the versions and groups of folders. With a lock of today it says what cpm
  // says with the old one.
  async learnsLess (npm, cpm, scene, i) {
    const steps = scene.steps.slice(0, i + 1)
    if (!npm.seen.stdout || npm.seen.stdout === cpm.seen.stdout || !steps.some(({ args }) => args.includes(OLD_LOCK))) return false
    const last = await this.npmAlone({ ...scene, steps: steps.map(step => without(step, OLD_LOCK)) })
    return last.seen?.stdout === cpm.seen.stdout
  }

  // With the linked layout npm solves anew what a package's own shrinkwrap has wrong, and may find that it cannot be had. In the
  // other layouts it ends as cpm does.
  async solvesShrinkwrap (npm, cpm, scene, i) {
    const { args } = scene.steps[i]
    if (!args.includes(LINKED) || cpm.seen.exit !== 0 || !/^(E404|ETARGET|ENOVERSIONS|EBADPLATFORM|EBADENGINE|ERESOLVE|EJSONPARSE)$/.test(npm.seen.code)) return false
    const last = await this.npmAlone({ ...scene, steps: [...scene.steps.slice(0, i), without(scene.steps[i], LINKED)] })
    const lock = 'package-lock.json'
    return last.seen?.exit === 0 && (last.seen[lock] === cpm.seen[lock] || isGivenIntegrity([lock], last.seen, cpm.seen))
  }

  // What npm answers last, in another scene.
  async npmAlone (scene) {
    const other = new Player({ registry: this.registry, tools: { npm: this.tools.npm }, folder: path.join(this.folder, 'again') })
    return (await (this.answers ? this.answers.of(scene) : other.playAlone(scene))).at(-1)
  }

  // What npm alone answers, a step each, up to one that never ends.
  async playAlone (scene) {
    const answers = []
    this.begin(scene)
    for (let i = 0; i < scene.steps.length && !answers[i - 1]?.hang; i++) {
      this.prepare(scene.steps[i])
      answers.push(await this.step('npm', scene, i))
    }
    return answers
  }

  // null: no difference. { step, what: [names], npm, cpm } or { step, hang | crash: true }, where npm has no answer.
  async play (description) {
    const scene = JSON.parse(JSON.stringify(description).replaceAll('REGISTRY/', this.registry.url))
    await this.answers?.of(scene)
    this.begin(scene)
    for (let i = 0; i < scene.steps.length; i++) {
      this.prepare(scene.steps[i])
      const npm = await this.npmStep(scene, i)
      const cpm = await this.step('cpm', scene, i)
      Object.assign(this, { last: i, endedWell: cpm.seen?.exit === 0 })
      if (cpm.hang) return { step: i, what: [`cpm never ends${npm.hang ? ', nor does npm' : ''}`], npm, cpm }
      const hang = Boolean(npm.hang) || growsForEver(npm)
      if (hang || (npm.crash && !areOneCrash(npm, cpm))) return { step: i, hang, crash: Boolean(npm.crash), npm, cpm, what: [] }
      const what = Object.keys({ ...npm.seen, ...cpm.seen }).filter(key => npm.seen[key] !== cpm.seen[key])
      const known = what.length ? await this.knownAs(what, npm, cpm, scene, i) : undefined
      if (known) return { step: i, known, npm, cpm, what: [] }
      if (what.length) return { step: i, what, npm, cpm }
    }
    return null
  }

  // What npm itself says of the project that cpm left: { ci, ls }, each '' or npm's words, and `own` of the words that it says
  // of its own project too. null: there is no lock to judge, or the last command did not end well.
  async judge (scene) {
    if (!this.endedWell || !fs.existsSync(path.join(this.project('cpm'), 'package-lock.json'))) return null
    const flags = scene.steps[this.last].args.filter(isOption)
    const verdict = { own: {} }
    const commands = { ci: ['ci', '--dry-run', '--ignore-scripts'], ls: ['ls', '--all', ...(scene.real ? [] : ['--package-lock-only'])] }
    for (const [command, args] of Object.entries(commands)) {
      const [said, ownSaid] = [await this.words('cpm', [...args, ...flags]), () => this.words('npm', [...args, ...flags])]
      verdict[command] = said
      verdict.own[command] = said !== '' && said === await ownSaid()
    }
    return verdict
  }

  async words (tool, args) {
    const cwd = this.project(tool)
    const answer = await this.tools.npm.run({ args, cwd, env: this.environment('npm', 'judge') })
    if (answer.exit === 0) return ''
    return String(answer.message ?? 'never ends').replace(/^ +at .*\n?/gm, '').replaceAll(path.dirname(cwd), '')
  }
}
