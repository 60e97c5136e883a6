// npm itself, many commands in one process: npm_worker.cjs NPM_FOLDER [mended], talked to by IPC. A command comes as
// { args, cwd, env } and goes as { exit, code, message, stdout }; before that, a { fault } for each that mends.cjs meets, told
// at once since the command may never end. The environment is given back after each, since npm writes into it.
const path = require('node:path')
const { Writable } = require('node:stream')
const { mend } = require('./mends.cjs')

const folder = path.resolve(process.argv[2])
const forget = process.argv[3] === 'mended' ? mend(folder, fault => process.send({ fault })) : () => {}
const Npm = require(path.join(folder, 'lib/npm.js'))
const { resetSeen } = require(path.join(folder, 'node_modules/bin-links')) // the commands that it linked once
require(path.join(folder, 'node_modules/graceful-fs')).gracefulify(require('node:fs'))

process.argv = [process.execPath, path.join(folder, 'bin/npm-cli.js')]

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
  forget()
  resetSeen()
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
  return { exit, code: error?.code ?? null, message: error ? String(error.stack ?? error) : '', stdout: stdout.text }
}

let last = Promise.resolve()
process.on('message', job => {
  last = last.then(() => run(job)).then(answer => process.send(answer))
})
process.on('unhandledRejection', () => {}) // npm's own exit handler would end here; the command's answer says what failed
