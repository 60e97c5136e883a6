// The frame of the end-to-end tests. A test file is a list of scenes:
//
//   test('a second install changes nothing and says so', async t => { … })
//   await run()
//
// Every scene gets a HOME, a cache, a registry of its own and an empty project folder, in a temporary folder that is
// removed afterwards (KEEP=1 keeps it and says where). The program under test is the first argument, or CPM.
//   node install.test.mjs PATH_OF_CPM [WORDS OF A NAME]
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startRegistry } from '../fixtures/registry.mjs'

export { assert }
export const SKIPPED = 77
export const program = path.resolve(process.argv[2] ?? process.env.CPM ?? 'build/release/bin/cpm')
const scenes = []

class Skip extends Error {}

export function test (name, scene) {
  scenes.push({ name, scene })
}

// cpm's own notes in node_modules name times and inodes: that they are there is compared, their bytes are not.
const OWN_NOTE = /(^|\/)node_modules\/\.cpm\//

// What stands below a folder, one entry a path: type, mode and a digest of the bytes, or where a link leads.
export function tree (folder) {
  const found = {}
  const walk = below => {
    for (const name of fs.readdirSync(path.join(folder, below)).sort()) {
      const at = path.join(below, name)
      const full = path.join(folder, at)
      const stat = fs.lstatSync(full)
      const mode = (stat.mode & 0o7777).toString(8)
      if (stat.isSymbolicLink()) found[at] = `-> ${fs.readlinkSync(full)}`
      else if (stat.isDirectory()) {
        found[at] = `dir ${mode}`
        walk(at)
      } else if (OWN_NOTE.test(at)) found[at] = 'note'
      else found[at] = `file ${mode} ${crypto.createHash('sha1').update(fs.readFileSync(full)).digest('hex')}`
    }
  }
  if (fs.existsSync(folder)) walk('')
  return found
}

// Ends with { code, signal, stdout, stderr }; what runs longer than a minute is killed and fails the scene.
export function spawnProgram (command, args, { cwd, env, kill, input, limit = 60000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
    child.stdin?.end(input)
    const out = { stdout: '', stderr: '' }
    child.stdout.on('data', data => { out.stdout += data })
    child.stderr.on('data', data => { out.stderr += data })
    const timer = setTimeout(() => child.kill('SIGKILL'), kill ?? limit)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL' && kill === undefined) reject(new Error(`${args.join(' ')}: no end after ${limit} ms\n${out.stderr}`))
      else resolve({ code, signal, ...out })
    })
  })
}

class Stage {
  constructor (folder) {
    Object.assign(this, { folder, home: path.join(folder, 'home'), cache: path.join(folder, 'cache'), project: path.join(folder, 'project') })
    for (const each of [this.home, this.project]) fs.mkdirSync(each, { recursive: true })
  }

  // Starts the scene's registry; see fixtures/registry.mjs for what a description holds.
  async registry (description) {
    this.server = await startRegistry(description)
    return this.server
  }

  at (name) {
    return path.resolve(this.project, name)
  }

  write (name, content) {
    const file = this.at(name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2) + '\n')
  }

  read (name) {
    return fs.readFileSync(this.at(name), 'utf8')
  }

  json (name) {
    return JSON.parse(this.read(name))
  }

  exists (name) {
    return fs.existsSync(this.at(name))
  }

  tree () {
    return tree(this.project)
  }

  env (extra) {
    const passed = Object.entries(process.env).filter(([name]) => /^(PATH|TZ|[ALU]B?SAN_OPTIONS|UBSAN_OPTIONS)$/.test(name))
    return {
      ...Object.fromEntries(passed),
      HOME: this.home,
      TMPDIR: this.folder,
      npm_config_cache: this.cache,
      npm_config_prefix: path.join(this.home, 'prefix'),
      npm_config_registry: this.server?.url ?? 'http://localhost:9/',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      ...extra,
    }
  }

  // Runs cpm with a command line in one string, or a list: t.cpm('install a@1', { cwd, env, kill: ms }).
  cpm (line, { cwd = this.project, env, ...rest } = {}) {
    const args = typeof line === 'string' ? line.split(' ') : line
    return spawnProgram(program, args, { cwd, env: this.env(env), ...rest })
  }

  // The same, and it must end with 0.
  async ok (line, options) {
    const result = await this.cpm(line, options)
    assert.equal(result.code, 0, `cpm ${line} ended with ${result.code ?? result.signal}\n${result.stdout}${result.stderr}`)
    return result
  }

  // The same, and it must end with 1 (or a failed system call's errno) and tell the code: "npm error code E404".
  async fails (line, code, options) {
    const result = await this.cpm(line, options)
    const [, errno] = result.stderr.match(/error errno -(\d+)/) ?? []
    assert.equal(result.code, errno ? 256 - errno : 1, `cpm ${line} ended with ${result.code ?? result.signal}\n${result.stdout}${result.stderr}`)
    assert.match(result.stderr, new RegExp(`error code ${code}\\b`))
    return result
  }

  skip (reason) {
    throw new Skip(reason)
  }
}

async function play ({ name, scene }) {
  const stage = new Stage(fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cpm-e2e-')))
  try {
    await scene(stage)
    console.log(`ok    ${name}`)
    return 'passed'
  } catch (error) {
    if (error instanceof Skip) {
      console.log(`skip  ${name}: ${error.message}`)
      return 'skipped'
    }
    console.log(`FAIL  ${name}\n${String(error.stack ?? error).replace(/^/gm, '      ')}`)
    return 'failed'
  } finally {
    await stage.server?.close()
    await stage.cleanup?.()
    if (process.env.KEEP) console.log(`      kept ${stage.folder}`)
    else fs.rmSync(stage.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

// Plays the scenes in order and sets the exit code: 0, 1 on a failure, 77 when all were skipped.
export async function run () {
  const wanted = process.argv.slice(3).join(' ')
  const count = { passed: 0, failed: 0, skipped: 0 }
  if (!fs.existsSync(program)) throw new Error(`no program at ${program}`)
  for (const each of scenes.filter(({ name }) => name.includes(wanted))) count[await play(each)]++
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  process.exitCode = count.failed ? 1 : count.passed ? 0 : SKIPPED
}
