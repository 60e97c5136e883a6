// tls: sockets of net over a handle that ciphers (internal/tls/handle), and what is known of the other side.
'use strict';

const net = require('net');
const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { CipherHandle, adaptStream } = require('internal/tls/handle');
const { createSecureContext, SecureContext, alpnBytes, DEFAULT_CIPHERS } = require('internal/tls/context');
const roots = require('internal/tls/roots');
const system = native('tls');

// OpenSSL's numbers of what is wrong with a certificate.
const VERIFY = { 2: 'UNABLE_TO_GET_ISSUER_CERT', 3: 'UNABLE_TO_GET_CRL', 4: 'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 7: 'CERT_SIGNATURE_FAILURE',
  9: 'CERT_NOT_YET_VALID', 10: 'CERT_HAS_EXPIRED', 18: 'DEPTH_ZERO_SELF_SIGNED_CERT', 19: 'SELF_SIGNED_CERT_IN_CHAIN',
  20: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 21: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 22: 'CERT_CHAIN_TOO_LONG', 23: 'CERT_REVOKED',
  24: 'INVALID_CA', 25: 'PATH_LENGTH_EXCEEDED', 26: 'INVALID_PURPOSE', 27: 'CERT_UNTRUSTED', 28: 'CERT_REJECTED', 62: 'HOSTNAME_MISMATCH' };

function verifyError([code, words]) {
  if (code === 0) return null;
  const error = new Error(words);
  error.code = VERIFY[code] ?? 'UNSPECIFIED';
  return error;
}

function hostMatches(host, pattern) {
  if (!pattern) return false;
  const parts = host.toLowerCase().replace(/\.$/, '').split('.');
  const wanted = pattern.toLowerCase().replace(/\.$/, '').split('.');
  if (parts.length !== wanted.length || wanted.includes('')) return false;
  if (wanted.slice(1).some((one, i) => one !== parts[i + 1])) return false;
  if (!wanted[0].includes('*')) return wanted[0] === parts[0];
  if (wanted.length <= 2 || wanted[0].split('*').length > 2 || wanted[0].includes('xn--')) return false;
  const [before, after] = wanted[0].split('*');
  return parts[0].length >= before.length + after.length && parts[0].startsWith(before) && parts[0].endsWith(after);
}

// undefined, or the error of a certificate that is not of that host.
function checkServerIdentity(host, cert) {
  host = `${host}`;
  const names = (cert.subjectaltname ?? '').split(', ').filter(Boolean);
  const dns = names.filter((one) => one.startsWith('DNS:')).map((one) => one.slice(4));
  const ips = names.filter((one) => one.startsWith('IP Address:')).map((one) => one.slice(11));
  let reason = 'Unknown reason';
  if (net.isIP(host)) {
    if (ips.some((ip) => sameAddress(ip, host))) return undefined;
    reason = `IP: ${host} is not in the cert's list: ${ips.join(', ')}`;
  } else if (dns.length > 0 || cert.subject?.CN) {
    const list = dns.length > 0 ? dns : [].concat(cert.subject.CN);
    if (list.some((one) => hostMatches(host, one))) return undefined;
    reason = dns.length > 0 ? `Host: ${host}. is not in the cert's altnames: ${cert.subjectaltname}` : `Host: ${host}. is not cert's CN: ${cert.subject.CN}`;
  } else reason = 'Cert does not contain a DNS name';
  return new codes.ERR_TLS_CERT_ALTNAME_INVALID(reason, host, cert);
}

function sameAddress(a, b) {
  const canonical = (ip) => (net.isIPv6(ip) ? new URL(`http://[${ip}]`).hostname : ip);
  return canonical(a) === canonical(b);
}

class TLSSocket extends net.Socket {
  constructor(socket, options = {}) {
    const isServer = Boolean(options.isServer);
    super({ allowHalfOpen: options.allowHalfOpen ?? (socket ? socket.allowHalfOpen : options.allowHalfOpen), manualStart: true,
      highWaterMark: options.highWaterMark });
    this.encrypted = true;
    this.authorized = false;
    this.authorizationError = null;
    this.secureConnecting = true;
    this.alpnProtocol = null;
    this.servername = null;
    this._tlsOptions = options;
    this._isServer = isServer;
    this._under = socket ?? null;
    for (const key of ['_tlsOptions', '_isServer', '_under']) Object.defineProperty(this, key, { enumerable: false });
    if (socket) this._wrap(socket);
  }

