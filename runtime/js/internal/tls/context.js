// Secure contexts: options of createSecureContext to native/tls.
'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const roots = require('internal/tls/roots');
const system = native('tls');

const VERSIONS = { TLSv1: 0x301, 'TLSv1.1': 0x302, 'TLSv1.2': 0x303, 'TLSv1.3': 0x304 };
const DEFAULT_CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:' +
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:' +
  'DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:' +
  '!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA';

function bytesOf(value, name) {
  if (value === undefined || value === null || value === false) return undefined;
  if (typeof value === 'string') return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return value;
  if (typeof value === 'object' && value.pem !== undefined) return bytesOf(value.pem, name);
  if (typeof value === 'object' && typeof value.export === 'function') return Buffer.from(value.export({ type: 'pkcs8', format: 'pem' }));
  throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
}
const listOf = (value, name) => (!value ? undefined : [].concat(value).map((one) => bytesOf(one, name)).filter(Boolean));

function versionOf(name, otherwise) {
  if (name === undefined || name === null) return otherwise;
  if (!(name in VERSIONS)) throw new codes.ERR_TLS_INVALID_PROTOCOL_VERSION(name, 'minimum');
  return VERSIONS[name];
}

class SecureContext {
  constructor(options = {}) {
    const names = (options.ciphers ?? DEFAULT_CIPHERS).split(':');
    const isSuite = (name) => name.startsWith('TLS_');
    const key = Array.isArray(options.key) ? options.key[0] : options.key;
    Object.defineProperty(this, 'context', { value: system.context({
      cert: listOf(options.cert, 'cert'), key: bytesOf(key, 'key'), passphrase: key?.passphrase ?? options.passphrase, ca: listOf(options.ca ?? roots.chosen(), 'ca'),
      extra: options.ca || roots.chosen() ? undefined : roots.readExtra(), alpn: options.alpn,
      ciphers: names.filter((name) => !isSuite(name)).join(':') || undefined, suites: names.filter(isSuite).join(':') || undefined,
      min: versionOf(options.minVersion, VERSIONS['TLSv1.2']), max: versionOf(options.maxVersion, VERSIONS['TLSv1.3']),
    }) });
  }
}

// Each name behind its length.
function alpnBytes(protocols) {
  if (ArrayBuffer.isView(protocols)) return Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  return Buffer.concat(protocols.map((one) => {
    const name = Buffer.from(one);
    if (name.length > 255) throw new codes.ERR_OUT_OF_RANGE('The byte length of the protocol', '<= 255', name.length, true);
    return Buffer.concat([Buffer.from([name.length]), name]);
  }));
}

module.exports = { SecureContext, createSecureContext: (options) => new SecureContext(options), alpnBytes, DEFAULT_CIPHERS };
