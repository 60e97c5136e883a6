// net: sockets and servers over the handles of native/net.
'use strict';

const stream = require('stream');
const { codes, AbortError, errnoException } = require('internal/errors');
const { validateBoolean, validateFunction, validateInt32, validateNumber, validateAbortSignal, validateString } = require('internal/validators');
const lazy = require('internal/lazy');
const { publish } = require('internal/channels');
const { isIP, isIPv4, isIPv6 } = require('internal/net/address');
const { checkPort, checkBlockList, connectTo, lookupAndConnect } = require('internal/net/connecting');
const context = require('internal/context');
const system = native('net');

const EOF = -4095;
const ENOTCONN = -107;
const kHandle = '_handle';
const kTimeout = Symbol('timeout');

// [options, callback] of the forms that connect and listen take.
function normalize(args) {
  const list = [...args];
  const callback = typeof list[list.length - 1] === 'function' ? list.pop() : null;
  const first = list[0];
  let options = {};
  if (first !== null && typeof first === 'object') options = first;
  else if (typeof first === 'string' && !(+first >= 0 && first.trim() !== '')) options.path = first;
  else {
    options.port = first;
    if (list.length > 1 && typeof list[1] === 'string') options.host = list[1];
  }
  return [options, callback];
}

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  if (typeof options === 'number') options = { fd: options };
  options = { ...options };
  for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode']) {
    if (options[name]) throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, options[name], 'is not supported');
  }
  this.connecting = false;
  this._hadError = false;
  this._host = null;
  this[kHandle] = null;
  this._parent = null;
  this[kTimeout] = null;
  this.timeout = 0;
  this._bytesRead = 0;
  this._bytesDispatched = 0;
  this._sockname = null;
  this._peername = undefined;
  this.server = options.server ?? null;
  this._server = this.server;
  const allowHalfOpen = Boolean(options.allowHalfOpen);
  stream.Duplex.call(this, {
    ...options, autoDestroy: true, allowHalfOpen, emitClose: false, decodeStrings: false, signal: undefined,
    readable: options.handle || options.fd !== undefined ? options.readable ?? true : true,
    writable: options.handle || options.fd !== undefined ? options.writable ?? true : true,
  });
  this.allowHalfOpen = allowHalfOpen;
  if (options.handle) {
    this[kHandle] = options.handle;
  } else if (options.fd !== undefined) {
    this[kHandle] = openFd(options.fd);
  }
  if (options.onread) this._onread = options.onread;
  this.on('end', onEnd);
  init(this);
  if (this[kHandle] && options.readable !== false && !options.manualStart) {
    if (options.pauseOnCreate) {
      this[kHandle].reading = false;
      this._readableState.flowing = false;
    } else this.read(0);
  }
  this._noDelay = Boolean(options.noDelay);
  this._keepAlive = [Boolean(options.keepAlive), Math.max(0, Math.trunc((options.keepAliveInitialDelay ?? 0) / 1000))];
  if (options.signal) stopOnAbort(this, options.signal);
}

function stopOnAbort(socket, signal) {
  validateAbortSignal(signal, 'options.signal');
  const onAbort = () => socket.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) return void process.nextTick(onAbort);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
}
Object.setPrototypeOf(Socket.prototype, stream.Duplex.prototype);
Object.setPrototypeOf(Socket, stream.Duplex);

function openFd(fd) {
  validateInt32(fd, 'fd', 0);
  const kind = native('process').kindOf(fd);
  if (kind !== 'pipe' && kind !== 'tcp') throw new codes.ERR_INVALID_FD_TYPE(kind.toUpperCase());
  const handle = kind === 'tcp' ? system.tcp() : system.pipe(false);
  const errno = handle.open(fd);
  if (errno < 0) throw errnoException(errno, 'open');
  handle.isTcp = kind === 'tcp';
  return handle;
}

// The other side ended: without half-open connections so do we.
function onEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterFin;
}

function writeAfterFin(chunk, encoding, callback) {
  if (!this.writableEnded) return stream.Duplex.prototype.write.call(this, chunk, encoding, callback);
  const error = new Error('This socket has been ended by the other party');
  error.code = 'EPIPE';
  if (typeof encoding === 'function') callback = encoding;
  if (typeof callback === 'function') process.nextTick(callback, error);
  this.destroy(error);
  return false;
}

