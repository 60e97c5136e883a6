// worker_threads: a Worker is a thread with a world of its own; ports carry messages between worlds.
'use strict';

const EventEmitter = require('events');
const { codes } = require('internal/errors');
const { validateArray, validateNumber, validateObject } = require('internal/validators');
const ports = require('internal/worker/port');
const { state } = require('internal/worker/child');
const system = native('worker');

const routes = require('internal/worker/routes');
const { MessageChannel, MessagePort, BroadcastChannel, receiveMessageOnPort, untransferable, fromHandle } = ports;
const SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV');

// What Node says to who names a file in a way that it does not take.
function checkPath(filename, options) {
  if (options.eval) {
    if (typeof filename !== 'string') throw new codes.ERR_INVALID_ARG_VALUE('options.eval', options.eval, "must be false when 'filename' is not a string");
    return filename;
  }
  if (filename !== null && typeof filename === 'object' && filename.href !== undefined) {
    if (filename.protocol === 'data:') return filename.href;
    return require('internal/url').fileURLToPath(filename);
  }
  if (typeof filename !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('filename', ['string', 'URL'], filename);
  const path = require('path');
  if (!path.isAbsolute(filename) && !/^\.\.?[\\/]/.test(filename)) throw new codes.ERR_WORKER_PATH(filename);
  return path.resolve(filename);
}

function envOf(options) {
  if (options.env === SHARE_ENV) return null;
  if (options.env === undefined || options.env === null) return { ...process.env };
  if (typeof options.env !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.env', ['object', 'undefined', 'null', 'worker_threads.SHARE_ENV'], options.env);
  }
  const env = {};
  for (const [key, value] of Object.entries(options.env)) if (value !== undefined) env[key] = `${value}`;
  return env;
}

function checkUsage(before) {
  if (before === undefined || before === null) return;
  validateObject(before, 'prev');
  validateNumber(before.user, 'prev.user', 0, Number.MAX_SAFE_INTEGER);
  validateNumber(before.system, 'prev.system', 0, Number.MAX_SAFE_INTEGER);
}

class Worker extends EventEmitter {
  #handle;
  #control;
  #port;
  #exit = null; // the promise of terminate()
  #asked = new Map(); // serial -> takes an answer
  #serial = 0;

  constructor(filename, options = {}) {
    super();
    validateObject(options ?? {}, 'options');
    options ??= {};
    if (options.execArgv !== undefined) validateArray(options.execArgv, 'options.execArgv');
    if (options.argv !== undefined) validateArray(options.argv, 'options.argv');
    if (options.execArgv !== undefined || options.env) require('internal/worker/exec_argv').check(options);
    const file = checkPath(filename, options);
    const env = envOf(options);
    if (env === null) require('internal/env').share();
    const channel = new MessageChannel();
    const first = {
      type: 'load', filename: file, evaluate: Boolean(options.eval), port: channel.port2, workerData: options.workerData ?? null, env,
      argv: [options.eval ? '[worker eval]' : file, ...(options.argv ?? []).map(String)], execArgv: options.execArgv ?? process.execArgv,
      environment: state.environment, resourceLimits: { ...options.resourceLimits }, name: options.name ?? '', stdin: Boolean(options.stdin),
    };
    // What cannot be cloned is refused before there is a thread.
    const send = ports.pack(first, [channel.port2, ...(options.transferList ?? [])]);
    this.#handle = system.start();
    if (typeof this.#handle === 'number') throw new codes.ERR_WORKER_INIT_FAILED(require('internal/errors').errorName(this.#handle)[0]);
    this.#handle.onexit = require('internal/context').bind((code) => this.#onExit(code));
    Object.defineProperty(this, 'threadId', { value: this.#handle.id, writable: true, enumerable: true, configurable: true });
    this.threadName = first.name;
    this.resourceLimits = first.resourceLimits;
    this.#makeStreams(options);
    send(this.#handle.port);
    this.#control = fromHandle(this.#handle.port);
    this.#control.addEventListener('message', ({ data, ports: list }) => this.#onControl(data, list));
    this.#control.unref();
    routes.addThread(this.threadId, this.#send);
    this.#port = channel.port1;
    this.#port.on('message', (message) => {
      // 'online' and the like stand in another queue, and come before.
      for (let next = ports.receive(this.#control); next !== undefined; next = ports.receive(this.#control)) this.#onControl(next.message, next.ports);
      this.emit('message', message);
    });
    this.#port.on('messageerror', (error) => this.emit('messageerror', error));
    this.#port.unref();
    require('internal/channels').publish('worker_threads', () => ({ worker: this }));
    process.nextTick(() => process.emit('worker', this));
  }

  #makeStreams(options) {
    const { Readable, Writable } = require('stream');
    this.stdin = null;
    if (options.stdin) {
      this.stdin = new Writable({
        write: (chunk, encoding, callback) => {
          this.#control.postMessage({ type: 'input', chunk });
          callback();
        },
        final: (callback) => {
          this.#control.postMessage({ type: 'input', chunk: null });
          callback();
        },
      });
    }
    for (const name of ['stdout', 'stderr']) {
      this[name] = new Readable({ read() {} });
      if (!options[name]) this[name].on('data', (chunk) => process[name].write(chunk));
    }
  }

  #send = (message, list) => { this.#control.postMessage(message, list); };

  #onControl(message, list) {
    switch (message.type) {
      case 'thread': return routes.addThread(message.id, this.#send);
      case 'route': return routes.forward(message, list);
      case 'usage':
        this.#asked.get(message.serial)?.(message.usage);
        return void this.#asked.delete(message.serial);
      case 'online': return this.emit('online');
      case 'output': return void this[message.name].push(typeof message.chunk === 'string' ? message.chunk : Buffer.from(message.chunk),
        typeof message.chunk === 'string' ? message.encoding : undefined);
      case 'error': {
        const { error } = message;
        if (error !== null && typeof error === 'object') Object.assign(error, message.extra);
        return this.emit('error', error);
      }
      default: return undefined;
    }
  }

  #onExit(code) {
    this.#handle = null;
    routes.removeBranch(this.#send);
    for (const take of this.#asked.values()) take(undefined);
    // All that it has said is told before its end.
    this.#control.close();
    this.#port.close();
    this.stdout.push(null);
    this.stderr.push(null);
    this.threadId = -1;
    this.threadName = null;
    process.nextTick(() => this.emit('exit', code));
  }

  postMessage(...args) { this.#port.postMessage(...args); }

  terminate(callback) {
    this.ref();
    if (typeof callback === 'function') {
      process.emitWarning('Passing a callback to worker.terminate() is deprecated. It returns a Promise instead.', 'DeprecationWarning', 'DEP0132');
      if (this.#handle === null) return Promise.resolve();
      this.once('exit', (code) => callback(null, code));
    }
    if (this.#handle === null) return Promise.resolve();
    this.#exit ??= new Promise((resolve) => this.once('exit', resolve));
    this.#handle.terminate();
    return this.#exit;
  }

  // { user, system } of the thread, in microseconds, since `before`.
  cpuUsage(before) {
    checkUsage(before);
    if (this.#handle === null) return Promise.reject(new codes.ERR_WORKER_NOT_RUNNING());
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#asked.set(++this.#serial, (usage) => {
      if (usage === undefined) return reject(new codes.ERR_WORKER_NOT_RUNNING());
      resolve({ user: usage.user - (before?.user ?? 0), system: usage.system - (before?.system ?? 0) });
    });
    this.#control.postMessage({ type: 'usage', serial: this.#serial });
    return promise;
  }

  ref() { this.#handle?.ref(); }
  unref() { this.#handle?.unref(); }
  get performance() { return { eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }) }; }
  getHeapSnapshot() { return Promise.reject(new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('getHeapSnapshot')); }
  async [Symbol.asyncDispose]() { await this.terminate(); }
}

module.exports = {
  isMainThread: state.isMainThread, isInternalThread: false, threadId: system.threadId, threadName: state.threadName,
  parentPort: state.parentPort, workerData: state.workerData, resourceLimits: state.resourceLimits, SHARE_ENV,
  Worker, MessageChannel, MessagePort, BroadcastChannel, receiveMessageOnPort,
  markAsUntransferable(object) { if (object !== null && typeof object === 'object') untransferable.add(object); },
  isMarkedAsUntransferable: (object) => object !== null && typeof object === 'object' && untransferable.has(object),
  markAsUncloneable(object) { if (object !== null && typeof object === 'object') require('internal/serializer').markUncloneable(object); },
  moveMessagePortToContext(port) {
    if (!(port instanceof MessagePort)) throw Object.assign(new TypeError('The "port" argument must be a MessagePort instance'), { code: 'ERR_INVALID_ARG_TYPE' });
    if (ports.isDetached(port)) throw new codes.ERR_CLOSED_MESSAGE_PORT();
    return port;
  },
  postMessageToThread: routes.postMessageToThread,
  setEnvironmentData(key, value) {
    if (value === undefined) state.environment.delete(key);
    else state.environment.set(key, value);
  },
  getEnvironmentData: (key) => state.environment.get(key),
};
