// A message that goes out: a response on a server, a request on a client. What it writes before it
// has a socket, or before its turn on it, waits in outputData. Head and body of a message that is
// ended in one go leave in one write.
'use strict';

const Stream = require('stream');
const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');
const { CRLF, _checkInvalidHeaderChar: isInvalid } = require('_http_common');
const { storeHeader, validateHeaderName, validateHeaderValue, kOutHeaders, kUniqueHeaders } = require('internal/http/fields');

const HIGH_WATER_MARK = 65536;
const kCorked = Symbol('corked');
const kNeedDrain = Symbol('kNeedDrain');
const kErrored = Symbol('errored');
const kBytesWritten = Symbol('kBytesWritten');
const kRejectBody = Symbol('kRejectNonStandardBodyWrites');
const kHighWaterMark = Symbol('kHighWaterMark');
const nop = () => {};

function OutgoingMessage(options) {
  Stream.call(this);
  if (options?.highWaterMark !== undefined) this[kHighWaterMark] = options.highWaterMark;
  this.outputData = [];
  this.outputSize = 0;
  this.shouldKeepAlive = true;
  this.chunkedEncoding = false;
  this.sendDate = false;
  this[kBytesWritten] = 0;
  this._contentLength = null;
  this._hasBody = true;
  this.finished = false;
  this._headerSent = false;
  this.socket = null;
  this._header = null;
  this[kOutHeaders] = null;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

// What few messages change.
Object.assign(OutgoingMessage.prototype, {
  writable: true, destroyed: false, _last: false, maxRequestsOnConnectionReached: false, _defaultKeepAlive: true,
  useChunkedEncodingByDefault: true, _removedConnection: false, _removedContLen: false, _removedTE: false, strictContentLength: false,
  _trailer: '', _closed: false, _isLast: false, _keepAliveTimeout: 0, _onPendingData: nop, _onFinish: nop,
  [kHighWaterMark]: HIGH_WATER_MARK, [kNeedDrain]: false, [kCorked]: 0, [kErrored]: null, [kUniqueHeaders]: null, [kRejectBody]: false,
});

const getters = {
  errored() { return this[kErrored]; },
  closed() { return this._closed; },
  writableFinished() { return this.finished && this.outputSize === 0 && (!this.socket || this.socket.writableLength === 0); },
  writableObjectMode: () => false,
  writableLength() { return this.outputSize + (this.socket ? this.socket.writableLength : 0); },
  writableHighWaterMark() { return this.socket ? this.socket.writableHighWaterMark : this[kHighWaterMark]; },
  writableCorked() { return this[kCorked]; },
  writableEnded() { return this.finished; },
  writableNeedDrain() { return !this.destroyed && !this.finished && this[kNeedDrain]; },
  headersSent() { return Boolean(this._header); },
};
for (const name of Object.keys(getters)) {
  Object.defineProperty(OutgoingMessage.prototype, name, { configurable: true, enumerable: true, get: getters[name] });
}
Object.defineProperty(OutgoingMessage.prototype, 'connection', {
  configurable: true, get() { return this.socket; }, set(value) { this.socket = value; },
});
Object.defineProperty(OutgoingMessage.prototype, '_headers', {
  configurable: true, get() { return this.getHeaders(); },
});

OutgoingMessage.prototype.cork = function() {
  this[kCorked]++;
  this.socket?.cork();
};
OutgoingMessage.prototype.uncork = function() {
  if (this[kCorked] > 0) this[kCorked]--;
  this.socket?.uncork();
};

OutgoingMessage.prototype.setTimeout = function(msecs, callback) {
  if (callback) this.on('timeout', callback);
  if (!this.socket) this.once('socket', (socket) => socket.setTimeout(msecs));
  else this.socket.setTimeout(msecs);
  return this;
};

OutgoingMessage.prototype.destroy = function(error) {
  if (this.destroyed) return this;
  this.destroyed = true;
  this[kErrored] = error;
  if (this.socket) this.socket.destroy(error);
  else this.once('socket', (socket) => socket.destroy(error));
  return this;
};

// --- Writing

const isText = (data, encoding) => typeof data === 'string' && (!encoding || encoding === 'utf8' || encoding === 'utf-8');

// The head goes in front of the first bytes.
OutgoingMessage.prototype._send = function(data, encoding, callback, byteLength) {
  if (!this._headerSent) {
    this._headerSent = true;
    const header = this._header;
    if (typeof data === 'string' && (encoding === 'utf8' || encoding === 'latin1' || !encoding)) {
      data = header + data;
      byteLength += header.length;
    } else {
      this.outputData.unshift({ data: header, encoding: 'latin1', callback: null });
      this.outputSize += header.length;
      this._onPendingData(header.length);
    }
  }
  return this._writeRaw(data, encoding, callback, byteLength);
};

OutgoingMessage.prototype._writeRaw = function(data, encoding, callback, byteLength) {
  const { socket } = this;
  // Only the last bytes may pass the socket's queue: who writes on must be told to wait.
  if (this._isLast && socket && socket._httpMessage === this && byteLength > 0 && this.outputData.length === 0 && isText(data, encoding) &&
      socket._writeNow?.(data, byteLength, callback)) return true;
  if (socket && socket.destroyed) return false;
  if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
  if (socket && socket._httpMessage === this && socket.writable) {
    if (this.outputData.length > 0) {
      socket.cork();
      this._flushOutput(socket);
      const result = socket.write(data, encoding, callback);
      socket.uncork();
      return result;
    }
    return socket.write(data, encoding, callback);
  }
  this.outputData.push({ data, encoding, callback });
  this.outputSize += data.length;
  this._onPendingData(data.length);
  return this.outputSize < this[kHighWaterMark];
};

OutgoingMessage.prototype._flushOutput = function(socket) {
  const list = this.outputData;
  if (list.length === 0) return undefined;
  let result;
  socket.cork();
  for (const { data, encoding, callback } of list) result = socket.write(data, encoding, callback);
  socket.uncork();
  this.outputData = [];
  this._onPendingData(-this.outputSize);
  this.outputSize = 0;
  return result;
};

// Its turn on the socket has come, or there is something new.
OutgoingMessage.prototype._flush = function() {
  const { socket } = this;
  if (!socket || !socket.writable) return;
  const result = this._flushOutput(socket);
  if (this.finished) this._finish();
  else if (result && this[kNeedDrain]) {
    this[kNeedDrain] = false;
    this.emit('drain');
  }
};

OutgoingMessage.prototype._finish = function() { this.emit('prefinish'); };

function onError(message, error, callback) {
  process.nextTick(() => {
    callback?.(error);
    if (typeof message.destroy === 'function' && !message._closed && !message.destroyed) message.emit('error', error);
  });
}

function checkChunk(chunk) {
  if (chunk === null) throw new codes.ERR_STREAM_NULL_VALUES();
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
    throw new codes.ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
  }
}