function init(socket) {
  const handle = socket[kHandle];
  if (!handle) return;
  handle.owner = socket;
  Object.defineProperty(handle, 'owner', { enumerable: false, writable: true });
  handle.onread = context.bind(onRead);
  if (context.current !== undefined) handle.frame = context.current;
}

// A handle that has come later: tls gives one that ciphers.
Socket.prototype._adopt = function(handle) {
  this[kHandle] = handle;
  this.connecting = false;
  init(this);
  if (this.readable && !this.isPaused()) this.read(0);
};

function onRead(count, bytes) {
  const socket = this.owner;
  if (!socket || socket.destroyed) return;
  socket._unrefTimer();
  if (count > 0) {
    socket._bytesRead += count;
    const { Buffer } = require('buffer');
    Object.setPrototypeOf(bytes, Buffer.prototype);
    if (socket._onread) {
      const { buffer, callback } = socket._onread;
      const target = typeof buffer === 'function' ? buffer() : buffer;
      target.set(bytes);
      if (callback(count, target) === false) stopReading(socket);
      return;
    }
    if (!socket.push(bytes)) stopReading(socket);
    return;
  }
  if (count !== EOF) {
    socket.destroy(errnoException(count, 'read'));
    return;
  }
  this.reading = false;
  if (socket._readableState.length === 0) {
    socket.push(null);
    socket.read(0);
  } else socket.push(null);
  socket.emit('_socketEnd');
}

function stopReading(socket) {
  const handle = socket[kHandle];
  if (handle?.reading) {
    handle.reading = false;
    handle.readStop();
  }
}

function startReading(socket) {
  const handle = socket[kHandle];
  handle.reading = true;
  const errno = handle.readStart();
  if (errno < 0) socket.destroy(errnoException(errno, 'read'));
}

Socket.prototype._unrefTimer = function _unrefTimer() {
  for (let socket = this; socket; socket = socket._parent) socket[kTimeout]?.refresh();
};

Socket.prototype._read = function() {
  if (this.connecting || !this[kHandle]) this.once('connect', () => this._read(0));
  else if (!this[kHandle].reading) startReading(this);
};

Socket.prototype.pause = function() {
  if (this._onread && !this.connecting) stopReading(this);
  return stream.Duplex.prototype.pause.call(this);
};
Socket.prototype.resume = function() {
  if (this[kHandle] && !this.connecting && !this[kHandle].reading && this._onread) startReading(this);
  return stream.Duplex.prototype.resume.call(this);
};

Socket.prototype._final = function(callback) {
  if (this.connecting) {
    this.once('connect', () => this._final(callback));
    return;
  }
  if (!this[kHandle]) return callback();
  const errno = this[kHandle].shutdown((status) => {
    // A peer that is gone needs no telling.
    callback(status < 0 && status !== ENOTCONN && !this.destroyed ? errnoException(status, 'shutdown') : null);
  });
  if (errno === ENOTCONN) callback();
  else if (errno < 0) callback(errnoException(errno, 'shutdown'));
};

