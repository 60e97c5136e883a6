// child_process.
'use strict';

const EventEmitter = require('events');
const net = require('net');
const { Buffer } = require('buffer');
const { codes, AbortError, errnoException } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateFunction, validateObject, validateOneOf,
  validateString, validateArray } = require('internal/validators');
const { signals } = require('internal/constants');
const native_ = native('spawn');
const system = native('net');

const ENFILE = -23;
const EMFILE = -24;
const MAX_BUFFER = 1024 * 1024;

const names = new Map(Object.entries(signals).reverse().map(([name, number]) => [number, name]));

function toSignal(signal) {
  if (typeof signal === 'number' && names.has(signal)) return signal;
  if (typeof signal === 'string') {
    const number = signals[signal.toUpperCase()];
    if (number) return number;
  }
  throw new codes.ERR_UNKNOWN_SIGNAL(signal);
}

function checkText(value, name) {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  }
}

const isGiven = (value) => value !== undefined && value !== null;

function checkTimeout(timeout) {
  if (isGiven(timeout) && !(Number.isInteger(timeout) && timeout >= 0)) throw new codes.ERR_OUT_OF_RANGE('timeout', 'an unsigned integer', timeout);
}
function checkMaxBuffer(size) {
  if (isGiven(size) && !(typeof size === 'number' && size >= 0)) throw new codes.ERR_OUT_OF_RANGE('options.maxBuffer', 'a positive number', size);
}
function readKillSignal(signal) {
  if (typeof signal === 'string' || typeof signal === 'number') return toSignal(signal);
  if (isGiven(signal)) throw new codes.ERR_INVALID_ARG_TYPE('options.killSignal', ['string', 'number'], signal);
  return undefined;
}

function toPath(value, name) {
  if (value !== null && typeof value === 'object' && value.href) return require('internal/url').fileURLToPath(value);
  if (ArrayBuffer.isView(value)) value = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  if (typeof value !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], value);
  if (value.includes('\0')) throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a string, Uint8Array, or URL without null bytes');
  return value;
}

