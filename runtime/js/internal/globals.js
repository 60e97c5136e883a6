// The global object: what every program has under its hands. Each global is a getter that loads it at the first touch.
'use strict';

const world = require('internal/world');
const { define, defineAll } = require('internal/lazy');
const loop = native('loop');

const web = ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest',
  'ReadableByteStreamController', 'ReadableStreamDefaultController', 'TransformStream',
  'TransformStreamDefaultController', 'WritableStream', 'WritableStreamDefaultController',
  'WritableStreamDefaultWriter', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'TextEncoderStream',
  'TextDecoderStream', 'CompressionStream', 'DecompressionStream'];

// builtin -> what it exports under the same name
const enumerable = {
  'internal/timers': ['clearImmediate', 'setImmediate', 'clearInterval', 'clearTimeout', 'setInterval', 'setTimeout'],
  'internal/ticks': ['queueMicrotask'],
  'internal/structured_clone': ['structuredClone'],
  'buffer': ['atob', 'btoa'],
  'perf_hooks': ['performance'],
  'internal/fetch': ['fetch'],
  'internal/navigator': ['navigator'],
  'internal/webcrypto': ['crypto'],
};
const hidden = {
  'internal/function': ['Function'],
  'buffer': ['Buffer', 'Blob', 'File'],
  'internal/url': ['URL', 'URLSearchParams'],
  'internal/encoding': ['TextEncoder', 'TextDecoder'],
  'internal/event_target': ['Event', 'EventTarget', 'CustomEvent'],
  'internal/abort': ['AbortController', 'AbortSignal'],
  'internal/dom_exception': ['DOMException'],
  'perf_hooks': ['PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver',
    'PerformanceObserverEntryList', 'PerformanceResourceTiming'],
  'internal/fetch': ['Headers', 'Request', 'Response', 'FormData'],
  'internal/websocket': ['WebSocket', 'CloseEvent'],
  'internal/message_event': ['MessageEvent'],
  'internal/worker/port': ['MessageChannel', 'MessagePort', 'BroadcastChannel'],
  'internal/shared_memory': ['SharedArrayBuffer'],
  'internal/webcrypto': ['Crypto', 'CryptoKey', 'SubtleCrypto'],
  'internal/navigator': ['Navigator'],
  'internal/dispose': ['SuppressedError', 'DisposableStack', 'AsyncDisposableStack'],
  'stream/web': web,
};

function defineTable(global, table, isEnumerable) {
  for (const id in table) {
    if (!native('builtins').has(id)) continue; // one that this build does not have
    defineAll(global, table[id], () => require(id), isEnumerable);
  }
}

// The engine's classes stay until one is asked for: then constructors of ours, which give V8's stacks, stand before them.
function defineErrors(global) {
  const { errors } = world;
  const settle = () => {
    for (const name in errors) {
      Object.defineProperty(global, name, { value: errors[name], writable: true, configurable: true, enumerable: false });
    }
    require('internal/stack').install(global);
  };
  for (const name of ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'AggregateError']) {
    errors[name] = global[name];
    Object.defineProperty(global, name, {
      configurable: true,
      enumerable: false,
      get() {
        settle();
        return global[name];
      },
      set(value) {
        settle();
        global[name] = value;
      },
    });
  }
}

// A function that is given a constructor of its own keeps it for itself.
function defineFunction(Native) {
  world.Function = Native;
  Object.defineProperty(Native.prototype, 'constructor', {
    configurable: true,
    enumerable: false,
    get: () => require('internal/function').Function,
    set(value) {
      Object.defineProperty(this, 'constructor', { value, writable: true, configurable: true, enumerable: this !== Native.prototype });
    },
  });
}

exports.setup = function setup(global, getProcess) {
  defineErrors(global);
  Object.defineProperty(global, 'global', { value: global, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(global, Symbol.toStringTag, { value: 'global', configurable: true });
  define(global, 'process', getProcess);
  world.engine = { WebAssembly: global.WebAssembly };
  define(global, 'WebAssembly', () => require('internal/wasm').WebAssembly);
  define(global, 'console', () => require('console'));
  defineFunction(global.Function);
  defineTable(global, enumerable, true);
  defineTable(global, hidden, false);
  for (const name of ['wait', 'notify']) define(Atomics, name, () => require('internal/shared_memory')[name]);
  loop.setUp(world.ticks, (error) => require('internal/uncaught').uncaught(error),
    (promise, reason) => require('internal/ticks').onRejection(promise, reason));
};