Socket.prototype._writeGeneric = function(data, callback, length) {
  if (this.connecting) {
    this._pendingData = data;
    const onClose = () => callback(new codes.ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
    this.once('connect', () => {
      this.off('close', onClose);
      this._writeGeneric(data, callback, length);
    });
    this.once('close', onClose);
    return;
  }
  this._pendingData = null;
  const handle = this[kHandle];
  if (!handle) return callback(new codes.ERR_SOCKET_CLOSED());
  this._unrefTimer();
  const result = handle.write(data, (status) => {
    if (this.destroyed) return callback();
    if (status < 0) {
      const error = errnoException(status, 'write');
      return callback(error);
    }
    this._unrefTimer();
    callback();
  });
  if (result < 0) return callback(errnoException(result, 'write'));
  this._bytesDispatched += length;
  if (result === 0) callback();
};

Socket.prototype._write = function(chunk, encoding, callback) {
  const { Buffer } = require('buffer');
  if (typeof chunk === 'string') {
    if (encoding === 'utf8' || encoding === 'utf-8') return this._writeGeneric(chunk, callback, Buffer.byteLength(chunk));
    chunk = Buffer.from(chunk, encoding);
  }
  this._writeGeneric(chunk, callback, chunk.byteLength);
};

// Writes text at once where nothing waits before it: false when it must go through the stream. The callback comes later.
Socket.prototype._writeNow = function(text, byteLength, callback) {
  const handle = this[kHandle];
  const state = this._writableState;
  if (!handle || this.connecting || this.destroyed || state.length !== 0 || state.corked !== 0 || state.ending ||
      this._writeGeneric !== Socket.prototype._writeGeneric || this.write !== stream.Duplex.prototype.write) return false;
  this._unrefTimer();
  const result = handle.write(text, (status) => {
    if (status < 0) this.destroy(errnoException(status, 'write'));
    else callback?.();
  });
  this._bytesDispatched += byteLength;
  if (result < 0) process.nextTick(() => this.destroy(errnoException(result, 'write')));
  else if (result === 0 && callback) process.nextTick(callback);
  return true;
};

Socket.prototype._writev = function(list, callback) {
  const { Buffer } = require('buffer');
  const parts = list.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  this._writeGeneric(parts.length > 1000 ? Buffer.concat(parts) : parts, callback, length);
};

Socket.prototype._destroy = function(error, callback) {
  this.connecting = false;
  for (let socket = this; socket; socket = socket._parent) clearTimeout(socket[kTimeout]);
  const handle = this[kHandle];
  const isException = Boolean(error);
  if (handle) {
    this._bytesReadAtEnd = this._bytesRead;
    this[kHandle] = null;
    handle.reading = false;
    handle[this._reset && handle.reset ? 'reset' : 'close'](context.bind(() => this.emit('close', isException), handle.frame));
    handle.onread = undefined;
    this._sockname = null;
    callback(error);
  } else {
    callback(error);
    process.nextTick(() => this.emit('close', isException));
  }
  if (this._server) {
    this._server._connections--;
    this._server._emitCloseIfDrained();
  }
};

Socket.prototype.resetAndDestroy = function() {
  if (!this[kHandle]) {
    this.destroy(new codes.ERR_SOCKET_CLOSED());
    return this;
  }
  this._reset = true;
  if (this.connecting) this.once('connect', () => this.destroy());
  else this.destroy();
  return this;
};
Socket.prototype.destroySoon = function() {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', this.destroy);
};

Socket.prototype.end = function(data, encoding, callback) {
  stream.Duplex.prototype.end.call(this, data, encoding, callback);
  return this;
};

Socket.prototype.setTimeout = function(msecs, callback) {
  if (this.destroyed) return this;
  this.timeout = msecs;
  validateNumber(msecs, 'msecs');
  if (msecs < 0 || !Number.isFinite(msecs)) {
    throw new codes.ERR_OUT_OF_RANGE('msecs', 'a non-negative finite number', msecs);
  }
  clearTimeout(this[kTimeout]);
  this[kTimeout] = null;
  if (msecs === 0) {
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.removeListener('timeout', callback);
    }
    return this;
  }
  this[kTimeout] = setTimeout(() => this._onTimeout(), msecs).unref();
  if (callback !== undefined) {
    validateFunction(callback, 'callback');
    this.once('timeout', callback);
  }
  return this;
};
Socket.prototype._onTimeout = function() {
  const queued = this[kHandle]?.queued() ?? 0;
  if (queued > 0 && queued !== this._lastQueued) {
    this._lastQueued = queued;
    this._unrefTimer();
    return;
  }
  this.emit('timeout');
};

Socket.prototype.setNoDelay = function(enable) {
  enable = enable === undefined ? true : Boolean(enable);
  if (enable !== this._noDelay) this[kHandle]?.setNoDelay?.(enable);
  this._noDelay = enable;
  return this;
};
Socket.prototype.setKeepAlive = function(enable, initialDelay = 0) {
  enable = Boolean(enable);
  initialDelay = Math.trunc(initialDelay / 1000) || 0;
  const [was, delay] = this._keepAlive;
  this._keepAlive = [enable, initialDelay];
  if (enable !== was || initialDelay !== delay) this[kHandle]?.setKeepAlive?.(enable, initialDelay);
  return this;
};
Socket.prototype.ref = function() {
  if (!this[kHandle]) this.once('connect', this.ref);
  else this[kHandle].ref?.();
  return this;
};
Socket.prototype.unref = function() {
  if (!this[kHandle]) this.once('connect', this.unref);
  else this[kHandle].unref?.();
  return this;
};

function nameOf(socket, peer) {
  if (!socket[kHandle]?.name || socket.connecting) return {};
  const name = socket[kHandle].name(peer);
  return typeof name === 'number' ? {} : name;
}
Socket.prototype._getpeername = function() {
  if (this._peername === undefined || this._peername.address === undefined) this._peername = nameOf(this, true);
  return this._peername;
};
Socket.prototype._getsockname = function() {
  if (!this._sockname?.address) this._sockname = nameOf(this, false);
  return this._sockname;
};
Socket.prototype.address = function() { return this._getsockname(); };

