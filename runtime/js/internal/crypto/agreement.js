// Secrets that two parties agree on: diffieHellman, and the classes ECDH and DiffieHellman.
'use strict';

const crypto = native('crypto');
const { codes, Buffer, bytesOf, isBuffer, asBuffer, out, later, validateString, validateObject, validateInt32 } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');

function diffieHellman(options, callback) {
  validateObject(options, 'options');
  const [own, other] = ['privateKey', 'publicKey'].map((name) => {
    const key = options[name];
    if (!(key instanceof keys.KeyObject)) throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, key);
    return key;
  });
  if (own.type !== 'private') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(own.type, 'private');
  if (own.asymmetricKeyType !== other.asymmetricKeyType) {
    throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY('key types for Diffie-Hellman', `${own.asymmetricKeyType} and ${other.asymmetricKeyType}`);
  }
  const secret = crypto.derive(own[keys.kHandle], other[keys.kHandle], callback && later(callback, asBuffer));
  return callback ? undefined : asBuffer(secret);
}

const FORMS = { compressed: 2, uncompressed: 4, hybrid: 6 };

function formOf(format) {
  if (!format) return FORMS.uncompressed;
  if (FORMS[format] === undefined) throw new codes.ERR_CRYPTO_ECDH_INVALID_FORMAT(format);
  return FORMS[format];
}

function ECDH(curve) {
  if (!new.target) return new ECDH(curve);
  validateString(curve, 'curve');
  const name = crypto.curve(curve);
  if (name === undefined) throw new codes.ERR_CRYPTO_INVALID_CURVE();
  Object.defineProperty(this, 'state', { value: { curve: name, own: undefined, point: undefined }, enumerable: false });
}

ECDH.convertKey = function convertKey(key, curve, inputEncoding, outputEncoding, format) {
  validateString(curve, 'curve');
  const name = crypto.curve(curve);
  if (name === undefined) throw new codes.ERR_CRYPTO_INVALID_CURVE();
  const point = crypto.curvePoint(name, bytesOf(key, 'key', inputEncoding), formOf(format));
  if (point === undefined) throw new Error('Failed to convert Buffer to EC_POINT');
  return out(point, outputEncoding);
};

ECDH.prototype.generateKeys = function generateKeys(encoding, format) {
  const { state } = this;
  state.own = crypto.curvePrivate(state.curve);
  state.point = crypto.curvePublic(state.curve, state.own);
  return this.getPublicKey(encoding, format);
};

ECDH.prototype.computeSecret = function computeSecret(key, inputEncoding, outputEncoding) {
  const { state } = this;
  const point = bytesOf(key, 'otherPublicKey', inputEncoding);
  if (state.own === undefined) throw new Error('Failed to get EC private key');
  const secret = crypto.curveSecret(state.curve, state.own, point);
  if (secret === undefined) throw new codes.ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY();
  return out(secret, outputEncoding);
};

ECDH.prototype.getPublicKey = function getPublicKey(encoding, format) {
  const form = formOf(format);
  if (this.state.point === undefined) throw new Error('Failed to get ECDH public key');
  return out(crypto.curvePoint(this.state.curve, this.state.point, form), encoding);
};

ECDH.prototype.getPrivateKey = function getPrivateKey(encoding) {
  if (this.state.own === undefined) throw new Error('Failed to get ECDH private key');
  return out(Buffer.from(this.state.own), encoding);
};

ECDH.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  const own = Buffer.from(bytesOf(key, 'key', encoding));
  const point = crypto.curvePublic(this.state.curve, own);
  if (point === undefined) throw Object.assign(new Error('Private key is not valid for specified curve.'), { code: 'ERR_CRYPTO_INVALID_KEYTYPE' });
  Object.assign(this.state, { own, point });
};

ECDH.prototype.setPublicKey = function setPublicKey(key, encoding) {
  const point = crypto.curvePoint(this.state.curve, bytesOf(key, 'key', encoding), FORMS.uncompressed);
  if (point === undefined) throw new Error('Failed to convert Buffer to EC_POINT');
  this.state.point = point;
};

const number = (value) => (typeof value === 'number' ? Buffer.from([value >> 24, value >> 16, value >> 8, value]) : value);
const trimmed = (bytes) => {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at++;
  return bytes.subarray(at);
};

