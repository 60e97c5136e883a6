// Http2ServerRequest: a stream's reading side as http has it.
'use strict';

const { Readable } = require('stream');
const { codes } = require('internal/http2/errors');
const { codes: common } = require('internal/errors');

const { validateString } = require('internal/validators');

const kRequest = Symbol('request');
const kProxy = Symbol('proxy');

class Http2ServerRequest extends Readable {
  constructor(stream, headers, options, rawHeaders) {
    super({ autoDestroy: false, ...options });
    Object.defineProperty(this, kRequest, { value: {
      stream, headers, rawHeaders, trailers: {}, rawTrailers: [], url: undefined, method: undefined, didRead: false, closed: false, aborted: false,
    } });
    stream[kProxy] ??= {};
    stream[kProxy].request = this;
    stream.pause();
    stream.on('trailers', (trailers, flags, raw) => {
      Object.assign(this[kRequest].trailers, trailers);
      this[kRequest].rawTrailers.push(...raw);
    });
    stream.on('end', () => { this.push(null); });
    stream.on('error', () => {}); // the stream's own: neither request nor response tell it
    stream.on('aborted', () => {
      const state = this[kRequest];
      state.aborted = true;
      if (!state.closed) this.emit('aborted');
    });
    stream.on('close', () => this[kRequest].onClose?.());
    stream.on('timeout', () => this.emit('timeout'));
    this[kRequest].onClose = () => {
      const state = this[kRequest];
      if (state.closed) return;
      state.closed = true;
      this.push(null);
      if (!this.readableEnded && !state.didRead) this.resume();
      this.emit('close');
    };
    this.on('pause', () => stream.pause());
    this.on('resume', () => { if (!stream.destroyed) stream.resume(); });
  }

  _read() {
    const state = this[kRequest];
    if (state.didRead) return void process.nextTick(() => state.stream.resume());
    state.didRead = true;
    state.stream.on('data', (chunk) => { if (!this.push(chunk)) state.stream.pause(); });
  }

  get aborted() { return this[kRequest].aborted; }
  get complete() { return this[kRequest].aborted || this.readableEnded || this[kRequest].closed || this[kRequest].stream.destroyed; }
  get stream() { return this[kRequest].stream; }
  get headers() { return this[kRequest].headers; }
  get rawHeaders() { return this[kRequest].rawHeaders; }
  get trailers() { return this[kRequest].trailers; }
  get rawTrailers() { return this[kRequest].rawTrailers; }
  get httpVersionMajor() { return 2; }
  get httpVersionMinor() { return 0; }
  get httpVersion() { return '2.0'; }
  get socket() { return socketOf(this[kRequest].stream); }
  get connection() { return this.socket; }
  get method() { return this[kRequest].method ?? this[kRequest].headers[':method']; }
  set method(method) {
    validateString(method, 'method');
    if (method.trim() === '') throw new common.ERR_INVALID_ARG_VALUE('method', method);
    this[kRequest].method = method;
  }
  get authority() { return this[kRequest].headers[':authority'] ?? this[kRequest].headers.host; }
  get scheme() { return this[kRequest].headers[':scheme']; }
  get url() { return this[kRequest].url ?? this[kRequest].headers[':path']; }
  set url(url) { this[kRequest].url = url; }
  setTimeout(msecs, callback) {
    if (!this[kRequest].closed) this[kRequest].stream.setTimeout(msecs, callback);
    return this;
  }
}

const OF_STREAM = new Set(['on', 'once', 'end', 'emit', 'destroy']);
const FORBIDDEN = new Set(['write', 'read', 'pause', 'resume']);

// The session's socket, whose bytes are not the program's, with the stream's events.
function socketOf(stream) {
  const proxies = (stream[kProxy] ??= {});
  const below = () => (stream.session !== undefined && !stream.session.destroyed ? stream.session.socket : stream);
  return (proxies.socket ??= new Proxy(stream, {
    has: (_, name) => Reflect.has(stream, name) || Reflect.has(stream.session?.socket ?? {}, name),
    get(_, name) {
      if (OF_STREAM.has(name)) return stream[name].bind(stream);
      if (name === 'writable' || name === 'destroyed') return stream[name];
      if (name === 'readable') return stream.destroyed ? false : stream.readable;
      if (name === 'setTimeout') return stream.session === undefined ? stream.setTimeout.bind(stream) : stream.session.setTimeout.bind(stream.session);
      if (FORBIDDEN.has(name)) throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      const value = below()[name];
      return typeof value === 'function' ? value.bind(below()) : value;
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(below()),
    set(_, name, value) {
      if (name === 'writable' || name === 'readable' || name === 'destroyed' || OF_STREAM.has(name)) stream[name] = value;
      else if (name === 'setTimeout') (stream.session ?? stream).setTimeout = value;
      else if (FORBIDDEN.has(name)) throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      else below()[name] = value;
      return true;
    },
  }));
}

module.exports = { Http2ServerRequest, socketOf, kProxy };
