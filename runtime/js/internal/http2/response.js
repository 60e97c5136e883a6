// Http2ServerResponse: a stream's writing side as http has it.
'use strict';

const { Stream } = require('stream');
const { codes } = require('internal/http2/errors');
const { codes: common } = require('internal/errors');
const { constants } = require('internal/http2/constants');
const { checkName, isOfConnection } = require('internal/http2/headers');
const { socketOf, kProxy } = require('internal/http2/request');
const { validateFunction, validateObject, validateString } = require('internal/validators');

const kResponse = Symbol('response');

let warned = false;
function warnOfMessage() {
  if (warned) return;
  warned = true;
  process.emitWarning('Status message is not supported by HTTP/2 (RFC7540 8.1.2.4)', 'UnsupportedWarning');
}

function checkHeader(name, value) {
  if (name === '') checkName(name);
  if (name[0] === ':') throw new codes.ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED();
  if (value === undefined || value === null) throw new codes.ERR_HTTP2_INVALID_HEADER_VALUE(value, name);
  checkName(name);
}
function allowed(name, value) {
  if (!isOfConnection(name, value)) return true;
  if (name === 'connection' || !warnedOfConnection) warnOfConnection();
  return false;
}
let warnedOfConnection = false;
function warnOfConnection() {
  if (warnedOfConnection) return;
  warnedOfConnection = true;
  process.emitWarning('The provided connection header is not valid, the value will be dropped from the header and will never be in use.', 'UnsupportedWarning');
}

class Http2ServerResponse extends Stream {
  constructor(stream, options) {
    super(options);
    Object.defineProperty(this, kResponse, { value: {
      stream, headers: { __proto__: null }, trailers: { __proto__: null }, statusCode: 200, ending: false, closed: false, sendDate: true,
      headRequest: false, finished: false,
    } });
    this.writable = true;
    this.req = stream[kProxy]?.request;
    (stream[kProxy] ??= {}).response = this;
    stream.on('drain', () => this.emit('drain'));
    stream.on('aborted', () => {});
    stream.on('close', () => this.onClose());
    stream.on('wantTrailers', () => {
      stream.sendTrailers(this[kResponse].trailers);
    });
    stream.on('timeout', () => this.emit('timeout'));
  }
  onClose() {
    const state = this[kResponse];
    if (state.closed) return;
    state.closed = true;
    if (!state.finished) {
      state.finished = true;
      this.emit('finish');
    }
    this.emit('close');
  }

  get _header() { return this.headersSent; }
  get writableEnded() { return this[kResponse].ending; }
  get finished() { return this[kResponse].ending; }
  get socket() { return this[kResponse].closed ? undefined : socketOf(this[kResponse].stream); }
  get connection() { return this.socket; }
  get stream() { return this[kResponse].stream; }
  get headersSent() { return this[kResponse].stream.headersSent; }
  get sendDate() { return this[kResponse].sendDate; }
  set sendDate(value) { this[kResponse].sendDate = Boolean(value); }
  get statusCode() { return this[kResponse].statusCode; }
  set statusCode(code) {
    code |= 0;
    if (code >= 100 && code < 200) throw new codes.ERR_HTTP2_INFO_STATUS_NOT_ALLOWED();
    if (code < 100 || code > 599) throw new codes.ERR_HTTP2_STATUS_INVALID(code);
    this[kResponse].statusCode = code;
  }
  get writableCorked() { return this[kResponse].stream.writableCorked; }
  get writableHighWaterMark() { return this[kResponse].stream.writableHighWaterMark; }
  get writableFinished() { return this[kResponse].stream.writableFinished; }
  get writableLength() { return this[kResponse].stream.writableLength; }
  get statusMessage() {
    warnOfMessage();
    return '';
  }
  set statusMessage(_) { warnOfMessage(); }

  // --- Fields

  setTrailer(name, value) {
    validateString(name, 'name');
    name = name.trim().toLowerCase();
    checkHeader(name, value);
    this[kResponse].trailers[name] = value;
  }
  addTrailers(headers) {
    for (const key of Object.keys(headers)) this.setTrailer(key, headers[key]);
  }
  getHeader(name) {
    validateString(name, 'name');
    return this[kResponse].headers[name.trim().toLowerCase()];
  }
  getHeaderNames() { return Object.keys(this[kResponse].headers); }
  getHeaders() { return Object.assign({ __proto__: null }, this[kResponse].headers); }
  hasHeader(name) {
    validateString(name, 'name');
    return Object.hasOwn(this[kResponse].headers, name.trim().toLowerCase());
  }
  removeHeader(name) {
    validateString(name, 'name');
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    name = name.trim().toLowerCase();
    if (name === 'date') this[kResponse].sendDate = false;
    delete this[kResponse].headers[name];
  }
  setHeader(name, value) {
    validateString(name, 'name');
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    if (this[kResponse].closed || this[kResponse].stream.destroyed) return;
    this.keep(name, value);
  }
  keep(name, value) {
    name = name.trim().toLowerCase();
    checkHeader(name, value);
    if (!allowed(name, value)) return;
    this[kResponse].headers[name] = value;
  }
  appendHeader(name, value) {
    validateString(name, 'name');
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    if (this[kResponse].closed || this[kResponse].stream.destroyed) return;
    name = name.trim().toLowerCase();
    checkHeader(name, value);
    if (!allowed(name, value)) return;
    const { headers } = this[kResponse];
    headers[name] = headers[name] === undefined ? value : [].concat(headers[name], value);
  }

  // --- The head

