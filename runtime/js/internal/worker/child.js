// A worker's side: what its parent says first, its streams, and what it tells at its end.
'use strict';

const { fromHandle } = require('internal/worker/port');
const env = require('internal/env');
const lazy = require('internal/lazy');

const state = { isMainThread: true, parentPort: null, workerData: null, environment: new Map(), resourceLimits: {}, threadName: '' };
let control;

const UNSUPPORTED = ['abort', 'chdir', 'setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups'];

// The channel to the parent process is the main thread's.
function noChannel(codes) {
  delete process.env.NODE_CHANNEL_FD;
  for (const name of ['send', 'disconnect']) process[name] = refusing(name, codes);
  for (const name of ['channel', 'connected']) {
    Object.defineProperty(process, name, { configurable: true, enumerable: false,
      get() { throw new codes.ERR_WORKER_UNSUPPORTED_OPERATION(`process.${name}`); } });
  }
}

function refusing(name, codes) {
  return Object.assign({ [name]() { throw new codes.ERR_WORKER_UNSUPPORTED_OPERATION(`process.${name}()`); } }[name], { disabled: true });
}

function setProcess(message) {
  const { codes } = require('internal/errors');
  process.argv = [process.execPath, ...message.argv];
  process.execArgv = message.execArgv;
  // The engine stops at the next turn of a loop: nothing of the program runs behind it.
  const { reallyExit } = process;
  process.reallyExit = (code) => {
    try {
      reallyExit(code);
    } catch {
      // It throws only to leave.
    }
    for (;;);
  };
  for (const name of ['title', 'debugPort']) {
    Object.defineProperty(process, name, { value: process[name], configurable: true, enumerable: true, writable: true });
  }
  if (message.env === null) env.share();
  else Object.defineProperty(process, 'env', { value: env.makeCopy(message.env), writable: true, configurable: true, enumerable: true });
  for (const name of UNSUPPORTED) process[name] = refusing(name, codes);
  if (process.env.NODE_CHANNEL_FD !== undefined) noChannel(codes);
  const umask = process.umask;
  process.umask = (mask) => {
    if (mask !== undefined) throw new codes.ERR_WORKER_UNSUPPORTED_OPERATION('Setting process.umask()');
    return umask();
  };
}

function makeOutput(name) {
  const { Writable } = require('stream');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, encoding, callback) {
      control.postMessage({ type: 'output', name, chunk, encoding });
      callback();
    },
  });
  stream._isStdio = true;
  stream.fd = name === 'stdout' ? 1 : 2;
  return stream;
}

function makeInput(open) {
  const { Readable } = require('stream');
  const stdin = new Readable({ read() {} });
  if (!open) stdin.push(null);
  return stdin;
}

// Made when they are touched. On the prototype, for console takes a getter of process's own for the process's stream.
function setStreams(message) {
  const make = { stdout: () => makeOutput('stdout'), stderr: () => makeOutput('stderr'), stdin: () => makeInput(message.stdin) };
  for (const name of Object.keys(make)) {
    delete process[name];
    lazy.define(Object.getPrototypeOf(process), name, make[name], true);
  }
}

function giveStack(error) {
  let value;
  try {
    value = require('internal/stack').translate(error) ?? error.stack;
  } catch {
    // A getter of the program's.
  }
  Object.defineProperty(error, 'stack', { value, writable: true, configurable: true });
  if (error instanceof RangeError && error.message === 'Maximum call stack size exceeded.') error.message = error.message.slice(0, -1);
}

// An error as far as it can be told to another world.
function tell(error) {
  const { serialize } = require('internal/serializer');
  const extra = {};
  let value = error;
  if (error instanceof Error) {
    for (const key of Object.keys(error)) {
      try {
        serialize(error[key]);
        extra[key] = error[key];
      } catch {
        // Left behind.
      }
    }
    giveStack(error);
  }
  try {
    serialize(value);
  } catch {
    value = require('internal/inspect').inspect(error);
  }
  control.postMessage({ type: 'error', error: value, extra });
}

function run(message) {
  if (message.evaluate) return void require('internal/modules/cjs_rest').evaluateMain(message.filename, '[worker eval]');
  if (message.filename.startsWith('data:')) return require('internal/modules/esm').runURL(message.filename);
  require('internal/modules/cjs').runMain();
}

function load(message) {
  state.parentPort = message.port;
  state.workerData = message.workerData;
  state.environment = message.environment;
  state.resourceLimits = message.resourceLimits;
  state.threadName = message.name;
  setProcess(message);
  setStreams(message);
  control.postMessage({ type: 'online' });
  control.unref();
  require('internal/worker/routes').setParent((route, ports) => control.postMessage(route, ports));
  require('internal/options').adopt(message.execArgv);
  const preload = require('internal/options').get('require');
  if (preload !== undefined) require('internal/modules/cjs').Module._preloadModules(preload);
  run(message);
}

function onMessage(message, ports) {
  switch (message.type) {
    case 'load': return load(message);
    case 'input': return void process.stdin.push(message.chunk === null ? null : require('buffer').Buffer.from(message.chunk));
    case 'usage': return control.postMessage({ type: 'usage', serial: message.serial, usage: process.threadCpuUsage() });
    case 'route': return require('internal/worker/routes').forward(message, ports, true);
  }
}

function start(handle) {
  state.isMainThread = false;
  require('internal/world').isWorker = true;
  require('internal/uncaught').tellTo(tell);
  control = fromHandle(handle);
  control.addEventListener('message', ({ data, ports }) => onMessage(data, ports));
}

module.exports = { state, start };
