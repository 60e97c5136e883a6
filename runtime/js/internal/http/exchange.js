// A client's request on its socket: the response that the parser gives, how both end, and who gets the socket next.
'use strict';

const context = require('internal/context');
const { publish } = require('internal/channels');
const common = require('_http_common');
const { kNeedDrain } = require('_http_outgoing');
const { IncomingMessage } = require('_http_incoming');

const { KEEP_ALIVE, UPGRADE, COMPLETE } = common;
const kError = Symbol('kError'); // what a request was destroyed with
const kContext = Symbol('kContext'); // the asynchronous context that a request was made in, if there was one

function reset(message) {
  const error = new Error(message);
  error.code = 'ECONNRESET';
  return error;
}

function emitClose(request) {
  if (request._closed) return;
  request._closed = true;
  request.emit('close');
}

const parserCalls = [
  function(text, bits, number) { return onHead(this.socket, text, bits, number); },
  function(bytes) { onBody(this.socket, bytes); },
  function(trailers) { onMessageEnd(this.socket, trailers); },
  function() {},
];

// Of a socket that serves one request after another: each hears in its own context.
function forRequest(listener) {
  return function(value) {
    const frame = this._httpMessage?.[kContext];
    if (frame === undefined) return Reflect.apply(listener, this, [value]);
    const before = context.current;
    context.current = frame; // which a throw leaves to who handles it
    Reflect.apply(listener, this, [value]);
    context.current = before;
    return undefined;
  };
}

const listeners = Object.entries({ error: onSocketError, data: onData, end: onEnd, close: onClose, drain: onDrain })
  .map(([name, listener]) => [name, forRequest(listener)]);

function attach(request, socket) {
  const parser = common.newParser(true, { maxHeaderSize: request.maxHeaderSize, insecureHTTPParser: request.insecureHTTPParser }, parserCalls);
  parser.socket = socket;
  request.socket = socket;
  request.parser = parser;
  request.reading = null;
  socket.parser = parser;
  socket._httpMessage = request;
  socket._httpRead = undefined;
  socket._paused = false;
  for (const [name, listener] of listeners) socket.on(name, listener);
  if (request.timeout !== undefined) listenTimeout(request);
  request.emit('socket', socket);
}

function detach(socket) {
  const request = socket._httpMessage;
  for (const [name, listener] of listeners) socket.removeListener(name, listener);
  socket.removeListener('timeout', onTimeout);
  socket.removeListener('timeout', onResponseTimeout);
  socket.parser = null;
  if (request) request.parser = null;
}

function onTimeout() {
  const request = this._httpMessage;
  if (request) request.emit('timeout');
}

function onResponseTimeout() { this._httpMessage?.res?.emit('timeout'); }

function listenTimeout(request) {
  const { socket } = request;
  if (!socket || request.timeoutCb) return;
  request.timeoutCb = onTimeout;
  socket.once('timeout', onTimeout);
  if (socket.timeout !== request.timeout && request.timeout !== undefined) setSocketTimeout(socket, request.timeout);
}

function setSocketTimeout(socket, msecs) {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(msecs));
  else socket.setTimeout(msecs);
}

function onDrain() {
  const request = this._httpMessage;
  if (request && !request.finished && request[kNeedDrain]) {
    request[kNeedDrain] = false;
    request.emit('drain');
  }
}

function fail(request, error) {
  if (request._hadError) return;
  request._hadError = true;
  if (request.socket) request.socket._hadError = true;
  publish('http.client.request.error', () => ({ request, error }));
  request.emit('error', error);
}

function onSocketError(error) {
  const request = this._httpMessage;
  if (request && !request.res) fail(request, error);
  else if (request?.res && !request.res.complete) request.res.destroy(error);
  this.parser?.finish();
  detachParser(this);
}

function detachParser(socket) {
  for (const [name, listener] of listeners) if (name === 'data' || name === 'end') socket.removeListener(name, listener);
  socket.destroy();
}

function onEnd() {
  const request = this._httpMessage;
  const { parser } = this;
  if (!parser) return;
  if (!request?.res && !request._hadError) fail(request, reset('socket hang up'));
  const error = common.parseError(parser.finish());
  if (error && request && !request._hadError && !request.res) fail(request, error);
  this.end();
}

function onClose() {
  const request = this._httpMessage;
  if (!request) return;
  this.parser?.finish();
  detach(this);
  request.destroyed = true;
  const { res } = request;
  if (res) {
    if (!res.complete) res.destroy(reset('aborted'));
    emitClose(request);
    if (!res.aborted && res.readable) res.push(null);
    return;
  }
  if (!request._hadError) fail(request, request[kError] ?? reset('socket hang up'));
  emitClose(request);
}

