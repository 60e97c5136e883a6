// http2.connect(): the client's session and its requests.
'use strict';

const net = require('net');
const { Http2Session, kState } = require('internal/http2/session');
const { Http2Stream, kStream } = require('internal/http2/stream');
const { constants, library } = require('internal/http2/constants');
const { codes, NghttpError, cancelled } = require('internal/http2/errors');
const { objectOf, sensitiveHeaders, toText } = require('internal/http2/headers');
const { AbortError } = require('internal/errors');
const { publish } = require('internal/channels');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject, validateString } = require('internal/validators');
const system = native('http2');

const NO_BODY = 1;
const TRAILERS = 2;
const BODILESS = new Set(['GET', 'HEAD', 'DELETE']);

class ClientHttp2Stream extends Http2Stream {
  constructor(session, options) {
    super(session, options);
    this[kStream].headersSent = true;
    this.on('headers', (headers) => { if (headers[':status'] === 100) this.emit('continue'); });
  }
  get side() { return 'client'; }
  get headersSent() { return true; }
  get origin() { return this[kStream].origin; }
}

class ClientHttp2Session extends Http2Session {
  constructor(options, socket) {
    super(options, constants.NGHTTP2_SESSION_CLIENT, socket);
  }

  // A stream that the server pushes.
  makeStream(id, headers) {
    const stream = new ClientHttp2Stream(this, {});
    stream.begin(id);
    publish('http2.client.stream.created', () => ({ stream, headers }));
    publish('http2.client.stream.start', () => ({ stream, headers }));
    stream.end(); // it is only read
    return stream;
  }

  request(given, givenOptions) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (this.closed) throw new codes.ERR_HTTP2_GOAWAY_SESSION();
    this.touch();
    if (given !== undefined && given !== null) validateObject(given, 'headers', { allowArray: true });
    if (givenOptions !== undefined && givenOptions !== null) validateObject(givenOptions, 'options');
    const [headers, parts] = Array.isArray(given) ? this.completeList(given) : this.completeObject(given);
    const options = checkOptions({ ...givenOptions }, parts.method);
    const [text, count] = toText(headers, 'request', { strict: this[kState].options.strictSingleValueFields !== false });
    const stream = new ClientHttp2Stream(this, {});
    const state = stream[kStream];
    state.sentHeaders = Array.isArray(headers) ? objectOf(headers) : headers;
    state.origin = `${parts.scheme}://${parts.authority}`;
    state.waitForTrailers = Boolean(options.waitForTrailers);
    const { endStream, signal } = options;
    if (endStream) stream.end();
    publish('http2.client.stream.created', () => ({ stream, headers: state.sentHeaders }));
    if (signal && !follow(stream, signal)) return stream;
    const submit = () => {
      if (stream.destroyed) return;
      if (this.destroyed || this.native === null) return void stream.destroy(cancelled());
      if (this.closed) return void stream.destroy(new codes.ERR_HTTP2_GOAWAY_SESSION());
      const id = system.request(this.native, text, count, (endStream ? NO_BODY : 0) | (state.waitForTrailers ? TRAILERS : 0));
      if (id <= 0) return void this.refused(stream, id);
      stream.begin(id);
      this.schedule();
      publish('http2.client.stream.start', () => ({ stream, headers: state.sentHeaders }));
    };
    if (this.connecting || this[kState].early !== null) this.whenConnected(submit);
    else submit();
    return stream;
  }

  refused(stream, errno) {
    if (errno === library.ERR_STREAM_ID_NOT_AVAILABLE) {
      stream.destroy(new codes.ERR_HTTP2_OUT_OF_STREAMS());
    } else this.destroy(new NghttpError(errno));
  }

  completeObject(given) {
    const headers = Object.assign({ __proto__: null }, given);
    const { ':method': method = (headers[':method'] = 'GET') } = headers;
    const connecting = method === 'CONNECT';
    if (!connecting || headers[':protocol'] !== undefined) {
      if (headers[':authority'] === undefined && headers.host === undefined) headers[':authority'] = this.authority;
      headers[':scheme'] ??= this.scheme;
      headers[':path'] ??= '/';
    } else checkConnect(headers[':authority'], headers[':scheme'], headers[':path']);
    return [headers, { method, scheme: headers[':scheme'], authority: headers[':authority'] ?? headers.host }];
  }

  completeList(given) {
    const find = (name) => {
      const at = given.findIndex((one, i) => i % 2 === 0 && `${one}`.toLowerCase() === name);
      return at < 0 ? undefined : given[at + 1];
    };
    const list = [];
    const method = find(':method') ?? 'GET';
    let [authority, scheme] = [find(':authority'), find(':scheme')];
    if (find(':method') === undefined) list.push(':method', method);
    if (method !== 'CONNECT' || find(':protocol') !== undefined) {
      if (authority === undefined && find('host') === undefined) list.push(':authority', authority = this.authority);
      if (scheme === undefined) list.push(':scheme', scheme = this.scheme);
      if (find(':path') === undefined) list.push(':path', '/');
    } else checkConnect(authority, scheme, find(':path'));
    list.push(...given);
    if (given[sensitiveHeaders]) list[sensitiveHeaders] = given[sensitiveHeaders];
    return [list, { method, scheme, authority: authority ?? find('host') }];
  }
}

