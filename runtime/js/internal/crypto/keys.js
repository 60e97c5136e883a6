// KeyObject: a secret's bytes, or native code's key.
'use strict';

const crypto = native('crypto');
const { codes, isBuffer, bytesOf, asBuffer, validateObject, validateOneOf } = require('internal/crypto/util');

const kHandle = Symbol('kHandle');

class KeyObject {
  #type;
  constructor(type, handle) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') throw new codes.ERR_INVALID_ARG_VALUE('type', type);
    if (typeof handle !== 'object' || handle === null) throw new codes.ERR_INVALID_ARG_TYPE('handle', 'object', handle);
    this.#type = type;
    Object.defineProperty(this, kHandle, { value: handle, enumerable: false });
  }

  get type() {
    return this.#type;
  }

  static from(key) {
    const inner = key?.[Symbol.for('cpm.crypto.key')];
    if (inner === undefined) throw new codes.ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    return inner;
  }

  equals(other) {
    if (!(other instanceof KeyObject)) throw new codes.ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', other);
    if (other.type !== this.type) return false;
    if (this.type === 'secret') return crypto.equal(this[kHandle], other[kHandle]);
    return crypto.keyEqual(this[kHandle], other[kHandle]);
  }
}

class SecretKeyObject extends KeyObject {
  constructor(bytes) {
    super('secret', bytes);
  }

  get symmetricKeySize() {
    return this[kHandle].byteLength;
  }

  export(options) {
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
      if (options.format === 'jwk') return { kty: 'oct', k: asBuffer(this[kHandle]).toString('base64url') };
    }
    return Buffer.from(this[kHandle]);
  }
}

function createSecretKey(key, encoding) {
  const bytes = bytesOf(key, 'key', encoding);
  return new SecretKeyObject(Buffer.from(bytes.buffer ? asBuffer(bytes) : new Uint8Array(bytes)));
}

// The bytes of a secret that is given in one of the ways that hmac and ciphers take.
function secretBytes(key, encoding, name = 'key') {
  if (key instanceof KeyObject || key?.[Symbol.for('cpm.crypto.key')]) {
    const object = key instanceof KeyObject ? key : KeyObject.from(key);
    if (object.type !== 'secret') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(object.type, 'secret');
    return object[kHandle];
  }
  if (typeof key !== 'string' && !isBuffer(key)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name,
      ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'KeyObject', 'CryptoKey'], key);
  }
  return bytesOf(key, name, encoding);
}

module.exports = { KeyObject, SecretKeyObject, createSecretKey, secretBytes, kHandle };
