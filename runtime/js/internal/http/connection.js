// One connection of a server: reads requests, natively where its socket is one of ours, and puts responses in their order.
'use strict';

const { publish } = require('internal/channels');
const net = require('net');
const common = require('_http_common');
const { kNeedDrain, kUniqueHeaders } = require('_http_outgoing');
const { codes } = require('internal/errors');
const STATUS_CODES = require('internal/http/status');

const { methods, KEEP_ALIVE, UPGRADE, COMPLETE, continueExpression } = common;

// What a server keeps for its connections.
const kConnections = Symbol('http.server.connections');
const kIncoming = Symbol('IncomingMessage');
const kResponse = Symbol('ServerResponse');
const kOptions = Symbol('options');
const kConnection = Symbol('connection'); // of a socket

function emitClose(message) {
  if (message._closed) return;
  message.destroyed = true;
  message._closed = true;
  message.emit('close');
}

class Connection {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    this.incoming = []; // requests without a finished response
    this.outgoing = []; // responses that wait for their turn
    this.pendingBytes = 0; // that those hold
    this.request = null; // whose body comes in
    this.requests = 0;
    this.consumed = false;
    this.paused = false;
    this.idleTimer = null;
    this.idle = false;
    this.idleAt = 0;
    this.parser = common.newParser(false, server, parserCalls);
    this.parser.owner = this;
  }

  open() {
    const { socket, server } = this;
    socket[kConnection] = this;
    socket.parser = this.parser;
    socket._httpRead = (on) => this.read(on);
    server[kConnections].add(this);
    if (server.timeout && typeof socket.setTimeout === 'function') socket.setTimeout(server.timeout);
    socket.setEncoding = refuseEncoding;
    socket.on('timeout', onTimeout);
    socket.on('error', socketOnError);
    socket.on('end', onEnd);
    socket.on('close', onClose);
    socket.on('drain', onDrain);
    const handle = socket._handle;
    if (typeof handle?.fileno === 'function' && socket instanceof net.Socket && socket._write === net.Socket.prototype._write) this.consume(handle);
    else socket.on('data', onData);
    if (this.consumed) guardListeners(socket);
  }

  // The native parser reads the stream from now on.
  consume(handle) {
    handle.readStop();
    this.parser.consume(handle);
    this.consumed = handle.reading = true;
    handle.readStart();
  }

  unconsume() {
    if (!this.consumed) return;
    this.consumed = false;
    const handle = this.socket._handle;
    if (!handle) return;
    this.parser.unconsume(handle);
    handle.readStop();
    handle.reading = true;
    handle.readStart();
  }

  // Somebody else listens to the bytes, too.
  share() {
    this.unconsume();
    this.socket.on('data', onData);
  }

  // Lets bytes come, or holds them off.
  read(on) {
    const { socket } = this;
    if (!this.consumed) {
      if (on) socket.resume();
      else socket.pause();
      return;
    }
    const handle = socket._handle;
    if (!handle || handle.reading === on) return;
    handle.reading = on;
    if (on) handle.readStart();
    else handle.readStop();
  }

  onHead(text, bits, number) {
    const { server, socket } = this;
    socket._unrefTimer?.();
    this.idle = false;
    const request = new server[kIncoming](socket);
    fill(request, text, bits, number, server);
    this.request = request;
    if (bits & UPGRADE) {
      request.upgrade = request.method === 'CONNECT' || (server.listenerCount('upgrade') > 0 && server.shouldUpgrade(request));
      if (request.upgrade) return 2;
    }
    const response = new server[kResponse](request, server[kOptions]);
    this.begin(request, response, Boolean(bits & KEEP_ALIVE));
    this.dispatch(request, response, text);
    if (bits & COMPLETE) this.onMessageEnd(undefined);
    return 0;
  }

  begin(request, response, keepAlive) {
    const { server, socket } = this;
    publish('http.server.response.created', () => ({ request, response }));
    response._keepAliveTimeout = server.keepAliveTimeout;
    response._maxRequestsPerSocket = server.maxRequestsPerSocket;
    response._connection = this;
    response.shouldKeepAlive = keepAlive && response.shouldKeepAlive;
    response[kUniqueHeaders] = server[kUniqueHeaders];
    this.incoming.push(request);
    this.requests++;
    if (socket._httpMessage) this.outgoing.push(response);
    else response.assignSocket(socket);
  }

  dispatch(request, response, text) {
    const { server } = this;
    publish('http.server.request.start', () => ({ request, response, socket: this.socket, server }));
    const is11 = request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
    if (is11 && server.requireHostHeader && !/\nhost\n/i.test(text) && request.headers.host === undefined) {
      response.writeHead(400, ['Connection', 'close']);
      response.end();
      return;
    }
    if (server.maxRequestsPerSocket > 0 && is11) {
      response.maxRequestsOnConnectionReached = server.maxRequestsPerSocket <= this.requests;
      if (this.requests > server.maxRequestsPerSocket) {
        server.emit('dropRequest', request, this.socket);
        response.writeHead(503);
        response.end();
        return;
      }
    }
    if (is11 && /\nexpect\n/i.test(text) && request.headers.expect !== undefined) return expect(server, request, response);
    server.emit('request', request, response);
  }

  onBody(bytes) {
    this.socket._unrefTimer?.();
    const { request } = this;
    if (request === null || request._dumped) return;
    Object.setPrototypeOf(bytes, require('buffer').Buffer.prototype);
    if (!request.push(bytes)) this.read(false);
  }

  onMessageEnd(trailers) {
    const { request } = this;
    if (request !== null && !request.upgrade) {
      this.request = null;
      if (trailers !== undefined) request._takeTrailers(trailers);
      request._complete();
    }
    if (!this.paused) this.read(true);
  }

  onFinish(request, response) {
    const { socket } = this;
    if (this.incoming[0] === request) this.incoming.shift();
    if (!request._consumed) request._dump();
    response.detachSocket(socket);
    if (response._eventsCount > 0) process.nextTick(emitClose, response);
    else response.destroyed = response._closed = true;
    if (response._last) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    } else if (this.outgoing.length > 0) this.outgoing.shift().assignSocket(socket);
    else this.wait();
  }

  // Nothing is asked for: the connection ends when that lasts too long.
  wait() {
    const { server } = this;
    this.idle = true;
    if (!server.keepAliveTimeout) return;
    this.idleAt = Date.now();
    this.idleTimer ??= this.wake(server.keepAliveTimeout + server.keepAliveTimeoutBuffer);
  }

  // One timer looks now and then, so that a request costs none.
  wake(after) {
    return setTimeout(() => {
      const left = this.idleAt + this.server.keepAliveTimeout + this.server.keepAliveTimeoutBuffer - Date.now();
      this.idleTimer = null;
      if (!this.idle) return;
      if (left > 0) this.idleTimer = this.wake(left);
      else onTimeout.call(this.socket);
    }, after).unref();
  }

  updatePending(amount) {
    this.pendingBytes += amount;
    const { socket } = this;
    if (this.paused && this.pendingBytes < socket.writableHighWaterMark) onDrain.call(socket);
    else if (!this.paused && this.pendingBytes > socket.writableHighWaterMark) {
      this.paused = socket._paused = true;
      this.read(false);
    }
  }

  // What the parser made of bytes, in the cases that it did not tell by itself.
  onStatus(status, rest) {
    const error = common.parseError(status, rest);
    if (error) {
      failed(this.socket, error);
      return;
    }
    const { request } = this;
    if (request?.upgrade) this.upgrade(request, rest);
  }

  upgrade(request, rest) {
    const { server, socket } = this;
    const { Buffer } = require('buffer');
    const head = rest ? Object.setPrototypeOf(rest, Buffer.prototype) : Buffer.alloc(0);
    this.request = null;
    this.release();
    socket.removeListener('timeout', onTimeout);
    socket.removeListener('error', socketOnError);
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
    if (server.listenerCount(event) > 0) {
      socket._readableState.flowing = null;
      server.emit(event, request, socket, head);
    } else socket.destroy();
  }

  // The socket is nobody's but its owner's again.
  release() {
    const { socket } = this;
    this.unconsume();
    delete socket.setEncoding;
    delete socket.on;
    delete socket.addListener;
    socket.removeListener('data', onData);
    socket.removeListener('end', onEnd);
    socket.removeListener('close', onClose);
    socket.removeListener('drain', onDrain);
    socket[kConnection] = undefined;
    socket._httpRead = undefined;
    socket.parser = null;
    this.forget();
  }

  forget() {
    clearTimeout(this.idleTimer);
    this.server[kConnections].delete(this);
  }
}