  flushHeaders() {
    if (!this[kResponse].closed && !this.headersSent) this.writeHead(this[kResponse].statusCode);
  }
  writeHead(statusCode, statusMessage, headers) {
    const state = this[kResponse];
    if (state.closed || state.stream.destroyed || state.stream.closed) return this;
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    if (typeof statusMessage === 'string') warnOfMessage();
    if (headers === undefined && typeof statusMessage === 'object') headers = statusMessage;
    if (Array.isArray(headers)) this.keepList(headers);
    else if (headers !== null && typeof headers === 'object') for (const key of Object.keys(headers)) this.keep(key, headers[key]);
    this.statusCode = statusCode;
    this.beginSend();
    return this;
  }
  keepList(list) {
    if (Array.isArray(list[0])) list = list.flat();
    if (list.length % 2 !== 0) throw new common.ERR_INVALID_ARG_VALUE('headers', list);
    // What is given here replaces what was set; a name given twice has both values.
    for (let i = 0; i < list.length; i += 2) delete this[kResponse].headers[`${list[i]}`.trim().toLowerCase()];
    for (let i = 0; i < list.length; i += 2) this.appendHeader(`${list[i]}`, list[i + 1]);
  }
  beginSend(options) {
    const state = this[kResponse];
    const headers = state.headers;
    headers[':status'] = state.statusCode;
    const given = { __proto__: null, ...headers };
    delete headers[':status'];
    const { sensitiveHeaders } = require('internal/http2/headers');
    if (headers[sensitiveHeaders]) given[sensitiveHeaders] = headers[sensitiveHeaders];
    state.stream.respond(given, { endStream: state.ending && !this.hasTrailers() && options?.empty, waitForTrailers: true, sendDate: state.sendDate });
  }
  hasTrailers() { return Object.keys(this[kResponse].trailers).length > 0; }
  writeContinue() {
    const { stream } = this[kResponse];
    if (stream.headersSent || this[kResponse].closed) return false;
    stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE });
    return true;
  }
  writeInformation(headers) {
    const { stream } = this[kResponse];
    if (stream.headersSent || this[kResponse].closed) return false;
    stream.additionalHeaders(headers);
    return true;
  }
  writeEarlyHints(hints) {
    validateObject(hints, 'hints');
    const headers = { __proto__: null };
    const link = linkValue(hints.link);
    for (const key of Object.keys(hints)) if (key !== 'link') headers[key] = hints[key];
    if (link.length === 0) return false;
    return this.writeInformation({ ...headers, 'link': link, ':status': constants.HTTP_STATUS_EARLY_HINTS });
  }

  // --- The body

  cork() { this[kResponse].stream.cork(); }
  uncork() { this[kResponse].stream.uncork(); }
  write(chunk, encoding, callback) {
    const state = this[kResponse];
    if (typeof encoding === 'function') [callback, encoding] = [encoding, 'utf8'];
    let error;
    if (state.ending) error = new common.ERR_STREAM_WRITE_AFTER_END();
    else if (state.closed) error = new codes.ERR_HTTP2_INVALID_STREAM();
    else if (state.stream.destroyed) return false;
    if (error) {
      if (typeof callback === 'function') process.nextTick(callback, error);
      this.destroy(error);
      return false;
    }
    if (!state.stream.headersSent) this.writeHead(state.statusCode);
    return state.stream.write(chunk, encoding, callback);
  }
  end(chunk, encoding, callback) {
    const state = this[kResponse];
    if (typeof chunk === 'function') [callback, chunk, encoding] = [chunk, undefined, undefined];
    else if (typeof encoding === 'function') [callback, encoding] = [encoding, 'utf8'];
    const { stream } = state;
    if ((state.closed || state.ending) && state.headRequest === stream.headRequest) {
      if (typeof callback === 'function') process.nextTick(callback);
      return this;
    }
    if (chunk !== null && chunk !== undefined) this.write(chunk, encoding);
    state.headRequest = stream.headRequest;
    state.ending = true;
    if (typeof callback === 'function') {
      if (stream.writableEnded) this.once('finish', callback);
      else stream.once('finish', callback);
    }
    if (!stream.headersSent && !stream.destroyed && !stream.closed) this.beginSend({ empty: true });
    if (state.closed || stream.destroyed) this.onClose();
    else stream.end();
    return this;
  }
  destroy(error) {
    if (this[kResponse].destroyed) return this;
    this[kResponse].destroyed = true;
    this[kResponse].stream.destroy(error);
    return this;
  }
  setTimeout(msecs, callback) {
    if (!this[kResponse].closed) this[kResponse].stream.setTimeout(msecs, callback);
    return this;
  }
  createPushResponse(headers, callback) {
    validateFunction(callback, 'callback');
    if (this[kResponse].closed) return void process.nextTick(callback, new codes.ERR_HTTP2_INVALID_STREAM());
    this[kResponse].stream.pushStream(headers, {}, (error, stream) => {
      if (error) return void callback(error);
      callback(null, new Http2ServerResponse(stream));
    });
  }
}

// One link or several, as in the field of that name.
function linkValue(value) {
  const form = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;
  const refuse = (one) => new common.ERR_INVALID_ARG_VALUE('hints', one,
    'must be an array or string of format "</styles.css>; rel=preload; as=style"');
  if (typeof value === 'string') {
    if (!form.test(value)) throw refuse(value);
    return value;
  }
  if (!Array.isArray(value)) throw refuse(value);
  for (const one of value) if (!form.test(one)) throw refuse(one);
  return value.join(', ');
}

module.exports = { Http2ServerResponse };
