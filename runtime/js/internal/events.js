// events.once, events.on and what else takes an emitter or an EventTarget.
'use strict';

const EventEmitter = require('events');
const { AbortError, codes } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateInteger, validateNumber, validateObject } =
  require('internal/validators');

function listen(emitter, name, listener, flags) {
  if (typeof emitter?.on === 'function') {
    if (flags?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter?.addEventListener === 'function') {
    emitter.addEventListener(name, listener, flags);
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter, name, listener) {
  if (typeof emitter?.removeListener === 'function') emitter.removeListener(name, listener);
  else emitter.removeEventListener(name, listener);
}

function abortError(signal) {
  return new AbortError(undefined, { cause: signal?.reason });
}

async function once(emitter, name, options = {}) {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  return new Promise((resolve, reject) => {
    const onError = (error) => {
      unlisten(emitter, name, onEvent);
      signal?.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onEvent = (...args) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', onError);
      signal?.removeEventListener('abort', onAbort);
      resolve(args);
    };
    const onAbort = () => {
      unlisten(emitter, name, onEvent);
      unlisten(emitter, 'error', onError);
      reject(abortError(signal));
    };
    listen(emitter, name, onEvent, { once: true });
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true, [Symbol.for('kResistStopPropagation')]: true });
  });
}

function on(emitter, event, options = {}) {
  validateObject(options, 'options');
  const { signal, close } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(high, 'options.highWaterMark', 1);
  validateInteger(low, 'options.lowWaterMark', 1);
  const waiting = [];
  const arrived = [];
  let failure = null;
  let finished = false;
  let paused = false;

  const onEvent = (...args) => {
    if (waiting.length > 0) {
      waiting.shift().resolve({ value: args, done: false });
      return;
    }
    arrived.push(args);
    if (!paused && arrived.length > high && typeof emitter.pause === 'function') {
      paused = true;
      emitter.pause();
    }
  };
  const onError = (error) => {
    if (waiting.length > 0) waiting.shift().reject(error);
    else failure = error;
    iterator.return();
  };
  const onAbort = () => onError(abortError(signal));
  const iterator = Object.setPrototypeOf({
    next() {
      if (arrived.length > 0) {
        const value = arrived.shift();
        if (paused && arrived.length < low) {
          paused = false;
          emitter.resume();
        }
        return Promise.resolve({ value, done: false });
      }
      if (failure) {
        const rejection = Promise.reject(failure);
        failure = null;
        return rejection;
      }
      if (finished) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => { waiting.push({ resolve, reject }); });
    },
    return() {
      unlisten(emitter, event, onEvent);
      unlisten(emitter, 'error', onError);
      for (const name of close ?? []) unlisten(emitter, name, onClose);
      signal?.removeEventListener('abort', onAbort);
      finished = true;
      for (const one of waiting.splice(0)) one.resolve({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error) {
      if (!error || !(error instanceof Error)) {
        throw new codes.ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', error);
      }
      onError(error);
    },
    [Symbol.asyncIterator]() { return this; },
  }, Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype));
  const onClose = () => {
    finished = true;
    iterator.return();
  };

  listen(emitter, event, onEvent);
  if (event !== 'error' && typeof emitter.on === 'function') emitter.on('error', onError);
  for (const name of close ?? []) listen(emitter, name, onClose);
  signal?.addEventListener('abort', onAbort, { once: true, [Symbol.for('kResistStopPropagation')]: true });
  return iterator;
}

function getEventListeners(target, type) {
  if (typeof target?.listeners === 'function') return target.listeners(type);
  if (target instanceof EventTarget) return require('internal/event_target').listenersOf(target, type) ?? [];
  throw new codes.ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], target);
}

function getMaxListeners(target) {
  if (typeof target?.getMaxListeners === 'function') return target.getMaxListeners();
  if (typeof target?.addEventListener === 'function') {
    const own = target[Symbol.for('events.maxEventTargetListeners')];
    return own ?? (target instanceof AbortSignal ? 0 : EventEmitter.defaultMaxListeners);
  }
  throw new codes.ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], target);
}

function setMaxListeners(n = EventEmitter.defaultMaxListeners, ...targets) {
  validateNumber(n, 'setMaxListeners', 0);
  if (targets.length === 0) {
    EventEmitter.defaultMaxListeners = n;
    return;
  }
  for (const target of targets) {
    if (typeof target?.setMaxListeners === 'function') target.setMaxListeners(n);
    else if (typeof target?.addEventListener === 'function') {
      Object.defineProperty(target, Symbol.for('events.maxEventTargetListeners'), { value: n, writable: true, configurable: true });
    } else throw new codes.ERR_INVALID_ARG_TYPE('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

function addAbortListener(signal, listener) {
  if (signal === undefined) throw new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  let remove;
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true, [Symbol.for('kResistStopPropagation')]: true });
    remove = () => signal.removeEventListener('abort', listener);
  }
  return { [Symbol.dispose]() { remove?.(); } };
}

class EventEmitterAsyncResource extends EventEmitter {
  #resource;
  constructor(options) {
    if (typeof options === 'string') options = { name: options };
    super(options);
    const { AsyncResource } = require('async_hooks');
    this.#resource = new AsyncResource(options?.name ?? new.target.name, options);
  }
  emit(event, ...args) { return this.#resource.runInAsyncScope(super.emit, this, event, ...args); }
  emitDestroy() { this.#resource.emitDestroy(); }
  get asyncId() { return this.#resource.asyncId(); }
  get triggerAsyncId() { return this.#resource.triggerAsyncId(); }
  get asyncResource() { return this.#resource; }
}

module.exports = {
  once, on, getEventListeners, getMaxListeners, setMaxListeners, addAbortListener, EventEmitterAsyncResource,
};