const lengthOf = (chunk, encoding) => (typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength);

function checkLength(message, length, isLast) {
  if (!message.strictContentLength || !message._hasBody || message._removedContLen || message._contentLength == null || message.chunkedEncoding) return;
  const total = message[kBytesWritten] + length;
  if (isLast ? total !== message._contentLength : total > message._contentLength) {
    throw new codes.ERR_HTTP_CONTENT_LENGTH_MISMATCH(total, message._contentLength);
  }
}

// False when it has been refused.
function prepare(message, chunk, encoding, callback) {
  let error;
  if (message.finished) error = new codes.ERR_STREAM_WRITE_AFTER_END();
  else if (message.destroyed) error = new codes.ERR_STREAM_DESTROYED('write');
  if (error) {
    if (!message.destroyed) onError(message, error, callback);
    else process.nextTick(callback ?? nop, error);
    return false;
  }
  return true;
}

OutgoingMessage.prototype.write = function(chunk, encoding, callback) {
  if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
  checkChunk(chunk);
  if (!prepare(this, chunk, encoding, callback)) return false;
  const result = writeBody(this, chunk, encoding, callback ?? nop);
  if (!result) this[kNeedDrain] = true;
  return result;
};

function writeBody(message, chunk, encoding, callback) {
  const length = lengthOf(chunk, encoding);
  if (!message._header) message._implicitHeader();
  checkLength(message, length, false);
  message[kBytesWritten] += length;
  if (!message._hasBody) {
    if (message[kRejectBody]) throw new codes.ERR_HTTP_BODY_NOT_ALLOWED();
    process.nextTick(callback);
    return true;
  }
  if (!message.chunkedEncoding || length === 0) return message._send(chunk, encoding, callback, length);
  const { socket } = message;
  if (typeof chunk === 'string' && (!encoding || encoding === 'utf8')) {
    const size = length.toString(16);
    return message._send(`${size}${CRLF}${chunk}${CRLF}`, encoding, callback, length + size.length + 4);
  }
  // What is written within one turn leaves together.
  if (socket && !socket.writableCorked) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  message._send(length.toString(16), 'latin1', null);
  message._send(CRLF, null, null);
  message._send(chunk, encoding, null, length);
  return message._send(CRLF, null, callback);
}