const getters = {
  remoteAddress() { return this._getpeername().address; },
  remoteFamily() { return this._getpeername().family; },
  remotePort() { return this._getpeername().port; },
  localAddress() { return this._getsockname().address; },
  localFamily() { return this._getsockname().family; },
  localPort() { return this._getsockname().port; },
  pending() { return !this[kHandle] || this.connecting; },
  readyState() {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  },
  bufferSize() { return this[kHandle] ? this.writableLength : undefined; },
  bytesRead() { return this._bytesRead; },
  bytesWritten() {
    const { Buffer } = require('buffer');
    const waiting = this.writableBuffer;
    if (!waiting) return undefined;
    const size = (chunk, encoding) => (typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk?.byteLength ?? 0);
    const pending = Array.isArray(this._pendingData) ? this._pendingData : [this._pendingData];
    return waiting.reduce((sum, { chunk, encoding }) => sum + size(chunk, encoding), this._bytesDispatched) +
      pending.reduce((sum, chunk) => sum + size(chunk), 0);
  },
};
for (const name of Object.keys(getters)) {
  Object.defineProperty(Socket.prototype, name, { configurable: true, enumerable: true, get: getters[name] });
}
Object.defineProperty(Socket.prototype, '_connecting', { get() { return this.connecting; } });

Socket.prototype.connect = function connect(...args) {
  const [options, callback] = Array.isArray(args[0]) && args.length === 1 ? args[0] : normalize(args);
  if (this.write !== Socket.prototype.write) this.write = Socket.prototype.write;
  if (this.destroyed) {
    this[kHandle] = null;
    this._peername = undefined;
    this._sockname = null;
    this._undestroy?.();
    this._bytesRead = this._bytesDispatched = 0;
  }
  if (options.autoSelectFamily !== undefined && options.autoSelectFamily !== null) validateBoolean(options.autoSelectFamily, 'options.autoSelectFamily');
  if (options.autoSelectFamilyAttemptTimeout !== undefined && options.autoSelectFamilyAttemptTimeout !== null) {
    validateInt32(options.autoSelectFamilyAttemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1);
  }
  if (options.path) validateString(options.path, 'options.path');
  else checkPort(options);
  if (callback !== null) this.once('connect', callback);
  publish('net.client.socket', () => ({ socket: this }));
  if (!this[kHandle]) {
    this[kHandle] = options.path ? system.pipe(false) : system.tcp();
    init(this);
  }
  this._unrefTimer();
  this.connecting = true;
  if (options.noDelay) this._noDelay = true;
  if (options.keepAlive) this._keepAlive = [true, Math.max(0, Math.trunc((options.keepAliveInitialDelay ?? 0) / 1000))];
  if (options.timeout) this.setTimeout(options.timeout);
  if (options.onread) this._onread = options.onread;
  if (options.path) {
    connectTo(this, { path: options.path });
    return this;
  }
  lookupAndConnect(this, options, init);
  return this;
};
Socket.prototype.write = stream.Duplex.prototype.write;

function connect(...args) {
  const normalized = normalize(args);
  const socket = new Socket(normalized[0]);
  return socket.connect(normalized);
}

let autoSelect = true;
let autoSelectTimeout = 250;

module.exports = {
  _normalizeArgs: normalize,
  connect, createConnection: connect,
  createServer: (options, listener) => new Server(options, listener),
  isIP, isIPv4, isIPv6, Server: undefined, Socket, Stream: Socket,
  getDefaultAutoSelectFamily: () => autoSelect,
  setDefaultAutoSelectFamily(value) {
    require('internal/validators').validateBoolean(value, 'value');
    autoSelect = value;
  },
  getDefaultAutoSelectFamilyAttemptTimeout: () => autoSelectTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    require('internal/validators').validateInt32(value, 'value', 1);
    autoSelectTimeout = Math.max(10, value);
  },
};
for (const [name, value] of [['_openFd', openFd], ['_checkBlockList', checkBlockList]]) Object.defineProperty(module.exports, name, { value });
const { Server } = require('internal/net/server');
module.exports.Server = Server;
lazy.define(module.exports, 'BlockList', () => require('internal/block_list').BlockList, true);
lazy.define(module.exports, 'SocketAddress', () => require('internal/block_list').SocketAddress, true);
