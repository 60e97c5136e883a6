// Http2Session: one connection, its settings, its streams, and its end.
'use strict';

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { constants, library } = require('internal/http2/constants');
const { codes, NghttpError, cancelled } = require('internal/http2/errors');
const { Connection } = require('internal/http2/connection');
const { fromText } = require('internal/http2/headers');
const settingsOf = require('internal/http2/settings');
const idle = require('internal/http2/idle');
const context = require('internal/context');
const { proxyOf } = require('internal/http2/socket_proxy');
const { publish } = require('internal/channels');
const { validateFunction, validateInt32, validateNumber, validateObject } = require('internal/validators');
const system = native('http2');

const { NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM, NGHTTP2_FLAG_END_STREAM } = constants;
const kBound = Symbol('session');
const kState = Symbol('state');
const kSocket = Symbol('socket');
const STATE_NAMES = ['effectiveLocalWindowSize', 'effectiveRecvDataLength', 'nextStreamID', 'localWindowSize', 'lastProcStreamID',
  'remoteWindowSize', 'outboundQueueSize', 'deflateDynamicTableSize', 'inflateDynamicTableSize'];
// The settings that nghttp2 knows the values of.
const SETTING_IDS = [1, 2, 4, 5, 3, 6, 8];
// What a frame was not sent for, as an error of the protocol.
const FRAME_ERRORS = { [-522]: 6, [-523]: 9, [-524]: 3, [-533]: 7, [-505]: 1, [-510]: 5 };

class Http2Session extends EventEmitter {
  constructor(options, type, socket) {
    super();
    if (socket[kBound] !== undefined) throw new codes.ERR_HTTP2_SOCKET_BOUND();
    socket[kBound] = this;
    this[kSocket] = socket;
    Object.defineProperty(this, kSocket, { enumerable: false });
    const state = {
      type, options, connection: undefined, proxy: undefined, frame: context.current, streams: new Map(), pending: new Set(),
      closed: false, destroyed: false, goawayCode: null, destroyCode: NGHTTP2_NO_ERROR, settingsWaiting: [], pings: [], origins: undefined,
      heads: [], awaited: 0, error: undefined, remoteCustom: undefined, localSettings: undefined, remoteSettings: undefined, early: null, socketClosed: false,
    };
    Object.defineProperty(this, kState, { value: state });
    this.timeout = 0;
    socket.disableRenegotiation?.();
    socket.once('close', () => this.onSocketClose());
    socket.on('error', (error) => this.onSocketError(error));
  }

  // The socket is connected.
  start() {
    const state = this[kState];
    const socket = this[kSocket];
    if (this.destroyed || socket === undefined) return;
    if (socket.destroyed) return void this.destroy(new codes.ERR_SOCKET_CLOSED());
    state.alpn = socket.encrypted ? socket.alpnProtocol : 'h2c';
    state.connection = new Connection(this, socket, this.isServer, state.options);
    state.connection.start();
    this.settings(typeof state.options.settings === 'object' && state.options.settings !== null ? state.options.settings : {});
    if (this.isServer && Array.isArray(state.options.origins)) this.origin(...state.options.origins);
    process.nextTick(() => this.emit('connect', this, socket));
  }

  get isServer() { return this[kState].type === constants.NGHTTP2_SESSION_SERVER; }
  get native() { return this[kState].connection?.native ?? null; }
  schedule() { this[kState].connection?.schedule(); }
  flush() { this[kState].connection?.flush(); }

  // --- What programs read

