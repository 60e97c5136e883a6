// The client's side: a request gets a socket from its agent, and the parser of that socket gives the response.
'use strict';

const { publish } = require('internal/channels');
const net = require('net');
const { OutgoingMessage, kOutHeaders, kUniqueHeaders, parseUniqueHeaders } = require('_http_outgoing');
const { attach, listenTimeout, setSocketTimeout, emitClose, reset, kError, kContext } = require('internal/http/exchange');
const context = require('internal/context');
const common = require('_http_common');
const agents = require('_http_agent');
const { codes } = require('internal/errors');
const { validateBoolean, validateInteger } = require('internal/validators');
const { addAbortSignal } = require('stream');

const kPath = Symbol('kPath');
const INVALID_PATH = /[^\u0021-\u00ff]/;

function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

// { input, options, callback } of the forms of request().
function readArguments(input, options, callback) {
  if (typeof input === 'string') input = require('url').urlToHttpOptions(new URL(input));
  else if (isURL(input)) input = require('url').urlToHttpOptions(input);
  else {
    callback = options;
    options = input;
    input = null;
  }
  if (typeof options === 'function') {
    callback = options;
    options = input || {};
  } else options = Object.assign(input || {}, options);
  return { options, callback };
}

function pickAgent(request, options) {
  let { agent } = options;
  const standard = options._defaultAgent || agents.globalAgent;
  if (agent === false) agent = new standard.constructor();
  else if (agent === null || agent === undefined) {
    if (typeof options.createConnection !== 'function') agent = standard;
  } else if (typeof agent.addRequest !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
  }
  request.agent = agent;
  const protocol = options.protocol || standard.protocol;
  let expected = standard.protocol;
  if (agent?.protocol) expected = agent.protocol;
  if (protocol !== expected) throw new codes.ERR_INVALID_PROTOCOL(protocol, expected);
  return standard;
}

function checkHost(host, name) {
  if (host !== null && host !== undefined && typeof host !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'undefined', 'null'], host);
  }
  return host;
}

function readOptions(request, options, standard) {
  if (options.path) {
    const path = String(options.path);
    if (INVALID_PATH.test(path)) throw new codes.ERR_UNESCAPED_CHARACTERS('Request path');
  }
  const defaultPort = options.defaultPort || request.agent?.defaultPort;
  options.port = options.port || defaultPort || 80;
  options.host = checkHost(options.hostname, 'hostname') || checkHost(options.host, 'host') || 'localhost';
  const setHost = options.setHost !== undefined ? Boolean(options.setHost) : true;
  request._removedConnection = options.setDefaultHeaders === false;
  request.socketPath = options.socketPath;
  if (options.timeout !== undefined) request.timeout = validateTimeout(options.timeout);
  const { method } = options;
  if (method !== null && method !== undefined && typeof method !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.method', 'string', method);
  }
  if (method && !common._checkIsHttpToken(method)) throw new codes.ERR_INVALID_HTTP_TOKEN('Method', method);
  request.method = method ? method.toUpperCase() : 'GET';
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, 'maxHeaderSize', 0);
  request.maxHeaderSize = options.maxHeaderSize;
  if (options.insecureHTTPParser !== undefined) validateBoolean(options.insecureHTTPParser, 'options.insecureHTTPParser');
  request.insecureHTTPParser = options.insecureHTTPParser;
  if (options.joinDuplicateHeaders !== undefined) validateBoolean(options.joinDuplicateHeaders, 'options.joinDuplicateHeaders');
  request.joinDuplicateHeaders = options.joinDuplicateHeaders;
  request[kPath] = options.path || '/';
  request.host = options.host;
  request.protocol = options.protocol || standard.protocol;
  return { setHost, defaultPort };
}

function validateTimeout(value) {
  require('internal/validators').validateNumber(value, 'timeout', 0);
  return value;
}

function setFields(request, options, { setHost, defaultPort }) {
  if (Array.isArray(options.headers)) {
    request._rawFields = options.headers;
    return;
  }
  if (options.headers) for (const key of Object.keys(options.headers)) request.setHeader(key, options.headers[key]);
  if (options.host && !request.getHeader('host') && setHost) {
    let field = options.host;
    const colon = field.indexOf(':');
    if (colon !== -1 && field.includes(':', colon + 1) && field.charCodeAt(0) !== 91) field = `[${field}]`;
    if (options.port && +options.port !== defaultPort) field += `:${options.port}`;
    request.setHeader('Host', field);
  }
  if (options.auth && !request.getHeader('Authorization')) {
    request.setHeader('Authorization', `Basic ${require('buffer').Buffer.from(options.auth).toString('base64')}`);
  }
}