// What spawn, execFile and fork have in common, as { file, args, env, cwd, … }.
function normalize(file, args, options) {
  validateString(file, 'file');
  checkText(file, 'file');
  if (file.length === 0) throw new codes.ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');
  if (Array.isArray(args)) args = [...args];
  else if (args === undefined || args === null) args = [];
  else if (typeof args !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('args', 'object', args);
  else [options, args] = [args, []];
  args = args.map((arg, i) => {
    checkText(arg, `args[${i}]`);
    return `${arg}`;
  });
  if (options !== undefined) validateObject(options, 'options');
  options = { __proto__: null, ...options };
  const { detached, shell, argv0 } = options;
  const cwd = isGiven(options.cwd) ? toPath(options.cwd, 'options.cwd') : undefined;
  for (const name of ['detached', 'windowsHide', 'windowsVerbatimArguments']) {
    if (isGiven(options[name])) validateBoolean(options[name], `options.${name}`);
  }
  for (const name of ['uid', 'gid']) {
    if (isGiven(options[name]) && !(Number.isInteger(options[name]) && Math.abs(options[name]) <= 0x7fffffff)) {
      throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}`, 'int32', options[name]);
    }
  }
  if (shell !== undefined && shell !== null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.shell', ['boolean', 'string'], shell);
  }
  if (argv0 !== undefined && argv0 !== null) {
    validateString(argv0, 'options.argv0');
    checkText(argv0, 'options.argv0');
  }
  if (shell) {
    const command = [file, ...args].join(' ');
    file = typeof shell === 'string' ? shell : '/bin/sh';
    args = ['-c', command];
  }
  args.unshift(typeof argv0 === 'string' ? argv0 : file);
  const env = options.env ?? process.env;
  const pairs = [];
  for (const key in env) {
    if (env[key] === undefined) continue;
    checkText(key, `options.env['${key}']`);
    checkText(`${env[key]}`, `options.env['${key}']`);
    pairs.push(`${key}=${env[key]}`);
  }
  return { __proto__: null, ...options, file, args, envPairs: pairs, detached: Boolean(detached), cwd: cwd || undefined };
}

// Each entry as { type: 'pipe' | 'ignore' | 'fd' | 'inherit' | 'ipc' | 'stream', handle, fd }.
function readStdio(stdio, isSync) {
  if (typeof stdio === 'string') {
    if (stdio === 'ignore' || stdio === 'pipe' || stdio === 'overlapped') stdio = [stdio, stdio, stdio];
    else if (stdio === 'inherit') stdio = [0, 1, 2];
    else throw new codes.ERR_INVALID_ARG_VALUE('stdio', stdio);
  } else if (!Array.isArray(stdio)) throw new codes.ERR_INVALID_ARG_VALUE('stdio', stdio);
  stdio = [...stdio];
  while (stdio.length < 3) stdio.push(undefined);
  let ipc;
  const list = stdio.map((one, i) => {
    one ??= i < 3 ? 'pipe' : 'ignore';
    if (one === 'ignore') return { type: 'ignore' };
    if (one === 'pipe' || one === 'overlapped' || (typeof one === 'number' && one < 0)) {
      return { type: 'pipe', readable: i === 0, writable: i !== 0, handle: isSync ? undefined : system.pipe(false) };
    }
    if (one === 'ipc') {
      if (isSync) throw new codes.ERR_IPC_SYNC_FORK();
      if (ipc !== undefined) throw new codes.ERR_IPC_ONE_PIPE();
      ipc = { fd: i, handle: system.pipe(true) };
      return { type: 'ipc', handle: ipc.handle };
    }
    if (one === 'inherit') return { type: 'fd', fd: i };
    if (typeof one === 'number') return { type: 'fd', fd: one };
    if (typeof one?.fd === 'number') return { type: 'fd', fd: one.fd };
    const handle = one?._handle ?? (typeof one?.readStart === 'function' ? one : undefined);
    if (handle) return { type: 'fd', fd: handle.fileno(), stream: handle === one ? undefined : one };
    if (ArrayBuffer.isView(one) || typeof one === 'string') {
      if (!isSync) throw new codes.ERR_INVALID_SYNC_FORK_INPUT(require('internal/inspect').inspect(one));
      return { type: 'pipe', readable: false };
    }
    throw new codes.ERR_INVALID_ARG_VALUE('stdio', one);
  });
  return { list, ipc };
}

const kGivenAway = Symbol('kIsUsedAsStdio');

// What a child reads from a stream of ours we must not read before it.
function giveAway(stream) {
  stream._handle.reading = false;
  stream._handle.readStop?.();
  stream.pause();
  stream._readableState.flowing = false;
  stream._readableState.reading = false;
  stream[kGivenAway] = true;
}

class ChildProcess extends EventEmitter {
  constructor() {
    super();
    this._closesNeeded = 1;
    this._closesGot = 0;
    this.connected = false;
    this.signalCode = null;
    this.exitCode = null;
    this.killed = false;
    this.spawnfile = null;
    this._handle = null;
    require('internal/channels').publish('child_process', () => ({ process: this }));
  }

  spawn(options) {
    validateObject(options, 'options');
    validateOneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
    const { list, ipc } = readStdio(options.stdio || 'pipe', false);
    if (ipc) {
      if (options.envPairs === undefined) options.envPairs = [];
      else validateArray(options.envPairs, 'options.envPairs');
      options.envPairs.push(`NODE_CHANNEL_FD=${ipc.fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${options.serialization ?? 'json'}`);
    }
    validateString(options.file, 'options.file');
    this.spawnfile = options.file;
    if (options.args === undefined) this.spawnargs = [];
    else {
      validateArray(options.args, 'options.args');
      this.spawnargs = options.args;
    }
    const handle = native_.spawn({
      file: options.file, args: options.args ?? [options.file], env: options.envPairs, cwd: options.cwd ?? undefined, detached: options.detached,
      uid: options.uid ?? undefined, gid: options.gid ?? undefined,
      stdio: list.map((one) => (one.type === 'fd' ? one.fd : one.handle)),
    });
    let errno = 0;
    if (typeof handle === 'number') {
      errno = handle;
      if (![-13, -11, -24, -23, -2, -20, -8].includes(errno)) {
        for (const one of list) one.handle?.close();
        throw errnoException(errno, 'spawn');
      }
    } else {
      this._handle = handle;
      this.pid = handle.pid;
      handle.onexit = require('internal/context').bind((code, signal) => this.#onExit(code, signal));
    }
    if (errno === EMFILE || errno === ENFILE) {
      for (const one of list) one.handle?.close(); // nothing can be opened: no streams either
      process.nextTick(() => this.#onExit(errno, 0));
      return errno;
    }
    this.#makeStreams(list, errno !== 0);
    if (errno !== 0) {
      process.nextTick(() => this.#onExit(errno, 0));
      return errno;
    }
    process.nextTick(() => this.emit('spawn'));
    if (ipc) require('internal/ipc').setup(this, ipc.handle, options.serialization);
    return 0;
  }

  #makeStreams(list, failed) {
    for (const one of list) if (one.stream?._readableState) giveAway(one.stream);
    this.stdio = list.map((one, i) => {
      if (one.type !== 'pipe' || one.handle === undefined) return null;
      const socket = new net.Socket({ handle: one.handle, readable: i !== 0, writable: i === 0 || i > 2 });
      this._closesNeeded++;
      socket.once('close', () => this.#maybeClose());
      if (failed) socket.destroy();
      return socket;
    });
    [this.stdin = null, this.stdout = null, this.stderr = null] = this.stdio;
  }

  #onExit(code, signal) {
    if (signal) this.signalCode = names.get(signal) ?? signal;
    else this.exitCode = code;
    if (this.stdin) this.stdin.destroy();
    this._handle?.close();
    this._handle = null;
    if (code < 0) {
      const syscall = this.spawnfile ? `spawn ${this.spawnfile}` : 'spawn';
      const error = errnoException(code, syscall);
      if (this.spawnfile) error.path = this.spawnfile;
      error.spawnargs = this.spawnargs.slice(1);
      this.emit('error', error);
    } else {
      this.emit('exit', this.exitCode, this.signalCode);
    }
    process.nextTick(() => {
      // What nobody reads must not keep 'close' from coming.
      for (const socket of this.stdio ?? []) {
        if (socket?.readable && !socket._readableState.flowing && socket.listenerCount('data') === 0 && !socket.readableListening &&
            !socket[kGivenAway]) socket.resume();
      }
    });
    this.#maybeClose();
  }

  #maybeClose() {
    if (++this._closesGot === this._closesNeeded) this.emit('close', this.exitCode, this.signalCode);
  }

  kill(signal) {
    const number = signal === 0 ? 0 : toSignal(signal === undefined ? 'SIGTERM' : signal);
    if (this._handle) {
      const errno = this._handle.kill(number);
      if (errno === 0) {
        this.killed = true;
        return true;
      }
      if (errno === -22 || errno === -38) throw errnoException(errno, 'kill');
      if (errno !== -3) this.emit('error', errnoException(errno, 'kill'));
    }
    return false;
  }

  ref() { this._handle?.ref(); }
  unref() { this._handle?.unref(); }
  [Symbol.dispose]() { if (!this.killed) this.kill(); }
}

function abort(child, killSignal, reason) {
  try {
    if (child.kill(killSignal)) child.emit('error', new AbortError(undefined, { cause: reason }));
  } catch (error) {
    child.emit('error', error);
  }
}

function spawn(file, args, options) {
  options = normalize(file, args, options);
  checkTimeout(options.timeout);
  const killSignal = readKillSignal(options.killSignal) || 'SIGTERM';
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  const child = new ChildProcess();
  child.spawn(options);
  if (options.timeout > 0) {
    const timer = setTimeout(() => {
      try {
        child.kill(killSignal);
      } catch (error) {
        child.emit('error', error);
      }
    }, options.timeout);
    child.once('exit', () => clearTimeout(timer));
  }
  if (signal) {
    const onAbort = () => abort(child, killSignal, signal.reason);
    if (signal.aborted) process.nextTick(onAbort);
    else {
      signal.addEventListener('abort', onAbort, { once: true });
      child.once('exit', () => signal.removeEventListener('abort', onAbort));
    }
  }
  return child;
}

// One stream of a child, collected up to its limit: as text where it has an encoding.
class Collector {
  constructor(stream, encoding, limit, onTooMuch) {
    this.stream = stream;
    this.parts = [];
    if (!stream) return;
    if (encoding && encoding !== 'buffer' && Buffer.isEncoding(encoding)) stream.setEncoding(encoding);
    let length = 0;
    stream.on('data', (chunk) => {
      const set = stream.readableEncoding;
      length += set ? Buffer.byteLength(chunk, set) : chunk.length;
      if (length <= limit) return void this.parts.push(chunk);
      const over = length - limit;
      this.parts.push(chunk.slice(0, (set ? Buffer.byteLength(chunk, set) : chunk.length) - over));
      onTooMuch();
    });
  }
  value() {
    return this.stream?.readableEncoding || typeof this.parts[0] === 'string' ? this.parts.join('') : Buffer.concat(this.parts);
  }
}

function execFile(file, ...rest) {
  let args = [];
  let options = {};
  let callback = null;
  if (Array.isArray(rest[0])) args = [...rest.shift()];
  else if (!isGiven(rest[0])) rest.shift();
  if (typeof rest[0] !== 'function') {
    if (isGiven(rest[0])) validateObject(rest[0], 'options');
    options = rest.shift();
  }
  if (isGiven(rest[0])) {
    validateFunction(rest[0], 'callback');
    callback = rest[0];
  }
  options = { __proto__: null, encoding: 'utf8', timeout: 0, maxBuffer: MAX_BUFFER, killSignal: 'SIGTERM', cwd: null, env: null, shell: false, ...options };
  checkTimeout(options.timeout);
  checkMaxBuffer(options.maxBuffer);
  const killSignal = readKillSignal(options.killSignal) || 'SIGTERM';
  const child = spawn(file, args, {
    cwd: options.cwd, env: options.env ?? undefined, gid: options.gid, uid: options.uid, shell: options.shell, signal: options.signal,
    argv0: options.argv0, detached: options.detached, killSignal,
  });
  let killed = false;
  let exited = false;
  let failure = null;
  let timer;
  const kill = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
    killed = true;
    try {
      child.kill(killSignal);
    } catch (error) {
      failure ??= error;
      finish();
    }
  };
  const tooMuch = (name) => () => {
    failure = new codes.ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name);
    kill();
  };
  const limit = options.maxBuffer ?? MAX_BUFFER;
  const out = new Collector(child.stdout, options.encoding, limit, tooMuch('stdout'));
  const err = new Collector(child.stderr, options.encoding, limit, tooMuch('stderr'));

  function finish(code = null, signal = null) {
    if (exited) return;
    exited = true;
    clearTimeout(timer);
    if (!callback) return;
    const stdout = out.value();
    const stderr = err.value();
    if (!failure && code === 0 && signal === null) return callback(null, stdout, stderr);
    const command = [file, ...args].join(' ');
    if (!failure) {
      failure = new Error(`Command failed: ${command}\n${stderr}`);
      failure.code = code < 0 ? require('internal/errors').errorName(code)[0] : code;
      failure.killed = child.killed || killed;
      failure.signal = signal;
    }
    failure.cmd = command;
    callback(failure, stdout, stderr);
  }

  if (options.timeout > 0) {
    timer = setTimeout(() => {
      kill();
      timer = null;
    }, options.timeout);
  }
  child.addListener('close', finish);
  child.addListener('error', (error) => {
    failure = error;
    child.stdout?.destroy();
    child.stderr?.destroy();
    finish();
  });
  return child;
}

function exec(command, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  validateString(command, 'command');
  checkText(command, 'command');
  const child = execFile(command, { ...options, shell: typeof options?.shell === 'string' ? options.shell : true }, callback);
  return child;
}

for (const fn of [exec, execFile]) {
  Object.defineProperty(fn, Symbol.for('nodejs.util.promisify.custom'), { enumerable: false, value: (...args) => {
    const { promise, resolve, reject } = Promise.withResolvers();
    promise.child = fn(...args, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { stdout, stderr }));
      else resolve({ stdout, stderr });
    });
    return promise;
  } });
}

// What a child is to run takes the place of the text that this process was given by -e or -p.
function inherited(execArgv) {
  const text = require('internal/options').get('eval');
  if (execArgv !== process.execArgv || text === undefined) return execArgv;
  const at = execArgv.lastIndexOf(text);
  return execArgv.filter((arg, i) => (at < 1 || (i !== at && i !== at - 1)) && arg !== `--eval=${text}`);
}

function fork(modulePath, args = [], options = undefined) {
  modulePath = toPath(modulePath, 'modulePath');
  if (!isGiven(args)) args = [];
  else if (typeof args === 'object' && !Array.isArray(args)) [options, args] = [args, []];
  else validateArray(args, 'args');
  if (isGiven(options)) validateObject(options, 'options');
  options = { __proto__: null, ...options };
  options.execPath = options.execPath || process.execPath;
  validateArray(options.execArgv ?? [], 'options.execArgv');
  args = [...inherited(options.execArgv ?? process.execArgv), modulePath, ...args];
  if (typeof options.stdio === 'string') options.stdio = { pipe: ['pipe', 'pipe', 'pipe', 'ipc'], inherit: [0, 1, 2, 'ipc'], ignore: ['ignore', 'ignore', 'ignore', 'ipc'] }[options.stdio] ?? options.stdio;
  else if (!Array.isArray(options.stdio)) options.stdio = options.silent ? ['pipe', 'pipe', 'pipe', 'ipc'] : [0, 1, 2, 'ipc'];
  else if (!options.stdio.includes('ipc')) throw new codes.ERR_CHILD_PROCESS_IPC_REQUIRED('options.stdio');
  options.shell = false;
  return spawn(options.execPath, args, options);
}

function spawnSync(file, args, options) {
  options = { __proto__: null, maxBuffer: MAX_BUFFER, ...normalize(file, args, options) };
  checkTimeout(options.timeout);
  checkMaxBuffer(options.maxBuffer);
  const killSignal = readKillSignal(options.killSignal) || signals.SIGTERM;
  const { list } = readStdio(options.stdio ?? 'pipe', true);
  let { input } = options;
  if (input !== undefined && input !== null) {
    if (typeof input === 'string') input = Buffer.from(input, options.encoding === 'buffer' ? undefined : options.encoding);
    else if (ArrayBuffer.isView(input)) input = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
    else {
      throw new codes.ERR_INVALID_ARG_TYPE('options.stdio[0]', ['string', 'Buffer', 'TypedArray', 'DataView'], input);
    }
  }
  const raw = native('spawn_sync').run({
    file: options.file, args: options.args, env: options.envPairs, cwd: options.cwd ?? undefined, uid: options.uid ?? undefined,
    gid: options.gid ?? undefined, detached: options.detached, timeout: options.timeout ?? 0, killSignal, input,
    maxBuffer: Number.isFinite(options.maxBuffer) ? options.maxBuffer : -1,
    stdio: list.map((one) => (one.type === 'fd' ? one.fd : one.type === 'pipe' ? 'pipe' : null)),
  });
  const output = raw.output?.map((bytes) => {
    if (bytes === null) return null;
    const buffer = Object.setPrototypeOf(bytes, Buffer.prototype);
    return options.encoding && options.encoding !== 'buffer' ? buffer.toString(options.encoding) : buffer;
  }) ?? null;
  const result = {
    pid: raw.pid, output, stdout: output?.[1] ?? null, stderr: output?.[2] ?? null,
    status: raw.error < 0 && raw.pid === 0 ? null : raw.signal ? null : raw.status, signal: raw.signal ? names.get(raw.signal) ?? null : null,
  };
  if (raw.error < 0) {
    result.error = errnoException(raw.error, `spawnSync ${options.file}`);
    result.error.path = options.file;
    result.error.spawnargs = options.args.slice(1);
  }
  return result;
}

function checkSync(result, args, command) {
  let { error } = result;
  if (!error && result.status === 0) return;
  if (!error) {
    let message = `Command failed: ${command ?? args.join(' ')}`;
    if (result.stderr && result.stderr.length > 0) message += `\n${result.stderr.toString()}`;
    error = new Error(message);
  }
  Object.assign(error, result, { error: undefined });
  delete error.error;
  throw error;
}

function showErrors(options, result) {
  const inherit = options?.stdio === undefined;
  if (inherit && result.stderr?.length > 0) process.stderr.write(result.stderr);
}

function execFileSync(file, args, options) {
  if (!Array.isArray(args)) [options, args] = [args ?? options, []];
  const result = spawnSync(file, args, options ?? {});
  showErrors(options, result);
  checkSync(result, [options?.argv0 || file, ...args]);
  return result.stdout;
}

function execSync(command, options) {
  validateString(command, 'command');
  checkText(command, 'command');
  const result = spawnSync(command, [], { ...options, shell: typeof options?.shell === 'string' ? options.shell : true });
  showErrors(options, result);
  checkSync(result, [command], command);
  return result.stdout;
}

module.exports = {
  _forkChild(fd, mode) {
    const handle = system.pipe(true);
    handle.open(fd);
    require('internal/ipc').setupProcess(handle, mode);
  },
  ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync,
};
