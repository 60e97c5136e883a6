// Random packages: names, versions, and every form in which one asks for another. A scene's style says how often each kind
// of thing comes, so that one scene is a thicket of peers and the next a plain tree with many versions.
const STABLE = ['0.1.0', '0.1.5', '0.2.0', '1.0.0', '1.0.1', '1.1.0', '1.2.3', '2.0.0', '2.1.0', '3.0.0', '4.1.2']
const EARLY = ['1.0.0-rc.1', '1.1.0-alpha.0', '2.0.0-beta.1', '2.0.0-beta.2', '3.0.0-rc.1', '3.1.0-0']
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
  '@s/a', '@s/b', '@t/core', 'a-b', 'a.b', 'a_b', 'ab', 'lib10', 'lib9', 'react', 'react-dom', 'plugin-one', 'plugin-two']
const ODD_NAMES = ['Foo', 'foo', 'B', '@S/a', 'x-y-z', 'zz_1']

export const byVersion = (a, b) => {
  const [[x, xs], [y, ys]] = [a, b].map(v => [v.split(/[-+]/)[0].split('.').map(Number), v.split('-').slice(1).join('-')])
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return x[i] - y[i]
  return xs === ys ? 0 : !xs ? 1 : !ys ? -1 : xs < ys ? -1 : 1
}

export function makeStyle (random) {
  const rare = p => random.chance(0.25) ? p * 4 : random.chance(0.5) ? p : 0
  return {
    count: random.weighted({ 3: 1, 6: 3, 10: 4, 16: 3, 28: 2, 35: 1 }),
    versions: random.one([1, 2, 3, 4, 6]),
    edges: random.one([0.5, 1, 1.5, 2, 3]),
    peers: random.one([0, 0.2, 0.6, 1, 1.6]),
    optionalPeers: random.one([0, 0.2, 0.5]),
    optional: random.one([0, 0.1, 0.4]),
    early: random.one([0, 0.1, 0.4]),
    exactness: random.one([0.1, 0.5, 1]), // of ranges
    missing: rare(0.01),
    alias: rare(0.04),
    tag: rare(0.04),
    url: rare(0.02),
    deprecated: rare(0.06),
    platform: rare(0.06),
    engines: rare(0.06),
    bundle: rare(0.03),
    shrinkwrap: rare(0.02),
    accept: rare(0.05),
    fields: rare(0.1),
    odd: rare(0.05),
  }
}

const next = (version, part) => {
  const numbers = version.split('-')[0].split('.').map(Number)
  return numbers.map((n, i) => (i < part ? n : i === part ? n + 1 : 0)).join('.')
}

// A range that the version satisfies, more often than not.
function rangeAround (random, style, version, others) {
  const [major, minor] = version.split('.')
  const loose = {
    caret: `^${version}`, tilde: `~${version}`, star: '*', empty: '', least: `>=${version}`, major, majorX: `${major}.x`,
  }
  const exact = {
    same: version,
    equal: `=${version}`,
    minor: `${major}.${minor}`,
    minorX: `${major}.${minor}.x`,
    between: `>=${version} <${next(version, random.below(2))}`,
    hyphen: `${version} - ${next(version, 0)}`,
    either: `^${version} || ^${random.one(others)}`,
    eitherExact: `${random.one(others)} || ${version}`,
    most: `<=${version}`,
    above: `>${version}`,
    below: `<${next(version, 0)}`,
    early: `>=${version.split('-')[0]}-0`,
    spaced: `>= ${version.split('-')[0]}`,
    tildeArrow: `~> ${major}.${minor}`,
    letter: `v${version}`,
    x: 'x',
    nothing: random.chance(0.1) ? '^9.0.0' : `^${version}`,
  }
  return random.chance(style.exactness * 0.6) ? random.one(Object.values(exact)) : random.one(Object.values(loose))
}

// How one package asks for another, as it stands in a package.json.
export function wish (random, style, world, name, { peer = false } = {}) {
  if (random.chance(style.missing)) return random.one(['^1.0.0', 'latest', '7.7.7'])
  const versions = Object.keys(world.packages[name])
  const version = random.one(versions)
  const tags = Object.keys(world.tags[name] ?? {})
  if (random.chance(style.tag)) return random.one([...tags, 'latest'])
  if (!peer && random.chance(style.url)) return `REGISTRY/${name}/-/${name.split('/').pop()}-${version}.tgz`
  const range = rangeAround(random, style, version, versions)
  if (random.chance(style.alias) && !peer) {
    const other = random.one(Object.keys(world.packages))
    return `npm:${other}@${rangeAround(random, style, random.one(Object.keys(world.packages[other])), Object.keys(world.packages[other]))}`
  }
  return range
}

const targets = (random, world, self, amount) => {
  const whole = Math.floor(amount) + (random.chance(amount % 1) ? 1 : 0)
  return random.some(Object.keys(world.packages).filter(name => name !== self || random.chance(0.05)), random.between(0, whole * 2))
}