function checkConnect(authority, scheme, path) {
  if (authority === undefined) throw new codes.ERR_HTTP2_CONNECT_AUTHORITY();
  if (scheme !== undefined) throw new codes.ERR_HTTP2_CONNECT_SCHEME();
  if (path !== undefined) throw new codes.ERR_HTTP2_CONNECT_PATH();
}

function checkOptions(options, method) {
  for (const name of ['exclusive', 'silent']) if (options[name] !== undefined) validateBoolean(options[name], `options.${name}`);
  for (const name of ['parent', 'weight']) if (options[name] !== undefined) validateNumber(options[name], `options.${name}`);
  if (options.weight !== undefined || options.parent !== undefined || options.exclusive !== undefined) {
    require('internal/http2/priority').warn('Priority signaling has been deprecated as of RFC 9113.');
  }
  if (options.endStream === undefined) options.endStream = BODILESS.has(method);
  else validateBoolean(options.endStream, 'options.endStream');
  return options;
}

// False when it is aborted already.
function follow(stream, signal) {
  validateAbortSignal(signal, 'options.signal');
  const onAbort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    onAbort();
    return false;
  }
  signal.addEventListener('abort', onAbort, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', onAbort));
  return true;
}

function openSocket(authority, { host, port, protocol }, options) {
  if (typeof options.createConnection === 'function') return options.createConnection(authority, options);
  if (protocol === 'http:') return net.connect({ port, host, ...options });
  if (protocol !== 'https:') throw new codes.ERR_HTTP2_UNSUPPORTED_PROTOCOL(protocol);
  return require('tls').connect(port, host, tlsOptions(options, net.isIP(host) ? undefined : host));
}

function tlsOptions(options, servername) {
  const made = { ...options };
  made.ALPNProtocols ??= ['h2'];
  if (servername !== undefined && !made.servername) made.servername = servername;
  return made;
}

function connect(authority, options, listener) {
  if (typeof options === 'function') [listener, options] = [options, undefined];
  if (options !== undefined) validateObject(options, 'options');
  options = { ...options };
  if (typeof authority === 'string') authority = new URL(authority);
  validateObject(authority, 'authority');
  const protocol = authority.protocol || options.protocol || 'https:';
  const port = `${authority.port !== '' && authority.port !== undefined ? authority.port : authority.protocol === 'http:' ? 80 : 443}`;
  let host = 'localhost';
  if (authority.hostname) {
    host = authority.hostname;
    if (host[0] === '[') host = host.slice(1, -1);
  } else if (authority.host) host = authority.host;
  if (options.settings !== undefined) validateObject(options.settings, 'options.settings');
  if (protocol) validateString(protocol, 'protocol');
  const socket = openSocket(authority, { host, port, protocol }, options);
  const session = new ClientHttp2Session(options, socket);
  session.authority = `${options.servername || host}:${port}`;
  session.scheme = protocol.slice(0, -1);
  for (const name of ['authority', 'scheme']) Object.defineProperty(session, name, { enumerable: false });
  if (typeof listener === 'function') session.once('connect', listener);
  if (socket.connecting || socket.secureConnecting) {
    socket.once(socket.encrypted || socket.secureConnecting ? 'secureConnect' : 'connect', () => session.start());
  } else session.start();
  return session;
}

Object.defineProperty(connect, require('util').promisify.custom, {
  value: (authority, options) => new Promise((resolve, reject) => {
    const session = connect(authority, options, () => {
      session.removeListener('error', reject);
      resolve(session);
    });
    session.once('error', reject);
  }),
});

module.exports = { connect, ClientHttp2Session, ClientHttp2Stream };
