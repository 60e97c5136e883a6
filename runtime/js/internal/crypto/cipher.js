// createCipheriv, createDecipheriv, and encryption with key pairs.
'use strict';

const { StringDecoder } = require('string_decoder');
const crypto = native('crypto');
const LazyTransform = require('internal/crypto/lazy_transform');
const { codes, Buffer, bytesOf, dataOf, asBuffer, isBuffer, validateString, validateObject, validateUint32, validateInt32,
  validateEncoding } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');

const kHandle = Symbol('kHandle');

function refuse(answer, cipher, tagLength) {
  switch (answer) {
    case 'ERR_CRYPTO_INVALID_AUTH_TAG': throw new codes.ERR_CRYPTO_INVALID_AUTH_TAG(`Invalid authentication tag length: ${tagLength}`);
    case 'authTagLength required': throw new codes.ERR_CRYPTO_INVALID_AUTH_TAG(`authTagLength required for ${cipher}`);
    default: throw new codes[answer]();
  }
}

function setUp(self, cipher, key, iv, options, encrypting) {
  validateString(cipher, 'cipher');
  const encoding = options?.encoding;
  if (encoding !== undefined) validateEncoding(encoding, 'options.encoding');
  let tagLength = -1;
  if (options?.authTagLength !== undefined && options.authTagLength !== null) {
    tagLength = options.authTagLength;
    if (tagLength !== tagLength >>> 0 || tagLength > 0x7fffffff) throw new codes.ERR_INVALID_ARG_VALUE('options.authTagLength', tagLength);
  }
  const secret = keys.secretBytes(key, encoding);
  const vector = iv === null ? null : bytesOf(iv, 'iv');
  const answer = crypto.cipherNew(cipher, secret, vector, encrypting, tagLength);
  if (typeof answer === 'string') refuse(answer, cipher, tagLength);
  self[kHandle] = answer;
  self._decoder = null;
  LazyTransform.call(self, options);
}

// Text comes out whole: a decoder keeps what is split.
function shown(self, bytes, encoding, isLast) {
  const buffer = asBuffer(bytes);
  if (!encoding || encoding === 'buffer') return buffer;
  self._decoder ??= new StringDecoder(encoding);
  if (self._decoder.encoding !== new StringDecoder(encoding).encoding) {
    throw new codes.ERR_INTERNAL_ASSERTION('Cannot change encoding');
  }
  return isLast ? self._decoder.end(buffer) : self._decoder.write(buffer);
}

const methods = {
  _transform(chunk, encoding, callback) {
    this.push(this.update(chunk, encoding));
    callback();
  },
  _flush(callback) {
    try {
      this.push(this.final());
    } catch (error) {
      return callback(error);
    }
    callback();
  },
  update(data, inputEncoding, outputEncoding) {
    const bytes = crypto.cipherUpdate(this[kHandle], dataOf(data, 'data', inputEncoding));
    if (bytes === undefined) throw new Error('Trying to add data in unsupported state');
    return shown(this, bytes, outputEncoding, false);
  },
  final(outputEncoding) {
    const bytes = crypto.cipherFinal(this[kHandle]);
    if (bytes === undefined) throw Object.assign(new Error('Invalid state'), { code: 'ERR_CRYPTO_INVALID_STATE' });
    return shown(this, bytes, outputEncoding, true);
  },
  setAutoPadding(padding) {
    if (!crypto.cipherPadding(this[kHandle], padding === undefined || Boolean(padding))) {
      throw new codes.ERR_CRYPTO_INVALID_STATE('setAutoPadding');
    }
    return this;
  },
  setAAD(bytes, options) {
    const data = bytesOf(bytes, 'aadbuf', options?.encoding);
    const length = options?.plaintextLength ?? -1;
    if (!crypto.cipherAad(this[kHandle], data, length)) throw new codes.ERR_CRYPTO_INVALID_STATE('setAAD');
    return this;
  },
};

function getAuthTag() {
  const tag = crypto.cipherTag(this[kHandle]);
  if (tag === undefined) throw new codes.ERR_CRYPTO_INVALID_STATE('getAuthTag');
  return asBuffer(tag);
}

function setAuthTag(tag, encoding) {
  const bytes = bytesOf(tag, 'buffer', encoding);
  const fault = crypto.cipherSetTag(this[kHandle], bytes);
  if (fault === 1) throw new codes.ERR_CRYPTO_INVALID_STATE('setAuthTag');
  if (fault === 2) throw new codes.ERR_CRYPTO_INVALID_AUTH_TAG(`Invalid authentication tag length: ${bytes.byteLength}`);
  return this;
}

function Cipheriv(cipher, key, iv, options) {
  if (!new.target) return new Cipheriv(cipher, key, iv, options);
  setUp(this, cipher, key, iv, options, true);
}

function Decipheriv(cipher, key, iv, options) {
  if (!new.target) return new Decipheriv(cipher, key, iv, options);
  setUp(this, cipher, key, iv, options, false);
}

for (const [Class, own] of [[Cipheriv, { getAuthTag }], [Decipheriv, { setAuthTag }]]) {
  Object.setPrototypeOf(Class.prototype, LazyTransform.prototype);
  Object.setPrototypeOf(Class, LazyTransform);
  Object.assign(Class.prototype, methods, own);
}

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number') {
    throw new codes.ERR_INVALID_ARG_TYPE('nameOrNid', ['string', 'number'], nameOrNid);
  }
  if (typeof nameOrNid === 'number') validateInt32(nameOrNid, 'nameOrNid');
  if (options !== undefined) validateObject(options, 'options');
  const { keyLength, ivLength } = options ?? {};
  if (keyLength !== undefined) validateUint32(keyLength, 'options.keyLength');
  if (ivLength !== undefined) validateUint32(ivLength, 'options.ivLength');
  const info = crypto.cipherInfo(nameOrNid, keyLength ?? -1, ivLength ?? -1);
  if (info !== undefined) info.name = info.name.toLowerCase();
  return info;
}

// Each name once: in capitals only when there is no other.
function getCiphers() {
  const all = new Set(crypto.ciphers());
  return [...all].filter((name) => name.toLowerCase() === name || !all.has(name.toLowerCase())).sort();
}

const PKCS1 = 1;
const OAEP = 4;

function withKey(operation, isPublic, padding) {
  return (options, buffer) => {
    const handle = keys.readKey(options, isPublic);
    const given = options?.padding ?? padding;
    const { oaepHash, encoding } = options ?? {};
    if (oaepHash !== undefined) validateString(oaepHash, 'key.oaepHash');
    if (oaepHash !== undefined && crypto.digestSize(oaepHash) === undefined) throw new codes.ERR_OSSL_EVP_INVALID_DIGEST();
    const label = options?.oaepLabel === undefined ? undefined : bytesOf(options.oaepLabel, 'key.oaepLabel', encoding);
    const data = isBuffer(buffer) || typeof buffer === 'string' ? bytesOf(buffer, 'buffer', encoding) : dataOf(buffer, 'buffer');
    return asBuffer(crypto.rsa(operation, handle, data, given, oaepHash, label));
  };
}

module.exports = {
  Cipheriv, Decipheriv, getCipherInfo, getCiphers,
  publicEncrypt: withKey(0, true, OAEP), privateDecrypt: withKey(1, false, OAEP),
  privateEncrypt: withKey(2, false, PKCS1), publicDecrypt: withKey(3, true, PKCS1),
};
