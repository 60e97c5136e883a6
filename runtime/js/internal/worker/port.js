// MessagePort, MessageChannel and BroadcastChannel over native/port.
'use strict';

const { EventTarget, CustomEvent, defineHandler } = require('internal/event_target');
const { MessageEvent, kOurs } = require('internal/message_event');
const { codes } = require('internal/errors');
const { serialize, deserialize } = require('internal/serializer');
const context = require('internal/context');
const system = native('port');

const kHandle = Symbol('kHandle');
const MOST_AT_ONCE = 1000;
const kWrapped = Symbol('kWrapped');
const kMake = Symbol('kMake');
const kAdded = Symbol.for('cpm.newListener');
const kRemoved = Symbol.for('cpm.removeListener');
const untransferable = new WeakSet();
const kDetached = Symbol('kDetached');
const kRelease = Symbol('kRelease');
const kMove = Symbol('kMove');

// What the listeners of on() are given.
const MEANING = { __proto__: null, message: (event) => [event.data], messageerror: (event) => [event.data], close: () => [] };
class Emitted extends CustomEvent {}

// An EventTarget with an emitter's words: who listens with on() is given what the event carries.
class PortTarget extends EventTarget {
  on(type, listener, once = false) {
    const valueOf = MEANING[type] ?? ((event) => [event instanceof Emitted ? event.detail : event]);
    const wrapped = (event) => listener.call(this, ...valueOf(event));
    this[kWrapped] ??= [];
    this[kWrapped].push({ type, listener, wrapped });
    this.addEventListener(type, wrapped, { once });
    return this;
  }
  addListener(type, listener) { return this.on(type, listener); }
  once(type, listener) { return this.on(type, listener, true); }
  off(type, listener) {
    const at = this[kWrapped]?.findIndex((one) => one.type === type && one.listener === listener) ?? -1;
    if (at < 0) this.removeEventListener(type, listener);
    else this.removeEventListener(type, this[kWrapped].splice(at, 1)[0].wrapped);
    return this;
  }
  removeListener(type, listener) { return this.off(type, listener); }
  removeAllListeners(type) {
    for (const one of [...this[kWrapped] ?? []]) if (type === undefined || one.type === type) this.off(one.type, one.listener);
    return this;
  }
  emit(type, value) {
    return this.dispatchEvent(type in MEANING ? new MessageEvent(type, { data: value }) : new Emitted(type, { detail: value }));
  }
  listenerCount(type) { return require('internal/event_target').listenersOf(this, type)?.length ?? 0; }
  eventNames() { return ['message', 'messageerror', 'close'].filter((type) => this.listenerCount(type) > 0); }
  setMaxListeners() { return this; }
  getMaxListeners() { return 10; }
}

function unpack(bytes, buffers, ports, shared) {
  return deserialize(bytes, { buffers, ports, shared: shared.map((pair) => require('internal/shared_memory').adopt(pair)) });
}

function onMessage(bytes, buffers, ports, shared) {
  const port = this.owner;
  let event;
  try {
    const list = ports.map((handle) => new MessagePort(kMake, handle));
    const data = unpack(bytes, buffers, list, shared);
    event = new MessageEvent('message', { data, ports: list }, kOurs);
  } catch (error) {
    event = new MessageEvent('messageerror', { data: error });
  }
  port.dispatchEvent(event);
}

function onClose() { this.owner.close(); }

// A port that is sent through itself: nobody can ever take it out.
function lose(handle, sent) {
  process.emitWarning('The target port was posted to itself, and the communication channel was lost');
  for (const one of sent) one.close();
  handle.owner?.close();
}

// Throws for what cannot be cloned; gives what sends it, and takes what is transferred, over a native end.
const NOTHING = { map: new Map(), buffers: [], ports: [] };

function pack(value, list, source) {
  const transfer = list.length === 0 ? NOTHING : require('internal/structured_clone').readTransfer(list);
  if (transfer.map.has(source)) throw new DOMException('Transfer list contains source port', 'DataCloneError');
  const { bytes, shared } = serialize(value, transfer.map);
  return (handle) => {
    const buffers = transfer.buffers.map((one) => one.transfer());
    const sent = transfer.ports.map((port) => port[kRelease]());
    if (sent.some((one) => handle.isPeer(one))) return lose(handle, sent);
    handle.post(bytes, buffers, sent, shared);
  };
}

const missing = (message) => Object.assign(new TypeError(message), { code: 'ERR_MISSING_ARGS' });

// The second argument of postMessage: a list, or { transfer }.
function transferOf(options) {
  const refuse = (name) => { throw Object.assign(new TypeError(`Optional ${name} argument must be an iterable`), { code: 'ERR_INVALID_ARG_TYPE' }); };
  if (options === undefined || options === null) return [];
  if (typeof options !== 'object') refuse('transferList');
  const listOf = (value) => {
    const iterator = value !== null && typeof value === 'object' ? value[Symbol.iterator]?.() : undefined;
    return typeof iterator?.next === 'function' ? [...{ [Symbol.iterator]: () => iterator }] : undefined;
  };
  const list = listOf(options);
  if (list !== undefined) return list;
  if (typeof options[Symbol.iterator] === 'function') refuse('transferList');
  return options.transfer === undefined ? [] : listOf(options.transfer) ?? refuse('options.transfer');
}

