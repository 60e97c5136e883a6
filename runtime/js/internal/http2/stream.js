// Http2Stream: one request and its response, as a Duplex. It waits (corked) until it has a number.
'use strict';

const { Duplex } = require('stream');
const { Buffer } = require('buffer');
const { constants } = require('internal/http2/constants');
const { codes, streamError } = require('internal/http2/errors');
const { toText } = require('internal/http2/headers');
const { kState } = require('internal/http2/session');
const idle = require('internal/http2/idle');
const context = require('internal/context');
const { publish } = require('internal/channels');
const { AbortError } = require('internal/errors');
const { validateFunction, validateObject } = require('internal/validators');
const system = native('http2');

const { NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;
const kStream = Symbol('stream');
const STATE_NAMES = ['state', 'weight', 'sumDependencyWeight', 'localClose', 'remoteClose', 'localWindowSize'];
const MOST_CODE = 2 ** 32 - 1;

class Http2Stream extends Duplex {
  constructor(session, options) {
    super({ ...options, allowHalfOpen: true, decodeStrings: false, autoDestroy: false });
    Object.defineProperty(this, kStream, { value: {
      session, id: undefined, closed: false, aborted: false, code: NGHTTP2_NO_ERROR, unread: 0, reading: false, didRead: false,
      callback: null, writing: 0, waitForTrailers: false, trailersReady: false, sentHeaders: undefined, sentInfo: undefined,
      sentTrailers: undefined, headersSent: false, headRequest: false, frame: context.current,
    } });
    this.timeout = 0;
    this._readableState.readingMore = true; // nothing is read before somebody asks
    session[kState].pending.add(this);
    this.cork();
  }

  // --- What programs read

  get frame() { return this[kStream].frame; }
  get id() { return this[kStream].id; }
  get session() { return this[kStream].session; }
  get pending() { return this[kStream].id === undefined; }
  get closed() { return this[kStream].closed; }
  get aborted() { return this[kStream].aborted; }
  get rstCode() { return this[kStream].code; }
  get sentHeaders() { return this[kStream].sentHeaders; }
  get sentInfoHeaders() { return this[kStream].sentInfo; }
  get sentTrailers() { return this[kStream].sentTrailers; }
  get endAfterHeaders() { return Boolean(this[kStream].endAfterHeaders); }
  get bufferSize() { return this[kStream].writing + this.writableLength; }
  get state() {
    const values = this.native === null || this.pending ? undefined : system.streamState(this.native, this.id);
    return values === undefined ? {} : Object.fromEntries(STATE_NAMES.map((name, i) => [name, values[i]]));
  }
  get native() { return this[kStream].session?.native ?? null; }
  get _handle() { return this.native === null || this.pending ? undefined : this[kStream]; }

  touch() {
    idle.refresh(this);
    this.session?.touch();
  }

  // --- Its number has come

  begin(id) {
    const state = this[kStream];
    const { streams, pending } = state.session[kState];
    state.id = id;
    pending.delete(this);
    streams.set(id, this);
    this.uncork();
    this.emit('ready');
  }
  whenReady(action) {
    if (this.pending) this.once('ready', action);
    else action();
  }

  // A head is told in a tick of its own, but before what follows it in the same bytes.
  tellLater(tell) {
    const { session } = this;
    if (session === undefined) return;
    const { heads } = session[kState];
    const told = () => session.inFrame(this, tell);
    heads.push(told);
    process.nextTick(tellHeads, heads, told);
  }
  tellHeads() {
    if (this.session !== undefined) tellHeads(this.session[kState].heads, undefined);
  }

  // --- Reading

  _read() {
    const state = this[kStream];
    if (this.destroyed) return void this.push(null);
    if (!state.didRead) {
      this._readableState.readingMore = false;
      state.didRead = true;
    }
    state.reading = true;
    if (state.unread === 0 || this.native === null) return;
    system.consume(this.native, this.id, state.unread);
    state.unread = 0;
    state.session.schedule();
  }
  take(bytes) {
    this.tellHeads();
    const state = this[kStream];
    this.touch();
    const more = this.push(bytes);
    if (this.native === null) return;
    if (more && !this.isPaused()) system.consume(this.native, this.id, bytes.length);
    else state.unread += bytes.length;
  }
  takeEnd() {
    this.tellHeads();
    this.on('end', this.maybeDestroy);
    this.push(null);
    this.read(0);
  }

  // --- Writing

  _write(chunk, encoding, callback) {
    publish(`http2.${this.side}.stream.bodyChunkSent`, () => ({ stream: this, writev: false, data: chunk, encoding }));
    this.whenReady(() => this.send([{ chunk, encoding }], callback));
  }
  _writev(list, callback) {
    const isBytes = () => list.every(({ chunk }) => typeof chunk !== 'string');
    publish(`http2.${this.side}.stream.bodyChunkSent`,
      () => ({ stream: this, writev: true, data: isBytes() ? list.map(({ chunk }) => chunk) : list, encoding: '' }));
    this.whenReady(() => this.send(list, callback));
  }
  send(list, callback) {
    const state = this[kStream];
    if (this.destroyed || this.native === null) return callback(new codes.ERR_STREAM_DESTROYED('write'));
    this.touch();
    if (!state.headersSent) this.proceed();
    if (this.native === null) return callback();
    let total = 0;
    for (const { chunk, encoding } of list) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
      total += bytes.byteLength;
      if (bytes.byteLength > 0) system.write(this.native, this.id, bytes);
    }
    if (total > 0) [state.callback, state.writing] = [callback, total];
    else process.nextTick(callback);
    // What is written last and the end share a frame.
    process.nextTick(() => {
      const { ending, buffered, bufferedIndex } = this._writableState;
      if (ending && this.native !== null && (buffered?.length ?? 0) === (bufferedIndex ?? 0)) system.finish(this.native, this.id);
    });
    state.session.schedule();
  }
  onDrained() {
    const { callback } = this[kStream];
    this[kStream].callback = null;
    this[kStream].writing = 0;
    this.touch();
    callback?.();
  }
  _final(callback) {
    this.whenReady(() => {
      publish(`http2.${this.side}.stream.bodySent`, () => ({ stream: this }));
      if (this.native !== null) {
        system.finish(this.native, this.id);
        this[kStream].session.schedule();
      }
      this.once('finish', () => { if (!this.destroyed) this.maybeDestroy(); });
      callback();
    });
  }
  // Heads that a write needs before it.
  proceed() {}

  onTrailersWanted() {
    const state = this[kStream];
    state.trailersReady = true;
    if (this.destroyed || this.closed) system.trail(this.native, this.id, '', 0);
    else if (!this.emit('wantTrailers')) this.sendTrailers({});
  }
  sendTrailers(headers) {
    const state = this[kStream];
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
    if (state.sentTrailers) throw new codes.ERR_HTTP2_TRAILERS_ALREADY_SENT();
    if (!state.trailersReady) throw new codes.ERR_HTTP2_TRAILERS_NOT_READY();
    validateObject(headers, 'headers');
    headers = Object.assign({ __proto__: null }, headers);
    const [text, count] = toText(headers, 'trailers');
    state.sentTrailers = headers;
    this.touch();
    const errno = this.native === null ? 0 : system.trail(this.native, this.id, text, count);
    if (errno < 0) this.destroy(new (require('internal/http2/errors').NghttpError)(errno));
    else state.session.schedule();
  }

  priority() {
    require('internal/http2/priority').warn('http2Stream.priority is longer supported after priority signalling was deprecated in RFC 9113');
    if (this.destroyed || this.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
  }

  // --- Ending

  close(code = NGHTTP2_NO_ERROR, callback = undefined) {
    if (typeof code !== 'number') throw new codes.ERR_INVALID_ARG_TYPE('code', 'number', code);
    if (!Number.isInteger(code)) throw new codes.ERR_OUT_OF_RANGE('code', 'an integer', code);
    if (code < 0 || code > MOST_CODE) throw new codes.ERR_OUT_OF_RANGE('code', `>= 0 && <= ${MOST_CODE}`, code);
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (this.closed) return;
    if (callback !== undefined) this.once('close', callback);
    this.shut(code, 'reset');
  }

  // how: 'reset' tells the other side when what was written has left, 'force' at once, 'quiet' not at all.
  shut(code, how) {
    const state = this[kStream];
    const { ending } = this._writableState;
    // What was written goes before a reset; but the end that is made here does not.
    const early = how !== 'quiet' && !this.pending && code !== NGHTTP2_NO_ERROR;
    if (early) state.session?.flush();
    state.closed = true;
    state.code = code;
    this.setTimeout(0);
    publish(`http2.${this.side}.stream.close`, () => ({ stream: this }));
    if (!ending) {
      if (!state.aborted) {
        state.aborted = true;
        this.emit('aborted');
      }
      this.end();
    }
    if (how === 'quiet') return;
    const finish = () => {
      if (this.pending) this.push(null);
      this.whenReady(() => this.reset(code, early));
    };
    if (how === 'force' || !ending || this.writableFinished || code !== NGHTTP2_NO_ERROR || this.side === 'client') finish();
    else this.once('finish', finish);
  }
  reset(code, flushed) {
    if (this.native === null) return;
    if (!flushed) this[kStream].session.flush();
    if (this.native === null) return;
    system.reset(this.native, this.id, code);
    this[kStream].session.schedule();
  }

  // Both sides have ended, or one has been reset.
  onClosed(code) {
    this.tellHeads();
    const state = this[kStream];
    if (!this.closed) this.shut(code, 'quiet');
    if (state.file) return void (state.file = () => this.endOf(code));
    this.endOf(code);
  }
  endOf(code) {
    if (!this.readable || code !== NGHTTP2_NO_ERROR) return void this.maybeDestroy(code);
    this.on('end', this.maybeDestroy);
    this.push(null);
    if (this.side === 'server' && !this[kStream].didRead && this.readableFlowing === null) this.resume();
    else this.read(0);
  }

  maybeDestroy(code = NGHTTP2_NO_ERROR) {
    if (code !== NGHTTP2_NO_ERROR) return void this.destroy();
    if (!this.writableFinished) return;
    if (!this.readable && this.closed) return void this.destroy();
    const { didRead, waitForTrailers } = this[kStream];
    // A response is sent and nobody looks at the request: pushes may still be made in this turn.
    if (this.side === 'server' && !waitForTrailers && !didRead && this.readableFlowing === null) {
      setImmediate(() => { this.close(); });
    }
  }

  _destroy(error, callback) {
    const state = this[kStream];
    const { session } = state;
    const sessionState = session[kState];
    const sessionCode = sessionState.goawayCode || sessionState.destroyCode;
    let code = this.closed ? this.rstCode : sessionCode;
    if (error) {
      if (sessionCode) code = sessionCode;
      else code = error instanceof AbortError ? NGHTTP2_CANCEL : NGHTTP2_INTERNAL_ERROR;
    }
    if (!this.closed) this.shut(code, this.pending ? 'quiet' : 'force');
    this.push(null);
    if (this.pending) sessionState.pending.delete(this);
    else {
      sessionState.streams.delete(this.id);
      session.schedule();
    }
    if (!error && code !== NGHTTP2_NO_ERROR && code !== NGHTTP2_CANCEL) error = streamError(code);
    state.session = undefined;
    const waiting = state.callback;
    state.callback = null;
    waiting?.(error ?? new codes.ERR_STREAM_DESTROYED('write'));
    if (error) publish(`http2.${this.side}.stream.error`, () => ({ stream: this, error }));
    setImmediate(() => session.maybeDestroy());
    callback(error);
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this.constructor.name;
    const { inspect } = require('internal/inspect');
    return `${this.constructor.name} ${inspect({
      id: this.id || '<pending>', closed: this.closed, destroyed: this.destroyed, state: this.state, readableState: this._readableState,
      writableState: this._writableState,
    }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
// All, or those up to one that is still to be told.
function tellHeads(heads, upTo) {
  if (upTo !== undefined && !heads.includes(upTo)) return;
  while (heads.length > 0) {
    const tell = heads.shift();
    tell();
    if (tell === upTo) return;
  }
}

idle.mix(Http2Stream, (stream) => (stream[kStream].writing > 0 ? (stream.session?.sentBytes ?? 0) + 1 : 0));

module.exports = { Http2Stream, kStream };