function onFinish(message) {
  if (message.socket?._hadError) return;
  message._onFinish();
  message.emit('finish');
}

OutgoingMessage.prototype.end = function(chunk, encoding, callback) {
  if (typeof chunk === 'function') [callback, chunk, encoding] = [chunk, null, null];
  else if (typeof encoding === 'function') [callback, encoding] = [encoding, null];
  if (this.finished) {
    endedTwice(this, chunk, callback);
    return this;
  }
  const socket = this.socket;
  if (chunk !== undefined && chunk !== null) {
    checkChunk(chunk);
    const length = lengthOf(chunk, encoding);
    checkLength(this, length, true);
    if (!this._header) this._contentLength = length;
    if (!this._header) this._implicitHeader();
    if (typeof callback === 'function') this.once('finish', callback);
    if (this._hasBody && !this.destroyed && (!this.chunkedEncoding || (length > 0 && isText(chunk, encoding)))) {
      this[kBytesWritten] += length;
      this._sendAll(chunk, encoding, length);
    } else {
      socket?.cork();
      if (prepare(this, chunk, encoding, nop)) writeBody(this, chunk, encoding, nop);
      sendEnd(this);
      socket?.uncork();
    }
  } else {
    checkLength(this, 0, true);
    if (typeof callback === 'function') this.once('finish', callback);
    if (!this._header) {
      this._contentLength = 0;
      this._implicitHeader();
    }
    sendEnd(this);
  }
  while (this[kCorked] > 0) this.uncork();
  this.finished = true;
  if (this.outputData.length === 0 && this.socket && this.socket._httpMessage === this) this._finish();
  return this;
};

// The whole body, or its last part, with what ends it.
OutgoingMessage.prototype._sendAll = function(chunk, encoding, length) {
  const done = () => onFinish(this);
  this._isLast = true;
  if (!this.chunkedEncoding) {
    this._send(chunk, encoding, done, length);
    return;
  }
  const size = length.toString(16);
  this._send(`${size}${CRLF}${chunk}${CRLF}0${CRLF}${this._trailer}${CRLF}`, encoding, done, size.length + length + this._trailer.length + 9);
};

function sendEnd(message) {
  const done = () => onFinish(message);
  if (message._hasBody && message.chunkedEncoding) message._send(`0\r\n${message._trailer}\r\n`, 'latin1', done);
  else if (!message._headerSent || message.writableLength) message._send('', 'latin1', done);
  else process.nextTick(done);
}

function endedTwice(message, chunk, callback) {
  if (chunk !== undefined && chunk !== null) {
    onError(message, new codes.ERR_STREAM_WRITE_AFTER_END(), typeof callback === 'function' ? callback : nop);
  } else if (typeof callback === 'function') {
    if (!message.writableFinished) message.on('finish', callback);
    else callback(new codes.ERR_STREAM_ALREADY_FINISHED('end'));
  }
}