function addEdges (random, style, world, name, manifest) {
  const put = (group, dep, spec) => { (manifest[group] ??= {})[dep] = spec }
  for (const dep of targets(random, world, name, style.edges)) put('dependencies', dep, wish(random, style, world, dep))
  for (const dep of targets(random, world, name, style.peers)) {
    put('peerDependencies', dep, wish(random, style, world, dep, { peer: true }))
    if (random.chance(style.optionalPeers)) (manifest.peerDependenciesMeta ??= {})[dep] = { optional: true }
  }
  for (const dep of targets(random, world, name, style.optional)) put('optionalDependencies', dep, wish(random, style, world, dep))
  if (random.chance(0.05)) put('devDependencies', random.one(Object.keys(world.packages)), '*')
  if (random.chance(style.accept) && manifest.dependencies) {
    const dep = random.one(Object.keys(manifest.dependencies))
    manifest.acceptDependencies = { [dep]: rangeAround(random, style, random.one(Object.keys(world.packages[dep])), ['1.0.0']) }
  }
}

function addTraits (random, style, manifest) {
  if (random.chance(style.deprecated)) manifest.deprecated = random.one(['too old', 'use b'])
  if (random.chance(style.platform)) manifest.os = random.one([['linux'], ['darwin'], ['!linux'], ['win32', 'darwin'], 'darwin', ['any']])
  if (random.chance(style.platform)) manifest.cpu = random.one([['x64'], ['arm64'], ['!x64'], ['arm64', 'ia32']])
  if (random.chance(style.platform / 2)) manifest.libc = random.one([['glibc'], ['musl']])
  if (random.chance(style.engines)) manifest.engines = { node: random.one(['>=18', '>=99', '^14 || >=16', '*', '<10', '20.x']) }
  if (!random.chance(style.fields)) return
  Object.assign(manifest, random.one([
    { license: 'ISC' }, { license: { type: 'BSD', url: 'http://localhost/' } }, { funding: 'http://localhost/fund' },
    { funding: [{ type: 'x', url: 'http://localhost/1' }] }, { bin: './cli.js' }, { bin: { one: 'one.js', two: './two.js' } },
    { scripts: { install: 'node x' } }, { scripts: { postinstall: 'true', test: 'false' } }, { engines: { npm: '>=6' } },
    { directories: { bin: 'bin' } }, { bundleDependencies: false }, { bundledDependencies: [] }, { license: undefined },
  ]))
}

const plain = (name, version, manifest = {}) => JSON.stringify({ name, version, ...manifest })

// A package that carries some of its dependencies with it.
function addBundle (random, world, manifest) {
  const names = random.some(Object.keys(manifest.dependencies ?? {}), random.between(1, 2))
  if (!names.length) return
  manifest[random.one(['bundleDependencies', 'bundledDependencies'])] = names.length === 1 && random.chance(0.2) ? true : names
  manifest.files = {}
  for (const name of random.chance(0.85) ? names : []) {
    const version = random.one(Object.keys(world.packages[name]))
    const { files, ...inner } = world.packages[name][version]
    manifest.files[`node_modules/${name}/package.json`] = plain(name, version, inner)
  }
}

function addShrinkwrap (random, world, name, version, manifest) {
  const packages = { '': { name, version, dependencies: manifest.dependencies } }
  for (const dep of Object.keys(manifest.dependencies ?? {})) {
    const picked = random.one(Object.keys(world.packages[dep]))
    packages[`node_modules/${dep}`] = { version: picked, resolved: `REGISTRY/${dep}/-/${dep.split('/').pop()}-${picked}.tgz` }
  }
  manifest.files = { ...manifest.files, 'npm-shrinkwrap.json': JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages }) }
}

export function makeVersions (random, style) {
  const pool = [...STABLE, ...(random.chance(style.early) ? EARLY : [])]
  const versions = random.some(pool, random.between(1, style.versions)).sort(byVersion)
  return random.chance(0.1) ? versions.reverse() : versions
}

export function makeTags (random, versions) {
  const stable = versions.filter(v => !v.includes('-')).sort(byVersion)
  const tags = { latest: stable.length && random.chance(0.85) ? stable[stable.length - 1] : random.one(versions) }
  if (random.chance(0.3)) tags[random.one(['next', 'beta', 'legacy'])] = random.one(versions)
  return tags
}

export function fillPackage (random, style, world, name) {
  for (const version of Object.keys(world.packages[name])) {
    const manifest = world.packages[name][version]
    addEdges(random, style, world, name, manifest)
    addTraits(random, style, manifest)
  }
}

// Tarballs with something inside, after all edges are known.
export function fillTarballs (random, style, world) {
  for (const [name, versions] of Object.entries(world.packages)) {
    for (const [version, manifest] of Object.entries(versions)) {
      if (random.chance(style.bundle)) addBundle(random, world, manifest)
      else if (random.chance(style.shrinkwrap)) addShrinkwrap(random, world, name, version, manifest)
    }
  }
}

export function makePackages (random, style) {
  const world = { packages: {}, tags: {}, times: {} }
  const names = random.some([...NAMES, ...(random.chance(style.odd) ? ODD_NAMES : [])], Number(style.count))
  for (const name of names) {
    const versions = makeVersions(random, style)
    world.packages[name] = Object.fromEntries(versions.map(version => [version, {}]))
    world.tags[name] = makeTags(random, versions)
    world.times[name] = Object.fromEntries(versions.map(version => [version, `202${random.below(5)}-0${random.between(1, 9)}-01T00:00:00.000Z`]))
  }
  for (const name of names) fillPackage(random, style, world, name)
  fillTarballs(random, style, world)
  return world
}
