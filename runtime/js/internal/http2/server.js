// http2.createServer() and createSecureServer(): a session for each connection.
'use strict';

const net = require('net');
const { Http2Session } = require('internal/http2/session');
const { kStream } = require('internal/http2/stream');
const { ServerHttp2Stream } = require('internal/http2/server_stream');
const { constants } = require('internal/http2/constants');
const { codes } = require('internal/http2/errors');
const compat = require('internal/http2/compat');
const { publish } = require('internal/channels');
const { validateFunction, validateObject, validateUint32 } = require('internal/validators');
const lazy = require('internal/lazy');
const system = native('http2');

const kSessions = Symbol('sessions');
const kOptions = Symbol('options');
const DEFAULT_TIMEOUT = 10000;
const MOST_FRAME_TEXT = 16382; // bytes that a frame of ALTSVC or ORIGIN can carry

class ServerHttp2Session extends Http2Session {
  constructor(options, socket, server) {
    super(options, constants.NGHTTP2_SESSION_SERVER, socket);
    Object.defineProperty(this, 'server', { value: server, configurable: true, writable: true, enumerable: false });
  }

  makeStream(id, headers, ended) {
    const stream = new ServerHttp2Stream(this, id, {}, headers);
    stream[kStream].endAfterHeaders = ended;
    publish('http2.server.stream.start', () => ({ stream, headers }));
    if (headers[':method'] === 'HEAD') {
      stream[kStream].headRequest = true;
      stream.end();
    }
    return stream;
  }

  // (value, origin, url or stream)
  altsvc(alt, originOrStream) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    let id = 0;
    let origin = '';
    if (typeof originOrStream === 'string') origin = originOf(originOrStream, codes.ERR_HTTP2_ALTSVC_INVALID_ORIGIN);
    else if (typeof originOrStream === 'number') {
      if (originOrStream >>> 0 !== originOrStream || originOrStream === 0) {
        throw new codes.ERR_OUT_OF_RANGE('originOrStream', `> 0 && < ${2 ** 32}`, originOrStream);
      }
      id = originOrStream;
    } else if (originOrStream !== undefined) {
      origin = originOrStream !== null && typeof originOrStream === 'object' ? originOrStream.origin : undefined;
      if (typeof origin !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('originOrStream', ['string', 'number', 'URL', 'object'], originOrStream);
      if (origin === 'null' || origin === '') throw new codes.ERR_HTTP2_ALTSVC_INVALID_ORIGIN();
    }
    if (typeof alt !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('alt', 'string', alt);
    if (!/^[\x20-\x7e\x80-\xff\t]*$/.test(alt)) throw new codes.ERR_INVALID_CHAR('alt');
    if (alt.length + origin.length > MOST_FRAME_TEXT) throw new codes.ERR_HTTP2_ALTSVC_LENGTH();
    system.altsvc(this.native, id, origin, alt);
    this.schedule();
  }

  origin(...origins) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (origins.length === 0) return;
    let length = 0;
    const list = origins.map((one) => {
      let text = one;
      if (typeof one === 'string') text = originOf(one, codes.ERR_HTTP2_INVALID_ORIGIN);
      else if (one !== null && typeof one === 'object') text = one.origin;
      if (typeof text !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('origin', ['string', 'URL', 'object'], one);
      if (text === 'null') throw new codes.ERR_HTTP2_INVALID_ORIGIN();
      length += text.length;
      return text;
    });
    if (length > MOST_FRAME_TEXT) throw new codes.ERR_HTTP2_ORIGIN_LENGTH();
    system.origin(this.native, list);
    this.schedule();
  }
}

function originOf(text, Invalid) {
  const { origin } = new URL(text);
  if (origin === 'null') throw new Invalid();
  return origin;
}

// What a session tells, its server tells too.
function follow(server, session) {
  server[kSessions].add(session);
  session.once('close', () => server[kSessions].delete(session));
  session.on('stream', (stream, headers, flags, raw) => server.emit('stream', stream, headers, flags, raw));
  session.on('error', (error) => server.emit('sessionError', error, session));
  session.on('priority', (...args) => server.emit('priority', ...args));
  if (server.timeout) session.setTimeout(Number(server.timeout));
  session.on('timeout', () => {
    if (session.destroyed || server.emit('timeout', session)) return;
    session.destroy();
  });
}

function onConnection(socket) {
  const server = this;
  const options = server[kOptions] ?? {};
  socket.on('error', () => {}); // before a session listens
  if (socket.alpnProtocol === false || socket.alpnProtocol === 'http/1.1') {
    if (options.allowHTTP1 === true) {
      socket.server ??= server;
      return void require('_http_server')._connectionListener.call(server, socket);
    }
    return refuse(server, socket, options);
  }
  let session;
  try {
    session = new ServerHttp2Session(options, socket, server);
  } catch (error) {
    return void socket.destroy(error);
  }
  follow(server, session);
  session.start();
  server.emit('session', session);
}

// Speaks another protocol: the program has its time to say goodbye.
function refuse(server, socket, options) {
  const timer = setTimeout(() => { if (!socket.destroyed) socket.destroy(); }, options.unknownProtocolTimeout ?? DEFAULT_TIMEOUT).unref();
  socket.once('close', () => clearTimeout(timer));
  if (server.emit('unknownProtocol', socket)) return;
  socket.resume();
  const words = 'Missing ALPN Protocol, expected `h2`'.length;
  socket.end(`HTTP/1.0 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${words}\r\n\r\nMissing ALPN Protocol, expected \`h2\``);
}

function checkOptions(options) {
  if (options === undefined) options = {};
  validateObject(options, 'options');
  options = { ...options };
  if (options.settings !== undefined) validateObject(options.settings, 'options.settings');
  options.settings = { ...options.settings };
  if (options.maxSessionInvalidFrames !== undefined) validateUint32(options.maxSessionInvalidFrames, 'maxSessionInvalidFrames');
  if (options.maxSessionRejectedStreams !== undefined) validateUint32(options.maxSessionRejectedStreams, 'maxSessionRejectedStreams');
  if (options.unknownProtocolTimeout !== undefined) validateUint32(options.unknownProtocolTimeout, 'unknownProtocolTimeout');
  const { remoteCustomSettings } = options;
  if (remoteCustomSettings?.length > 10) throw new codes.ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  options.Http2ServerRequest ??= compat.Http2ServerRequest;
  options.Http2ServerResponse ??= compat.Http2ServerResponse;
  return options;
}

function setup(server, options, listener) {
  Object.defineProperty(server, kOptions, { value: options, writable: true });
  Object.defineProperty(server, kSessions, { value: new Set() });
  server.timeout = 0;
  server.on('stream', function(stream, headers, flags, raw) {
    if (server.listenerCount('request') === 0 && server.listenerCount('checkContinue') === 0) return;
    compat.onStream(server, options, { stream, headers, flags, raw });
  });
  if (typeof listener === 'function') server.on('request', listener);
}

const methods = {
  setTimeout(msecs, callback) {
    this.timeout = msecs;
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.on('timeout', callback);
    }
    return this;
  },
  updateSettings(settings) {
    validateObject(settings, 'settings');
    require('internal/http2/settings').validate(settings);
    this[kOptions].settings = { ...this[kOptions].settings, ...settings };
  },
  closeIdle() {
    for (const session of [...this[kSessions]]) session.close();
  },
};

