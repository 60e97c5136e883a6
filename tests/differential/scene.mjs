// A scene: a registry, a project, and the commands that are run in it, all from one seed and all plain JSON, so that it can
// be written down, cut smaller and played again.
//   { seed, packages, tags, times     as fixtures/registry.mjs takes them; REGISTRY/ stands for its address
//     files: { PATH: text | object | { pack: [name, version] } },   below the project; ../ is allowed
//     real,                                  install to node_modules, not only the lock
//     parts,                                 … of some workspaces: theirs is looked at too, and what --json says
//     steps: [{ args, edits: [{ file, path, value }], remove: [PATH], publish: { name: { version: manifest } }, tags }] }
import { byVersion, makePackages, makeStyle, makeVersions, wish } from './packages.mjs'
import { Random } from './random.mjs'

const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

function fillProject (random, style, world, manifest, amount, kinds = GROUPS) {
  for (const name of random.some(Object.keys(world.packages), random.between(0, amount))) {
    const group = random.weighted(Object.fromEntries(kinds.map((kind, i) => [kind, [6, 2, 1, 1][i]])))
    ;(manifest[group] ??= {})[name] = wish(random, style, world, name)
    if (group === 'peerDependencies' && random.chance(0.3)) (manifest.peerDependenciesMeta ??= {})[name] = { optional: true }
    if (random.chance(0.04)) (manifest[random.one(GROUPS)] ??= {})[name] = wish(random, style, world, name)
  }
}

// One value of a rule; `direct` are the root's own dependencies.
function ruleValue (random, style, world, name, direct) {
  if (direct.length && random.chance(0.15)) return `$${random.chance(0.5) && direct.includes(name) ? name : random.one(direct)}`
  if (random.chance(0.03)) return ''
  if (random.chance(0.05)) return `npm:${random.one(Object.keys(world.packages))}@*`
  return random.chance(0.5) ? random.one(Object.keys(world.packages[name])) : wish(random, style, world, name, { peer: true })
}

function makeRules (random, style, world, direct, depth) {
  const rules = {}
  for (const name of random.some(Object.keys(world.packages), random.between(1, 3))) {
    const version = random.one(Object.keys(world.packages[name]))
    const key = random.chance(0.3) ? `${name}@${random.one([version, `^${version}`, `<${version}`, `>=${version}`, '*'])}` : name
    if (depth && random.chance(0.4)) {
      rules[key] = makeRules(random, style, world, direct, depth - 1)
      if (random.chance(0.4)) rules[key] = { '.': ruleValue(random, style, world, name, direct), ...rules[key] }
    } else rules[key] = ruleValue(random, style, world, name, direct)
  }
  return rules
}

const directNames = manifest => GROUPS.flatMap(group => Object.keys(manifest[group] ?? {}))

// npm refuses a rule that changes a direct dependency: most scenes leave those alone, or give them the same text.
function addOverrides (random, style, world, manifest) {
  const direct = directNames(manifest)
  const rules = makeRules(random, style, world, direct, 2)
  for (const key of Object.keys(rules)) {
    const name = key.replace(/(.)@.*/, '$1')
    if (direct.includes(name) && typeof rules[key] === 'string' && random.chance(0.85)) rules[key] = random.chance(0.5) ? `$${name}` : manifest.dependencies?.[name] ?? `$${name}`
  }
  manifest.overrides = rules
}

function addWorkspaces (random, style, world, files, root) {
  const count = random.between(1, 4)
  const taken = random.some([...Object.keys(world.packages).slice(0, 3), 'w-one', 'w-two', '@w/three', 'w-four', 'app'], count)
  root.workspaces = random.weighted({ star: 4, named: 2, object: 1, not: 1 })
  const folders = taken.map((name, i) => `packages/${random.chance(0.8) ? name.replace(/^.*\//, '') : `folder${i}`}`)
  const forms = { star: ['packages/*'], named: folders, object: { packages: ['packages/*'] }, not: ['packages/*', '!packages/folder0'] }
  root.workspaces = forms[root.workspaces]
  taken.forEach((name, i) => {
    const manifest = { name, version: random.one(['1.0.0', '1.1.0', '2.0.0', '0.0.0']) }
    if (random.chance(0.06)) delete manifest.version
    fillProject(random, style, world, manifest, 4)
    for (const other of random.some(taken.filter(one => one !== name), random.between(0, 1))) {
      (manifest[random.one(['dependencies', 'dependencies', 'devDependencies', 'peerDependencies'])] ??= {})[other] =
        random.one(['*', '^1.0.0', '^2.0.0', '1.0.0', `file:../${folders[taken.indexOf(other)].slice(9)}`])
    }
    files[`${folders[i]}/package.json`] = manifest
  })
  if (random.chance(0.3)) (root.dependencies ??= {})[random.one(taken)] = random.one(['*', '^1.0.0', '^2.0.0', `file:${folders[0]}`])
}

