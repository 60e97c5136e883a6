// The server's side: responses, and servers over connections (internal/http/connection).
'use strict';

const { publish } = require('internal/channels');
const net = require('net');
const { OutgoingMessage, kOutHeaders, kUniqueHeaders, kRejectBody, parseUniqueHeaders } = require('_http_outgoing');
const { IncomingMessage } = require('_http_incoming');
const common = require('_http_common');
const { connectionListener, failed, emitClose, kConnections, kIncoming, kResponse, kOptions, kConnection } = require('internal/http/connection');
const STATUS_CODES = require('internal/http/status');
const { codes } = require('internal/errors');
const { validateBoolean, validateInteger, validateObject, validateFunction } = require('internal/validators');

const { CRLF, chunkExpression } = common;
const kCheck = Symbol('http.server.connectionsCheckingInterval');

// --- Responses

function ServerResponse(req, options) {
  OutgoingMessage.call(this, options);
  if (req.method === 'HEAD') this._hasBody = false;
  this.req = req;
  this.sendDate = true;
  if (req.httpVersionMajor < 1 || req.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = chunkExpression.test(req.headers.te);
    this.shouldKeepAlive = false;
  }
  if (options?.rejectNonStandardBodyWrites) this[kRejectBody] = true;
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

ServerResponse.prototype._sent100 = false;
ServerResponse.prototype._expect_continue = false;
ServerResponse.prototype._connection = null;
ServerResponse.prototype._onPendingData = function(amount) { this._connection?.updatePending(amount); };
ServerResponse.prototype._onFinish = function() {
  publish('http.server.response.finish', () => ({ request: this.req, response: this, socket: this.socket, server: this._connection?.server }));
  this._connection?.onFinish(this.req, this);
};
ServerResponse.prototype.statusCode = 200;
ServerResponse.prototype.statusMessage = undefined;

function onSocketClose() {
  if (this._httpMessage) emitClose(this._httpMessage);
}

ServerResponse.prototype.assignSocket = function(socket) {
  if (socket._httpMessage) throw new codes.ERR_HTTP_SOCKET_ASSIGNED();
  socket._httpMessage = this;
  // A connection of ours tells the response itself.
  if (socket[kConnection] === undefined) socket.on('close', onSocketClose);
  this.socket = socket;
  this.emit('socket', socket);
  if (this.outputData.length > 0 || this.finished) this._flush();
};
ServerResponse.prototype.detachSocket = function(socket) {
  if (socket[kConnection] === undefined) socket.removeListener('close', onSocketClose);
  socket._httpMessage = null;
  this.socket = null;
};

ServerResponse.prototype.writeContinue = function(callback) {
  this._writeRaw('HTTP/1.1 100 Continue\r\n\r\n', 'ascii', callback);
  this._sent100 = true;
};
ServerResponse.prototype.writeProcessing = function(callback) {
  this._writeRaw('HTTP/1.1 102 Processing\r\n\r\n', 'ascii', callback);
};
ServerResponse.prototype.writeEarlyHints = function(hints, callback) {
  validateObject(hints, 'hints');
  if (hints.link === null || hints.link === undefined) return;
  const link = [].concat(hints.link).join(', ');
  if (link.length === 0) return;
  let head = `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n`;
  for (const key of Object.keys(hints)) if (key !== 'link') head += `${key}: ${hints[key]}\r\n`;
  this._writeRaw(head + CRLF, 'ascii', callback);
};
ServerResponse.prototype._implicitHeader = function() { this.writeHead(this.statusCode); };

ServerResponse.prototype.writeHead = function(statusCode, reason, headers) {
  if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT('write');
  const given = statusCode;
  statusCode |= 0;
  if (statusCode < 100 || statusCode > 999) throw new codes.ERR_HTTP_INVALID_STATUS_CODE(given);
  if (typeof reason === 'string') this.statusMessage = reason;
  else {
    this.statusMessage ||= STATUS_CODES[statusCode] || 'unknown';
    headers ??= reason;
  }
  this.statusCode = statusCode;
  const list = this[kOutHeaders] ? mergeHeaders(this, headers) : headers;
  if (common._checkInvalidHeaderChar(this.statusMessage)) throw new codes.ERR_INVALID_CHAR('statusMessage');
  // RFC 2616, 10.2.5 and 10.3.5: no body, and informational ones have none either.
  if (statusCode === 204 || statusCode === 304 || statusCode < 200) this._hasBody = false;
  // Who waits for 100-continue must not be told to go on.
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  this._storeHeader(`HTTP/1.1 ${statusCode} ${this.statusMessage}\r\n`, list);
  return this;
};
ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

// What setHeader has kept, and what writeHead is given on top.
function mergeHeaders(response, headers) {
  if (Array.isArray(headers)) {
    if (headers.length > 0 && Array.isArray(headers[0])) headers = headers.flat();
    if (headers.length % 2 !== 0) throw new codes.ERR_INVALID_ARG_VALUE('headers', headers);
    for (let i = 0; i < headers.length; i += 2) response.removeHeader(String(headers[i]));
    for (let i = 0; i < headers.length; i += 2) if (headers[i]) response.appendHeader(headers[i], headers[i + 1]);
  } else if (headers) {
    for (const key of Object.keys(headers)) if (key) response.setHeader(key, headers[key]);
  }
  return response[kOutHeaders];
}

// --- Servers

function setNumber(server, options, name, otherwise) {
  const value = options[name];
  if (value !== undefined) {
    validateInteger(value, name, 0);
    server[name] = value;
  } else server[name] = otherwise;
}

function storeOptions(server, options) {
  server[kIncoming] = options.IncomingMessage || IncomingMessage;
  server[kResponse] = options.ServerResponse || ServerResponse;
  for (const name of ['maxHeaderSize', 'insecureHTTPParser', 'highWaterMark']) if (options[name] !== undefined) server[name] = options[name];
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, 'maxHeaderSize', 0);
  for (const name of ['insecureHTTPParser', 'requireHostHeader', 'joinDuplicateHeaders', 'rejectNonStandardBodyWrites']) {
    if (options[name] !== undefined) validateBoolean(options[name], `options.${name}`);
  }
  setNumber(server, options, 'requestTimeout', 300000);
  setNumber(server, options, 'headersTimeout', Math.min(60000, server.requestTimeout || 60000));
  setNumber(server, options, 'keepAliveTimeout', 5000);
  setNumber(server, options, 'keepAliveTimeoutBuffer', 1000);
  setNumber(server, options, 'connectionsCheckingInterval', 30000);
  if (server.requestTimeout > 0 && server.headersTimeout > server.requestTimeout) {
    throw new codes.ERR_OUT_OF_RANGE('headersTimeout', '<= requestTimeout', server.headersTimeout);
  }
  server.requireHostHeader = options.requireHostHeader ?? true;
  server.joinDuplicateHeaders = options.joinDuplicateHeaders;
  server.shouldUpgrade = options.shouldUpgradeCallback ?? (() => true);
  if (options.shouldUpgradeCallback !== undefined) validateFunction(options.shouldUpgradeCallback, 'options.shouldUpgradeCallback');
  server[kOptions] = { highWaterMark: options.highWaterMark, rejectNonStandardBodyWrites: options.rejectNonStandardBodyWrites ?? false };
  server[kUniqueHeaders] = parseUniqueHeaders(options.uniqueHeaders);
}

