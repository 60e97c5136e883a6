// npm without the faults of its own that docs/differences.md names: what is put into npm's source as it is loaded. Each place
// has to be found, so that another version of npm cannot pass for a mended one.
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')

const MENDS = {
  // A rule that leads to a folder means the project's, wherever the requirer stands.
  'folder-of-rule': {
    file: 'arborist/build-ideal-tree.js',
    from: 'npa.resolve(edge.name, edge.spec, edge.from.path)',
    to: 'mended.resolve(npa, edge)',
  },
  'folder-of-rule, of the second wish': {
    file: 'arborist/build-ideal-tree.js',
    from: 'npa.resolve(\n      edge.name,\n      secondEdge.spec,\n      secondEdge.from.path\n    )',
    to: 'mended.resolve(npa, secondEdge)',
  },
  // A nested package that asks for a workspace gets a link beside the workspace's own.
  'workspace-taken': {
    file: 'arborist/build-ideal-tree.js',
    from: 'return existingNode\n',
    to: `{
        mended('workspace-taken')
        const link = new Link({ name, parent, realpath: existingNode.realpath, pkg: existingNode.package, installLinks, legacyPeerDeps })
        link.target.name = existingNode.target.name
        return link
      }\n`,
  },
  // Links have nothing to unpack.
  'looked-for-above': {
    file: 'arborist/build-ideal-tree.js',
    from: '(hasBundle || hasShrinkwrap) &&',
    to: `(hasBundle || hasShrinkwrap) && !(node.isLink && mended('looked-for-above')) &&`,
  },
  // What a package bundles that stays as it is on disk comes from there, but its flags, and what was placed in it, from the tree
  // that is built.
  'bundled-as-on-disk': {
    file: 'diff.js',
    from: `        node.parent = ideal
      }`,
    to: `        mended.move(node, ideal)
      }
      mended.flags(require('./calc-dep-flags.js'), ideal, bundledChildren)`,
  },
  // A reference is the root's, also before the requirer is part of the tree, and also when it is empty.
  'reference-unknown': {
    file: 'edge.js',
    from: 'if (specValue) {',
    to: `if (!specValue && mended.reference(ref) !== undefined) {
          return mended.reference(ref)
        }
        if (specValue) {`,
  },
  'reference-root, of the tree that is built': {
    file: 'arborist/build-ideal-tree.js',
    from: `log.silly('idealTree', 'buildDeps')`,
    to: `mended.ideal = this.idealTree.target
    log.silly('idealTree', 'buildDeps')`,
  },
  'reference-root': {
    file: 'node.js',
    from: 'this.overrides = new OverrideSet({',
    to: `mended.root = this
        this.overrides = new OverrideSet({`,
  },
}

function resolve (npa, { name, spec, from, overrides }) {
  const ruled = overrides?.name === name && overrides.value
  const [there, here] = [from.path, ruled ? (from.root.sourceReference ?? from.root).root.realpath : from.path].map(path => npa.resolve(name, spec, path))
  if (here.fetchSpec !== there.fetchSpec) globalThis.mended('folder-of-rule')
  return here
}

function reference (name) {
  const groups = ['devDependencies', 'optionalDependencies', 'dependencies', 'peerDependencies']
  const spec = groups.map(group => (globalThis.mended.ideal ?? globalThis.mended.root)?.package[group]?.[name]).find(text => text !== undefined)
  if (spec !== undefined) globalThis.mended('reference-unknown')
  return spec
}

const FLAGS = ['dev', 'optional', 'devOptional', 'peer', 'extraneous']

function below (nodes) {
  return nodes.flatMap(node => [node, ...below([...node.children.values()])])
}

function graft (old, node) {
  for (const kid of [...old.children.values()]) {
    const there = node.children.get(kid.name)
    if (there) graft(kid, there)
    else {
      globalThis.mended('placed-in-bundled')
      kid.parent = node
    }
  }
}

function move (node, ideal) {
  const old = ideal.children.get(node.name)
  node.parent = ideal
  if (old && old !== node) graft(old, node)
}

function flags (compute, bundler, kids) {
  const all = below(kids)
  const before = all.map(node => FLAGS.map(flag => node[flag]))
  for (const node of all) for (const flag of FLAGS) node[flag] = true
  compute(bundler, false)
  if (all.some((node, i) => FLAGS.some((flag, k) => node[flag] !== before[i][k]))) globalThis.mended('flags-of-bundled')
}

// Has to be called before npm is loaded. tell(NAME): a mend was met, once a command. Gives the function that forgets the last one.
function mend (npm, tell) {
  const met = new Set()
  const meet = name => {
    if (!met.has(name)) tell(name)
    return met.add(name)
  }
  globalThis.mended = Object.assign(meet, { resolve, reference, flags, move })
  const lib = path.join(npm, 'node_modules/@npmcli/arborist/lib')
  const load = Module._extensions['.js']
  Module._extensions['.js'] = (module, file) => {
    const mends = Object.values(MENDS).filter(one => path.join(lib, one.file) === file)
    if (!mends.length) return load(module, file)
    let source = fs.readFileSync(file, 'utf8')
    for (const { from, to } of mends) {
      if (source.split(from).length !== 2) throw new Error(`${file} is not the source that mends.cjs knows: ${from}`)
      source = source.replace(from, () => to)
    }
    module._compile(source, file)
  }
  return () => {
    met.clear()
    Object.assign(globalThis.mended, { root: undefined, ideal: undefined })
  }
}

module.exports = { mend }