function addFolders (random, style, world, files, root) {
  for (const [place, name] of random.some([['libs/one', 'lib-one'], ['libs/two', 'lib-two'], ['../outside/three', 'lib-three'], ['libs/a', 'a']], random.between(1, 2))) {
    const manifest = { name, version: '1.0.0' }
    fillProject(random, style, world, manifest, 3)
    if (random.chance(0.2)) (manifest.dependencies ??= {})['lib-two'] = 'file:../two'
    files[`${place}/package.json`] = manifest
    ;(root[random.one(GROUPS.slice(0, 3))] ??= {})[name] = `file:${place}`
  }
}

function addVendored (random, world, files, root) {
  const name = random.one(Object.keys(world.packages))
  const version = random.one(Object.keys(world.packages[name]))
  files['vendor/it.tgz'] = { pack: [name, version] }
  ;(root.dependencies ??= {})[name] = random.one(['file:vendor/it.tgz', 'file:./vendor/it.tgz', './vendor/it.tgz'])
}

// package.json as people and tools leave it.
function spell (random, manifest) {
  const text = JSON.stringify(manifest, null, random.one([2, 2, 2, 2, 4, '\t', 0, 3])) + random.one(['\n', '\n', '', '\n\n'])
  return random.chance(0.05) ? text.replaceAll('\n', '\r\n') : text
}

function makeProject (random, style, world, parts) {
  const files = {}
  const root = { name: 'project', version: '1.0.0' }
  if (random.chance(0.05)) delete root.name
  if (random.chance(0.1)) delete root.version
  fillProject(random, style, world, root, random.one([2, 4, 7, 12]))
  if (parts || random.chance(0.25)) addWorkspaces(random, style, world, files, root)
  if (random.chance(0.12)) addFolders(random, style, world, files, root)
  if (random.chance(0.03)) addVendored(random, world, files, root)
  if (random.chance(0.3)) addOverrides(random, style, world, root)
  if (random.chance(0.03) && root.dependencies) root.bundleDependencies = random.some(Object.keys(root.dependencies), 1)
  if (random.chance(0.03)) root.engines = { node: random.one(['>=18', '>=99']) }
  files['package.json'] = random.chance(0.3) ? spell(random, root) : root
  return { files, root }
}

const FLAGS = {
  '--legacy-peer-deps': 4, '--force': 4, '--strict-peer-deps': 4, '--prefer-dedupe': 3, '--install-strategy=nested': 2,
  '--install-strategy=shallow': 2, '--install-strategy=linked': 1, '--omit=dev': 2, '--omit=optional': 1, '--omit=peer': 1,
  '--install-links': 1, '--lockfile-version=1': 1, '--lockfile-version=2': 2, '--before=2022-06-01': 1, '--engine-strict': 1,
  '--omit-lockfile-registry-resolved': 1, '--format-package-lock=false': 1, '--tag=next': 1, '--save-exact': 1,
  '--save-prefix=~': 1, '--no-save': 1, '--os=darwin': 1, '--cpu=arm64': 1, '--no-package-lock': 0.3, '--include=dev': 0.5,
  '--save-bundle': 0.5, '--libc=musl': 0.5, '--no-prune': 0.2,
}

function requested (random, style, world) {
  const name = random.one(Object.keys(world.packages))
  return random.weighted({ [name]: 3, [`${name}@${wish(random, style, world, name)}`]: 4, [`${name}@latest`]: 1, [`${name}@${random.one(Object.keys(world.packages[name]))}`]: 2 })
}

// What stands in the way of a shell is nobody's wish.
const argument = text => !/@$/.test(text) && !/REGISTRY/.test(text)

function command (random, style, scene, root) {
  const names = [...new Set([...directNames(root), ...random.some(Object.keys(scene.packages), 1)])]
  const few = () => random.some(names, random.between(1, 2))
  const make = {
    install: () => ['install'],
    add: () => ['install', ...Array.from({ length: random.between(1, 2) }, () => requested(random, style, scene)).filter(argument),
      ...random.weighted({ '': 6, '-D': 1, '-O': 1, '-E': 1, '--save-peer': 1, '-P': 1 }).split(' ').filter(Boolean)],
    uninstall: () => ['uninstall', ...few()],
    update: () => ['update'],
    updateSome: () => ['update', ...few()],
    updateSave: () => ['update', '--save', ...(random.chance(0.5) ? few() : [])],
    dedupe: () => ['dedupe'],
    prune: () => ['prune', ...(random.chance(0.3) ? [random.one(['--omit=dev', '--omit=optional'])] : [])],
    ci: () => ['ci', ...(scene.real ? [] : ['--dry-run'])],
    ls: () => ['ls', '--all', ...(scene.real && random.chance(0.6) ? [] : ['--package-lock-only'])],
  }
  return make[random.weighted({ install: 5, add: 6, uninstall: 4, update: 2, updateSome: 3, updateSave: 1, dedupe: 2, prune: 1, ci: 2, ls: 1 })]()
}

