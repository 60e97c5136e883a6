// The two tools under comparison, each behind run({ args, cwd, env }) → { exit, code, stdout, message, faults } or { hang, faults }.
// faults: those of npm's that mends.cjs met.
import { fork, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LIMIT = Number(process.env.CPM_FUZZ_LIMIT ?? 20000)

// npm fails as soon as one part of a linked tree does; the others go on reading and writing.
const leavesWorkBehind = ({ args }, { exit }) => exit !== 0 && args.includes('--install-strategy=linked')

// A process that is started again when npm does not end, and from time to time, since npm keeps what it has seen.
export class NpmWorker {
  // mended: npm without the faults that mends.cjs takes away.
  constructor (folder, { mended = false, lifetime = 300 } = {}) {
    Object.assign(this, { args: mended ? [folder, 'mended'] : [folder], lifetime, runs: 0 })
  }

  start () {
    this.child = fork(fileURLToPath(new URL('npm_worker.cjs', import.meta.url)), this.args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: ['--max-old-space-size=1500', '--no-warnings'],
    })
    this.runs = 0
  }

  stop () {
    this.child?.kill('SIGKILL')
    this.child = null
  }

  run (job) {
    if (!this.child || this.runs++ > this.lifetime) {
      this.stop()
      this.start()
    }
    return new Promise(resolve => {
      const { child } = this
      const faults = new Set()
      const end = answer => {
        clearTimeout(timer)
        child.removeAllListeners()
        if (answer.hang || leavesWorkBehind(job, answer)) this.stop()
        resolve({ ...answer, faults: [...faults] })
      }
      const timer = setTimeout(() => end({ hang: true }), LIMIT)
      child.on('message', answer => answer.fault ? faults.add(answer.fault) : end(answer))
      child.once('exit', () => end({ hang: true }))
      child.send(job)
    })
  }
}

// A program on its own: cpm, or npm as a user starts it.
export class Program {
  constructor (command, before = []) {
    Object.assign(this, { command, before })
  }

  stop () {}

  run ({ args, cwd, env }) {
    return new Promise((resolve, reject) => {
      const child = spawn(this.command, [...this.before, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
      const out = { stdout: '', message: '' }
      child.stdout.on('data', data => { out.stdout += data })
      child.stderr.on('data', data => { out.message += data })
      const timer = setTimeout(() => child.kill('SIGKILL'), 3 * LIMIT)
      child.on('error', reject)
      child.on('close', (exit, signal) => {
        clearTimeout(timer)
        const code = out.message.match(/(?:npm|cpm) error code (\S+)/)?.[1] ?? null
        resolve(signal === 'SIGKILL' ? { hang: true } : { exit: exit ?? signal, code, ...out })
      })
    })
  }
}
