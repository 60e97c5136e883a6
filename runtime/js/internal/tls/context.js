// Secure contexts: options of createSecureContext to native/tls.
'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateInt32, validateString } = require('internal/validators');
const roots = require('internal/tls/roots');
const system = native('tls');

const VERSIONS = { TLSv1: 0x301, 'TLSv1.1': 0x302, 'TLSv1.2': 0x303, 'TLSv1.3': 0x304 };
const DEFAULT_CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:' +
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:' +
  'DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:' +
  '!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA';
const SSL_OP_CIPHER_SERVER_PREFERENCE = 1 << 22;

function bytesOf(value, name) {
  if (value === undefined || value === null || value === false) return undefined;
  if (typeof value === 'string') return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return value;
  if (typeof value === 'object' && value.pem !== undefined) return bytesOf(value.pem, name);
  if (typeof value === 'object' && value.buf !== undefined) return bytesOf(value.buf, name);
  if (typeof value === 'object' && typeof value.export === 'function') return Buffer.from(value.export({ type: 'pkcs8', format: 'pem' }));
  throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
}
const listOf = (value, name) => (!value ? undefined : [].concat(value).map((one) => bytesOf(one, name)).filter(Boolean));
// [bytes, passphrase, …]
const secretsOf = (value, name, passphrase) => (!value ? undefined
  : [].concat(value).flatMap((one) => [bytesOf(one, name), one?.passphrase ?? passphrase]));

function versionOf(name, which) {
  if (!(name in VERSIONS)) throw new codes.ERR_TLS_INVALID_PROTOCOL_VERSION(name, which);
  return VERSIONS[name];
}

// [least, most] of a name like TLSv1_2_client_method, and of minVersion and maxVersion.
function versionsOf(options) {
  const { secureProtocol: method, minVersion, maxVersion } = options;
  if (method === undefined || method === null) {
    const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION } = require('tls'); // which programs may set
    return [versionOf(minVersion ?? DEFAULT_MIN_VERSION, 'minimum'), versionOf(maxVersion ?? DEFAULT_MAX_VERSION, 'maximum')];
  }
  if (minVersion !== undefined && minVersion !== null) throw new codes.ERR_TLS_PROTOCOL_VERSION_CONFLICT(minVersion, method);
  if (maxVersion !== undefined && maxVersion !== null) throw new codes.ERR_TLS_PROTOCOL_VERSION_CONFLICT(maxVersion, method);
  validateString(method, 'options.secureProtocol');
  const [, family, minor] = /^(SSLv2|SSLv23|SSLv3|TLS|TLSv1)(?:_([12]))?(?:_client|_server)?_method$/.exec(method) ?? [];
  if (family === undefined) throw new codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`Unknown method: ${method}`);
  if (family === 'SSLv2' || family === 'SSLv3') throw new codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`${family} methods disabled`);
  if (family === 'SSLv23') return [VERSIONS.TLSv1, VERSIONS['TLSv1.2']];
  if (family === 'TLS') return [VERSIONS.TLSv1, VERSIONS['TLSv1.3']];
  const version = VERSIONS.TLSv1 + Number(minor ?? 0);
  return [version, version];
}

function check(options) {
  for (const name of ['ciphers', 'passphrase', 'ecdhCurve', 'clientCertEngine', 'privateKeyEngine', 'privateKeyIdentifier', 'sessionIdContext', 'sigalgs']) {
    if (options[name] !== undefined && options[name] !== null) validateString(options[name], `options.${name}`);
  }
  if (options.sigalgs === '') throw new codes.ERR_INVALID_ARG_VALUE('options.sigalgs', options.sigalgs);
  if (options.sessionTimeout !== undefined && options.sessionTimeout !== null) validateInt32(options.sessionTimeout, 'options.sessionTimeout', 0);
  if (options.clientCertEngine) throw new codes.ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
  const { ticketKeys } = options;
  if (ticketKeys !== undefined && ticketKeys !== null) {
    if (!ArrayBuffer.isView(ticketKeys)) throw new codes.ERR_INVALID_ARG_TYPE('options.ticketKeys', ['Buffer', 'TypedArray', 'DataView'], ticketKeys);
    if (ticketKeys.byteLength !== 48) throw new codes.ERR_INVALID_ARG_VALUE('options.ticketKeys', ticketKeys.byteLength, 'must be exactly 48 bytes');
  }
}

class SecureContext {
  constructor(options = {}) {
    check(options);
    const names = (options.ciphers ?? require('tls').DEFAULT_CIPHERS).split(':');
    const isSuite = (name) => name.startsWith('TLS_');
    const [min, max] = versionsOf(options);
    const { dhparam, ecdhCurve = 'auto', passphrase } = options;
    const flags = (options.secureOptions ?? 0) | (options.honorCipherOrder ? SSL_OP_CIPHER_SERVER_PREFERENCE : 0);
    Object.defineProperty(this, 'context', { value: system.context({
      cert: listOf(options.cert, 'cert'), key: secretsOf(options.key, 'key', passphrase), pfx: secretsOf(options.pfx, 'pfx', passphrase),
      ca: listOf(options.ca ?? roots.chosen(), 'ca'), extra: options.ca || roots.chosen() ? undefined : roots.readExtra(), alpn: options.alpn,
      ciphers: names.filter((name) => !isSuite(name)).join(':') || undefined, suites: names.filter(isSuite).join(':') || undefined,
      crl: listOf(options.crl, 'crl'), dhparam: dhparam === 'auto' ? undefined : bytesOf(dhparam, 'dhparam'), autoDh: dhparam === 'auto',
      curves: ecdhCurve === 'auto' ? undefined : ecdhCurve, sigalgs: options.sigalgs ?? undefined, secureOptions: flags,
      sessionName: options.sessionIdContext ?? undefined, sessionTimeout: options.sessionTimeout ?? undefined,
      partialChain: Boolean(options.allowPartialTrustChain), min, max,
    }) });
    if (options.ticketKeys) system.ticketKeys(this.context, options.ticketKeys);
  }
}

// Each name behind its length.
function alpnBytes(protocols) {
  if (ArrayBuffer.isView(protocols)) return Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  return Buffer.concat(protocols.map((one, i) => {
    const name = Buffer.from(one);
    if (name.length > 255) throw new codes.ERR_OUT_OF_RANGE(`The byte length of the protocol at index ${i} exceeds the maximum length.`, '<= 255', name.length);
    return Buffer.concat([Buffer.from([name.length]), name]);
  }));
}

module.exports = { SecureContext, createSecureContext: (options) => new SecureContext(options), alpnBytes, DEFAULT_CIPHERS };