const parserCalls = [
  function(text, bits, number) { return this.owner.onHead(text, bits, number); },
  function(bytes) { this.owner.onBody(bytes); },
  function(trailers) { this.owner.onMessageEnd(trailers); },
  function(status, rest) {
    const connection = this.owner;
    const { socket } = connection;
    if (typeof status === 'number' && status < 0) {
      // The stream's own end or error: its reader knows.
      const handle = socket._handle;
      handle?.onread?.call(handle, status);
      return;
    }
    socket._unrefTimer?.();
    connection.onStatus(status, rest);
  },
];

function fill(request, text, bits, number, server) {
  request.httpVersionMajor = bits >> 12;
  request.httpVersionMinor = (bits >> 8) & 15;
  request.httpVersion = `${request.httpVersionMajor}.${request.httpVersionMinor}`;
  request.joinDuplicateHeaders = server.joinDuplicateHeaders;
  request.url = request._takeHead(text, server.maxHeadersCount ?? 2000);
  request.method = methods[number];
  request.upgrade = Boolean(bits & UPGRADE);
}

function expect(server, request, response) {
  if (continueExpression.test(request.headers.expect)) {
    response._expect_continue = true;
    if (server.listenerCount('checkContinue') > 0) server.emit('checkContinue', request, response);
    else {
      response.writeContinue();
      server.emit('request', request, response);
    }
  } else if (server.listenerCount('checkExpectation') > 0) server.emit('checkExpectation', request, response);
  else {
    response.writeHead(417);
    response.end();
  }
}