function setUp(self, prime, generator) {
  Object.defineProperty(self, 'state', {
    value: { prime: trimmed(asBuffer(prime)), generator: trimmed(asBuffer(generator)), own: undefined, point: undefined },
    enumerable: false,
  });
  self.verifyError = crypto.dhCheck(self.state.prime, self.state.generator);
}

function DiffieHellman(sizeOrKey, keyEncoding, generator, generatorEncoding) {
  if (!new.target) return new DiffieHellman(sizeOrKey, keyEncoding, generator, generatorEncoding);
  if (typeof sizeOrKey !== 'number' && typeof sizeOrKey !== 'string' && !isBuffer(sizeOrKey)) {
    throw new codes.ERR_INVALID_ARG_TYPE('sizeOrKey', ['number', 'string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], sizeOrKey);
  }
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  if (keyEncoding && !Buffer.isEncoding(keyEncoding) && keyEncoding !== 'buffer') {
    [generatorEncoding, generator, keyEncoding] = [generator, keyEncoding, false];
  }
  generator = generator ? number(typeof generator === 'number' ? generator : bytesOf(generator, 'generator', generatorEncoding)) : Buffer.from([2]);
  const prime = typeof sizeOrKey === 'number' ? crypto.prime(sizeOrKey, true) : bytesOf(sizeOrKey, 'sizeOrKey', keyEncoding);
  setUp(this, prime, generator);
}

function DiffieHellmanGroup(name) {
  if (!new.target) return new DiffieHellmanGroup(name);
  validateString(name, 'name');
  const prime = crypto.dhPrime(name);
  if (prime === undefined) throw new codes.ERR_CRYPTO_UNKNOWN_DH_GROUP();
  setUp(this, prime, Buffer.from([2]));
}

const methods = {
  generateKeys(encoding) {
    const { state } = this;
    if (state.own === undefined) {
      state.own = Buffer.alloc(state.prime.length);
      crypto.randomFill(state.own, 0, state.own.length);
      state.own[0] &= 0x3f; // below half of the prime
    }
    state.point = trimmed(asBuffer(crypto.power(state.generator, state.own, state.prime)));
    return out(state.point, encoding);
  },
  computeSecret(key, inputEncoding, outputEncoding) {
    const other = bytesOf(key, 'otherPublicKey', inputEncoding);
    const { state } = this;
    if (state.own === undefined) throw new codes.ERR_CRYPTO_INVALID_STATE('computeSecret');
    const value = trimmed(asBuffer(other));
    const isSmall = value.length === 1 && value[0] < 2;
    if (value.length === 0 || isSmall) throw dhError('Supplied key is too small');
    if (value.length > state.prime.length || (value.length === state.prime.length && Buffer.compare(value, state.prime) >= 0)) {
      throw dhError('Supplied key is too large');
    }
    return out(crypto.power(value, state.own, state.prime), outputEncoding);
  },
  getPrime(encoding) { return out(Buffer.from(this.state.prime), encoding); },
  getGenerator(encoding) { return out(Buffer.from(this.state.generator), encoding); },
  getPublicKey(encoding) {
    if (this.state.point === undefined) throw dhError('No public key - did you forget to generate one?');
    return out(Buffer.from(this.state.point), encoding);
  },
  getPrivateKey(encoding) {
    if (this.state.own === undefined) throw dhError('No private key - did you forget to generate one?');
    return out(Buffer.from(this.state.own), encoding);
  },
};
const dhError = (message) => Object.assign(new Error(message), { code: 'ERR_CRYPTO_INVALID_KEYLEN' });

Object.assign(DiffieHellman.prototype, methods, {
  setPublicKey(key, encoding) {
    this.state.point = Buffer.from(bytesOf(key, 'key', encoding));
    return this;
  },
  setPrivateKey(key, encoding) {
    this.state.own = Buffer.from(bytesOf(key, 'key', encoding));
    return this;
  },
});
Object.assign(DiffieHellmanGroup.prototype, methods);

module.exports = { diffieHellman, ECDH, DiffieHellman, DiffieHellmanGroup, getCurves: () => crypto.curves() };
