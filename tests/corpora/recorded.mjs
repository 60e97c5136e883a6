#!/usr/bin/env node
// npm's recorded runs against the program: recorded.mjs scenarios|cases CORPORA BIN. The tools beside the corpora run them
// and name what differs; what is expected to differ is listed here with its reason, and everything else is a failure.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const [kind, corpora, bin] = process.argv.slice(2)
const tool = name => path.join(corpora, 'tools', name)

const NPM_CRASHES = 'npm crashes; cpm gives the answer recorded beside it'
const NO_TARBALL = 'needs a tarball that the recorded registry lacks: npm cannot repeat it either'
const known = {
  scenarios: {
    'PC1 detached dep crash': NPM_CRASHES,
    'PC2 same below a dependency': NPM_CRASHES,
  },
  cases: {
    'build-ideal-tree.js:403 testing-bundledeps': NO_TARBALL,
    'build-ideal-tree.js:477 shrinkwrapped-dep-no-lock': NO_TARBALL,
    'build-ideal-tree.js:482 shrinkwrapped-dep-no-lock': NO_TARBALL,
    'build-ideal-tree.js:2439 $A/test/arborist/tap-testdir-build-ideal-tree-shrinkwrapped-dev-optional-deps-should-not-clobber-flags-optional': NO_TARBALL,
  },
}

const runTool = args => spawnAndRead(process.execPath, args)

function spawnAndRead (command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', data => { text += data })
    child.on('error', reject)
    child.on('close', () => resolve(text))
  })
}

function freePort () {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function withRegistry (use) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'npm-mock-'))
  const port = await freePort()
  const unpacked = spawnSync('tar', ['-xzf', path.join(corpora, 'pm/npm-mock.tar.gz'), '-C', folder])
  if (unpacked.status !== 0) throw new Error('cannot unpack the recorded registry')
  const server = spawn(process.execPath, [tool('mockreg.mjs'), path.join(folder, 'npm-mock'), port])
  try {
    await new Promise(resolve => server.stdout.once('data', resolve))
    return await use(`http://localhost:${port}/`)
  } finally {
    server.kill()
    fs.rmSync(folder, { recursive: true })
  }
}

const run = {
  scenarios: () => runTool([tool('scenarios.mjs'), path.join(corpora, 'npm-scenarios.json'), bin]),
  cases: () => withRegistry(url => runTool([tool('cli-cases.mjs'), path.join(corpora, 'pm/ideal-tree-cli.jsonl'), bin, url])),
}

const lines = (await run[kind]()).trim().split('\n')
const summary = lines.pop()
const isKnown = line => Object.keys(known[kind]).some(name => line.startsWith(`${name}: `))
const unexpected = lines.filter(line => !isKnown(line))
console.log([summary, ...unexpected].join('\n'))
process.exit(unexpected.length || !/^[1-9]\d* of \d+ /.test(summary) ? 1 : 0)
