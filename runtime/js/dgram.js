// dgram: sockets for datagrams over the handles of native/udp.
'use strict';

const EventEmitter = require('events');
const { codes, errnoException, exceptionWithHostPort } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateNumber, validatePort, validateString, validateUint32 } = require('internal/validators');
const system = native('udp');

const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;
const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

// libuv's
const IPV6_ONLY = 1;
const REUSE_ADDRESS = 4;

const EBADF = -9;

const kState = Symbol('state symbol');

const fail = (errno, syscall) => { throw errnoException(errno, syscall); };

// Who asks for nothing means this machine.
function lookupOf(family, lookup) {
  if (lookup !== undefined) validateFunction(lookup, 'lookup');
  const local = family === 6 ? '::1' : '127.0.0.1';
  return (address, callback) => (lookup ?? require('dns').lookup)(address || local, family, callback);
}

function openHandle(type, lookup) {
  if (type !== 'udp4' && type !== 'udp6') throw new codes.ERR_SOCKET_BAD_TYPE();
  const handle = system.socket();
  handle.lookup = lookupOf(type === 'udp6' ? 6 : 4, lookup);
  return handle;
}

function Socket(type, listener) {
  EventEmitter.call(this);
  let options = {};
  if (type !== null && typeof type === 'object') {
    options = type;
    ({ type } = options);
  }
  const { lookup, recvBufferSize, sendBufferSize, signal } = options;
  if (recvBufferSize !== undefined) validateUint32(recvBufferSize, 'options.recvBufferSize');
  if (sendBufferSize !== undefined) validateUint32(sendBufferSize, 'options.sendBufferSize');
  for (const name of ['sendBlockList', 'receiveBlockList']) {
    if (options[name] === undefined || require('net').BlockList.isBlockList(options[name])) continue;
    throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}`, 'net.BlockList', options[name]);
  }
  const handle = openHandle(type, lookup);
  this.type = type;
  Object.defineProperty(this, kState, { enumerable: false, value: {
    handle, receiving: false, bound: UNBOUND, connected: DISCONNECTED, queue: undefined, recvBufferSize, sendBufferSize,
    reuseAddr: Boolean(options.reuseAddr), ipv6Only: Boolean(options.ipv6Only),
    sendBlockList: options.sendBlockList, receiveBlockList: options.receiveBlockList,
  } });
  handle.onmessage = require('internal/context').bind((bytes, from) => onMessage(this, bytes, from));
  require('internal/channels').publish('udp.socket', () => ({ socket: this }));
  if (typeof listener === 'function') this.on('message', listener);
  if (signal !== undefined) {
    validateAbortSignal(signal, 'options.signal');
    const onAbort = () => { if (this[kState].handle) this.close(); };
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener('abort', onAbort, { once: true });
      this.once('close', () => signal.removeEventListener('abort', onAbort));
    }
  }
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);

function onMessage(socket, bytes, from) {
  if (typeof bytes === 'number') {
    socket.emit('error', errnoException(bytes, 'recvmsg'));
    return;
  }
  const { receiveBlockList } = socket[kState];
  if (receiveBlockList?.check(from.address, from.family)) return;
  const { Buffer } = require('buffer');
  from.size = bytes.length;
  socket.emit('message', Object.setPrototypeOf(bytes, Buffer.prototype), from);
}

function openState(socket) {
  const state = socket[kState];
  if (!state.handle) throw new codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
  return state;
}

function sizeOfBuffer(socket, size, receiving) {
  const state = socket[kState];
  if (size >>> 0 !== size) throw new codes.ERR_SOCKET_BAD_BUFFER_SIZE();
  const result = state.handle ? state.handle.bufferSize(receiving, size) : EBADF;
  if (result < 0) throw bufferError(result, receiving);
  return result;
}

// "Could not get or set buffer size: uv_recv_buffer_size returned EBADF (bad file descriptor)"
function bufferError(errno, receiving) {
  const [code, message] = require('internal/errors').errorName(errno);
  const syscall = `uv_${receiving ? 'recv' : 'send'}_buffer_size`;
  const error = new codes.ERR_SOCKET_BUFFER_SIZE(`Could not get or set buffer size: ${syscall} returned ${code} (${message})`);
  error.name = 'SystemError';
  error.info = { errno, code, message, syscall };
  return Object.assign(error, { errno, syscall });
}

function startReceiving(socket) {
  const state = socket[kState];
  state.handle.receiveStart();
  state.receiving = true;
  state.bound = BOUND;
  if (state.recvBufferSize) sizeOfBuffer(socket, state.recvBufferSize, true);
  if (state.sendBufferSize) sizeOfBuffer(socket, state.sendBufferSize, false);
  socket.emit('listening');
}

// The handle that a worker of a cluster has from its primary, or a program from another process.
function replaceHandle(socket, handle) {
  const state = socket[kState];
  const old = state.handle;
  handle.lookup = old.lookup;
  handle.onmessage = old.onmessage;
  old.onmessage = undefined;
  old.close();
  state.handle = handle;
}

// (port, address, callback), (options, callback), (handle, callback)
Socket.prototype.bind = function bind(port, address, ...rest) {
  const state = openState(this);
  if (state.bound !== UNBOUND) throw new codes.ERR_SOCKET_ALREADY_BOUND();
  state.bound = BINDING;
  const callback = [port, address, ...rest].findLast((one) => one !== undefined);
  if (typeof callback === 'function') once(this, callback);
  if (port instanceof Object && typeof port.receiveStart === 'function') {
    replaceHandle(this, port);
    startReceiving(this);
    return this;
  }
  let exclusive = false;
  if (port !== null && typeof port === 'object') {
    if (Number.isInteger(port.fd) && port.fd > 0) return bindFd(this, port.fd);
    ({ address = '', exclusive = false, port } = port);
  } else if (typeof address === 'function') address = '';
  if (!address) address = this.type === 'udp4' ? '0.0.0.0' : '::';
  state.handle.lookup(address, (error, ip) => {
    if (!state.handle) return;
    if (error) {
      state.bound = UNBOUND;
      this.emit('error', error);
    } else bindTo(this, ip, port, exclusive);
  });
  return this;
};

// The listener goes when the bind fails, so that the next one does not call it.
function once(socket, callback) {
  const forget = () => {
    socket.removeListener('error', forget);
    socket.removeListener('listening', onListening);
  };
  function onListening(...args) {
    forget();
    Reflect.apply(callback, this, args);
  }
  socket.on('error', forget);
  socket.on('listening', onListening);
}

function bindFd(socket, fd) {
  const state = socket[kState];
  const kind = native('process').kindOf(fd);
  if (kind !== 'udp') throw new codes.ERR_INVALID_FD_TYPE(kind.toUpperCase());
  const errno = state.handle.open(fd);
  if (errno < 0) fail(errno, 'open');
  startReceiving(socket);
  return socket;
}

function bindTo(socket, address, port, exclusive) {
  const state = socket[kState];
  const flags = (state.reuseAddr ? REUSE_ADDRESS : 0) | (state.ipv6Only ? IPV6_ONLY : 0);
  if (!exclusive && require('internal/cluster/role').isWorker) return bindInCluster(socket, address, port, flags);
  const errno = state.handle.bind(address, port || 0, flags);
  if (errno < 0) {
    state.bound = UNBOUND;
    socket.emit('error', exceptionWithHostPort(errno, 'bind', address, port));
    return;
  }
  startReceiving(socket);
}

function bindInCluster(socket, address, port, flags) {
  const state = socket[kState];
  const query = { address, port: port ?? null, addressType: socket.type, fd: -1, flags };
  require('cluster')._getServer(socket, query, (errno, handle) => {
    if (errno) {
      state.bound = UNBOUND;
      socket.emit('error', exceptionWithHostPort(errno, 'bind', address, port));
      return;
    }
    if (!state.handle) return void handle.close(); // closed in the meantime
    replaceHandle(socket, handle);
    startReceiving(socket);
  });
}

Socket.prototype.connect = function connect(port, address, callback) {
  port = validatePort(port, 'Port', false);
  if (typeof address === 'function') [callback, address] = [address, ''];
  else if (address === undefined) address = '';
  validateString(address, 'address');
  const state = this[kState];
  if (state.connected !== DISCONNECTED) throw new codes.ERR_SOCKET_DGRAM_IS_CONNECTED();
  state.connected = CONNECTING;
  if (state.bound === UNBOUND) this.bind({ port: 0, exclusive: true });
  if (state.bound === BOUND) connectTo(this, port, address, callback);
  else later(this, () => connectTo(this, port, address, callback));
};

function blockedError(state, ip) {
  return state.sendBlockList?.check(ip, `ipv${require('net').isIP(ip)}`) ? new codes.ERR_IP_BLOCKED(ip) : undefined;
}

function connectTo(socket, port, address, callback) {
  const state = socket[kState];
  if (callback) socket.once('connect', callback);
  state.handle.lookup(address, (error, ip) => {
    if (!state.handle) return;
    error ??= blockedError(state, ip);
    if (!error) {
      const errno = state.handle.connect(ip, port);
      if (errno < 0) error = exceptionWithHostPort(errno, 'connect', address, port);
    }
    if (!error) {
      state.connected = CONNECTED;
      process.nextTick(() => { if (state.handle) socket.emit('connect'); });
      return;
    }
    state.connected = DISCONNECTED;
    process.nextTick(() => {
      if (!callback) return void socket.emit('error', error);
      socket.removeListener('connect', callback);
      callback(error);
    });
  });
}

Socket.prototype.disconnect = function disconnect() {
  const state = this[kState];
  if (state.connected !== CONNECTED) throw new codes.ERR_SOCKET_DGRAM_NOT_CONNECTED();
  const errno = state.handle.connect();
  if (errno < 0) fail(errno, 'connect');
  state.connected = DISCONNECTED;
};

// What must wait until the socket is bound, or never will be.
function later(socket, action) {
  const state = socket[kState];
  if (state.queue !== undefined) return void state.queue.push(action);
  state.queue = [action];
  const forget = () => {
    socket.removeListener('error', onError);
    socket.removeListener('listening', onListening);
  };
  function onListening() {
    forget();
    const { queue } = state;
    state.queue = undefined;
    for (const one of queue) one();
  }
  function onError() {
    forget();
    state.queue = undefined;
  }
  socket.on('error', onError);
  socket.on('listening', onListening);
}

const KINDS = ['Buffer', 'TypedArray', 'DataView', 'string'];

function toBytes(one) {
  const { Buffer } = require('buffer');
  if (typeof one === 'string') return Buffer.from(one);
  return ArrayBuffer.isView(one) ? Buffer.from(one.buffer, one.byteOffset, one.byteLength) : null;
}

function listOf(message) {
  if (!Array.isArray(message)) {
    const bytes = toBytes(message);
    if (bytes === null) throw new codes.ERR_INVALID_ARG_TYPE('buffer', KINDS, message);
    return [bytes];
  }
  const list = message.map(toBytes);
  if (list.includes(null)) throw new codes.ERR_INVALID_ARG_TYPE('buffer list arguments', KINDS, message);
  return list.length === 0 ? [toBytes('')] : list; // an empty datagram
}

function part(message, offset, length) {
  const bytes = toBytes(message);
  if (bytes === null) throw new codes.ERR_INVALID_ARG_TYPE('buffer', KINDS, message);
  offset >>>= 0;
  length >>>= 0;
  if (offset > bytes.byteLength) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (offset + length > bytes.byteLength) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
  return bytes.subarray(offset, offset + length);
}

// send(message, [offset, length,] [port, [address,]] [callback])
Socket.prototype.send = function send(message, offset, length, port, address, callback) {
  const state = this[kState];
  const isConnected = state.connected === CONNECTED;
  if (!isConnected) {
    if (address || (port && typeof port !== 'function')) message = part(message, offset, length);
    else [callback, port, address] = [port, offset, length];
  } else {
    if (typeof length === 'number') {
      message = part(message, offset, length);
      if (typeof port === 'function') [callback, port] = [port, null];
    } else callback = offset;
    if (port || address) throw new codes.ERR_SOCKET_DGRAM_IS_CONNECTED();
  }
  const list = listOf(message);
  if (!isConnected) port = validatePort(port, 'Port', false);
  if (typeof callback !== 'function') callback = undefined;
  if (typeof address === 'function') [callback, address] = [address, undefined];
  else if (address !== undefined && address !== null) validateString(address, 'address');
  openState(this);
  if (state.bound === UNBOUND) this.bind({ port: 0, exclusive: true });
  const go = () => sendList(this, list, port, address, callback);
  if (state.bound === BOUND) go();
  else later(this, go);
};

function sendList(socket, list, port, address, callback) {
  const state = socket[kState];
  if (state.connected === CONNECTED) return sendTo(socket, list, undefined, port, address, callback);
  state.handle?.lookup(address, (error, ip) => {
    error ??= blockedError(state, ip);
    if (!error) return sendTo(socket, list, ip, port, address, callback);
    if (callback) return void process.nextTick(callback, error);
    process.nextTick(() => socket.emit('error', error));
  });
}

function sendTo(socket, list, ip, port, address, callback) {
  const { handle } = socket[kState];
  if (!handle) return;
  const length = list.reduce((sum, one) => sum + one.byteLength, 0);
  const done = (status) => {
    if (status < 0) callback?.(exceptionWithHostPort(status, 'send', address, port));
    else callback?.(null, length);
  };
  const result = ip === undefined ? handle.send(list, done) : handle.send(list, done, ip, port);
  if (result >= 0) {
    if (result === 0 && callback) process.nextTick(callback, null, length);
  } else if (callback) process.nextTick(done, result);
}

Socket.prototype.sendto = function sendto(buffer, offset, length, port, address, callback) {
  validateNumber(offset, 'offset');
  validateNumber(length, 'length');
  validateNumber(port, 'port');
  validateString(address, 'address');
  this.send(buffer, offset, length, port, address, callback);
};

Socket.prototype.close = function close(callback) {
  const state = this[kState];
  if (typeof callback === 'function') this.on('close', callback);
  if (state.queue !== undefined) {
    state.queue.push(() => this.close());
    return this;
  }
  openState(this);
  state.receiving = false;
  state.handle.onmessage = undefined;
  state.handle.close();
  state.handle = null;
  process.nextTick(() => this.emit('close'));
  return this;
};
Socket.prototype[Symbol.asyncDispose] = async function() {
  if (!this[kState].handle) return;
  await new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
};

function nameOf(socket, peer, syscall) {
  const name = openState(socket).handle.name(peer);
  if (typeof name === 'number') fail(name, syscall);
  return { address: name.address, family: name.family, port: name.port };
}
Socket.prototype.address = function address() { return nameOf(this, false, 'getsockname'); };
Socket.prototype.remoteAddress = function remoteAddress() {
  if (openState(this).connected !== CONNECTED) throw new codes.ERR_SOCKET_DGRAM_NOT_CONNECTED();
  return nameOf(this, true, 'getpeername');
};

Socket.prototype.setBroadcast = function setBroadcast(flag) {
  const errno = openState(this).handle.setBroadcast(flag ? 1 : 0);
  if (errno < 0) fail(errno, 'setBroadcast');
};
Socket.prototype.setTTL = function setTTL(ttl) {
  validateNumber(ttl, 'ttl');
  const errno = openState(this).handle.setTTL(ttl);
  if (errno < 0) fail(errno, 'setTTL');
  return ttl;
};
Socket.prototype.setMulticastTTL = function setMulticastTTL(ttl) {
  validateNumber(ttl, 'ttl');
  const errno = openState(this).handle.setMulticastTTL(ttl);
  if (errno < 0) fail(errno, 'setMulticastTTL');
  return ttl;
};
Socket.prototype.setMulticastLoopback = function setMulticastLoopback(flag) {
  const errno = openState(this).handle.setMulticastLoopback(flag ? 1 : 0);
  if (errno < 0) fail(errno, 'setMulticastLoopback');
  return flag;
};
Socket.prototype.setMulticastInterface = function setMulticastInterface(address) {
  const { handle } = openState(this);
  validateString(address, 'interfaceAddress');
  const errno = handle.setMulticastInterface(address);
  if (errno < 0) fail(errno, 'setMulticastInterface');
};

function member(socket, syscall, join, group, iface, source) {
  const { handle, bound } = openState(socket);
  if (join && bound === UNBOUND) socket.bind({ port: 0, exclusive: true });
  const errno = handle.membership(join, group, iface, source);
  if (errno < 0) fail(errno, syscall);
}
function needed(value, name) {
  if (!value) throw new codes.ERR_MISSING_ARGS(name);
}
Socket.prototype.addMembership = function addMembership(group, iface) {
  needed(group, 'multicastAddress');
  member(this, 'addMembership', true, group, iface);
};
Socket.prototype.dropMembership = function dropMembership(group, iface) {
  needed(group, 'multicastAddress');
  member(this, 'dropMembership', false, group, iface);
};
Socket.prototype.addSourceSpecificMembership = function addSourceSpecificMembership(source, group, iface) {
  validateString(source, 'sourceAddress');
  validateString(group, 'groupAddress');
  member(this, 'addSourceSpecificMembership', true, group, iface, source);
};
Socket.prototype.dropSourceSpecificMembership = function dropSourceSpecificMembership(source, group, iface) {
  validateString(source, 'sourceAddress');
  validateString(group, 'groupAddress');
  member(this, 'dropSourceSpecificMembership', false, group, iface, source);
};

Socket.prototype.setRecvBufferSize = function setRecvBufferSize(size) { sizeOfBuffer(this, size, true); };
Socket.prototype.setSendBufferSize = function setSendBufferSize(size) { sizeOfBuffer(this, size, false); };
Socket.prototype.getRecvBufferSize = function getRecvBufferSize() { return sizeOfBuffer(this, 0, true); };
Socket.prototype.getSendBufferSize = function getSendBufferSize() { return sizeOfBuffer(this, 0, false); };
Socket.prototype.getSendQueueSize = function getSendQueueSize() { return this[kState].handle?.queued()[0] ?? 0; };
Socket.prototype.getSendQueueCount = function getSendQueueCount() { return this[kState].handle?.queued()[1] ?? 0; };

Socket.prototype.ref = function ref() {
  this[kState].handle?.ref();
  return this;
};
Socket.prototype.unref = function unref() {
  this[kState].handle?.unref();
  return this;
};

module.exports = {
  createSocket: (type, listener) => new Socket(type, listener),
  Socket,
  // For cluster, which opens what its workers share, and for messages with a socket: a handle, or a negative errno.
  _createSocketHandle(address, port, type, fd, flags) {
    const handle = openHandle(type);
    const errno = fd >= 0 ? handle.open(fd) : port || address ? handle.bind(address, port || 0, flags) : 0;
    if (errno >= 0) return handle;
    handle.close();
    return errno;
  },
  _handleOf: (socket) => socket[kState].handle,
};