// What an https server has as well.
function setup(server, options) {
  storeOptions(server, options);
  server.httpAllowHalfOpen = false;
  server.timeout = 0;
  server.maxHeadersCount = null;
  server.maxRequestsPerSocket = 0;
  server[kConnections] = new Set();
  server[kCheck] = null;
  server.on('listening', setupCheck);
}

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') [listener, options] = [options, {}];
  else if (options === undefined || options === null) options = {};
  else validateObject(options, 'options');
  net.Server.call(this, { allowHalfOpen: true, noDelay: options.noDelay ?? true, keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay, highWaterMark: options.highWaterMark });
  setup(this, options);
  if (listener) this.on('request', listener);
  this.on('connection', connectionListener);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

function setupCheck() {
  clearInterval(this[kCheck]);
  this[kCheck] = setInterval(() => checkConnections(this), this.connectionsCheckingInterval).unref();
}

// Requests that take too long are ended.
function checkConnections(server) {
  if (server.headersTimeout === 0 && server.requestTimeout === 0) return;
  for (const connection of server[kConnections]) {
    const [age, hasHead] = connection.parser.age();
    if (age < 0) continue;
    const late = (server.requestTimeout > 0 && age > server.requestTimeout) ||
      (!hasHead && server.headersTimeout > 0 && age > server.headersTimeout);
    if (late) failed(connection.socket, new codes.ERR_HTTP_REQUEST_TIMEOUT());
  }
}

const ofServers = {
  closeAllConnections() {
    for (const { socket } of [...this[kConnections] ?? []]) socket.destroy();
  },
  closeIdleConnections() {
    for (const { socket, parser } of [...this[kConnections] ?? []]) {
      if (parser.age()[0] >= 0 || (socket._httpMessage && !socket._httpMessage.finished)) continue;
      socket.destroy();
    }
  },
  setTimeout(msecs, callback) {
    this.timeout = msecs;
    if (callback) this.on('timeout', callback);
    return this;
  },
};

// The methods of a server of HTTP, over those of the Base that listens.
function mix(Class, Base) {
  Object.assign(Class.prototype, ofServers);
  Class.prototype.close = function close(...args) {
    clearInterval(this[kCheck]);
    this.closeIdleConnections();
    return Base.prototype.close.apply(this, args);
  };
  Class.prototype[Symbol.asyncDispose] = async function() {
    await new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
  };
  Class.prototype[Symbol.for('nodejs.rejection')] = rejected;
}

function rejected(error, event, ...args) {
  const [, response] = args;
  if (event !== 'request' && event !== 'checkContinue' && event !== 'checkExpectation') {
    this.emit('error', error);
  } else if (!response.headersSent && !response.writableEnded) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(STATUS_CODES[500]);
  } else response.destroy();
}
mix(Server, net.Server);

module.exports = {
  STATUS_CODES, Server, ServerResponse, setup, mix, storeOptions, _connectionListener: connectionListener,
};
