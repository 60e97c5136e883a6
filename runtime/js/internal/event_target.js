// Event, EventTarget and CustomEvent.
'use strict';

const { codes } = require('internal/errors');

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
const kTarget = Symbol('kTarget');
const kStop = Symbol('kStop');
const kDispatching = Symbol('kDispatching');
const kPassive = Symbol('kPassive'); // the listener that runs has promised not to prevent anything
const kListeners = Symbol('kEvents');

class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #prevented = false;
  #stopped = false;
  #time = performance.now();
  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    if (options !== undefined && options !== null && typeof options !== 'object') {
      throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    this.#type = `${type}`;
    this.#bubbles = Boolean(options?.bubbles);
    this.#cancelable = Boolean(options?.cancelable);
    this.#composed = Boolean(options?.composed);
    for (const key of [kTarget, kStop, kDispatching]) {
      Object.defineProperty(this, key, { value: undefined, writable: true, enumerable: false });
    }
  }
  get type() { return this.#type; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get timeStamp() { return this.#time; }
  get target() { return this[kTarget] ?? null; }
  get currentTarget() { return this[kDispatching] ? this[kTarget] : null; }
  get srcElement() { return this[kTarget] ?? null; }
  get eventPhase() { return this[kDispatching] ? Event.AT_TARGET : Event.NONE; }
  get defaultPrevented() { return this.#cancelable && this.#prevented; }
  get returnValue() { return !this.#cancelable || !this.#prevented; }
  get isTrusted() { return false; }
  get cancelBubble() { return this.#stopped; }
  set cancelBubble(value) { if (value) this.#stopped = true; }
  composedPath() { return this[kDispatching] ? [this[kTarget]] : []; }
  preventDefault() { if (!this[kPassive]) this.#prevented = true; }
  stopPropagation() { this.#stopped = true; }
  stopImmediatePropagation() { this[kStop] = true; }
  initEvent(type, bubbles = false, cancelable = false) {
    if (this[kDispatching]) return;
    this.#type = `${type}`;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
  }
  [inspectSymbol](depth, options) {
    const name = this.constructor.name;
    if (depth < 0) return name;
    return `${name} ${require('internal/inspect').inspect({
      type: this.#type, defaultPrevented: this.defaultPrevented, cancelable: this.#cancelable, timeStamp: this.#time,
    }, { ...options, depth: Number.isInteger(options.depth) ? options.depth - 1 : options.depth })}`;
  }
}
['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'].forEach((name, value) => {
  Object.defineProperty(Event, name, { value, enumerable: true });
});
Object.defineProperty(Event.prototype, Symbol.toStringTag, { value: 'Event', configurable: true });

class CustomEvent extends Event {
  #detail;
  constructor(type, options) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}
Object.defineProperty(CustomEvent.prototype, Symbol.toStringTag, { value: 'CustomEvent', configurable: true });

function listenersOf(target, type) {
  return target?.[kListeners]?.get(type)?.map((one) => one.callback);
}

function report(error) {
  process.nextTick(() => { throw error; });
}

class EventTarget {
  constructor() {
    Object.defineProperty(this, kListeners, { value: new Map(), enumerable: false });
  }

  addEventListener(type, callback, options = {}) {
    if (!(kListeners in this)) throw new codes.ERR_INVALID_THIS('EventTarget');
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('type', 'listener');
    if (callback !== null && callback !== undefined && typeof callback !== 'function' && typeof callback !== 'object') {
      throw new codes.ERR_INVALID_ARG_TYPE('listener', 'EventListener', callback);
    }
    const capture = typeof options === 'boolean' ? options : Boolean(options?.capture);
    const signal = options?.signal;
    const passive = Boolean(options?.passive);
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw new codes.ERR_INVALID_ARG_TYPE('options.signal', 'AbortSignal', signal);
    if (signal?.aborted || !callback) return;
    type = `${type}`;
    let list = this[kListeners].get(type);
    if (list === undefined) this[kListeners].set(type, list = []);
    if (list.some((one) => one.callback === callback && one.capture === capture)) return;
    const entry = { callback, capture, once: Boolean(options?.once), removed: false, passive,
      resists: options?.[Symbol.for('kResistStopPropagation')] === true };
    list.push(entry);
    signal?.addEventListener('abort', () => this.removeEventListener(type, callback, { capture }), { once: true });
    this[Symbol.for('cpm.newListener')]?.(list.length, type, callback);
  }

  removeEventListener(type, callback, options = {}) {
    if (!(kListeners in this)) throw new codes.ERR_INVALID_THIS('EventTarget');
    const capture = typeof options === 'boolean' ? options : Boolean(options?.capture);
    const list = this[kListeners].get(`${type}`);
    const at = list?.findIndex((one) => one.callback === callback && one.capture === capture) ?? -1;
    if (at < 0) return;
    list[at].removed = true;
    this[kListeners].set(`${type}`, list.toSpliced(at, 1));
    this[Symbol.for('cpm.removeListener')]?.(list.length - 1, type, callback);
  }

  dispatchEvent(event) {
    if (!(kListeners in this)) throw new codes.ERR_INVALID_THIS('EventTarget');
    if (!(event instanceof Event)) throw new codes.ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (event[kDispatching]) throw new codes.ERR_EVENT_RECURSION(event.type);
    event[kTarget] = this;
    event[kDispatching] = true;
    event[kStop] = false;
    for (const entry of [...(this[kListeners].get(event.type) ?? [])]) {
      if (entry.removed || (event[kStop] && !entry.resists)) continue;
      if (entry.once) this.removeEventListener(event.type, entry.callback, entry.capture);
      event[kPassive] = entry.passive;
      try {
        const result = typeof entry.callback === 'function' ? entry.callback.call(this, event)
          : entry.callback.handleEvent?.(event);
        if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
          result.then(undefined, report);
        }
      } catch (error) {
        report(error);
      }
    }
    event[kDispatching] = false;
    event[kPassive] = false;
    return !event.defaultPrevented;
  }

  [inspectSymbol](depth, options) {
    const name = this.constructor.name;
    if (depth < 0) return name;
    return `${name} ${require('internal/inspect').inspect({}, options)}`;
  }
}
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  Object.defineProperty(EventTarget.prototype, name, { enumerable: true });
}
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag, { value: 'EventTarget', configurable: true });

const handlers = Symbol('kHandlers');

// prototype.onNAME as an event handler attribute.
function defineHandler(prototype, name) {
  Object.defineProperty(prototype, `on${name}`, {
    configurable: true, enumerable: true,
    get() { return this[handlers]?.get(name)?.handler ?? null; },
    set(value) {
      if (!this[handlers]) Object.defineProperty(this, handlers, { value: new Map(), enumerable: false });
      const known = this[handlers].get(name);
      if (typeof value !== 'function') {
        if (known) this.removeEventListener(name, known.listener);
        this[handlers].delete(name);
        return;
      }
      if (known) {
        known.handler = value;
        return;
      }
      const entry = { handler: value, listener(event) { return entry.handler.call(this, event); } };
      this[handlers].set(name, entry);
      this.addEventListener(name, entry.listener);
    },
  });
}

module.exports = { Event, CustomEvent, EventTarget, listenersOf, defineHandler };
