// AsyncLocalStorage and AsyncResource over internal/context. A frame is an immutable Map of stores; timers, ticks, file
// calls and promises carry the frame in which they were made.
'use strict';

const context = require('internal/context');
const carry = require('internal/context_promises');
const { validateFunction, validateString } = require('internal/validators');

function runIn(frame, fn, thisArg, args) {
  const before = context.current;
  context.current = frame;
  try {
    return Reflect.apply(fn, thisArg, args);
  } finally {
    context.current = before;
  }
}

function withStore(storage, store) {
  const frame = new Map(context.current);
  frame.set(storage, store);
  return frame;
}

class AsyncLocalStorage {
  #default;
  #name;
  #enabled = true;
  constructor(options = {}) {
    this.#default = options?.defaultValue;
    this.#name = options?.name ?? '';
    carry();
  }
  static bind(fn) { return AsyncResource.bind(fn); }
  static snapshot() {
    const frame = context.current;
    return (fn, ...args) => runIn(frame, fn, undefined, args);
  }
  get name() { return this.#name; }
  getStore() {
    const frame = context.current;
    return this.#enabled && frame?.has(this) ? frame.get(this) : this.#default;
  }
  run(store, fn, ...args) {
    this.#enabled = true;
    return runIn(withStore(this, store), fn, undefined, args);
  }
  exit(fn, ...args) {
    const frame = new Map(context.current);
    frame.delete(this);
    return runIn(frame, fn, undefined, args);
  }
  enterWith(store) {
    this.#enabled = true;
    context.current = withStore(this, store);
  }
  disable() {
    this.#enabled = false;
    if (context.current?.has(this)) {
      context.current = new Map(context.current);
      context.current.delete(this);
    }
  }
}

let serial = 1;

class AsyncResource {
  #frame = context.current;
  #id = ++serial;
  #trigger;
  constructor(type, options = {}) {
    validateString(type, 'type');
    const trigger = typeof options === 'number' ? options : options?.triggerAsyncId;
    if (trigger !== undefined && (!Number.isSafeInteger(trigger) || trigger < -1)) {
      const error = new RangeError(`Invalid triggerAsyncId value: ${trigger}`);
      error.code = 'ERR_INVALID_ASYNC_ID';
      throw error;
    }
    this.#trigger = trigger ?? 1;
  }
  runInAsyncScope(fn, thisArg, ...args) { return runIn(this.#frame, fn, thisArg, args); }
  emitDestroy() { return this; }
  asyncId() { return this.#id; }
  triggerAsyncId() { return this.#trigger; }
  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = function(...args) { return resource.runInAsyncScope(fn, thisArg ?? this, ...args); };
    Object.defineProperty(bound, 'length', { value: fn.length, configurable: true });
    return bound;
  }
  static bind(fn, type, thisArg) {
    return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

class AsyncHook {
  enable() { return this; }
  disable() { return this; }
}

function createHook(callbacks) {
  for (const name of ['init', 'before', 'after', 'destroy', 'promiseResolve']) {
    if (callbacks[name] !== undefined && typeof callbacks[name] !== 'function') {
      const error = new TypeError(`hook.${name} must be a function`);
      error.code = 'ERR_ASYNC_CALLBACK';
      throw error;
    }
  }
  return new AsyncHook();
}

const top = {};

module.exports = {
  AsyncLocalStorage, AsyncResource, createHook,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => top,
  asyncWrapProviders: Object.freeze({ __proto__: null, NONE: 0 }),
};
