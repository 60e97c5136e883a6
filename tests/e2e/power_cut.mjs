// Power cuts at N random moments, and right after exit 0, on file systems made for it in an image file. Afterwards the
// next run gives the right bytes and says "up to date" on no wrong tree; on ordered file systems exit 0 was durable.
//   node power_cut.mjs PATH_OF_CPM POWER_CUT [N=6] [SEED]       POWER_CUT: the built power_cut.c; needs root and loop devices
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { assert, run, test, tree } from './lib.mjs'

const [, , , cutter, rounds = process.env.N ?? 6, first = Date.now() % 1e6] = process.argv
let seed = Number(first)
process.argv.length = 3

// Park and Miller's generator: the same seed gives the same moments.
function random () {
  seed = seed * 48271 % 2147483647
  return seed / 2147483647
}

const packages = {}
for (let i = 0; i < 30; i++) {
  const files = { 'index.js': `module.exports = ${i}\n` }
  for (let k = 0; k < 20; k++) files[`lib/part${k % 4}/file${k}.js`] = `// ${i} ${k}\n`.repeat(40)
  packages[`p${i}`] = { '1.0.0': { bin: { [`run-p${i}`]: 'index.js' }, files } }
}
const manifest = { name: 'p', version: '1.0.0', dependencies: Object.fromEntries(Object.keys(packages).map(name => [name, '1.0.0'])) }

const KINDS = {
  'ext4 with a journal': { make: ['mkfs.ext4', '-q', '-F'], check: ['e2fsck', '-fy'], ordered: true },
  'ext4 without a journal': { make: ['mkfs.ext4', '-q', '-F', '-O', '^has_journal'], check: ['e2fsck', '-fy'], ordered: false },
  XFS: { make: ['mkfs.xfs', '-q', '-f'], ordered: true },
}

function must (command, ...args) {
  const result = spawnSync(command, args, { encoding: 'utf8' })
  if (result.error || result.status) throw new Error(`${command} ${args.join(' ')}: ${result.error ?? result.stderr}`)
}

class Disk {
  constructor (t, kind) {
    Object.assign(this, { kind, image: path.join(t.folder, 'image'), folder: path.join(t.folder, 'disk') })
    fs.mkdirSync(this.folder)
    fs.writeFileSync(this.image, '')
    fs.truncateSync(this.image, 400 << 20)
    must(kind.make[0], ...kind.make.slice(1), this.image)
    this.mount()
    t.cleanup = () => spawnSync('umount', ['-l', this.folder])
  }

  mount () {
    must('mount', '-o', 'loop', this.image, this.folder)
  }

  // The cut, and what a machine does when it comes up again.
  cut () {
    must(cutter, this.folder)
    must('umount', this.folder)
    if (this.kind.check) spawnSync(this.kind.check[0], [...this.kind.check.slice(1), this.image])
    this.mount()
  }
}

function begin (t, kind) {
  if (process.getuid() !== 0) t.skip('needs root')
  if (spawnSync(kind.make[0], ['-V']).error) t.skip(`no ${kind.make[0]}`)
  let disk
  try {
    disk = new Disk(t, kind)
  } catch (error) {
    t.skip(`no file system can be made here: ${error.message.trim()}`)
  }
  Object.assign(t, { project: path.join(disk.folder, 'project'), cache: path.join(disk.folder, 'cache') })
  fs.mkdirSync(t.project)
  t.write('package.json', manifest)
  spawnSync('sync')
  return disk
}

// What a program can load. cpm's own notes may go: without them a run only looks closer.
function modules (t) {
  return Object.fromEntries(Object.entries(tree(t.at('node_modules'))).filter(([name]) => !/^\.cpm(\/|$)/.test(name)))
}

async function converges (t, expected, when) {
  await t.ok('install')
  assert.deepEqual(modules(t), expected, when)
  assert.match((await t.ok('install')).stdout, /up to date/)
  for (const litter of ['journal', 'stage']) assert.ok(!t.exists(`node_modules/.cpm/${litter}`), litter)
}

for (const [name, kind] of Object.entries(KINDS)) {
  test(`a power cut after exit 0 takes nothing back, or the next run mends it: ${name}`, async t => {
    const disk = begin(t, kind)
    await t.registry({ packages })
    await t.ok('install')
    const expected = modules(t)
    disk.cut() // bytes were added to the store: everything is durable everywhere
    assert.deepEqual(modules(t), expected)
    assert.match((await t.ok('install')).stdout, /up to date/)
    for (let i = 0; i < rounds; i++) {
      await t.ok('ci') // only links
      disk.cut()
      if (kind.ordered) assert.deepEqual(modules(t), expected)
      await converges(t, expected, 'after a cut behind the end')
    }
  })

  test(`a power cut at any moment is mended by the next run: ${name}`, async t => {
    const disk = begin(t, kind)
    await t.registry({ packages })
    await t.ok('install')
    const expected = modules(t)
    for (let i = 0; i < rounds; i++) {
      const moment = 1 + random() * (i % 2 ? 60 : 400)
      fs.rmSync(t.at('node_modules'), { recursive: true, force: true })
      if (i % 2 === 0) fs.rmSync(t.cache, { recursive: true, force: true })
      spawnSync('sync')
      const running = t.cpm('install', { kill: moment })
      await running
      disk.cut()
      await converges(t, expected, `after a cut at ${moment.toFixed(1)} ms (seed ${first})`)
    }
  })
}

await run()
