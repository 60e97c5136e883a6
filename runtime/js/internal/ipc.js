// Messages between a process and its child: a line of JSON each, over a pipe that can carry handles.
'use strict';

const { codes } = require('internal/errors');
const { StringDecoder } = require('string_decoder');


// { readStart, …} of what a program may send.
function handleOf(sendable) {
  const net = require('net');
  if (sendable instanceof net.Socket) return { type: 'net.Socket', handle: sendable._handle };
  if (sendable instanceof net.Server) return { type: 'net.Server', handle: sendable._handle };
  if (typeof sendable?.readStart === 'function' || typeof sendable?.receiveStart === 'function') {
    return { type: typeof sendable.readStart === 'function' ? 'net.Native' : 'dgram.Native', handle: sendable };
  }
  const dgram = require('dgram');
  if (sendable instanceof dgram.Socket) return { type: 'dgram.Socket', handle: dgram._handleOf(sendable) };
  throw new codes.ERR_INVALID_HANDLE_TYPE();
}

function arrivedAs(type, handle) {
  const net = require('net');
  if (type === 'net.Socket') return new net.Socket({ handle, readable: true, writable: true });
  if (type === 'net.Server') {
    const server = new net.Server();
    server.listen(handle);
    return server;
  }
  if (type === 'dgram.Socket') {
    const socket = require('dgram').createSocket(handle.name(false).family === 'IPv6' ? 'udp6' : 'udp4');
    socket.bind(handle);
    return socket;
  }
  return handle;
}

class Channel {
  constructor(target, handle) {
    this.target = target;
    this.handle = handle;
    this.decoder = new StringDecoder('utf8');
    this.text = '';
    this.pending = 0;
    this.handles = [];
    handle.onread = (count, bytes, sent) => this.#onRead(count, bytes, sent);
    handle.readStart();
  }
  ref() { this.handle?.ref(); }
  unref() { this.handle?.unref(); }
  hasRef() { return this.handle?.hasRef() ?? false; }

  #onRead(count, bytes, sent) {
    if (count < 0) {
      this.close();
      return;
    }
    if (sent !== undefined) this.handles.push(...sent);
    this.text += this.decoder.write(bytes);
    const lines = this.text.split('\n');
    this.text = lines.pop();
    for (const line of lines) if (line !== '') this.#message(JSON.parse(line));
  }

  #message(message) {
    let value = message;
    let handle;
    if (message !== null && typeof message === 'object' && message.cmd === 'NODE_HANDLE') {
      handle = arrivedAs(message.type, this.handles.shift());
      value = message.msg;
    }
    const name = value !== null && typeof value === 'object' && typeof value.cmd === 'string' && value.cmd.startsWith('NODE_')
      ? 'internalMessage' : 'message';
    process.nextTick(() => this.target.emit(name, value, handle));
  }

  // Gives false when it has to wait; callback(error) comes later.
  send(message, sendable, callback) {
    if (this.handle === null) return false;
    let body = message;
    let native;
    if (sendable) {
      const { type, handle } = handleOf(sendable);
      native = handle;
      body = { cmd: 'NODE_HANDLE', type, msg: message };
    }
    this.pending++;
    const done = (status) => {
      this.pending--;
      if (native && sendable instanceof require('net').Socket) sendable.destroy?.();
      callback?.(status < 0 ? require('internal/errors').errnoException(status, 'write') : null);
    };
    const result = this.handle.write(`${JSON.stringify(body)}\n`, done, native);
    if (result === 0) process.nextTick(done, 0);
    else if (result < 0) process.nextTick(done, result);
    return result === 0;
  }

  close() {
    if (this.handle === null) return;
    const { handle } = this;
    this.handle = null;
    handle.onread = undefined;
    handle.close();
    this.target.connected = false;
    this.target.channel = null;
    process.nextTick(() => this.target.emit('disconnect'));
  }
}

function attach(target, handle) {
  const channel = new Channel(target, handle);
  target.channel = channel;
  target.connected = true;
  target._channel = channel;
  Object.defineProperty(target, '_channel', { enumerable: false, writable: true });

  target.send = function send(message, sendable, options, callback) {
    if (typeof sendable === 'function') [callback, sendable, options] = [sendable, undefined, undefined];
    else if (typeof options === 'function') [callback, options] = [options, undefined];
    else if (options !== undefined) require('internal/validators').validateObject(options, 'options');
    if (!this.connected) {
      const error = new codes.ERR_IPC_CHANNEL_CLOSED();
      if (typeof callback === 'function') process.nextTick(callback, error);
      else process.nextTick(() => this.emit('error', error));
      return false;
    }
    if (message === undefined) throw new codes.ERR_MISSING_ARGS('message');
    if (!['string', 'object', 'number', 'boolean'].includes(typeof message)) {
      throw new codes.ERR_INVALID_ARG_TYPE('message', ['string', 'object', 'number', 'boolean'], message);
    }
    return channel.send(message, sendable, callback);
  };
  target._send = target.send;
  target.disconnect = function disconnect() {
    if (!this.connected) {
      this.emit('error', new codes.ERR_IPC_DISCONNECTED());
      return;
    }
    this.connected = false;
    const finish = () => {
      if (channel.pending > 0) return void setImmediate(finish);
      channel.close();
    };
    finish();
  };
  return channel;
}

exports.setup = (child, handle) => { attach(child, handle); };

// Our own side, of the parent that has started us: it holds the loop while somebody listens.
exports.setupProcess = function setupProcess(handle) {
  const channel = attach(process, handle);
  handle.unref();
  const update = () => {
    if (process.listenerCount('message') + process.listenerCount('disconnect') > 0) channel.ref();
    else channel.unref();
  };
  process.on('newListener', (name) => { if (name === 'message' || name === 'disconnect') channel.ref(); });
  process.on('removeListener', (name) => { if (name === 'message' || name === 'disconnect') update(); });
};
