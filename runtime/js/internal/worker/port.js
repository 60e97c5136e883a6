// MessagePort, MessageChannel and BroadcastChannel over native/port.
'use strict';

const { EventTarget, defineHandler } = require('internal/event_target');
const { MessageEvent, kOurs } = require('internal/message_event');
const { codes } = require('internal/errors');
const { serialize, deserialize } = require('internal/serializer');
const system = native('port');

const kHandle = Symbol('kHandle');
const MOST_AT_ONCE = 1000;
const kWrapped = Symbol('kWrapped');
const kMake = Symbol('kMake');
const kAdded = Symbol.for('cpm.newListener');
const kRemoved = Symbol.for('cpm.removeListener');
const untransferable = new WeakSet();

// An EventTarget with an emitter's words: who listens with on() is given what the event carries.
class PortTarget extends EventTarget {
  on(type, listener, once = false) {
    const wrapped = (event) => listener.call(this, ...(type === 'message' || type === 'messageerror' ? [event.data] : type === 'close' ? [] : [event]));
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
  emit(type, value) { return this.dispatchEvent(new MessageEvent(type, { data: value })); }
  listenerCount(type) { return require('internal/event_target').listenersOf(this, type)?.length ?? 0; }
  eventNames() { return ['message', 'messageerror', 'close'].filter((type) => this.listenerCount(type) > 0); }
  setMaxListeners() { return this; }
  getMaxListeners() { return 10; }
}

function unpack(bytes, buffers, ports, shared) {
  return deserialize(bytes, {
    buffers, ports: ports.map((handle) => new MessagePort(kMake, handle)),
    shared: shared.map((pair) => require('internal/shared_memory').adopt(pair)),
  });
}

function onMessage(bytes, buffers, ports, shared) {
  const port = this.owner;
  let event;
  try {
    const list = ports.map((handle) => new MessagePort(kMake, handle));
    const data = deserialize(bytes, { buffers, ports: list, shared: shared.map((pair) => require('internal/shared_memory').adopt(pair)) });
    event = new MessageEvent('message', { data, ports: list }, kOurs);
  } catch (error) {
    event = new MessageEvent('messageerror', { data: error });
  }
  port.dispatchEvent(event);
}

function onClose() { this.owner.close(); }

// Throws for what cannot be cloned; gives what sends it, and takes what is transferred, over a native end.
function pack(value, list, source) {
  const transfer = require('internal/structured_clone').readTransfer([...list]);
  if (transfer.map.has(source)) throw new DOMException('Transfer list contains source port', 'DataCloneError');
  const { bytes, shared } = serialize(value, transfer.map);
  return (handle) => {
    handle.post(bytes, transfer.buffers.map((one) => one.transfer()), transfer.ports.map((port) => port._release()), shared);
  };
}

const missing = (message) => Object.assign(new TypeError(message), { code: 'ERR_MISSING_ARGS' });

// The second argument of postMessage: a list, or { transfer }.
function transferOf(options) {
  const refuse = (name) => { throw Object.assign(new TypeError(`Optional ${name} argument must be an iterable`), { code: 'ERR_INVALID_ARG_TYPE' }); };
  if (options === undefined || options === null) return [];
  if (typeof options !== 'object') refuse('transferList');
  if (typeof options[Symbol.iterator] === 'function') return options;
  const { transfer } = options;
  if (transfer === undefined) return [];
  if (transfer === null || typeof transfer !== 'object' || typeof transfer[Symbol.iterator] !== 'function') refuse('options.transfer');
  return transfer;
}

class MessagePort extends PortTarget {
  constructor(key, handle) {
    if (key !== kMake) throw new codes.ERR_CONSTRUCT_CALL_INVALID();
    super();
    Object.defineProperty(this, kHandle, { value: handle, writable: true, enumerable: false });
    Object.defineProperty(this, kWrapped, { value: undefined, writable: true, enumerable: false });
    handle.owner = this;
    handle.onmessage = onMessage;
    handle.onclose = onClose;
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
    if (type === 'message' && size === 0) this.unref();
  }

  get _isDetached() { return !this[kHandle]; }
  // The native end, which is somebody else's now.
  _release() {
    const handle = this[kHandle];
    this[kHandle] = null;
    return handle;
  }
  _move() {
    const handle = this._release();
    return new MessagePort(kMake, handle);
  }
  [Symbol.for('nodejs.util.inspect.custom')]() {
    return this[kHandle] ? 'MessagePort [EventTarget] { active: true, refed: ' + this.hasRef() + ' }' : 'MessagePort [EventTarget] { active: false, refed: false }';
  }
}
defineHandler(MessagePort.prototype, 'message');
defineHandler(MessagePort.prototype, 'messageerror');
defineHandler(MessagePort.prototype, 'close');

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
  constructor(name) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    super();
    this.#name = `${name}`;
    const handle = system.named(this.#name);
    Object.defineProperty(this, kHandle, { value: handle, writable: true, enumerable: false });
    Object.defineProperty(this, kWrapped, { value: undefined, writable: true, enumerable: false });
    handle.owner = this;
    handle.onmessage = onMessage;
    handle.ref();
    handle.start();
  }
  get name() { return this.#name; }
  postMessage(message) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    if (!this[kHandle]) throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    const { bytes, shared } = serialize(message);
    this[kHandle].post(bytes, [], [], shared);
  }
  close() {
    this[kHandle]?.close();
    this[kHandle] = null;
  }
  ref() {
    this[kHandle]?.ref();
    return this;
  }
  unref() {
    this[kHandle]?.unref();
    return this;
  }
}
defineHandler(BroadcastChannel.prototype, 'message');
defineHandler(BroadcastChannel.prototype, 'messageerror');

module.exports = {
  MessagePort: standing(MessagePort, 'ERR_CONSTRUCT_CALL_INVALID'), MessageChannel: standing(MessageChannel, 'ERR_CONSTRUCT_CALL_REQUIRED'),
  BroadcastChannel, untransferable, pack,
  isPort: (value) => value instanceof MessagePort,
  fromHandle: (handle) => new MessagePort(kMake, handle),
  receiveMessageOnPort(port) {
    if (!(port instanceof MessagePort) && !(port instanceof BroadcastChannel)) {
      throw Object.assign(new TypeError('The "port" argument must be a MessagePort instance'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const next = port[kHandle]?.receive();
    return next === undefined ? undefined : { message: unpack(...next) };
  },
};