OutgoingMessage.prototype.flushHeaders = function() {
  if (!this._header) this._implicitHeader();
  this._send('');
};
OutgoingMessage.prototype._implicitHeader = function() {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED('_implicitHeader()');
};
OutgoingMessage.prototype.pipe = function() {
  this.emit('error', new codes.ERR_STREAM_CANNOT_PIPE());
};
OutgoingMessage.prototype[Symbol.for('nodejs.rejection')] = function(error) { this.destroy(error); };

// --- Fields

function checkOpen(message, verb) {
  if (message._header) throw new codes.ERR_HTTP_HEADERS_SENT(verb);
}

OutgoingMessage.prototype.setHeader = function(name, value) {
  checkOpen(this, 'set');
  validateHeaderName(name);
  validateHeaderValue(name, value);
  (this[kOutHeaders] ??= { __proto__: null })[name.toLowerCase()] = [name, value];
  return this;
};
OutgoingMessage.prototype.setHeaders = function(headers) {
  checkOpen(this, 'set');
  if (!headers || Array.isArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE('headers', ['Headers', 'Map'], headers);
  }
  const cookies = [];
  for (const [name, value] of headers) {
    if (name === 'set-cookie') {
      if (Array.isArray(value)) cookies.push(...value);
      else cookies.push(value);
    } else this.setHeader(name, value);
  }
  if (cookies.length > 0) this.setHeader('set-cookie', cookies);
  return this;
};
OutgoingMessage.prototype.appendHeader = function(name, value) {
  checkOpen(this, 'append');
  validateHeaderName(name);
  validateHeaderValue(name, value);
  const headers = this[kOutHeaders] ??= { __proto__: null };
  const old = headers[name.toLowerCase()];
  if (old === undefined) headers[name.toLowerCase()] = [name, value];
  else old[1] = [].concat(old[1], value);
  return this;
};
OutgoingMessage.prototype.getHeader = function(name) {
  validateString(name, 'name');
  return this[kOutHeaders]?.[name.toLowerCase()]?.[1];
};
OutgoingMessage.prototype.getHeaderNames = function() { return Object.keys(this[kOutHeaders] ?? {}); };
OutgoingMessage.prototype.getRawHeaderNames = function() { return Object.values(this[kOutHeaders] ?? {}).map(([name]) => name); };
OutgoingMessage.prototype.getHeaders = function() {
  const out = { __proto__: null };
  const headers = this[kOutHeaders];
  for (const key in headers) out[key] = headers[key][1];
  return out;
};
OutgoingMessage.prototype.hasHeader = function(name) {
  validateString(name, 'name');
  return this[kOutHeaders]?.[name.toLowerCase()] !== undefined;
};
OutgoingMessage.prototype.removeHeader = function(name) {
  validateString(name, 'name');
  checkOpen(this, 'remove');
  const key = name.toLowerCase();
  if (key === 'connection') this._removedConnection = true;
  else if (key === 'content-length') this._removedContLen = true;
  else if (key === 'transfer-encoding') this._removedTE = true;
  else if (key === 'date') this.sendDate = false;
  if (this[kOutHeaders]) delete this[kOutHeaders][key];
};

OutgoingMessage.prototype.addTrailers = function(headers) {
  const list = Array.isArray(headers) ? headers : Object.entries(headers);
  for (const [name, value] of list) {
    validateHeaderName(name, 'Trailer name');
    for (const one of [].concat(value)) {
      if (isInvalid(one)) throw new codes.ERR_INVALID_CHAR('trailer content', name);
      this._trailer += `${name}: ${one}\r\n`;
    }
  }
};

OutgoingMessage.prototype._storeHeader = function(firstLine, headers) { storeHeader(this, firstLine, headers); };

function parseUniqueHeaders(headers) {
  return Array.isArray(headers) ? new Set(headers.flat().map((name) => name.toLowerCase())) : null;
}

module.exports = {
  OutgoingMessage, validateHeaderName, validateHeaderValue, parseUniqueHeaders,
  kOutHeaders, kNeedDrain, kUniqueHeaders, kRejectBody,
};