function mix(Server, Base) {
  for (const [name, value] of Object.entries(methods)) {
    if (name !== 'closeIdle') Object.defineProperty(Server.prototype, name, { value, configurable: true, writable: true });
  }
  Server.prototype.close = function close(...args) {
    if (this[kOptions].allowHTTP1 === true && this.closeIdleConnections) this.closeIdleConnections();
    Reflect.apply(Base.prototype.close, this, args);
    methods.closeIdle.call(this);
    return this;
  };
  Server.prototype[Symbol.asyncDispose] = function() {
    return new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
  };
  Server.prototype[Symbol.for('nodejs.rejection')] = function(error, event, ...args) {
    if (event === 'stream') {
      const [stream] = args;
      if (stream.headersSent) stream.destroy(error);
      else stream.respond({ ':status': 500 }, { endStream: true });
      return;
    }
    if (event === 'request') {
      const [, response] = args;
      if (response.headersSent || response.finished) return void response.stream.destroy(error);
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.statusCode = 500;
      response.end(require('internal/http/status')[500]);
      return;
    }
    Reflect.apply(net.Server.prototype[Symbol.for('nodejs.rejection')] ?? (() => {}), this, [error, event, ...args]);
  };
}

class Http2Server extends net.Server {
  constructor(options, listener) {
    options = checkOptions(options);
    super(options, onConnection);
    setup(this, options, listener);
  }
}
mix(Http2Server, net.Server);

lazy.define(module.exports, 'Http2SecureServer', () => {
  const tls = require('tls');
  class Http2SecureServer extends tls.Server {
    constructor(options, listener) {
      options = checkOptions(options);
      options.ALPNProtocols ??= options.allowHTTP1 === true ? ['h2', 'http/1.1'] : ['h2'];
      super(options, onConnection);
      setup(this, options, listener);
      if (options.allowHTTP1 === true) {
        const http = require('_http_server');
        http.setup(this, { ...options, IncomingMessage: options.Http1IncomingMessage, ServerResponse: options.Http1ServerResponse });
      }
      this.on('tlsClientError', (error, socket) => { if (!this.emit('clientError', error, socket)) socket.destroy(error); });
    }
  }
  mix(Http2SecureServer, tls.Server);
  if (require('_http_server').Server?.prototype.closeIdleConnections) {
    const { closeAllConnections, closeIdleConnections } = require('_http_server').Server.prototype;
    Object.assign(Http2SecureServer.prototype, { closeAllConnections, closeIdleConnections });
  }
  return Http2SecureServer;
}, true);

function performServerHandshake(socket, options = {}) {
  const session = new ServerHttp2Session(checkOptions(options), socket, undefined);
  session.start();
  return session;
}

Object.assign(module.exports, {
  createServer(options, listener) {
    if (typeof options === 'function') [listener, options] = [options, undefined];
    return new Http2Server(options, listener);
  },
  createSecureServer(options, listener) {
    return new module.exports.Http2SecureServer(options, listener);
  },
  performServerHandshake,
});
