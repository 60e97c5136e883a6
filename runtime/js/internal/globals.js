// The global object: what every program has under its hands.
'use strict';

const lazy = require('internal/lazy');
const timers = require('internal/timers');
const ticks = require('internal/ticks');
const context = require('internal/context');
const loop = native('loop');

const resolved = Promise.resolve();
const then = Promise.prototype.then;

function queueMicrotask(callback) {
  if (typeof callback !== 'function') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('callback', 'Function', callback);
  }
  const frame = context.current;
  then.call(resolved, () => {
    const before = context.current;
    context.current = frame;
    try {
      callback();
    } catch (error) {
      require('internal/uncaught').uncaught(error);
    } finally {
      context.current = before;
    }
  });
}

// new Function('x', 'return import(x)'): the engine has no import of its own, so the text is rewritten.
function wrapFunction(global) {
  const Native = global.Function;
  const withImport = (args) => {
    const last = args.length - 1;
    if (last < 0 || !/\bimport\s*\(/.test(`${args[last]}`)) return args;
    const file = require('internal/stack').callerFile() ?? `${process.cwd()}/`;
    const { rewriteImports } = require('internal/modules/esm');
    return [...args.slice(0, last), rewriteImports(`${args[last]}`, file)];
  };
  const standing = new Proxy(Native, {
    apply: (target, self, args) => Reflect.apply(target, self, withImport(args)),
    construct: (target, args, newTarget) => Reflect.construct(target, withImport(args), newTarget === standing ? target : newTarget),
  });
  Object.defineProperty(Native.prototype, 'constructor', { value: standing, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(global, 'Function', { value: standing, writable: true, configurable: true, enumerable: false });
}

// global name -> [builtin, name in it]
const elsewhere = {
  Buffer: ['buffer', 'Buffer'], atob: ['buffer', 'atob'], btoa: ['buffer', 'btoa'],
  Blob: ['buffer', 'Blob'], File: ['buffer', 'File'],
  URL: ['internal/url', 'URL'], URLSearchParams: ['internal/url', 'URLSearchParams'],
  TextEncoder: ['internal/encoding', 'TextEncoder'], TextDecoder: ['internal/encoding', 'TextDecoder'],
  Event: ['internal/event_target', 'Event'], EventTarget: ['internal/event_target', 'EventTarget'],
  CustomEvent: ['internal/event_target', 'CustomEvent'],
  AbortController: ['internal/abort', 'AbortController'], AbortSignal: ['internal/abort', 'AbortSignal'],
  DOMException: ['internal/dom_exception', 'DOMException'],
  structuredClone: ['internal/structured_clone', 'structuredClone'],
  performance: ['perf_hooks', 'performance'],
  PerformanceEntry: ['perf_hooks', 'PerformanceEntry'], PerformanceMark: ['perf_hooks', 'PerformanceMark'],
  PerformanceMeasure: ['perf_hooks', 'PerformanceMeasure'],
  PerformanceObserver: ['perf_hooks', 'PerformanceObserver'],
  PerformanceObserverEntryList: ['perf_hooks', 'PerformanceObserverEntryList'],
  PerformanceResourceTiming: ['perf_hooks', 'PerformanceResourceTiming'],
  fetch: ['internal/fetch', 'fetch'], Headers: ['internal/fetch', 'Headers'],
  Request: ['internal/fetch', 'Request'], Response: ['internal/fetch', 'Response'],
  FormData: ['internal/fetch', 'FormData'],
  WebSocket: ['internal/websocket', 'WebSocket'], CloseEvent: ['internal/websocket', 'CloseEvent'],
  MessageEvent: ['internal/message_event', 'MessageEvent'],
  MessageChannel: ['internal/worker/port', 'MessageChannel'], MessagePort: ['internal/worker/port', 'MessagePort'],
  BroadcastChannel: ['internal/worker/port', 'BroadcastChannel'], SharedArrayBuffer: ['internal/shared_memory', 'SharedArrayBuffer'],
  crypto: ['internal/webcrypto', 'crypto'], Crypto: ['internal/webcrypto', 'Crypto'],
  CryptoKey: ['internal/webcrypto', 'CryptoKey'], SubtleCrypto: ['internal/webcrypto', 'SubtleCrypto'],
  navigator: ['internal/navigator', 'navigator'], Navigator: ['internal/navigator', 'Navigator'],
};
for (const name of ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest', 'ReadableByteStreamController', 'ReadableStreamDefaultController', 'TransformStream',
  'TransformStreamDefaultController', 'WritableStream', 'WritableStreamDefaultController',
  'WritableStreamDefaultWriter', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'TextEncoderStream',
  'TextDecoderStream', 'CompressionStream', 'DecompressionStream']) {
  elsewhere[name] = ['stream/web', name];
}

// Those that Node makes enumerable.
const enumerable = new Set(['structuredClone', 'atob', 'btoa', 'performance', 'fetch', 'navigator', 'crypto']);

// The engine's own; ours (internal/shared_memory) know memory of other threads.
exports.atomics = { wait: Atomics.wait, notify: Atomics.notify };

exports.setup = function setup(global) {
  const put = (name, value, isEnumerable = true) => Object.defineProperty(global, name,
    { value, writable: true, configurable: true, enumerable: isEnumerable });
  wrapFunction(global);
  put('global', global, false);
  put('process', process, false);
  Object.defineProperty(global, Symbol.toStringTag, { value: 'global', configurable: true });
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) {
    put(name, timers[name]);
  }
  put('queueMicrotask', queueMicrotask);
  put('console', require('console'), false);
  for (const name of Object.keys(elsewhere)) {
    const [id, key] = elsewhere[name];
    if (!native('builtins').has(id)) continue; // one that this build does not have
    lazy.define(global, name, () => require(id)[key], enumerable.has(name));
  }
  for (const name of ['wait', 'notify']) lazy.define(Atomics, name, () => require('internal/shared_memory')[name]);
  loop.setHooks([
    (error) => require('internal/uncaught').uncaught(error),
    ticks.runTicks, timers.runTimer, timers.runImmediate, ticks.runRejections,
  ], ticks.fields, ticks.onRejection);
};
