// Messages between a process and its child, over a pipe that can carry handles: lines of JSON, or for 'advanced' v8's bytes
// behind their length. One handle is under way at a time: what is sent behind it waits until the other side has answered.
'use strict';

const EventEmitter = require('events');
const { codes, errnoException } = require('internal/errors');
const { kindOf, kinds } = require('internal/ipc_handles');

const MAX_QUEUED = 2 * 65536; // more bytes than these in the pipe: the other side is behind
const MAX_RETRIES = 3;
const ACK = 'NODE_HANDLE_ACK';
const NACK = 'NODE_HANDLE_NACK';

const GONE = new Set([-32, -104]); // EPIPE, ECONNRESET: that the other side has ended is told by 'disconnect'

const isInternal = (message) => message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
  message.cmd.length > 5 && message.cmd.startsWith('NODE_');

class JsonCodec {
  #decoder = new (require('string_decoder').StringDecoder)('utf8');
  #text = '';
  encode(message) { return `${JSON.stringify(message)}\n`; }
  // The messages that are complete now.
  decode(bytes) {
    const lines = this.#decoder.write(bytes).split('\n');
    lines[0] = this.#text + lines[0];
    this.#text = lines.pop();
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }
  get isWithin() { return this.#text !== ''; }
}

class AdvancedCodec {
  #parts = [];
  #length = 0;
  encode(message) {
    const { Buffer } = require('buffer');
    const body = require('v8').serialize(message);
    const whole = Buffer.allocUnsafe(4 + body.length);
    whole.writeUInt32BE(body.length);
    body.copy(whole, 4);
    return whole;
  }
  decode(bytes) {
    const { Buffer } = require('buffer');
    this.#parts.push(bytes);
    this.#length += bytes.length;
    const messages = [];
    while (this.#length >= 4) {
      if (this.#parts[0].length < 4) this.#parts = [Buffer.concat(this.#parts)];
      const size = this.#parts[0].readUInt32BE() + 4;
      if (this.#length < size) break;
      const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
      messages.push(require('v8').deserialize(all.subarray(4, size)));
      this.#parts = [all.subarray(size)];
      this.#length -= size;
    }
    return messages;
  }
  get isWithin() { return this.#length > 0; }
}

// What programs see as process.channel: whether it holds the loop.
class Control extends EventEmitter {
  #handle;
  #count = 0;
  #forced = false; // the program has spoken: counting no longer decides
  constructor(handle) {
    super();
    this.#handle = handle;
  }
  refCounted() { if (++this.#count === 1 && !this.#forced) this.#handle.ref(); }
  unrefCounted() {
    if (--this.#count > 0 || this.#forced) return;
    this.#handle.unref();
    this.emit('unref');
  }
  ref() {
    this.#forced = true;
    this.#handle.ref();
  }
  unref() {
    this.#forced = true;
    this.#handle.unref();
  }
  hasRef() { return this.#handle.hasRef(); }
  get fd() { return this.#handle.fileno(); }
}

class Channel {
  handles = []; // that came, and whose message is not complete
  queue = null; // what waits behind a handle; null when none is under way
  sent = null; // the socket under way, closed when it has arrived
  retries = 0;
  early = []; // messages from before anybody listened
  socketLists = new Map();

  constructor(target, handle, serialization) {
    this.target = target;
    this.handle = handle;
    this.codec = serialization === 'advanced' ? new AdvancedCodec() : new JsonCodec();
    this.control = new Control(handle);
    handle.onread = (count, bytes, sent) => this.#onRead(count, bytes, sent);
    target.on('newListener', () => process.nextTick(() => this.#flushEarly()));
    target.on('internalMessage', (message, native) => this.#onInternal(message, native));
    handle.readStart();
  }

  #onRead(count, bytes, sent) {
    if (sent !== undefined) this.handles.push(...sent);
    if (count < 0) {
      this.onEnd();
      return;
    }
    const { Buffer } = require('buffer');
    for (const message of this.codec.decode(Object.setPrototypeOf(bytes, Buffer.prototype))) {
      const native = isInternal(message) && message.cmd === 'NODE_HANDLE' ? this.handles.shift() : undefined;
      this.deliver(message, native);
    }
  }

  deliver(message, handle) {
    if (this.target.channel === null) return;
    process.nextTick(() => {
      if (isInternal(message)) this.target.emit('internalMessage', message, handle);
      else if (this.target.listenerCount('message') > 0) this.target.emit('message', message, handle);
      else this.early.push([message, handle]);
    });
  }

  #flushEarly() {
    if (this.early.length === 0 || this.target.listenerCount('message') === 0) return;
    const list = this.early;
    this.early = [];
    for (const [message, handle] of list) this.target.emit('message', message, handle);
  }

  #onInternal(message, native) {
    if (message.cmd === ACK || message.cmd === NACK) return this.#onAnswer(message.cmd === ACK);
    if (message.cmd !== 'NODE_HANDLE') return;
    this.send({ cmd: native ? ACK : NACK }, undefined, { swallowErrors: true });
    if (native) kinds[message.type].got(this, message, native, (handle) => this.deliver(message.msg, handle));
  }

  #onAnswer(arrived) {
    const { sent } = this;
    let again;
    if (sent !== null) {
      if (arrived || this.retries >= MAX_RETRIES) {
        this.dropSent();
        if (!arrived) process.emitWarning('Handle did not reach the receiving process correctly', 'SentHandleNotReceivedWarning');
      } else {
        this.retries++;
        again = sent;
      }
    }
    const waiting = this.queue ?? [];
    this.queue = null;
    if (again) this.#write(again.message, again.handle, again.options, again.callback);
    for (const one of waiting) this.send(one.message, one.handle, one.options, one.callback);
    if (!this.target.connected && this.handle !== null && this.queue === null) this.disconnect();
  }

  dropSent() {
    this.sent?.handle.close();
    this.sent = null;
    this.retries = 0;
  }

  // False when the other side is behind.
  send(message, sendable, options, callback) {
    if (this.queue !== null && message?.cmd !== ACK && message?.cmd !== NACK) {
      if (sendable) kindOf(sendable);
      this.queue.push({ message, handle: sendable, options, callback });
      return this.queue.length === 1;
    }
    if (!sendable) return this.#write(message, undefined, options, callback);
    const body = { cmd: 'NODE_HANDLE', type: kindOf(sendable), msg: message };
    const kind = kinds[body.type];
    const native = kind.send(this, body, sendable, options);
    if (!native) return this.#write(message, undefined, options, callback);
    if (kind.isGivenAway && !options.keepOpen) this.sent = { message: body, handle: native, options, callback };
    return this.#write(body, native, options, callback);
  }

  #write(message, native, options, callback) {
    const { handle, control } = this;
    const done = () => {
      control.unrefCounted();
      callback?.(null);
    };
    const result = handle.write(this.codec.encode(message), done, native);
    if (result >= 0 || GONE.has(result)) {
      if (native) this.queue ??= [];
      if (result > 0) control.refCounted();
      else if (callback) process.nextTick(callback, null);
    } else {
      this.dropSent();
      this.#failed(result, options, callback);
    }
    return handle.queued() < MAX_QUEUED;
  }

  #failed(errno, options, callback) {
    if (options.swallowErrors) return;
    const error = errnoException(errno, 'write');
    if (callback) process.nextTick(callback, error);
    else process.nextTick(() => this.target.emit('error', error));
  }

  disconnect() {
    if (this.codec.isWithin && this.handle !== null) {
      // The rest of a message is on its way.
      const finish = () => this.close();
      this.target.once('message', finish);
      this.target.once('internalMessage', finish);
    } else process.nextTick(() => this.close());
  }

  onEnd() {
    this.target.connected = false;
    this.close();
  }

  close() {
    if (this.handle === null) return;
    const { handle } = this;
    this.handle = null;
    this.dropSent();
    for (const one of this.handles) one.close();
    handle.onread = undefined;
    handle.close();
    this.target.channel = null;
    process.nextTick(() => this.target.emit('disconnect'));
  }
}

function send(message, handle, options, callback) {
  if (typeof handle === 'function') [callback, handle, options] = [handle, undefined, undefined];
  else if (typeof options === 'function') [callback, options] = [options, undefined];
  else if (options !== undefined) require('internal/validators').validateObject(options, 'options');
  if (this.connected) return this._send(message, handle, { swallowErrors: false, ...options }, callback);
  const error = new codes.ERR_IPC_CHANNEL_CLOSED();
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => this.emit('error', error));
  return false;
}

function attach(target, handle, serialization) {
  const channel = new Channel(target, handle, serialization);
  target.channel = channel.control;
  target.connected = true;
  target.send = send;
  target._send = (message, sendable, options = {}, callback = undefined) => {
    if (channel.handle === null) return false;
    if (message === undefined) throw new codes.ERR_MISSING_ARGS('message');
    if (!['string', 'object', 'number', 'boolean'].includes(typeof message)) {
      throw new codes.ERR_INVALID_ARG_TYPE('message', ['string', 'object', 'number', 'boolean'], message);
    }
    return channel.send(message, sendable, typeof options === 'boolean' ? { swallowErrors: options } : options, callback);
  };
  target.disconnect = function disconnect() {
    if (!this.connected) {
      this.emit('error', new codes.ERR_IPC_DISCONNECTED());
      return;
    }
    this.connected = false;
    if (channel.queue === null) channel.disconnect();
  };
  Object.defineProperty(target, '_send', { enumerable: false });
  Object.defineProperty(target, '_channel', { configurable: true, enumerable: false, get: () => target.channel,
    set(value) { target.channel = value; } });
  return channel;
}

exports.setup = (child, handle, serialization) => { attach(child, handle, serialization); };

// Our own side, of the parent that has started us: it holds the loop while somebody listens.
exports.setupProcess = function setupProcess(handle, serialization) {
  const { control } = attach(process, handle, serialization);
  const counts = (name) => name === 'message' || name === 'disconnect';
  handle.unref();
  process.on('newListener', (name) => { if (counts(name)) control.refCounted(); });
  process.on('removeListener', (name) => { if (counts(name)) control.unrefCounted(); });
};
