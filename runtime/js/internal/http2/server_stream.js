// The server's side of a stream: a response, heads before it, pushes, and files.
'use strict';

const { Http2Stream, kStream } = require('internal/http2/stream');
const { constants, library } = require('internal/http2/constants');
const { codes, NghttpError } = require('internal/http2/errors');
const { objectOf, sensitiveHeaders, toText } = require('internal/http2/headers');
const { kState } = require('internal/http2/session');
const { utcDate } = require('internal/http/fields');
const { publish } = require('internal/channels');
const { validateFunction, validateObject } = require('internal/validators');
const system = native('http2');

const NO_BODY = 1;
const TRAILERS = 2;
const BODILESS = new Set([204, 205, 304]);

class ServerHttp2Stream extends Http2Stream {
  constructor(session, id, options, headers) {
    super(session, options);
    const state = this[kStream];
    state.authority = headers[':authority'];
    state.scheme = headers[':scheme'];
    this.begin(id);
    publish('http2.server.stream.created', () => ({ stream: this, headers }));
  }

  get side() { return 'server'; }
  get headersSent() { return this[kStream].headersSent; }
  get headRequest() { return this[kStream].headRequest; }
  get pushAllowed() {
    const { session } = this;
    return !this.destroyed && !this.closed && !session.closed && !session.destroyed && Boolean(session.remoteSettings.enablePush);
  }
  proceed() { this.respond(); }

  // A list of names and values, or an object; :status and date are seen to.
  static complete(headers, options) {
    const list = Array.isArray(headers);
    const at = (name) => headers.findIndex((one, i) => i % 2 === 0 && `${one}`.toLowerCase() === name);
    const made = list ? [...headers] : Object.assign({ __proto__: null }, headers);
    const given = list ? headers[at(':status') + 1] : made[':status'];
    const status = (list && at(':status') < 0 ? 0 : given) | 0 || 200;
    if (status < 200 || status > 599) throw new codes.ERR_HTTP2_STATUS_INVALID(given);
    if (!list) made[':status'] = status;
    else if (at(':status') < 0) made.unshift(':status', status);
    const dated = list ? at('date') >= 0 : made.date !== undefined;
    if (!dated && (options.sendDate ?? true)) {
      if (list) made.push('date', utcDate());
      else made.date = utcDate();
    }
    if (headers[sensitiveHeaders]) made[sensitiveHeaders] = headers[sensitiveHeaders];
    return [made, status];
  }

  respond(headers = undefined, options = undefined) {
    const state = this[kStream];
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
    if (options !== undefined) validateObject(options, 'options');
    if (headers !== undefined && headers !== null) validateObject(headers, 'headers', { allowArray: true });
    options = { ...options };
    this.touch();
    const [complete, status] = ServerHttp2Stream.complete(headers ?? {}, options);
    const [text, count] = toText(complete, 'response', { strict: this.session[kState].options.strictSingleValueFields !== false });
    state.waitForTrailers = Boolean(options.waitForTrailers);
    state.sentHeaders = Array.isArray(complete) ? objectOf(complete) : complete;
    state.headersSent = true;
    if (BODILESS.has(status) || state.headRequest) options.endStream = true;
    if (options.endStream) {
      state.endAfterHeaders = true;
      this.end();
    }
    const bits = (options.endStream ? NO_BODY : 0) | (state.waitForTrailers ? TRAILERS : 0);
    const errno = this.native === null ? 0 : system.respond(this.native, this.id, text, count, bits);
    if (errno < 0) return void this.destroy(new NghttpError(errno));
    this.session.schedule();
    publish('http2.server.stream.finish', () => ({ stream: this, headers: complete, flags: 0 }));
  }

  additionalHeaders(headers) {
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new codes.ERR_HTTP2_HEADERS_AFTER_RESPOND();
    validateObject(headers, 'headers');
    headers = Object.assign({ __proto__: null }, headers);
    if (headers[':status'] !== undefined && headers[':status'] !== null) {
      const status = headers[':status'] |= 0;
      if (status === 101) throw new codes.ERR_HTTP2_STATUS_101();
      if (status < 100 || status >= 200) throw new codes.ERR_HTTP2_INVALID_INFO_STATUS(headers[':status']);
    }
    this.touch();
    const [text, count] = toText(headers, 'response');
    (this[kStream].sentInfo ??= []).push(headers);
    const errno = this.native === null ? 0 : system.inform(this.native, this.id, text, count);
    if (errno < 0) this.destroy(new NghttpError(errno));
    else this.session.schedule();
  }

  pushStream(headers, options, callback) {
    if (!this.pushAllowed) throw new codes.ERR_HTTP2_PUSH_DISABLED();
    if (this.id % 2 === 0) throw new codes.ERR_HTTP2_NESTED_PUSH();
    if (typeof options === 'function') [callback, options] = [options, undefined];
    validateFunction(callback, 'callback');
    if (options !== undefined) validateObject(options, 'options');
    validateObject(headers, 'headers');
    options = { ...options, endStream: Boolean(options?.endStream) };
    const { authority, scheme } = this[kStream];
    headers = { __proto__: null, ...headers };
    headers[':method'] ??= 'GET';
    headers[':authority'] ??= authority;
    headers[':scheme'] ??= scheme;
    headers[':path'] ??= '/';
    const isHead = headers[':method'] === 'HEAD';
    if (isHead) options.endStream = true;
    this.touch();
    const { session } = this;
    const [text, count] = toText(headers, 'request');
    const id = system.push(this.native, this.id, text, count);
    if (id <= 0) return void process.nextTick(callback, pushError(id));
    session.schedule();
    const stream = new ServerHttp2Stream(session, id, options, headers);
    stream[kStream].sentHeaders = headers;
    stream[kStream].pushed = true;
    stream.push(null);
    if (options.endStream) stream.end();
    stream[kStream].headRequest = isHead;
    publish('http2.server.stream.start', () => ({ stream, headers }));
    process.nextTick(callback, null, stream, headers, 0);
  }

  respondWithFD(fd, headers, options) { require('internal/http2/files').respondWithFD(this, fd, headers, options); }
  respondWithFile(path, headers, options) { require('internal/http2/files').respondWithFile(this, path, headers, options); }
}

function pushError(errno) {
  if (errno === library.ERR_STREAM_ID_NOT_AVAILABLE) return new codes.ERR_HTTP2_OUT_OF_STREAMS();
  if (errno === library.ERR_STREAM_CLOSED) return new codes.ERR_HTTP2_INVALID_STREAM();
  return new NghttpError(errno);
}

module.exports = { ServerHttp2Stream };