const workspaceFolders = scene => Object.keys(scene.files).filter(file => /^packages\/.*package\.json$/.test(file)).map(file => file.replace('/package.json', ''))

// What a person changes by hand between two commands.
function edits (random, style, scene, root) {
  const files = ['package.json', ...workspaceFolders(scene).map(folder => `${folder}/package.json`)]
  const file = random.one(files)
  const name = random.one(Object.keys(scene.packages))
  const group = random.one(GROUPS)
  return random.weighted({ set: 1, drop: 1, rules: 1 }) === 'rules'
    ? [{ file: 'package.json', path: ['overrides'], value: random.chance(0.4) ? undefined : makeRules(random, style, scene, directNames(root), 1) }]
    : [{ file, path: [group, name], value: random.chance(0.7) ? wish(random, style, scene, name) : undefined }]
}

function publication (random, style, scene) {
  const name = random.one(Object.keys(scene.packages))
  const [version] = makeVersions(random, style)
  const manifest = random.one(Object.values(scene.packages[name]))
  const versions = [...Object.keys(scene.packages[name]), version].sort(byVersion)
  return { publish: { [name]: { [version]: manifest } }, tags: { [name]: { latest: versions[versions.length - 1] } } }
}

function makeSteps (random, style, scene, root) {
  const flags = random.chance(0.5) ? random.some(Object.keys(FLAGS).filter(flag => random.chance(FLAGS[flag] / 4)), random.between(0, 2)) : []
  const common = [...(scene.real ? ['--ignore-scripts'] : ['--package-lock-only']), ...flags]
  const count = random.weighted({ 1: 4, 2: 3, 3: 2, 4: 2, 6: 1 })
  const steps = [{ args: ['install', ...common] }]
  while (steps.length < count) {
    const folders = workspaceFolders(scene)
    const args = command(random, style, scene, root)
    if (folders.length && /^(install|uninstall|update)$/.test(args[0]) && random.chance(0.2)) args.push('-w', random.one(folders))
    const own = random.chance(0.1) ? [random.weighted(FLAGS)] : []
    const step = { args: [...args, ...(random.chance(0.9) ? common : common.slice(0, 1)), ...own] }
    if (random.chance(0.25)) step.edits = edits(random, style, scene, root)
    if (random.chance(0.04)) step.remove = [random.one(['package-lock.json', 'node_modules', ...folders])]
    if (random.chance(0.15)) Object.assign(step, publication(random, style, scene))
    steps.push(step)
  }
  return steps
}

// Whom an installation is for: some of the workspaces, all of them, the root, or nobody in particular.
function part (random, folders) {
  const one = () => ['-w', random.one(folders)]
  const root = random.chance(0.25) ? ['--include-workspace-root'] : []
  const make = {
    one: () => [...one(), ...root],
    two: () => [...one(), ...one(), ...root],
    all: () => ['--workspaces', ...root],
    root: () => ['--no-workspaces'],
    whole: () => [],
  }
  return make[random.weighted({ one: 6, two: 2, all: 1, root: 1, whole: 3 })]()
}

// npm calls a package changed each time when a command of it leads to no file.
function fillCommands (manifest) {
  const files = typeof manifest.bin === 'string' ? [manifest.bin] : Object.values(manifest.bin ?? {})
  for (const file of files) (manifest.files ??= {})[file.replace('./', '')] = '#!/bin/sh\n'
}

// Every step says what it did, and most are for a part of the project.
function makeParts (random, scene) {
  scene.parts = true
  for (const versions of Object.values(scene.packages)) Object.values(versions).forEach(fillCommands)
  for (const step of scene.steps) {
    step.args = step.args.filter((arg, i, all) => arg !== '-w' && all[i - 1] !== '-w' && arg !== '--install-strategy=linked')
    if (!/^(install|ci|uninstall|update|dedupe|prune)$/.test(step.args[0])) continue
    step.args.push(...part(random, workspaceFolders(scene)), '--json')
    if (random.chance(0.05)) step.args.push('--dry-run')
  }
}

// parts: of installing a part of the workspaces.
export function makeScene (seed, { parts = false } = {}) {
  const random = new Random(seed * 2654435761)
  const style = makeStyle(random)
  const scene = { seed, ...makePackages(random, style) }
  const { files, root } = makeProject(random, style, scene, parts)
  scene.files = files
  scene.real = parts || random.chance(0.12)
  scene.steps = makeSteps(random, style, scene, root)
  if (parts) makeParts(random, scene)
  return JSON.parse(JSON.stringify(scene))
}
