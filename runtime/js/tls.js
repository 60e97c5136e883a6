// tls: sockets of net over a handle that ciphers (internal/tls/handle), and what is known of the other side.
'use strict';

const net = require('net');
const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateBoolean, validateBuffer, validateFunction, validateInt32, validateNumber, validateObject, validateString,
  validateUint32 } = require('internal/validators');
const { CipherHandle, adaptStream } = require('internal/tls/handle');
const { createSecureContext, SecureContext, alpnBytes, DEFAULT_CIPHERS } = require('internal/tls/context');
const roots = require('internal/tls/roots');
const commandLine = require('internal/options');
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

// 'DNS:a, DNS:"b\u0000c"': a name in quotes is JSON's.
function splitNames(text) {
  return (text.match(/[^,"]*(?:"(?:[^"\\]|\\.)*")?[^,]*/g) ?? []).map((one) => one.trim()).filter(Boolean).map((one) => {
    const at = one.indexOf(':"');
    return at < 0 ? one : `${one.slice(0, at + 1)}${JSON.parse(one.slice(at + 1))}`;
  });
}

// undefined, or the error of a certificate that is not of that host.
function checkServerIdentity(host, cert) {
  host = `${host}`;
  const names = splitNames(cert.subjectaltname ?? '');
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
  return Object.assign(new codes.ERR_TLS_CERT_ALTNAME_INVALID(reason, host, cert), { reason, host, cert });
}

function sameAddress(a, b) {
  const canonical = (ip) => (net.isIPv6(ip) ? new URL(`http://[${ip}]`).hostname : ip);
  return canonical(a) === canonical(b);
}

class TLSSocket extends net.Socket {
  constructor(socket, options = {}) {
    const isServer = Boolean(options.isServer);
    super({ allowHalfOpen: socket ? socket.allowHalfOpen : options.allowHalfOpen, manualStart: true,
      highWaterMark: options.highWaterMark, signal: options.signal });
    this.encrypted = true;
    this.authorized = false;
    this.authorizationError = null;
    this.secureConnecting = true;
    this._secureEstablished = false;
    this.alpnProtocol = null;
    this.servername = null;
    this._tlsOptions = options;
    this._isServer = isServer;
    this._under = socket ?? null;
    for (const key of ['_tlsOptions', '_isServer', '_under']) Object.defineProperty(this, key, { enumerable: false });
    if (options.server !== undefined) this.server = options.server;
    if (options.ALPNProtocols && options.alpn === undefined) options = this._tlsOptions = { ...options, alpn: alpnBytes(options.ALPNProtocols) };
    const choose = isServer ? chooser(options.server, this, options) : undefined;
    Object.defineProperty(this, '_choose', { value: choose, enumerable: false });
    if (socket) this._wrap(socket);
  }

  // A socket that is connected, or about to be, gives its handle.
  _wrap(socket) {
    const begin = () => {
      if (!(socket instanceof net.Socket) || !socket._handle || socket instanceof TLSSocket) return this._start(adaptStream(socket));
      const early = socket.readableLength > 0 ? socket.read() : null;
      this._start(takeHandle(socket));
      if (early !== null) this._handle?.receive(early);
    };
    socket.on('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
    this.once('close', () => socket.destroy());
    if (socket.connecting || (socket instanceof net.Socket && !socket._handle && !socket.destroyed)) {
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
    const session = system.start(context.context, this._isServer, name, Boolean(options.requestCert), options.alpn,
      options.session ?? undefined, Boolean(this._choose), Boolean(commandLine.get('tls-keylog')) || this.listenerCount('keylog') > 0 || (this.server?.listenerCount('keylog') ?? 0) > 0);
    const handle = new CipherHandle(raw, session, {
      choose: (servername, offered, done) => this._choose(servername, offered, done),
      news: ([keys, ...sessions]) => this._onNews(keys, sessions),
      check: () => this._check(session),
      secure: () => this._onSecure(),
      failed: (error) => this._onFailed(error),
    });
    this._session = session;
    Object.defineProperty(this, '_session', { enumerable: false });
    this._adopt(handle);
    handle.start();
  }

  _onNews(keys, sessions) {
    const lines = keys === undefined ? [] : Buffer.from(keys).toString('latin1').split('\n').slice(0, -1);
    const file = commandLine.get('tls-keylog');
    if (file) require('fs').appendFileSync(file, `${lines.map((line) => `${line}\n`).join('')}`, { mode: 0o600 });
    for (const line of lines) {
      const bytes = Buffer.from(`${line}\n`, 'latin1');
      this.emit('keylog', bytes);
      this.server?.emit('keylog', bytes, this);
    }
    for (const session of sessions) if (session !== undefined) this.emit('session', Buffer.from(session));
  }

  _onFailed(error) {
    if (error.code === 'ECONNRESET' && !this._isServer) {
      const { path, host, port, localAddress } = this._tlsOptions;
      Object.assign(error, { path, host, port, localAddress });
    }
    if (error.code === 'ECONNRESET' && this._isServer) error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
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
    for (let one = cert; one !== undefined; one = one.issuerCertificate === one ? undefined : one.issuerCertificate) Object.setPrototypeOf(one.raw, Buffer.prototype);
    return cert ?? {};
  }
  getCertificate() {
    if (!this._session) return null;
    const cert = system.own(this._session);
    if (cert !== undefined) Object.setPrototypeOf(cert.raw, Buffer.prototype);
    return cert ?? {};
  }
  getPeerX509Certificate() { return x509Of(this._session && system.peer(this._session)); }
  getX509Certificate() { return x509Of(this._session && system.own(this._session)); }
  getProtocol() { return this._session && this._secureEstablished && !this.destroyed ? system.facts(this._session)[2] : null; }
  getCipher() {
    if (!this._session) return undefined;
    const facts = system.facts(this._session);
    return { name: facts[3], standardName: facts[4], version: facts[2] };
  }
  isSessionReused() { return this._session ? system.facts(this._session)[7] : false; }
  getSession() { return bufferOf(this._session ? system.session(this._session) : this._tlsOptions.session); }
  setSession(session) { this._tlsOptions.session = typeof session === 'string' ? Buffer.from(session, 'latin1') : session; }
  getTLSTicket() { return bufferOf(this._session && system.ticket(this._session)); }
  getEphemeralKeyInfo() {
    if (!this._session || this._isServer) return null;
    const [type, size, name] = system.ephemeral(this._session) ?? [];
    if (type === undefined) return {};
    return name === undefined ? { type, size } : { type, name, size };
  }
  getFinished() { return bufferOf(this._session && system.finished(this._session, false)); }
  getPeerFinished() { return bufferOf(this._session && system.finished(this._session, true)); }
  getSharedSigalgs() {
    const names = this._session ? system.sigalgs(this._session) : [];
    const list = [];
    for (let i = 0; i < names.length; i += 2) list.push(sigalgName(names[i], names[i + 1]));
    return list;
  }
  exportKeyingMaterial(length, label, context) {
    validateUint32(length, 'length', true);
    validateString(label, 'label');
    if (context !== undefined) validateBuffer(context, 'context');
    if (!this._secureEstablished) throw new codes.ERR_TLS_INVALID_STATE();
    const bytes = system.exportKeys(this._session, length, label, context);
    if (bytes instanceof Error) throw bytes;
    return bufferOf(bytes);
  }
  setMaxSendFragment(size) {
    validateInt32(size, 'size');
    return this._session ? system.maxFragment(this._session, size) : false;
  }
  setServername(name) {
    validateString(name, 'name');
    if (this._isServer) throw new codes.ERR_TLS_SNI_FROM_SERVER();
    this._tlsOptions.servername = name;
  }
  enableTrace() {}
  disableRenegotiation() {}
  renegotiate(options, callback) {
    validateObject(options, 'options');
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (callback) process.nextTick(callback, null);
    return true;
  }
}

const bufferOf = (bytes) => (bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : undefined);
const x509Of = (cert) => (cert ? new (require('crypto').X509Certificate)(cert.raw) : undefined);

// OpenSSL's names of a key and a digest as one, as Node writes it.
const SIGN_NAMES = { rsaEncryption: 'RSA', rsassaPss: 'RSA-PSS', 'RSASSA-PSS': 'RSA-PSS', dsaEncryption: 'DSA', 'id-ecPublicKey': 'ECDSA' };
function sigalgName(sign, digest) {
  if (sign === 'ED25519' || sign === 'ED448') return sign.replace('ED', 'Ed');
  return `${SIGN_NAMES[sign] ?? sign}+${digest}`;
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

let warnedOfIp = false;
function warnOfIp() {
  if (warnedOfIp) return;
  warnedOfIp = true;
  process.emitWarning('Setting the TLS ServerName to an IP address is not permitted by RFC 6066. This will be ignored in a future version.', 'DeprecationWarning', 'DEP0123');
}

function connect(...args) {
  const [given, callback] = readConnect(args);
  const options = { rejectUnauthorized: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0', ...given };
  if (options.servername && net.isIP(options.servername)) warnOfIp();
  options.servername ??= options.host && !net.isIP(options.host) ? options.host : options.socket ? options.servername : '';
  if (options.ALPNProtocols) options.alpn = alpnBytes(options.ALPNProtocols);
  options.secureContext ??= createSecureContext(options);
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
  this._tls = { ...options, honorCipherOrder: options.honorCipherOrder ?? true };
  if (options.ticketKeys) this._ticketKeys = Buffer.from(options.ticketKeys);
  if (options.ALPNProtocols) this._tls.alpn = alpnBytes(options.ALPNProtocols);
  if (options.ALPNCallback !== undefined) validateFunction(options.ALPNCallback, 'options.ALPNCallback');
  if (options.ALPNCallback && options.ALPNProtocols) throw new codes.ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
  if (options.SNICallback !== undefined && options.SNICallback !== null) validateFunction(options.SNICallback, 'options.SNICallback');
  for (const name of ['requestCert', 'rejectUnauthorized', 'honorCipherOrder', 'enableTrace']) {
    if (options[name] !== undefined && name !== 'rejectUnauthorized' && name !== 'requestCert') validateBoolean(options[name], `options.${name}`);
  }
  if (options.handshakeTimeout !== undefined) validateNumber(options.handshakeTimeout, 'options.handshakeTimeout');
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
Server.prototype.getTicketKeys = function() {
  if (this._ticketKeys === undefined) this.setTicketKeys(require('crypto').randomBytes(48));
  return Buffer.from(this._ticketKeys);
};
Server.prototype.setTicketKeys = function(keys) {
  validateBuffer(keys);
  if (keys.byteLength !== 48) throw new codes.ERR_INTERNAL_ASSERTION('Session ticket keys must be a 48-byte buffer');
  this._ticketKeys = Buffer.from(keys.buffer ?? keys, keys.byteOffset, keys.byteLength);
  system.ticketKeys(this._context.context, keys);
};

// The context of the name that a client asks for: the last one added counts.
function contextOf(server, servername) {
  const matches = (pattern) => new RegExp(`^${pattern.replace(/([.^$+?\-\\[\]{}])/g, '\\$1').replace(/\*/g, '[^.]*')}$`, 'i').test(servername);
  return server._contexts.findLast(([pattern]) => matches(pattern))?.[1];
}

// What ALPNCallback says to the protocols of a client: one of them, or none.
function chooseProtocol(callback, { servername, offered }, done) {
  const protocols = [];
  for (let at = 0; at < offered.length; at += 1 + offered[at]) protocols.push(bufferOf(offered.subarray(at + 1, at + 1 + offered[at])).toString('latin1'));
  const chosen = callback({ servername: servername ?? '', protocols });
  if (chosen === undefined) return done(null, null);
  if (!protocols.includes(chosen)) return done(new codes.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(chosen, protocols));
  done(null, alpnBytes([chosen]));
}

// (servername, protocols, done) of a server's sockets, or undefined when there is nothing to choose.
function chooser(server, socket, options) {
  const given = options.SNICallback ?? undefined;
  if (given !== undefined) validateFunction(given, 'options.SNICallback');
  const { ALPNCallback } = options;
  if (given === undefined && !ALPNCallback && (server?._contexts?.length ?? 0) === 0) return undefined;
  return (servername, offered, finish) => {
    const done = (error, context) => {
      if (error || !ALPNCallback || offered === undefined) return finish(error, context);
      chooseProtocol(ALPNCallback, { servername, offered }, (wrong, protocols) => finish(wrong, context, protocols));
    };
    if (servername === undefined) return done(null, undefined);
    const take = (error, context) => {
      if (error) return done(error);
      if (!context) return done(null, undefined);
      if (typeof context.context !== 'object') return done(new Error('Invalid SNI context'));
      done(null, context.context);
    };
    if (given !== undefined) given.call(server ?? socket, servername, take);
    else take(null, contextOf(server, servername));
  };
}

function onRawConnection(raw) {
  const server = this;
  const options = server._tls;
  const socket = new TLSSocket(raw, {
    isServer: true, secureContext: server._context, requestCert: options.requestCert, rejectUnauthorized: options.rejectUnauthorized,
    allowHalfOpen: server.allowHalfOpen, server, SNICallback: options.SNICallback ?? undefined, ALPNCallback: options.ALPNCallback, alpn: options.alpn,
  });
  if (server.pauseOnConnect) socket.pause();
  const timer = setTimeout(() => {
    if (socket.secureConnecting) socket._onFailed(new codes.ERR_TLS_HANDSHAKE_TIMEOUT());
  }, options.handshakeTimeout ?? 120000).unref();
  socket.once('secure', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', (error) => { if (socket.secureConnecting) server.emit('tlsClientError', error, socket); });
}

Server.prototype[Symbol.for('nodejs.rejection')] = function(error, event, socket) {
  if (event === 'secureConnection') socket.destroy(error);
  else net.Server.prototype[Symbol.for('nodejs.rejection')]?.call(this, error, event, socket);
};

const CIPHERS = ['aes128-gcm-sha256', 'aes128-sha', 'aes128-sha256', 'aes256-gcm-sha384', 'aes256-sha', 'aes256-sha256',
  'ecdhe-ecdsa-aes128-gcm-sha256', 'ecdhe-ecdsa-aes256-gcm-sha384', 'ecdhe-ecdsa-chacha20-poly1305', 'ecdhe-rsa-aes128-gcm-sha256',
  'ecdhe-rsa-aes256-gcm-sha384', 'ecdhe-rsa-chacha20-poly1305', 'tls_aes_128_gcm_sha256', 'tls_aes_256_gcm_sha384', 'tls_chacha20_poly1305_sha256'];

// The versions that the command line names: of several the widest.
const given = (flags) => Object.keys(flags).find((flag) => commandLine.get(flag));
const MIN = { 'tls-min-v1.0': 'TLSv1', 'tls-min-v1.1': 'TLSv1.1', 'tls-min-v1.2': 'TLSv1.2', 'tls-min-v1.3': 'TLSv1.3' };
const MAX = { 'tls-max-v1.3': 'TLSv1.3', 'tls-max-v1.2': 'TLSv1.2' };

module.exports = {
  CLIENT_RENEG_LIMIT: 3, CLIENT_RENEG_WINDOW: 600, DEFAULT_CIPHERS: commandLine.get('tls-cipher-list') ?? DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE: 'auto', DEFAULT_MIN_VERSION: MIN[given(MIN)] ?? 'TLSv1.2', DEFAULT_MAX_VERSION: MAX[given(MAX)] ?? 'TLSv1.3',
  SecureContext, Server, TLSSocket, checkServerIdentity, connect, createSecureContext,
  createServer: (options, listener) => new Server(options, listener),
  getCiphers: () => [...CIPHERS],
  convertALPNProtocols(protocols, out) { out.ALPNProtocols = alpnBytes(protocols); },
  getCACertificates: roots.getCACertificates, setDefaultCACertificates: roots.setDefaultCACertificates,
};
Object.defineProperty(module.exports, 'rootCertificates', { enumerable: true, get: () => roots.getCACertificates('bundled') });