class MessagePort extends PortTarget {
  constructor(key, handle) {
    if (key !== kMake) throw new codes.ERR_CONSTRUCT_CALL_INVALID();
    super();
    Object.defineProperty(this, kHandle, { value: handle, writable: true, enumerable: false });
    Object.defineProperty(this, kWrapped, { value: undefined, writable: true, enumerable: false });
    handle.owner = this;
    handle.onmessage = context.bind(onMessage);
    handle.onclose = context.bind(onClose);
  }

  postMessage(value, options) {
    if (arguments.length === 0) throw missing('Not enough arguments to MessagePort.postMessage');
    const send = pack(value, transferOf(options), this);
    if (this[kHandle]) send(this[kHandle]);
    return true;
  }

  start() { this[kHandle]?.start(); }
  close(callback) {
    if (typeof callback === 'function') this.on('close', callback, true);
    const handle = this[kHandle];
    if (!handle) return;
    // What has come goes out first; a listener that sends to itself must not hold it up.
    for (let n = 0; n < MOST_AT_ONCE && this.listenerCount('message') > 0; n++) {
      const next = handle.receive();
      if (next === undefined) break;
      onMessage.apply(handle, next);
    }
    if (!this[kHandle]) return;
    this[kHandle] = null;
    handle.close(() => this.dispatchEvent(new MessageEvent('close')));
  }
  ref() { this[kHandle]?.ref(); }
  unref() { this[kHandle]?.unref(); }
  hasRef() { return this[kHandle]?.hasRef() ?? false; }

  [kAdded](size, type) {
    if (type !== 'message' || size !== 1) return;
    this.ref();
    this.start();
  }
  [kRemoved](size, type) {
    if (type !== 'message' || size > 0) return;
    this[kHandle]?.stop(); // what comes waits for the next listener
    this.unref();
  }

  get [kDetached]() { return !this[kHandle]; }
  // The native end, which is somebody else's now.
  [kRelease]() {
    const handle = this[kHandle];
    this[kHandle] = null;
    return handle;
  }
  [kMove]() {
    const handle = this[kRelease]();
    return new MessagePort(kMake, handle);
  }
  [Symbol.for('nodejs.util.inspect.custom')]() {
    return this[kHandle] ? 'MessagePort [EventTarget] { active: true, refed: ' + this.hasRef() + ' }' : 'MessagePort [EventTarget] { active: false, refed: false }';
  }
}
defineHandler(MessagePort.prototype, 'message');
defineHandler(MessagePort.prototype, 'messageerror');

// What programs see: it may be neither called nor made.
function standing(Class, code) {
  const shown = new Proxy(Class, { apply() { throw new codes[code](); } });
  Object.defineProperty(Class.prototype, 'constructor', { value: shown, writable: true, configurable: true });
  return shown;
}

class MessageChannel {
  constructor() {
    const [a, b] = system.pair();
    this.port1 = new MessagePort(kMake, a);
    this.port2 = new MessagePort(kMake, b);
  }
}

class BroadcastChannel extends PortTarget {
  #name;
  static #check(self) { if (self === null || typeof self !== 'object' || !(#name in self)) throw new codes.ERR_INVALID_THIS('BroadcastChannel'); }
  constructor(name) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    super();
    this.#name = require('internal/validators').toText(name);
    const handle = system.named(this.#name);
    Object.defineProperty(this, kHandle, { value: handle, writable: true, enumerable: false });
    Object.defineProperty(this, kWrapped, { value: undefined, writable: true, enumerable: false });
    handle.owner = this;
    handle.onmessage = context.bind(onMessage);
    handle.ref();
    handle.start();
  }
  get name() {
    BroadcastChannel.#check(this);
    return this.#name;
  }
  postMessage(message) {
    BroadcastChannel.#check(this);
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    if (!this[kHandle]) throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    const { bytes, shared } = serialize(message);
    this[kHandle].post(bytes, [], [], shared);
  }
  close() {
    BroadcastChannel.#check(this);
    this[kHandle]?.close();
    this[kHandle] = null;
  }
  ref() {
    BroadcastChannel.#check(this);
    this[kHandle]?.ref();
    return this;
  }
  unref() {
    BroadcastChannel.#check(this);
    this[kHandle]?.unref();
    return this;
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    BroadcastChannel.#check(this);
    if (depth < 0) return 'BroadcastChannel';
    return `BroadcastChannel ${require('internal/inspect').inspect({ name: this.#name, active: Boolean(this[kHandle]) }, options)}`;
  }
}
defineHandler(BroadcastChannel.prototype, 'message');
defineHandler(BroadcastChannel.prototype, 'messageerror');

module.exports = {
  MessagePort: standing(MessagePort, 'ERR_CONSTRUCT_CALL_INVALID'), MessageChannel: standing(MessageChannel, 'ERR_CONSTRUCT_CALL_REQUIRED'),
  BroadcastChannel, untransferable, pack,
  isPort: (value) => value instanceof MessagePort,
  isDetached: (port) => port[kDetached],
  move: (port) => port[kMove](),
  // { message, ports }
  receive(port) {
    const next = port[kHandle]?.receive();
    if (next === undefined) return undefined;
    const [bytes, buffers, handles, shared] = next;
    const list = handles.map((handle) => new MessagePort(kMake, handle));
    return { message: unpack(bytes, buffers, list, shared), ports: list };
  },
  fromHandle: (handle) => new MessagePort(kMake, handle),
  receiveMessageOnPort(port) {
    if (!(port instanceof MessagePort) && !(port instanceof BroadcastChannel)) {
      throw Object.assign(new TypeError('The "port" argument must be a MessagePort instance'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const next = module.exports.receive(port);
    return next === undefined ? undefined : { message: next.message };
  },
};
