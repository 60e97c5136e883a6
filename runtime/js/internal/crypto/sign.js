// Signatures: sign and verify in one go, and the streams Sign and Verify.
'use strict';

const { Writable } = require('stream');
const crypto = native('crypto');
const { codes, bytesOf, dataOf, asBuffer, out, later, validateString, validateFunction } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');

const kHash = Symbol('kHash');
const PSS = 6;

function integer(options, name) {
  const value = options?.[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || value !== (value >> 0)) throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  return value;
}

// How a signature is made, from the object that a key was given in.
function optionsOf(key) {
  const isPlain = key !== null && typeof key === 'object' && keys.objectOf(key) === undefined;
  const encoding = isPlain ? key.dsaEncoding : undefined;
  if (encoding !== undefined && encoding !== 'der' && encoding !== 'ieee-p1363') {
    throw new codes.ERR_INVALID_ARG_VALUE('options.dsaEncoding', encoding);
  }
  const padding = isPlain ? integer(key, 'padding') : undefined;
  const saltLength = isPlain ? integer(key, 'saltLength') : undefined;
  // RSA_PSS_SALTLEN_AUTO cannot be made, only checked
  return { padding, saltLength, flat: encoding === 'ieee-p1363' };
}

function forSigning(options) {
  return options.padding === PSS && options.saltLength === undefined ? { ...options, saltLength: -2 } : options;
}

function checkDigest(digest) {
  if (digest === null || digest === undefined) return undefined;
  validateString(digest, 'algorithm');
  if (crypto.digestSize(digest) === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(`Invalid digest: ${digest}`);
  return digest;
}

function sign(algorithm, data, key, callback) {
  const digest = checkDigest(algorithm);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = bytesOf(data, 'data');
  if (!key) throw new codes.ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const how = forSigning(optionsOf(key));
  const handle = keys.readKey(key, false);
  if (callback) return void crypto.sign(handle, digest, bytes, how, later(callback, asBuffer));
  return asBuffer(crypto.sign(handle, digest, bytes, how));
}

function verify(algorithm, data, key, signature, callback) {
  const digest = checkDigest(algorithm);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = bytesOf(data, 'data');
  const how = { ...optionsOf(key), signature: dataOf(signature, 'signature') };
  const handle = keys.readKey(key, true);
  return crypto.sign(handle, digest, bytes, how, callback && later(callback));
}

function Sign(algorithm, options) {
  if (!new.target) return new Sign(algorithm, options);
  begin(this, algorithm, options);
}

function Verify(algorithm, options) {
  if (!new.target) return new Verify(algorithm, options);
  begin(this, algorithm, options);
}

function begin(self, algorithm, options) {
  validateString(algorithm, 'algorithm');
  self[kHash] = crypto.hashNew(algorithm);
  if (self[kHash] === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST('Invalid digest');
  self._algorithm = algorithm;
  Writable.call(self, options);
}

// What was hashed; once.
function finish(self) {
  if (self[kHash] === undefined) throw new codes.ERR_CRYPTO_INVALID_STATE('digest');
  const digest = crypto.hashDigest(self[kHash]);
  self[kHash] = undefined;
  return digest;
}

const methods = {
  _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  },
  update(data, encoding) {
    crypto.hashUpdate(this[kHash], dataOf(data, 'data', encoding));
    return this;
  },
};
for (const Class of [Sign, Verify]) {
  Object.setPrototypeOf(Class.prototype, Writable.prototype);
  Object.setPrototypeOf(Class, Writable);
  Object.assign(Class.prototype, methods);
}

Sign.prototype.sign = function(key, encoding) {
  if (!key) throw new codes.ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const how = { ...forSigning(optionsOf(key)), hashed: true };
  const handle = keys.readKey(key, false);
  return out(crypto.sign(handle, this._algorithm, finish(this), how), encoding);
};

Verify.prototype.verify = function(key, signature, encoding) {
  const how = { ...optionsOf(key), hashed: true, signature: dataOf(signature, 'signature', encoding) };
  const handle = keys.readKey(key, true);
  return crypto.sign(handle, this._algorithm, finish(this), how);
};

module.exports = { sign, verify, Sign, Verify };