  // A socket that is connected, or about to be, gives its handle.
  _wrap(socket) {
    const begin = () => this._start(socket instanceof net.Socket && socket._handle && !(socket instanceof TLSSocket) ? takeHandle(socket) : adaptStream(socket));
    socket.on('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
    this.once('close', () => socket.destroy());
    if (socket.connecting) {
      this.connecting = true;
      socket.once('connect', () => {
        this.connecting = false;
        begin();
        this.emit('connect');
      });
    } else begin();
  }

  _start(raw) {
    const options = this._tlsOptions;
    const context = options.secureContext ?? createSecureContext(options);
    const name = options.servername && !net.isIP(options.servername) ? options.servername : undefined;
    const session = system.start(context.context, this._isServer, name, Boolean(options.requestCert), options.alpn);
    const handle = new CipherHandle(raw, session, {
      check: () => this._check(session),
      secure: () => this._onSecure(),
      failed: (error) => this._onFailed(error),
    });
    this._session = session;
    Object.defineProperty(this, '_session', { enumerable: false });
    this._adopt(handle);
    handle.start();
  }

  _onFailed(error) {
    if (error.code === 'ECONNRESET' && !this._isServer) {
      const { path, host, port, localAddress } = this._tlsOptions;
      Object.assign(error, { path, host, port, localAddress });
    }
    if (this._isServer && this.secureConnecting && this.server) this.server.emit('tlsClientError', error, this);
    this.destroy(this._isServer && this.secureConnecting ? undefined : error);
  }

  // Whether the other side is one to talk to; else this is destroyed, and nothing of what was written leaves it.
  _check(session) {
    const facts = system.facts(session);
    this.secureConnecting = false;
    [, , , , , this.alpnProtocol] = facts;
    if (this._isServer) [, , , , , , this.servername] = facts;
    this._secureEstablished = true;
    return this._isServer ? this._checkClient(facts) : this._checkServer(facts);
  }

  _checkClient(facts) {
    const { requestCert, rejectUnauthorized } = this._tlsOptions;
    if (requestCert) {
      const error = system.peer(this._session) === undefined ? Object.assign(new Error('peer did not return a certificate'), { code: 'UNABLE_TO_GET_ISSUER_CERT' }) : verifyError(facts);
      this.authorized = error === null;
      this.authorizationError = error?.code ?? null;
      if (error && rejectUnauthorized !== false) {
        this.destroy();
        return false;
      }
    }
    return true;
  }

  _checkServer(facts) {
    const options = this._tlsOptions;
    let error = verifyError(facts);
    if (error === null) {
      const check = options.checkServerIdentity ?? checkServerIdentity;
      error = check(options.servername || options.host || 'localhost', this.getPeerCertificate(true)) ?? null;
    }
    this.authorized = error === null;
    if (error) {
      this.authorizationError = error.code || error.message;
      if (options.rejectUnauthorized !== false) {
        this.destroy(error);
        return false;
      }
    }
    return true;
  }

  _onSecure() {
    this.emit('secure');
    if (this._isServer) this.server?.emit('secureConnection', this);
    else this.emit('secureConnect');
  }

  get _connecting() { return this.connecting; }
  getPeerCertificate(detailed) {
    if (!this._session) return null;
    const cert = system.peer(this._session, Boolean(detailed));
    for (let one = cert; one !== undefined; one = one.issuerCertificate) Object.setPrototypeOf(one.raw, Buffer.prototype);
    return cert ?? {};
  }
  getCertificate() { return {}; }
  getProtocol() { return this._session ? system.facts(this._session)[2] : null; }
  getCipher() {
    if (!this._session) return undefined;
    const facts = system.facts(this._session);
    return { name: facts[3], standardName: facts[4], version: facts[2] };
  }
  isSessionReused() { return this._session ? system.facts(this._session)[7] : false; }
  getSession() { return undefined; }
  getTLSTicket() { return undefined; }
  getEphemeralKeyInfo() { return {}; }
  getFinished() { return undefined; }
  getPeerFinished() { return undefined; }
  getSharedSigalgs() { return []; }
  exportKeyingMaterial() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('exportKeyingMaterial'); }
  setMaxSendFragment() { return true; }
  setServername(name) { this._tlsOptions.servername = name; }
  enableTrace() {}
  disableRenegotiation() {}
  renegotiate(options, callback) {
    if (callback) process.nextTick(callback, null);
    return true;
  }
}

