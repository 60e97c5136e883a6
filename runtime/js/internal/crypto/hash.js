// createHash, createHmac and hash over native code's running computations.
'use strict';

const crypto = native('crypto');
const LazyTransform = require('internal/crypto/lazy_transform');
const { codes, Buffer, out, validateString, validateUint32 } = require('internal/crypto/util');

const kHandle = Symbol('kHandle');
const kState = Symbol('kState');

function notExtendable() {
  const error = new Error('error:030000B2:digital envelope routines::not XOF or invalid length');
  error.library = 'digital envelope routines';
  error.reason = 'not XOF or invalid length';
  error.code = 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH';
  return error;
}

function open(handle) {
  if (handle === undefined) throw new Error('Digest method not supported');
  if (handle === null) throw notExtendable();
  return handle;
}

function lengthOf(options) {
  const length = typeof options === 'object' && options !== null ? options.outputLength : undefined;
  if (length !== undefined) validateUint32(length, 'options.outputLength');
  return length;
}

// What an update takes; text in another encoding than UTF-8 becomes bytes.
function input(data, encoding) {
  if (typeof data === 'string') {
    return encoding && encoding !== 'utf8' && encoding !== 'buffer' ? Buffer.from(data, encoding) : data;
  }
  if (!ArrayBuffer.isView(data)) {
    throw new codes.ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  return data;
}

function Hash(algorithm, options) {
  if (!new.target) return new Hash(algorithm, options);
  const copied = algorithm?.[kHandle];
  if (copied === undefined) validateString(algorithm, 'algorithm');
  const length = lengthOf(options);
  this[kHandle] = open(copied === undefined ? crypto.hashNew(algorithm, length) : crypto.hashCopy(copied, length));
  this[kState] = { finished: false };
  LazyTransform.call(this, options);
}
Object.setPrototypeOf(Hash.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Hash, LazyTransform);

Hash.prototype.copy = function copy(options) {
  if (this[kState].finished) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  return new Hash(this, options);
};

Hash.prototype._transform = function _transform(chunk, encoding, callback) {
  crypto.hashUpdate(this[kHandle], input(chunk, encoding));
  callback();
};

Hash.prototype._flush = function _flush(callback) {
  this.push(this.digest());
  callback();
};

Hash.prototype.update = function update(data, encoding) {
  if (this[kState].finished) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  if (!crypto.hashUpdate(this[kHandle], input(data, encoding))) throw new codes.ERR_CRYPTO_HASH_UPDATE_FAILED();
  return this;
};

Hash.prototype.digest = function digest(encoding) {
  if (this[kState].finished) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  const bytes = crypto.hashDigest(this[kHandle]);
  this[kState].finished = true;
  return out(bytes, encoding);
};

function Hmac(algorithm, key, options) {
  if (!new.target) return new Hmac(algorithm, key, options);
  validateString(algorithm, 'hmac');
  const handle = crypto.hmacNew(algorithm, require('internal/crypto/keys').secretBytes(key, options?.encoding));
  if (handle === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(`Invalid digest: ${algorithm}`);
  this[kHandle] = handle;
  this[kState] = { finished: false };
  LazyTransform.call(this, options);
}
Object.setPrototypeOf(Hmac.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Hmac, LazyTransform);

Hmac.prototype.update = Hash.prototype.update;
Hmac.prototype._transform = Hash.prototype._transform;
Hmac.prototype._flush = Hash.prototype._flush;

Hmac.prototype.digest = function digest(encoding) {
  if (this[kState].finished) return encoding && encoding !== 'buffer' ? '' : Buffer.from('');
  const bytes = crypto.hashDigest(this[kHandle]);
  this[kState].finished = true;
  return out(bytes, encoding);
};

// In one go.
function hash(algorithm, data, encoding = 'hex') {
  validateString(algorithm, 'algorithm');
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    throw new codes.ERR_INVALID_ARG_TYPE('input', ['Buffer', 'TypedArray', 'DataView', 'string'], data);
  }
  if (typeof encoding === 'object' && encoding !== null) encoding = encoding.outputEncoding ?? 'hex';
  validateString(encoding, 'outputEncoding');
  if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) throw new codes.ERR_INVALID_ARG_VALUE('outputEncoding', encoding);
  const handle = open(crypto.hashNew(algorithm));
  crypto.hashUpdate(handle, data);
  return out(crypto.hashDigest(handle), encoding);
}

// The bytes of a digest of bytes, for the other files.
function digestOf(algorithm, bytes) {
  const handle = open(crypto.hashNew(algorithm));
  crypto.hashUpdate(handle, bytes);
  return crypto.hashDigest(handle);
}

module.exports = { Hash, Hmac, hash, digestOf };
