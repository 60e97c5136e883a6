// AbortController and AbortSignal.
'use strict';

const { EventTarget, Event, defineHandler } = require('internal/event_target');
const { codes } = require('internal/errors');
const { validateUint32 } = require('internal/validators');

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
const secret = Symbol('secret');
const aborts = new WeakMap(); // signal -> { aborted, reason, followers, sources: what it follows, or null }

function abort(signal, reason) {
  const state = aborts.get(signal);
  if (state.aborted) return;
  state.aborted = true;
  state.reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
  const followers = [...state.followers].filter((one) => !aborts.get(one).aborted);
  for (const one of followers) Object.assign(aborts.get(one), { aborted: true, reason: state.reason });
  signal.dispatchEvent(new Event('abort'));
  for (const one of followers) one.dispatchEvent(new Event('abort'));
}

class AbortSignal extends EventTarget {
  constructor(key) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    super();
    aborts.set(this, { aborted: false, reason: undefined, followers: new Set(), sources: null });
  }
  get aborted() {
    const state = aborts.get(this);
    if (state === undefined) throw new codes.ERR_INVALID_THIS('AbortSignal');
    return state.aborted;
  }
  get reason() { return aborts.get(this).reason; }
  throwIfAborted() {
    if (this.aborted) throw this.reason;
  }
  static abort(reason) {
    const signal = new AbortSignal(secret);
    Object.assign(aborts.get(signal), {
      aborted: true, reason: reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason,
    });
    return signal;
  }
  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(secret);
    setTimeout(() => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay).unref();
    return signal;
  }
  static any(signals) {
    if (typeof signals?.[Symbol.iterator] !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('signals', 'Array', signals);
    const list = [...signals];
    list.forEach((one, i) => {
      if (!aborts.has(one)) throw new codes.ERR_INVALID_ARG_TYPE(`signals[${i}]`, 'AbortSignal', one);
    });
    const signal = new AbortSignal(secret);
    const aborted = list.find((one) => one.aborted);
    if (aborted) {
      Object.assign(aborts.get(signal), { aborted: true, reason: aborted.reason });
      return signal;
    }
    // Who follows a follower follows its sources: all hear of it in the order that they were made.
    const sources = new Set(list.flatMap((one) => [...(aborts.get(one).sources ?? [one])]));
    aborts.get(signal).sources = sources;
    for (const one of sources) aborts.get(one).followers.add(signal);
    return signal;
  }
  [inspectSymbol](depth, options) {
    return `AbortSignal ${require('internal/inspect').inspect({ aborted: this.aborted }, options)}`;
  }
}
defineHandler(AbortSignal.prototype, 'abort');
for (const name of ['aborted', 'reason', 'throwIfAborted']) Object.defineProperty(AbortSignal.prototype, name, { enumerable: true });
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag, { value: 'AbortSignal', configurable: true });

class AbortController {
  #signal;
  get signal() { return (this.#signal ??= new AbortSignal(secret)); }
  abort(reason) { abort(this.signal, reason); }
  [inspectSymbol](depth, options) {
    return `AbortController ${require('internal/inspect').inspect({ signal: this.signal }, options)}`;
  }
}
for (const name of ['signal', 'abort']) Object.defineProperty(AbortController.prototype, name, { enumerable: true });
Object.defineProperty(AbortController.prototype, Symbol.toStringTag, { value: 'AbortController', configurable: true });

module.exports = { AbortController, AbortSignal };