  get type() { return this[kState].type; }
  get connecting() { return this[kState].connection === undefined && !this.destroyed; }
  get closed() { return this[kState].closed; }
  get destroyed() { return this[kState].destroyed; }
  get encrypted() { return this.connecting ? undefined : Boolean(this[kSocket]?.encrypted ?? this[kState].encrypted); }
  get alpnProtocol() { return this[kState].alpn; }
  get pendingSettingsAck() { return this[kState].awaited > 0; }
  get socket() {
    const state = this[kState];
    return (state.proxy ??= proxyOf(this, (session) => session[kSocket]));
  }
  get originSet() {
    if (!this.encrypted || this.destroyed) return undefined;
    return Array.from(this.origins());
  }
  // The first is what the client connected to.
  origins() {
    const state = this[kState];
    if (state.origins === undefined) {
      const { servername, remoteAddress, remotePort } = this[kSocket];
      const [, host, port] = /^(.*):([^:]*)$/.exec(this.authority ?? `${servername || remoteAddress}:${remotePort}`);
      state.origins = new Set([new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`).origin]);
    }
    return state.origins;
  }
  get localSettings() { return (this[kState].localSettings ??= this.readSettings(false)); }
  get remoteSettings() { return (this[kState].remoteSettings ??= this.readSettings(true)); }
  readSettings(remote) {
    const handle = this.native;
    if (handle === null) return {};
    const settings = { __proto__: null, ...settingsOf.fromPairs(SETTING_IDS.flatMap((id) => [id, system.setting(handle, id, remote)])) };
    const custom = remote ? this[kState].remoteCustom : this[kState].localCustom;
    if (custom) settings.customSettings = custom;
    return settings;
  }
  get state() {
    const values = this.native === null ? undefined : system.state(this.native);
    return values === undefined ? {} : Object.fromEntries(STATE_NAMES.map((name, i) => [name, values[i]]));
  }
  get pendingBytes() { return this[kState].connection?.pendingBytes ?? 0; }
  get sentBytes() { return this[kState].connection?.sent ?? 0; }

  // --- What programs ask for

  settings(settings, callback) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    validateObject(settings, 'settings');
    settingsOf.validate(settings);
    if (callback) validateFunction(callback, 'callback');
    const copy = { ...settings };
    const waiting = { settings: copy, callback, begun: performance.now() };
    this[kState].settingsWaiting.push(waiting);
    this[kState].awaited++;
    this.whenConnected(() => {
      const state = this[kState];
      if (state.settingsWaiting.length > (state.options.maxOutstandingSettings ?? 10)) {
        this.destroy(new codes.ERR_HTTP2_MAX_PENDING_SETTINGS_ACK());
        return;
      }
      system.settings(this.native, settingsOf.toPairs(copy));
      this.schedule();
    });
  }

  ping(payload, callback) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (typeof payload === 'function') [callback, payload] = [payload, undefined];
    if (payload) {
      if (!ArrayBuffer.isView(payload)) throw new codes.ERR_INVALID_ARG_TYPE('payload', ['Buffer', 'TypedArray', 'DataView'], payload);
      if (payload.byteLength !== 8) throw new codes.ERR_HTTP2_PING_LENGTH();
    }
    validateFunction(callback, 'callback');
    const { pings, options } = this[kState];
    if (this.connecting || this.closed || pings.length >= (options.maxOutstandingPings ?? 10)) {
      process.nextTick(callback, new codes.ERR_HTTP2_PING_CANCEL());
      return false;
    }
    pings.push({ callback, begun: performance.now() });
    system.ping(this.native, payload);
    this.schedule();
    return true;
  }

  goaway(code = NGHTTP2_NO_ERROR, lastStreamID = 0, opaqueData = undefined) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (opaqueData !== undefined && !ArrayBuffer.isView(opaqueData)) {
      throw new codes.ERR_INVALID_ARG_TYPE('opaqueData', ['Buffer', 'TypedArray', 'DataView'], opaqueData);
    }
    validateNumber(code, 'code');
    validateNumber(lastStreamID, 'lastStreamID');
    this.whenConnected(() => {
      system.goAway(this.native, code, lastStreamID, opaqueData);
      this.schedule();
    });
  }

  // Runs it now, or when the connection is there.
  whenConnected(action) {
    if (!this.connecting) {
      if (this.native !== null) action();
      return;
    }
    const state = this[kState];
    if (state.early === null) {
      state.early = [];
      this.once('connect', () => {
        const list = state.early;
        state.early = null;
        for (const one of list) if (this.native !== null) one();
      });
    }
    state.early.push(action);
  }

  setLocalWindowSize(windowSize) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    validateInt32(windowSize, 'windowSize', 0);
    const errno = this.native === null ? 0 : system.setWindow(this.native, windowSize);
    if (errno < 0) this.destroy(new NghttpError(errno));
    else this.schedule();
  }

  setNextStreamID(id) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    validateNumber(id, 'id');
    if (id <= 0 || id > 2 ** 32 - 1) throw new codes.ERR_OUT_OF_RANGE('id', `> 0 and <= ${2 ** 32 - 1}`, id);
    if (this.native !== null) system.setNext(this.native, id);
  }

  ref() { this[kSocket]?.ref?.(); }
  unref() { this[kSocket]?.unref?.(); }

  // No new streams; it ends with the last one.
  close(callback) {
    const state = this[kState];
    if (this.closed || this.destroyed) return;
    state.closed = true;
    if (typeof callback === 'function') this.once('close', callback);
    this.goaway();
    this.maybeDestroy();
  }

  maybeDestroy(error) {
    const { streams, pending } = this[kState];
    if (error === undefined && (!this.closed || streams.size > 0 || pending.size > 0 || this.pendingWork())) return;
    this.destroy(error);
  }
  pendingWork() { return this.connecting && this[kState].early !== null && this[kState].early.length > 1; }

  destroy(error = NGHTTP2_NO_ERROR, code = undefined) {
    const state = this[kState];
    if (this.destroyed) return;
    if (typeof error === 'number') {
      code = error;
      error = code === NGHTTP2_NO_ERROR ? undefined : new codes.ERR_HTTP2_SESSION_ERROR(code);
    }
    if (code === undefined && error !== undefined && error !== null) code = NGHTTP2_INTERNAL_ERROR;
    state.destroyed = true;
    state.destroyCode = code ?? NGHTTP2_NO_ERROR;
    state.encrypted = Boolean(this[kSocket]?.encrypted);
    idle.stop(this);
    this.removeAllListeners('timeout');
    for (const stream of state.pending) stream.destroy(cancelled(error));
    for (const stream of state.streams.values()) stream.destroy(error);
    const finish = () => this.finishDestroy(error);
    if (state.connection === undefined) finish();
    else state.connection.end(code ?? NGHTTP2_NO_ERROR, finish);
  }

  finishDestroy(error) {
    const socket = this[kSocket];
    this[kSocket] = undefined;
    this.cancelWaiting();
    if (socket !== undefined) socket[kBound] = undefined;
    const done = () => {
      if (error) this.emit('error', error);
      this.emit('close');
    };
    if (socket === undefined || socket.destroyed) return void process.nextTick(done);
    socket.once('close', () => process.nextTick(done));
    if (this.closed) {
      socket.resume(); // the other side's end is to be seen
      socket.end();
    } else if (socket.connecting || error) socket.destroy(error);
    else destroySoon(socket);
  }

  cancelWaiting() {
    const { pings, settingsWaiting } = this[kState];
    for (const { callback } of pings.splice(0)) callback(new codes.ERR_HTTP2_PING_CANCEL());
    for (const { callback } of settingsWaiting.splice(0)) callback?.(new codes.ERR_HTTP2_SETTINGS_CANCEL());
  }

  // --- What the socket tells

  onSocketClose() {
    const state = this[kState];
    state.socketClosed = true;
    if (this.destroyed) return;
    for (const stream of [...state.streams.values(), ...state.pending]) stream.close(NGHTTP2_CANCEL);
    this.close();
    this.destroy();
  }
  onSocketError(error) {
    if (this.destroyed) return;
    if (error.code === 'ECONNRESET' && this[kState].goawayCode === NGHTTP2_NO_ERROR) this.destroy();
    else this.destroy(error);
  }
  touch() { idle.refresh(this); }
  onFault(error) { this.destroy(error); }

  // --- What native code tells

  // Callbacks of a stream see the asynchronous context that it was made in.
  inFrame(stream, action) {
    const before = context.current;
    context.current = stream.frame;
    try {
      action();
    } finally {
      context.current = before;
    }
  }

  onHeaders(id, category, flags, text, promised) {
    const state = this[kState];
    if (this.destroyed) return;
    const [headers, raw] = fromText(text);
    const ended = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    this.touch();
    const stream = state.streams.get(id);
    if (stream === undefined) {
      if (this.closed) return void system.reset(this.native, id, NGHTTP2_REFUSED_STREAM);
      const made = this.makeStream(id, headers, ended && !promised);
      if (ended && !promised) made.push(null);
      made.tellLater(() => { if (!this.emit('stream', made, headers, flags, raw)) made.on('error', () => {}); });
      return;
    }
    stream.touch();
    const { ':status': status } = headers;
    const event = eventOf(category, status, ended);
    this.inFrame(stream, () => {
      stream.tellLater(() => stream.emit(event, headers, flags, raw));
      if (event === 'response' || event === 'push') publish('http2.client.stream.finish', () => ({ stream, headers, flags }));
      if (status === 421) this.forgetOrigin(stream);
      if (ended) stream.push(null);
    });
  }
  forgetOrigin(stream) {
    if (this.encrypted && stream.origin) this.origins().delete(stream.origin);
  }

  onData(id, bytes) {
    const stream = this[kState].streams.get(id);
    if (stream === undefined || stream.destroyed) {
      system.consume(this.native, id, bytes.length);
      return;
    }
    Object.setPrototypeOf(bytes, Buffer.prototype);
    this.inFrame(stream, () => stream.take(bytes));
  }
  onEnd(id) {
    const stream = this[kState].streams.get(id);
    if (stream !== undefined && !stream.destroyed) this.inFrame(stream, () => stream.takeEnd());
  }
  onStreamClose(id, code) {
    const stream = this[kState].streams.get(id);
    if (stream !== undefined && !stream.destroyed) this.inFrame(stream, () => stream.onClosed(code));
  }
  onTrailers(id) {
    const stream = this[kState].streams.get(id);
    if (stream !== undefined) this.inFrame(stream, () => stream.onTrailersWanted());
  }
  onDrained(id) {
    const stream = this[kState].streams.get(id);
    if (stream !== undefined) this.inFrame(stream, () => stream.onDrained());
  }

  onSettings(acknowledged, pairs) {
    const state = this[kState];
    this.touch();
    if (acknowledged) {
      const waiting = state.settingsWaiting.shift();
      if (waiting === undefined) return void this.destroy(new NghttpError(-505));
      state.awaited--;
      state.localSettings = undefined;
      if (waiting.settings.customSettings) state.localCustom = { ...waiting.settings.customSettings };
      waiting.callback?.(null, this.localSettings, performance.now() - waiting.begun);
      this.emit('localSettings', this.localSettings);
      return;
    }
    state.remoteSettings = undefined;
    const wanted = state.options.remoteCustomSettings;
    const { customSettings } = settingsOf.fromPairs(pairs);
    for (const [key, value] of Object.entries(customSettings ?? {})) {
      if (wanted?.includes(Number(key))) (state.remoteCustom ??= {})[key] = value;
    }
    this.emit('remoteSettings', this.remoteSettings);
  }

  onPing(acknowledged, bytes) {
    this.touch();
    Object.setPrototypeOf(bytes, Buffer.prototype);
    if (!acknowledged) return void this.emit('ping', bytes);
    const waiting = this[kState].pings.shift();
    if (waiting === undefined) return void this.destroy(new NghttpError(-505));
    waiting.callback(null, performance.now() - waiting.begun, bytes);
  }

  onGoaway(code, lastStreamID, bytes) {
    const state = this[kState];
    if (this.destroyed) return;
    state.goawayCode = code;
    if (bytes !== undefined) Object.setPrototypeOf(bytes, Buffer.prototype);
    process.nextTick(() => this.emit('goaway', code, lastStreamID, bytes));
    if (code === NGHTTP2_NO_ERROR) this.close();
    else this.destroy(new codes.ERR_HTTP2_SESSION_ERROR(code), NGHTTP2_NO_ERROR);
  }

  onAltsvc(id, origin, value) { this.emit('altsvc', value, origin, id); }
  onOrigin(list) {
    if (!this.encrypted || this.destroyed) return;
    const set = this.origins();
    for (const one of list) set.add(one);
    this.emit('origin', list);
  }
  onPriority(id, parent, weight, exclusive) {
    const stream = this[kState].streams.get(id);
    (stream ?? this).emit('priority', id, parent, weight, exclusive);
  }
  onNotSent(id, type, errno) {
    if (errno === library.ERR_SESSION_CLOSING || errno === library.ERR_STREAM_CLOSED || errno === library.ERR_STREAM_CLOSING) return;
    const stream = this[kState].streams.get(id);
    const code = FRAME_ERRORS[errno] ?? constants.NGHTTP2_INTERNAL_ERROR;
    (stream ?? this).emit('frameError', type, code, id);
    // nghttp2 closes a stream that it could not begin; one that has begun is left to us.
    if (stream !== undefined) setImmediate(() => { if (!stream.destroyed) stream.close(code); });
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this.constructor.name;
    const { inspect } = require('internal/inspect');
    return `${this.constructor.name} ${inspect({
      type: this.type, closed: this.closed, destroyed: this.destroyed, state: this.state, localSettings: this.localSettings,
      remoteSettings: this.remoteSettings,
    }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
idle.mix(Http2Session, (session) => (session.pendingBytes > 0 ? session.sentBytes - session.pendingBytes + 1 : 0));

// Bytes on their way are let go first.
function destroySoon(socket) {
  if (socket.writableLength > 0) socket.destroySoon ? socket.destroySoon() : socket.end(() => socket.destroy());
  else socket.destroy();
}

function eventOf(category, status, ended) {
  if (category === library.HCAT_PUSH_RESPONSE) return 'push';
  const informs = status !== undefined && status >= 100 && status < 200;
  if (category === library.HCAT_RESPONSE) return !ended && informs ? 'headers' : 'response';
  if (status !== undefined && status >= 200) return 'response';
  return ended ? 'trailers' : 'headers';
}

module.exports = { Http2Session, kState, kSocket };
