// net.Server: what listens, alone or where the primary of its cluster does, and hands each connection out as a Socket.
'use strict';

const EventEmitter = require('events');
const { codes, errnoException, uvException } = require('internal/errors');
const { validateAbortSignal, validatePort } = require('internal/validators');
const { publish } = require('internal/channels');
const { isIP, Socket, _normalizeArgs: normalize, _openFd: openFd, _checkBlockList: checkBlockList } = require('net');
const context = require('internal/context');
const system = native('net');

const EINVAL = -22;
const kHandle = '_handle';

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  EventEmitter.call(this, options);
  if (typeof options === 'function') [listener, options] = [options, {}];
  else if (options === undefined || options === null) options = {};
  else if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
  if (typeof listener === 'function') this.on('connection', listener);
  this._connections = 0;
  this[kHandle] = null;
  this._usingWorkers = false;
  this._workers = [];
  this._unref = false;
  this._listeningId = 1;
  this.allowHalfOpen = options.allowHalfOpen ?? false;
  this.pauseOnConnect = Boolean(options.pauseOnConnect);
  this.noDelay = Boolean(options.noDelay);
  this.keepAlive = Boolean(options.keepAlive);
  this.keepAliveInitialDelay = Math.trunc((options.keepAliveInitialDelay ?? 0) / 1000);
  this.highWaterMark = options.highWaterMark;
  if (options.blockList !== undefined) checkBlockList(options.blockList, 'options.blockList');
  this.blockList = options.blockList;
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);

Server.prototype.listen = function listen(...args) {
  let [options, callback] = normalize(args);
  if (this[kHandle]) throw new codes.ERR_SERVER_ALREADY_LISTEN();
  if (callback !== null) this.once('listening', callback);
  publish('tracing:net.server.listen:asyncStart', () => ({ server: this, options }));
  const backlogArgument = args.slice(1).find((one) => typeof one === 'number');
  const backlog = options.backlog || backlogArgument || 511;
  if (options.signal) {
    validateAbortSignal(options.signal, 'options.signal');
    const onAbort = () => this.close();
    if (options.signal.aborted) process.nextTick(onAbort);
    else options.signal.addEventListener('abort', onAbort, { once: true });
  }
  if (options._handle) options = options._handle;
  if (typeof options.readStart === 'function') {
    start(this, options, backlog);
    return this;
  }
  if (typeof options.fd === 'number' && options.fd >= 0) {
    let handle;
    try {
      handle = openFd(options.fd);
    } catch {
      refuse(this, undefined, EINVAL, undefined, undefined); // nothing that can listen
      return this;
    }
    start(this, handle, backlog);
    return this;
  }
  if (args.length === 0 || typeof args[0] === 'function' || (typeof options.port === 'undefined' && 'port' in options) || options.port === null) {
    options = { ...options, port: 0 };
  }
  if (typeof options.port === 'number' || typeof options.port === 'string') {
    validatePort(options.port, 'options.port');
    listenTcp(this, options, backlog);
    return this;
  }
  if (options.path && typeof options.path === 'string') {
    listenPipe(this, options, backlog);
    return this;
  }
  if (!('port' in options || 'path' in options)) {
    throw new codes.ERR_INVALID_ARG_VALUE('options', options, 'must have the property "port" or "path"');
  }
  throw new codes.ERR_INVALID_ARG_VALUE('options', options);
};

function listenTcp(server, options, backlog) {
  const port = options.port | 0;
  if (options.host && !isIP(options.host)) {
    require('dns').lookup(options.host, (error, address) => {
      if (error) return server.emit('error', error);
      bindTcp(server, address, port, backlog, options);
    });
    return;
  }
  bindTcp(server, options.host, port, backlog, options);
}

// Without a host: all of IPv6, which takes IPv4 too; all of IPv4 where there is none.
function bindTcp(server, host, port, backlog, options) {
  const query = { address: host || null, port, addressType: host ? isIP(host) : 6, fd: undefined, flags: options.ipv6Only ? 1 : 0, backlog };
  if (listenInCluster(server, query, options, host || '::')) return;
  let handle = system.tcp();
  let errno = handle.bind(host || '::', port, options.ipv6Only ? 1 : 0);
  if (!host && errno < 0) {
    handle.close();
    handle = system.tcp();
    errno = handle.bind('0.0.0.0', port, 0);
  }
  if (errno < 0) return refuse(server, handle, errno, host || '::', port);
  handle.isTcp = true;
  start(server, handle, backlog, host || '::', port);
}

// A worker of a cluster listens where its primary does.
function listenInCluster(server, query, options, address) {
  if (options.exclusive || !require('internal/cluster/role').isWorker) return false;
  require('cluster')._getServer(server, query, (errno, handle) => {
    if (errno) refuse(server, null, errno, address, query.port);
    else start(server, handle, query.backlog, address, query.port);
  });
  return true;
}

function listenPipe(server, options, backlog) {
  const query = { address: options.path, port: -1, addressType: -1, fd: undefined, flags: 0, backlog, readableAll: options.readableAll, writableAll: options.writableAll };
  if (listenInCluster(server, query, options, options.path)) return;
  const handle = system.pipe(false);
  const errno = handle.bind(options.path);
  if (errno < 0) return refuse(server, handle, errno, options.path);
  server._pipeName = options.path;
  let mode = 0;
  if (options.readableAll) mode |= 1;
  if (options.writableAll) mode |= 2;
  if (mode) handle.chmod(mode);
  start(server, handle, backlog, options.path);
}

