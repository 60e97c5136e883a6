// npm itself, many commands in one process: npm_worker.cjs NPM_FOLDER, talked to by IPC. A command comes as { args, cwd, env }
// and goes as { exit, code, message, stdout, faults }. The environment is given back after each, since npm writes into it.
const path = require('node:path')
const { Writable } = require('node:stream')

const folder = path.resolve(process.argv[2])
const Npm = require(path.join(folder, 'lib/npm.js'))
require(path.join(folder, 'node_modules/graceful-fs')).gracefulify(require('node:fs'))

process.argv = [process.execPath, path.join(folder, 'bin/npm-cli.js')]

// A fault of npm's that docs/differences.md names: a workspace's link leaves the tree for the virtual root of a package that
// asks for the workspace. `faults` tells that it happened.
const faults = new Set()
const Node = require(path.join(folder, 'node_modules/@npmcli/arborist/lib/node.js'))
const { get, set } = Object.getOwnPropertyDescriptor(Node.prototype, 'parent')
Object.defineProperty(Node.prototype, 'parent', {
  configurable: true,
  get,
  set (parent) {
    if (this.isLink && this.parent && parent?.root.sourceReference && !this.root.sourceReference) faults.add('workspace-taken')
    set.call(this, parent)
  },
})

class Text extends Writable {
  text = ''
  _write (chunk, encoding, done) {
    this.text += chunk
    done()
  }
}

function setEnvironment (env) {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
}

async function run ({ args, cwd, env }) {
  setEnvironment(env)
  process.chdir(cwd)
  process.exitCode = undefined
  faults.clear()
  const stdout = new Text()
  const npm = new Npm({ argv: args, stdout, stderr: new Text() })
  let error
  try {
    const { exec, command, args: rest } = await npm.load()
    if (exec) await npm.exec(command, rest)
  } catch (caught) {
    error = caught
  }
  const exit = (error ? error.exitCode ?? process.exitCode ?? 1 : process.exitCode ?? 0) & 255
  npm.unload()
  await Promise.allSettled(npm.unrefPromises)
  return { exit, code: error?.code ?? null, message: error ? String(error.stack ?? error) : '', stdout: stdout.text, faults: [...faults] }
}

let last = Promise.resolve()
process.on('message', job => {
  last = last.then(() => run(job)).then(answer => process.send(answer))
})
process.on('unhandledRejection', () => {}) // npm's own exit handler would end here; the command's answer says what failed
