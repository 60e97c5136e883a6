// crypto: each group of functions is a file of internal/crypto and is loaded when one of it is asked for.
'use strict';

const lazy = require('internal/lazy');
const crypto = native('crypto');
const { codes, isBuffer, validateBoolean } = require('internal/crypto/util');

const groups = {
  hash: ['Hash', 'Hmac', 'hash'],
  kdf: ['pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync', 'hkdf', 'hkdfSync'],
  random: ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'generatePrime', 'generatePrimeSync',
    'checkPrime', 'checkPrimeSync'],
  keys: ['KeyObject', 'createSecretKey', 'createPrivateKey', 'createPublicKey'],
  cipher: ['Cipheriv', 'Decipheriv', 'getCiphers', 'getCipherInfo', 'publicEncrypt', 'publicDecrypt', 'privateEncrypt',
    'privateDecrypt'],
  sign: ['Sign', 'Verify', 'sign', 'verify'],
  keygen: ['generateKeyPair', 'generateKeyPairSync', 'generateKey', 'generateKeySync'],
  agreement: ['diffieHellman', 'ECDH', 'DiffieHellman', 'DiffieHellmanGroup', 'getCurves'],
  x509: ['X509Certificate'],
  constants: ['constants'],
};

function timingSafeEqual(a, b) {
  for (const [value, name] of [[a, 'buf1'], [b, 'buf2']]) {
    if (!isBuffer(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  if (a.byteLength !== b.byteLength) throw new codes.ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return crypto.equal(a, b);
}

Object.assign(module.exports, {
  createHash(algorithm, options) { return new module.exports.Hash(algorithm, options); },
  createHmac(algorithm, key, options) { return new module.exports.Hmac(algorithm, key, options); },
  createCipheriv(cipher, key, iv, options) { return new module.exports.Cipheriv(cipher, key, iv, options); },
  createDecipheriv(cipher, key, iv, options) { return new module.exports.Decipheriv(cipher, key, iv, options); },
  createSign(algorithm, options) { return new module.exports.Sign(algorithm, options); },
  createVerify(algorithm, options) { return new module.exports.Verify(algorithm, options); },
  createECDH(curve) { return new module.exports.ECDH(curve); },
  createDiffieHellman(...args) { return new module.exports.DiffieHellman(...args); },
  createDiffieHellmanGroup(name) { return new module.exports.DiffieHellmanGroup(name); },
  getDiffieHellman(name) { return new module.exports.DiffieHellmanGroup(name); },
  getHashes: () => crypto.hashes(),
  timingSafeEqual,
  getFips: () => 0,
  setFips(value) {
    validateBoolean(value, 'val');
    if (value) throw new codes.ERR_CRYPTO_FIPS_UNAVAILABLE();
  },
  setEngine() { throw new codes.ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED(); },
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 0 }),
});
for (const file of Object.keys(groups)) {
  for (const name of groups[file]) lazy.define(module.exports, name, () => require(`internal/crypto/${file}`)[name], true);
}
for (const name of ['pseudoRandomBytes', 'rng', 'prng']) lazy.define(module.exports, name, () => module.exports.randomBytes);
for (const name of ['webcrypto', 'subtle', 'getRandomValues']) {
  lazy.define(module.exports, name, () => {
    const { crypto: web } = require('internal/webcrypto');
    if (name === 'webcrypto') return web;
    return name === 'subtle' ? web.subtle : (array) => web.getRandomValues(array);
  }, true);
}
