// KeyObject: a secret's bytes, or native code's key.
'use strict';

const crypto = native('crypto');
const { codes, Buffer, isBuffer, bytesOf, asBuffer, validateObject, validateOneOf, validateString } = require('internal/crypto/util');

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

class AsymmetricKeyObject extends KeyObject {
  #details;

  get asymmetricKeyType() {
    return crypto.keyType(this[kHandle]);
  }

  get asymmetricKeyDetails() {
    return (this.#details ??= details(this[kHandle]));
  }

  toCryptoKey(algorithm, extractable, usages) {
    return require('internal/webcrypto').fromKeyObject(this, algorithm, extractable, usages);
  }
}

class PublicKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('public', handle);
  }

  export(options) {
    if (options?.format === 'jwk') return require('internal/crypto/jwk').toJwk(this[kHandle], false);
    const { format, type } = encodingOf(options, 'options', this.asymmetricKeyType, ['spki', 'pkcs1']);
    return encoded(crypto.keyWrite(this[kHandle], false, format, type), format);
  }
}

class PrivateKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('private', handle);
  }

  export(options) {
    if (options?.format === 'jwk') {
      if (options.passphrase !== undefined) {
        throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('jwk', 'does not support encryption');
      }
      return require('internal/crypto/jwk').toJwk(this[kHandle], true);
    }
    const { format, type } = encodingOf(options, 'options', this.asymmetricKeyType, ['pkcs8', 'pkcs1', 'sec1']);
    const { cipher, passphrase } = options;
    if (cipher !== undefined && cipher !== null) {
      validateString(cipher, 'options.cipher');
      if (format === 'der' && (type === 'pkcs1' || type === 'sec1')) {
        throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'does not support encryption');
      }
    }
    const password = cipher === undefined || cipher === null ? undefined : passwordOf(passphrase, 'options.passphrase');
    const bytes = crypto.keyWrite(this[kHandle], true, format, type, cipher ?? undefined, password);
    if (bytes === null) throw new codes.ERR_CRYPTO_UNKNOWN_CIPHER();
    return encoded(bytes, format);
  }
}

const encoded = (bytes, format) => (format === 'pem' ? asBuffer(bytes).toString('latin1') : asBuffer(bytes));

const big = (bytes) => BigInt(`0x${asBuffer(bytes).toString('hex')}`);

function details(handle) {
  switch (crypto.keyType(handle)) {
    case 'rsa': return { modulusLength: crypto.keyBits(handle), publicExponent: big(crypto.keyNumber(handle, 'e', 1)) };
    case 'rsa-pss': return pssDetails(handle);
    case 'dsa': return { modulusLength: crypto.keyBits(handle), divisorLength: crypto.keyNumber(handle, 'q', 1).length * 8 };
    case 'ec': return { namedCurve: crypto.keyText(handle, 'group') };
    default: return {};
  }
}

function pssDetails(handle) {
  const all = { modulusLength: crypto.keyBits(handle), publicExponent: big(crypto.keyNumber(handle, 'e', 1)) };
  const hash = crypto.keyText(handle, 'rsa-digest')?.toLowerCase().replace(/^sha2-/, 'sha');
  if (hash === undefined) return all;
  const mgf1 = crypto.keyText(handle, 'mgf1-digest')?.toLowerCase().replace(/^sha2-/, 'sha');
  return { ...all, hashAlgorithm: hash, mgf1HashAlgorithm: mgf1 ?? hash, saltLength: crypto.keyInteger(handle, 'saltlen') };
}

// The format and type of a key's encoding, checked for what the key can be written as.
function encodingOf(options, name, keyType, types) {
  validateObject(options, name);
  const { format, type } = options;
  if (format !== 'pem' && format !== 'der') throw new codes.ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  if (!types.includes(type)) throw new codes.ERR_INVALID_ARG_VALUE(`${name}.type`, type);
  if (type === 'pkcs1' && keyType !== undefined && keyType !== 'rsa') {
    throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'can only be used for RSA keys');
  }
  if (type === 'sec1' && keyType !== undefined && keyType !== 'ec') {
    throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'can only be used for EC keys');
  }
  return { format, type };
}

function passwordOf(passphrase, name, encoding) {
  if (typeof passphrase !== 'string' && !isBuffer(passphrase)) throw new codes.ERR_INVALID_ARG_VALUE(name, passphrase);
  return bytesOf(passphrase, name, encoding);
}

function createSecretKey(key, encoding) {
  const bytes = bytesOf(key, 'key', encoding);
  return new SecretKeyObject(Buffer.from(ArrayBuffer.isView(bytes) ? asBuffer(bytes) : new Uint8Array(bytes)));
}

const objectOf = (key) => (key instanceof KeyObject ? key : key?.[Symbol.for('cpm.crypto.key')]);

// The bytes of a secret that is given in one of the ways that hmac and ciphers take.
function secretBytes(key, encoding, name = 'key') {
  const object = objectOf(key);
  if (object !== undefined) {
    if (object.type !== 'secret') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(object.type, 'secret');
    return object[kHandle];
  }
  if (typeof key !== 'string' && !isBuffer(key)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name,
      ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'KeyObject', 'CryptoKey'], key);
  }
  return bytesOf(key, name, encoding);
}

const KINDS = ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'KeyObject', 'CryptoKey'];

// Native code's key of what a function was given: a key, its text, or { key, format, type, passphrase }.
function readKey(key, isPublic, creating) {
  const object = objectOf(key);
  if (object !== undefined) return ofObject(object, isPublic, creating);
  if (typeof key === 'string' || isBuffer(key)) return parse(bytesOf(key, 'key'), {}, isPublic);
  if (typeof key !== 'object' || key === null) throw new codes.ERR_INVALID_ARG_TYPE('key', [...KINDS, 'Object'], key);
  const inner = objectOf(key.key);
  if (inner !== undefined) return ofObject(inner, isPublic, creating);
  if (key.format === 'jwk') {
    validateObject(key.key, 'key.key');
    return require('internal/crypto/jwk').fromJwk(key.key, isPublic);
  }
  if (typeof key.key !== 'string' && !isBuffer(key.key)) throw new codes.ERR_INVALID_ARG_TYPE('key.key', KINDS, key.key);
  return parse(bytesOf(key.key, 'key', key.encoding), key, isPublic);
}

function ofObject(object, isPublic, creating) {
  if (object.type === 'secret' || (!isPublic && object.type === 'public')) {
    throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(object.type, isPublic ? (creating ? 'private' : 'private or public') : 'private');
  }
  return object[kHandle];
}

function parse(bytes, { format = 'pem', type, passphrase, encoding }, isPublic) {
  if (format !== 'pem' && format !== 'der') throw new codes.ERR_INVALID_ARG_VALUE('options.format', format);
  if (format === 'der' && !['pkcs1', 'pkcs8', 'sec1', 'spki'].includes(type)) {
    throw new codes.ERR_INVALID_ARG_VALUE('options.type', type);
  }
  const password = passphrase === undefined || passphrase === null ? undefined : passwordOf(passphrase, 'options.passphrase', encoding);
  return crypto.keyRead(bytes, format, type, password, isPublic);
}

const createPrivateKey = (key) => new PrivateKeyObject(readKey(key, false, true));
const createPublicKey = (key) => new PublicKeyObject(readKey(key, true, true));

module.exports = {
  KeyObject, SecretKeyObject, PublicKeyObject, PrivateKeyObject, createSecretKey, createPrivateKey, createPublicKey,
  secretBytes, readKey, encodingOf, objectOf, kHandle,
};