// Who reads the socket besides us takes the bytes from the native parser.
function guardListeners(socket) {
  for (const name of ['on', 'addListener']) {
    socket[name] = function(event, listener) {
      const connection = socket[kConnection];
      if (connection?.consumed && (event === 'data' || event === 'readable')) connection.share();
      return net.Socket.prototype[name].call(this, event, listener);
    };
    Object.defineProperty(socket, name, { enumerable: false });
  }
}

function refuseEncoding() { throw new codes.ERR_HTTP_SOCKET_ENCODING(); }

function onData(bytes) {
  const connection = this[kConnection];
  if (!connection) return;
  const status = connection.parser.execute(bytes);
  const parsed = typeof status === 'number' ? status : 0;
  if (typeof status === 'object') connection.onStatus(status, bytes);
  else if (connection.request?.upgrade) connection.onStatus(status, parsed < bytes.length ? bytes.slice(parsed) : undefined);
}

function onEnd() {
  const connection = this[kConnection];
  if (!connection) return;
  const { server } = connection;
  const error = common.parseError(connection.parser.finish());
  if (error) {
    failed(this, error);
    return;
  }
  if (!server.httpAllowHalfOpen) {
    abortIncoming(connection);
    this.end();
  } else if (connection.outgoing.length > 0) connection.outgoing[connection.outgoing.length - 1]._last = true;
  else if (this._httpMessage) this._httpMessage._last = true;
  else this.end();
}

function abortIncoming(connection) {
  const list = connection.incoming;
  connection.incoming = [];
  for (const request of list) {
    const error = new Error('aborted');
    error.code = 'ECONNRESET';
    request.destroy(error);
  }
}

function onClose() {
  const connection = this[kConnection];
  if (!connection) return;
  connection.forget();
  abortIncoming(connection);
  if (this._httpMessage) emitClose(this._httpMessage);
}

function onDrain() {
  const connection = this[kConnection];
  if (!connection) return;
  if (connection.paused && connection.pendingBytes <= this.writableHighWaterMark) {
    connection.paused = this._paused = false;
    connection.read(true);
  }
  const message = this._httpMessage;
  if (message && !message.finished && message[kNeedDrain]) {
    message[kNeedDrain] = false;
    message.emit('drain');
  }
}

function onTimeout() {
  const connection = this[kConnection];
  const { server, request } = connection;
  const forRequest = request !== null && !request.complete && request.emit('timeout', this);
  const response = this._httpMessage;
  const forResponse = response && response.emit('timeout', this);
  const forServer = server.emit('timeout', this);
  if (!forRequest && !forResponse && !forServer) this.destroy();
}

const answers = { HPE_HEADER_OVERFLOW: 431, HPE_CHUNK_EXTENSIONS_OVERFLOW: 413, ERR_HTTP_REQUEST_TIMEOUT: 408 };

function failed(socket, error) {
  const connection = socket[kConnection];
  if (connection?.consumed) connection.read(false);
  socketOnError.call(socket, error);
}

const nop = () => {};
function socketOnError(error) {
  this.removeListener('error', socketOnError);
  if (this.listenerCount('error') === 0) this.on('error', nop);
  const { server } = this[kConnection] ?? this;
  if (server.emit('clientError', error, this)) return;
  // Nothing may follow a response that has begun.
  if (this.writable && (!this._httpMessage || !this._httpMessage._headerSent)) {
    const code = answers[error.code] ?? 400;
    this.write(`HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\nConnection: close\r\n\r\n`);
  }
  if (typeof this.destroySoon === 'function' && this.writable && error.syscall === undefined) {
    this.end(() => this.destroy(error));
  } else this.destroy(error);
}

function connectionListener(socket) {
  socket.server = this; // also of one that another process has sent
  new Connection(this, socket).open();
}

module.exports = { connectionListener, failed, emitClose, kConnections, kIncoming, kResponse, kOptions, kConnection };