function ClientRequest(input, opts, cb) {
  OutgoingMessage.call(this);
  if (context.current !== undefined) this[kContext] = context.current;
  const { options, callback } = readArguments(input, opts, cb);
  const standard = pickAgent(this, options);
  const facts = readOptions(this, options, standard);
  if (callback) this.once('response', callback);
  this.useChunkedEncodingByDefault = !['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'].includes(this.method);
  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.shouldKeepAlive = true;
  if (this.agent && !this.agent.keepAlive && !Number.isFinite(this.agent.maxSockets)) {
    this._last = true;
    this.shouldKeepAlive = false;
  } else if (this.agent) this._last = false;
  else {
    this._last = true;
    this.shouldKeepAlive = false;
  }
  setFields(this, options, facts);
  if (this._rawFields) this._storeHeader(firstLine(this), this._rawFields);
  else if (this.getHeader('expect')) this._storeHeader(firstLine(this), this[kOutHeaders]);
  this[kUniqueHeaders] = parseUniqueHeaders(options.uniqueHeaders);
  if (options.signal) addAbortSignal(options.signal, this);
  publish('http.client.request.created', () => ({ request: this }));
  connect(this, options);
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

const firstLine = (request) => `${request.method} ${request[kPath]} HTTP/1.1\r\n`;

function connect(request, options) {
  options.signal = undefined; // the request listens to it
  options.path = options.socketPath || null;
  const { agent } = request;
  if (agent) {
    request.timeout ??= agent.options?.timeout;
    agent.addRequest(request, { ...options, headers: undefined, path: options.socketPath });
    return;
  }
  request._last = true;
  request.shouldKeepAlive = false;
  let opened = false;
  const done = (error, socket) => {
    if (opened) return;
    opened = true;
    if (error) process.nextTick(() => emitError(request, error));
    else request.onSocket(socket);
  };
  if (typeof options.createConnection === 'function') {
    try {
      const socket = options.createConnection(options, done);
      if (socket) done(null, socket);
    } catch (error) {
      done(error);
    }
  } else request.onSocket(net.createConnection(options));
}

function emitError(request, error) {
  publish('http.client.request.error', () => ({ request, error }));
  request.emit('error', error);
}

Object.defineProperty(ClientRequest.prototype, 'path', {
  configurable: true, enumerable: true,
  get() { return this[kPath]; },
  set(value) {
    const path = String(value);
    if (INVALID_PATH.test(path)) throw new codes.ERR_UNESCAPED_CHARACTERS('Request path');
    this[kPath] = path;
  },
});
ClientRequest.prototype._finish = function() {
  OutgoingMessage.prototype._finish.call(this);
  publish('http.client.request.start', () => ({ request: this }));
};

ClientRequest.prototype._implicitHeader = function() {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT('render');
  this._storeHeader(firstLine(this), this[kOutHeaders]);
};

ClientRequest.prototype.abort = function() {
  if (this.aborted) return;
  this.aborted = true;
  process.nextTick(() => this.emit('abort'));
  this.destroy();
};
ClientRequest.prototype.destroy = function(error) {
  if (this.destroyed) return this;
  this.destroyed = true;
  this.res?._dump();
  this[kError] = error;
  this.socket?.destroy(error);
  if (!this.socket) process.nextTick(() => afterDestroy(this));
  return this;
};

// It never had a socket, and will get none.
function afterDestroy(request) {
  if (request.socket || request._closed) return;
  if (!request._hadNoSocket) {
    request._hadNoSocket = true;
    const error = request[kError] ?? (request.res || request.aborted ? null : reset('socket hang up'));
    if (error) emitError(request, error);
    emitClose(request);
  }
}

// --- Its socket

ClientRequest.prototype.onSocket = function(socket, error) {
  process.nextTick(() => {
    if (this.destroyed || error) {
      dropSocket(this, socket, error);
      return;
    }
    attach(this, socket);
    this._flush();
  });
};

function dropSocket(request, socket, error) {
  const first = error ?? request[kError];
  const done = (failure) => {
    failure ??= request.aborted ? null : reset('socket hang up');
    if (failure && !request._hadNoSocket) {
      request._hadNoSocket = true;
      emitError(request, failure);
    }
    emitClose(request);
  };
  if (!socket) return void done(first);
  // A socket that was not used goes back.
  if (request.agent?.keepAlive && !socket.destroyed && !error) {
    done(first);
    socket._httpMessage = request;
    request.shouldKeepAlive = true;
    socket.emit('free');
    return;
  }
  require('stream').finished(socket.destroy(first), (failure) => {
    done(failure && failure.code !== 'ERR_STREAM_PREMATURE_CLOSE' ? failure : first);
  });
}

ClientRequest.prototype.setTimeout = function(msecs, callback) {
  if (this._ended) return this;
  this.timeout = validateTimeout(msecs);
  if (callback) this.once('timeout', callback);
  const apply = (socket) => {
    listenTimeout(this);
    setSocketTimeout(socket, msecs);
  };
  if (this.socket) apply(this.socket);
  else this.once('socket', apply);
  return this;
};
ClientRequest.prototype.setNoDelay = function(noDelay) { deferToConnect(this, 'setNoDelay', [noDelay]); };
ClientRequest.prototype.setSocketKeepAlive = function(enable, delay) { deferToConnect(this, 'setKeepAlive', [enable, delay]); };
ClientRequest.prototype.clearTimeout = function(callback) { this.setTimeout(0, callback); };

function deferToConnect(request, method, args) {
  const apply = (socket) => {
    if (socket.writable) socket[method](...args);
    else socket.once('connect', () => socket[method](...args));
  };
  if (request.socket) apply(request.socket);
  else request.once('socket', apply);
}

module.exports = { ClientRequest };
