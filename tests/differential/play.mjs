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

// What a command leaves: files of the project, and node_modules where it is installed to.
function observe (project, scene) {
  const seen = {}
  const manifests = Object.keys(scene.files).filter(file => file.endsWith('package.json'))
  for (const file of ['package-lock.json', 'npm-shrinkwrap.json', ...manifests]) {
    const full = path.join(project, file)
    seen[file] = fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : null
  }
  if (!scene.real) return seen
  const files = tree(path.join(project, 'node_modules'))
  for (const [file, what] of Object.entries(files)) {
    if (/^\.cpm\b/.test(file) || what.startsWith('dir')) delete files[file]
    else files[file] = what.replaceAll(path.dirname(project), '')
  }
  delete files['.package-lock.json']
  const hidden = path.join(project, 'node_modules/.package-lock.json')
  seen['node_modules/.package-lock.json'] = fs.existsSync(hidden) ? fs.readFileSync(hidden, 'utf8') : null
  seen.node_modules = JSON.stringify(files, null, 2)
  return seen
}

// Faults of npm's own, see docs/differences.md: whatever cpm answers then is right.
const CRASH = /^(TypeError|RangeError|ReferenceError|AssertionError|Error: Unable to resolve reference)/

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

// npm ci refuses the lock that npm wrote where an optional package could not be had; cpm accepts it.
function isRefusedOwnLock (npm, cpm) {
  const lines = npm.message?.match(/^(Missing|Invalid): .*$/gm) ?? []
  return npm.seen.code === 'EUSAGE' && cpm.seen.exit === 0 && lines.length > 0 && lines.every(line => /^Missing: \S+@ from lock file$/.test(line))
}

// npm loses direct dependencies: with a link to a package above, or with what could not be had and was replaced; its lock then
// lacks them and the command ends well.
function isLostDependency (npm, cpm) {
  if (npm.seen.exit !== 0 || cpm.seen.exit === 0 || !npm.seen['package-lock.json']) return false
  const { '': root, ...packages } = JSON.parse(npm.seen['package-lock.json']).packages ?? {}
  return Object.keys({ ...root?.dependencies, ...root?.devDependencies }).some(name => !packages[`node_modules/${name}`])
}

// With the linked layout npm solves anew what a package's own shrinkwrap has wrong, and may find that it cannot be had.
const isShrinkwrapSolved = (npm, cpm, scene, args) => args.includes('--install-strategy=linked') && cpm.seen.exit === 0 &&
  /^(E404|ETARGET|ENOVERSIONS)$/.test(npm.seen.code) && JSON.stringify(scene.packages).includes('npm-shrinkwrap.json')

// Of a lock of npm 6 or before npm does not learn the versions of folders.
function isUnknownVersion (what, npm, cpm) {
  const [a, b] = [npm, cpm].map(seen => seen.stdout?.replace(/@\S* (deduped )?->/g, '@ $1->'))
  return what.join() === 'stdout' && a === b
}

// The name of the fault of npm's that explains the difference, or undefined.
const knownAs = (what, npm, cpm, scene, args) => npm.faults[0] ?? Object.entries({
  'older-word': () => isOlderWord(what, npm.seen, cpm.seen),
  'given-integrity': () => isGivenIntegrity(what, npm.seen, cpm.seen),
  'refused-own-lock': () => isRefusedOwnLock(npm, cpm),
  'lost-dependency': () => isLostDependency(npm, cpm),
  'shrinkwrap-solved': () => isShrinkwrapSolved(npm, cpm, scene, args),
  'unknown-version': () => isUnknownVersion(what, npm.seen, cpm.seen),
}).find(([, explains]) => explains())?.[0]

// npm takes the text of a link to a bundling package above (`file:../../..`) for a folder as seen from the project, and packs
// what stands there, above the project, or ends because nothing does.
function isLookedForAbove (message, project) {
  const [, folder] = message?.match(/^Error: Could not read package\.json: Error: ENOENT: .* open '(.*)\/package\.json'/) ?? []
  return folder !== undefined && path.resolve(project).startsWith(`${folder}/`)
}

export class Player {
  // tools: { npm, cpm }, or one of them where only its answers are wanted
  constructor ({ registry, tools, folder }) {
    Object.assign(this, { registry, tools, folder })
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
      fs.rmSync(path.join(this.folder, tool), { recursive: true, force: true })
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
    if (answer.hang) return answer
    if (isLookedForAbove(answer.message, cwd)) (answer.faults ??= []).push('looked-for-above')
    const seen = { exit: answer.exit, code: answer.code && String(answer.code), ...observe(cwd, scene) }
    if (scene.steps[index].args[0] === 'ls') seen.stdout = answer.stdout.replaceAll(path.dirname(cwd), '')
    return { seen, message: answer.message, faults: answer.faults ?? [], crash: CRASH.test(answer.message) && !answer.code }
  }

  // null: no difference. { step, what: [names], npm, cpm } or { step, hang | crash: true }, where npm has no answer.
  async play (description) {
    const scene = JSON.parse(JSON.stringify(description).replaceAll('REGISTRY/', this.registry.url))
    this.begin(scene)
    for (let i = 0; i < scene.steps.length; i++) {
      this.prepare(scene.steps[i])
      const npm = await this.step('npm', scene, i)
      const cpm = await this.step('cpm', scene, i)
      if (cpm.hang) return { step: i, what: [`cpm never ends${npm.hang ? ', nor does npm' : ''}`], npm, cpm }
      if (npm.hang || npm.crash) return { step: i, hang: Boolean(npm.hang), crash: Boolean(npm.crash), npm, cpm, what: [] }
      const what = Object.keys({ ...npm.seen, ...cpm.seen }).filter(key => npm.seen[key] !== cpm.seen[key])
      const known = what.length ? knownAs(what, npm, cpm, scene, scene.steps[i].args) : undefined
      if (known) return { step: i, known, npm, cpm, what: [] }
      if (what.length) return { step: i, what, npm, cpm }
      this.endedWell = cpm.seen.exit === 0
    }
    return null
  }

  // What npm itself says of the project that cpm left, played without a difference: { ci, ls }, each '' or npm's words.
  // null: there is no lock to judge, or the last command did not end well.
  async judge (scene) {
    const cwd = this.project('cpm')
    if (!this.endedWell || !fs.existsSync(path.join(cwd, 'package-lock.json'))) return null
    const { args } = scene.steps[scene.steps.length - 1]
    const flags = args.filter(arg => /^--(legacy-peer|force|strict-peer|install-strategy|install-links|omit|include|os|cpu|libc|engine-strict)/.test(arg))
    const words = async args => {
      const answer = await this.tools.npm.run({ args: [...args, ...flags], cwd, env: this.environment('npm', 'judge') })
      return answer.exit === 0 ? '' : String(answer.message ?? 'never ends')
    }
    return { ci: await words(['ci', '--dry-run', '--ignore-scripts']), ls: await words(['ls', '--all', ...(scene.real ? [] : ['--package-lock-only'])]) }
  }
}