function refuse(server, handle, errno, address, port) {
  handle?.close();
  const error = exceptionWithHostPortForListen(errno, address, port);
  publish('tracing:net.server.listen:error', () => ({ server, error }));
  process.nextTick(() => server.emit('error', error));
}

// "listen EADDRINUSE: address already in use :::80"
function exceptionWithHostPortForListen(errno, address, port) {
  const error = uvException({ errno, syscall: 'listen' });
  error.message = `listen ${error.message.replace(/, listen$/, '')} ${address}${port ? `:${port}` : ''}`;
  error.stack = error.stack.replace(/^.*$/m, `Error: ${error.message}`);
  error.address = address;
  if (port) error.port = port;
  return error;
}

function start(server, handle, backlog, address, port) {
  server[kHandle] = handle;
  Object.defineProperty(handle, 'fd', { configurable: true, enumerable: true, get: handle.fileno });
  server._connectionKey = `${address ? isIP(address) || -1 : 4}:${address ?? null}:${port}`;
  handle.onconnection = context.bind(onConnection.bind(server));
  const errno = handle.listen(backlog);
  if (errno < 0) {
    server[kHandle] = null;
    return refuse(server, handle, errno, address, port);
  }
  if (server._unref) handle.unref();
  publish('tracing:net.server.listen:asyncEnd', () => ({ server }));
  process.nextTick(() => { if (server[kHandle]) server.emit('listening'); });
}

function onConnection(status, client) {
  if (status < 0) return void this.emit('error', errnoException(status, 'accept'));
  if (this.blockList !== undefined) {
    const name = client.name?.(true);
    if (name?.address && this.blockList.check(name.address, name.family)) return void client.close();
  }
  if (this.maxConnections !== undefined && this._connections >= this.maxConnections) {
    const name = client.name?.(true);
    const local = client.name?.(false);
    client.close();
    if (name) {
      this.emit('drop', { localAddress: local.address, localPort: local.port, localFamily: local.family,
        remoteAddress: name.address, remotePort: name.port, remoteFamily: name.family });
    } else this.emit('drop');
    return;
  }
  const before = context.current;
  if (before !== undefined) context.current = undefined; // its handle was there before anybody was told
  const socket = new Socket({
    handle: client, allowHalfOpen: this.allowHalfOpen, pauseOnCreate: this.pauseOnConnect, readable: true, writable: true,
    readableHighWaterMark: this.highWaterMark, writableHighWaterMark: this.highWaterMark,
  });
  if (before !== undefined) context.current = before;
  if (this.noDelay) {
    socket._noDelay = true;
    client.setNoDelay?.(true);
  }
  if (this.keepAlive) {
    socket._keepAlive = [true, this.keepAliveInitialDelay];
    client.setKeepAlive?.(true, this.keepAliveInitialDelay);
  }
  this._connections++;
  socket.server = socket._server = this;
  publish('net.server.socket', () => ({ socket }));
  this.emit('connection', socket);
}

Server.prototype.address = function() {
  if (this[kHandle]?.name) {
    const name = this[kHandle].name(false);
    if (typeof name === 'number') throw errnoException(name, 'address');
    return { address: name.address, family: name.family, port: name.port };
  }
  return this[kHandle] ? this._pipeName : null;
};
// With what other processes have of its sockets.
Server.prototype.getConnections = function(callback) {
  let left = this._workers.length;
  let total = this._connections;
  if (left === 0) process.nextTick(callback, null, total);
  for (const worker of this._workers) {
    worker.getConnections((error, count) => {
      if (error) left = -1;
      else total += count;
      if (error || --left === 0) process.nextTick(callback, error, total);
    });
  }
  return this;
};
Server.prototype._setupWorker = function(list) {
  this._usingWorkers = true;
  this._workers.push(list);
  list.once('exit', () => { this._workers = this._workers.filter((one) => one !== list); });
};
Server.prototype.close = function(callback) {
  if (typeof callback === 'function') {
    if (!this[kHandle]) this.once('close', () => callback(new codes.ERR_SERVER_NOT_RUNNING()));
    else this.once('close', callback);
  }
  if (this[kHandle]) {
    this[kHandle].close();
    this[kHandle] = null;
  }
  let left = this._workers.length;
  if (left === 0) {
    this._emitCloseIfDrained();
    return this;
  }
  this._connections++; // until they have answered
  for (const worker of this._workers) {
    worker.close(() => {
      if (--left > 0) return;
      this._connections = 0;
      this._emitCloseIfDrained();
    });
  }
  return this;
};
Server.prototype._emitCloseIfDrained = function() {
  if (this[kHandle] || this._connections > 0) return;
  process.nextTick(() => this.emit('close'));
};
Server.prototype[Symbol.for('nodejs.rejection')] = function(error, event, socket) {
  if (event === 'connection') socket.destroy(error);
  else this.emit('error', error);
};
Server.prototype[Symbol.asyncDispose] = async function() {
  if (!this[kHandle]) return;
  await new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
};
Object.defineProperty(Server.prototype, 'listening', { configurable: true, enumerable: true, get() { return Boolean(this[kHandle]); } });
Server.prototype.ref = function() {
  this._unref = false;
  this[kHandle]?.ref();
  return this;
};
Server.prototype.unref = function() {
  this._unref = true;
  this[kHandle]?.unref();
  return this;
};

module.exports = { Server };