// The socket below reads no more; its handle is ours.
function takeHandle(socket) {
  const handle = socket._handle;
  handle.readStop();
  socket._handle = null;
  return handle;
}

function readConnect(args) {
  const [first, second] = net._normalizeArgs(args.filter((one) => typeof one !== 'object' || one === args[0]));
  const options = { ...first };
  for (const one of args.slice(1)) if (one !== null && typeof one === 'object') Object.assign(options, one);
  return [options, second];
}

function connect(...args) {
  const [given, callback] = readConnect(args);
  const options = { rejectUnauthorized: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0', ...given };
  options.servername ??= options.host && !net.isIP(options.host) ? options.host : options.socket ? options.servername : '';
  if (options.ALPNProtocols) options.alpn = alpnBytes(options.ALPNProtocols);
  const socket = new TLSSocket(options.socket, options);
  if (callback) socket.once('secureConnect', callback);
  if (!options.socket) {
    if (options.timeout) socket.setTimeout(options.timeout);
    socket.once('connect', () => {
      const raw = socket._handle;
      socket._start(raw);
    });
    socket.connect({ ...options, onread: undefined });
  }
  return socket;
}

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') [listener, options] = [options, {}];
  else if (options === undefined || options === null) options = {};
  else validateObject(options, 'options');
  this._contexts = [];
  this._tls = { ...options };
  if (options.ALPNProtocols) this._tls.alpn = alpnBytes(options.ALPNProtocols);
  this.setSecureContext(this._tls);
  net.Server.call(this, { ...options }, onRawConnection);
  for (const key of ['_contexts', '_tls', '_context']) Object.defineProperty(this, key, { enumerable: false, writable: true });
  if (listener) this.on('secureConnection', listener);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

Server.prototype.setSecureContext = function(options) { this._context = createSecureContext({ alpn: this._tls?.alpn, ...options }); };
Server.prototype.addContext = function(servername, context) {
  if (!servername) throw new codes.ERR_TLS_REQUIRED_SERVER_NAME();
  this._contexts.push([servername, context instanceof SecureContext ? context : createSecureContext(context)]);
};
Server.prototype.getTicketKeys = () => Buffer.alloc(48);
Server.prototype.setTicketKeys = () => {};

function onRawConnection(raw) {
  const server = this;
  const options = server._tls;
  const socket = new TLSSocket(raw, {
    isServer: true, secureContext: server._context, requestCert: options.requestCert, rejectUnauthorized: options.rejectUnauthorized,
    allowHalfOpen: server.allowHalfOpen,
  });
  socket.server = server;
  const timer = setTimeout(() => {
    if (socket.secureConnecting) socket._onFailed(new codes.ERR_TLS_HANDSHAKE_TIMEOUT());
  }, options.handshakeTimeout ?? 120000).unref();
  socket.once('secure', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', (error) => { if (socket.secureConnecting) server.emit('tlsClientError', error, socket); });
}

const CIPHERS = ['aes128-gcm-sha256', 'aes128-sha', 'aes128-sha256', 'aes256-gcm-sha384', 'aes256-sha', 'aes256-sha256',
  'ecdhe-ecdsa-aes128-gcm-sha256', 'ecdhe-ecdsa-aes256-gcm-sha384', 'ecdhe-ecdsa-chacha20-poly1305', 'ecdhe-rsa-aes128-gcm-sha256',
  'ecdhe-rsa-aes256-gcm-sha384', 'ecdhe-rsa-chacha20-poly1305', 'tls_aes_128_gcm_sha256', 'tls_aes_256_gcm_sha384', 'tls_chacha20_poly1305_sha256'];

module.exports = {
  CLIENT_RENEG_LIMIT: 3, CLIENT_RENEG_WINDOW: 600, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE: 'auto', DEFAULT_MIN_VERSION: 'TLSv1.2', DEFAULT_MAX_VERSION: 'TLSv1.3',
  SecureContext, Server, TLSSocket, checkServerIdentity, connect, createSecureContext,
  createServer: (options, listener) => new Server(options, listener),
  getCiphers: () => [...CIPHERS],
  convertALPNProtocols(protocols, out) { out.ALPNProtocols = alpnBytes(protocols); },
  getCACertificates: roots.getCACertificates, setDefaultCACertificates: roots.setDefaultCACertificates,
};
Object.defineProperty(module.exports, 'rootCertificates', { enumerable: true, get: () => roots.getCACertificates('bundled') });