function onData(bytes) {
  const request = this._httpMessage;
  const { parser } = this;
  if (!parser) return;
  const status = parser.execute(bytes);
  const error = common.parseError(status, bytes);
  if (error) {
    detachParser(this);
    if (request.res && !request.res.complete) request.res.destroy(error);
    fail(request, error);
    return;
  }
  if (request.upgradeOrConnect) upgrade(request, this, bytes.slice(status));
  else if (typeof status === 'number' && status < bytes.length && !this._httpMessage) this.destroy();
}

// The socket is the program's: after CONNECT, or when the server switches protocols.
function upgrade(request, socket, head) {
  const { res } = request;
  detach(socket);
  request.upgradeOrConnect = false;
  const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
  if (request.listenerCount(event) === 0) {
    socket.destroy();
    return;
  }
  request._ended = true;
  if (request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
  socket.emit('agentRemove');
  socket._httpMessage = null;
  socket._readableState.flowing = null;
  request.destroyed = true;
  request.emit(event, res, socket, head);
  emitClose(request);
}

function onHead(socket, text, bits, number) {
  const request = socket._httpMessage;
  if (!request) return 2;
  const response = new IncomingMessage(socket);
  response.httpVersionMajor = bits >> 12;
  response.httpVersionMinor = (bits >> 8) & 15;
  response.httpVersion = `${response.httpVersionMajor}.${response.httpVersionMinor}`;
  response.statusMessage = response._takeHead(text, request.maxHeadersCount ?? 2000);
  response.statusCode = number;
  response.joinDuplicateHeaders = request.joinDuplicateHeaders;
  response.upgrade = Boolean(bits & UPGRADE);
  if (request.res) {
    // A second response to one request.
    socket.destroy();
    return 0;
  }
  request.reading = response;
  if (request.method === 'CONNECT') {
    response.upgrade = true;
    request.res = response;
    request.upgradeOrConnect = true;
    return 2;
  }
  if (number === 101 && response.upgrade) {
    request.res = response;
    request.upgradeOrConnect = true;
    return 2;
  }
  if (number < 200) return informational(request, response);
  request.res = response;
  response.req = request;
  respond(request, response, Boolean(bits & KEEP_ALIVE));
  if (bits & COMPLETE) onMessageEnd(socket, undefined);
  return request.method === 'HEAD' || number === 204 || number === 304 ? 1 : 0;
}

function informational(request, response) {
  request.reading = null;
  if (response.statusCode === 100) {
    request.emit('continue');
    return 1;
  }
  request.emit('information', { statusCode: response.statusCode, statusMessage: response.statusMessage, httpVersion: response.httpVersion,
    httpVersionMajor: response.httpVersionMajor, httpVersionMinor: response.httpVersionMinor, headers: response.headers, rawHeaders: response.rawHeaders });
  return 1;
}

function respond(request, response, keepAlive) {
  if (request.shouldKeepAlive && !keepAlive && !request.upgradeOrConnect) request.shouldKeepAlive = false;
  const hint = /timeout=(\d+)/.exec(response.headers['keep-alive'] ?? '');
  request._keepAliveHint = hint ? Number(hint[1]) : undefined;
  response.on('end', onResponseEnd);
  request.socket.on('timeout', onResponseTimeout);
  request.on('finish', onRequestFinish);
  if (request.aborted || !request.emit('response', response)) response._dump();
}

function onBody(socket, bytes) {
  const response = socket._httpMessage?.reading;
  if (!response || response._dumped) return;
  Object.setPrototypeOf(bytes, require('buffer').Buffer.prototype);
  if (!response.push(bytes)) {
    socket.pause();
  }
}

function onMessageEnd(socket, trailers) {
  const request = socket._httpMessage;
  const response = request?.reading;
  if (!response) return;
  request.reading = null;
  if (trailers !== undefined) response._takeTrailers(trailers);
  response._complete();
  socket.resume();
}

function onResponseEnd() {
  const { req: request } = this;
  const { socket } = request;
  publish('http.client.response.finish', () => ({ request, response: this }));
  request._ended = true;
  if (!socket) return;
  if (!request.shouldKeepAlive) {
    if (socket.writable) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    }
  } else if (request.writableFinished && !this.aborted) releaseSocket(request);
}

function onRequestFinish() {
  if (this.shouldKeepAlive && this._ended && this.socket?._httpMessage === this) releaseSocket(this);
}

// The next request may have it.
function releaseSocket(request) {
  const { socket } = request;
  if (!socket || request._released) return;
  request._released = true;
  if (request.timeoutCb) {
    socket.setTimeout(0, request.timeoutCb);
    request.timeoutCb = null;
  }
  detach(socket);
  request.destroyed = true;
  process.nextTick(() => {
    if (request.res) {
      // The response closes before the request does.
      if (!request.res.closed && !request.res.destroyed) request.res.once('close', () => emitClose(request));
      else emitClose(request);
    }
    socket.emit('free');
  });
}

module.exports = { attach, listenTimeout, setSocketTimeout, emitClose, reset, kError, kContext };
