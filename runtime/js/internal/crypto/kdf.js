// Keys out of passwords and secrets.
'use strict';

const crypto = native('crypto');
const { codes, bytesOf, asBuffer, later, validateFunction, validateInt32, validateInteger, validateString,
  validateUint32, validateObject } = require('internal/crypto/util');

const badDigest = (digest) => new codes.ERR_CRYPTO_INVALID_DIGEST(`Invalid digest: ${digest}`);

function pbkdf2Job(password, salt, iterations, length, digest, callback) {
  validateString(digest, 'digest');
  password = bytesOf(password, 'password', 'buffer');
  salt = bytesOf(salt, 'salt', 'buffer');
  validateInt32(iterations, 'iterations', 1);
  validateInt32(length, 'keylen', 0);
  const bytes = crypto.pbkdf2(password, salt, iterations, length, digest, callback);
  if (bytes === null) throw badDigest(digest);
  return bytes;
}

function pbkdf2(password, salt, iterations, length, digest, callback) {
  if (typeof digest === 'function') [callback, digest] = [digest, undefined];
  if (digest !== undefined) validateFunction(callback, 'callback');
  pbkdf2Job(password, salt, iterations, length, digest, later(callback, asBuffer));
}

const pbkdf2Sync = (password, salt, iterations, length, digest) =>
  asBuffer(pbkdf2Job(password, salt, iterations, length, digest));

// Two names for each number of scrypt's, and what stands when none is given.
function scryptNumber(options, short, long, otherwise) {
  if (options?.[short] !== undefined && options[long] !== undefined) {
    throw new codes.ERR_INCOMPATIBLE_OPTION_PAIR(short, long);
  }
  const value = options?.[short] ?? options?.[long];
  if (value === undefined) return otherwise;
  validateUint32(value, options[short] !== undefined ? short : long);
  return value || otherwise;
}

function scryptJob(password, salt, length, options, callback) {
  password = bytesOf(password, 'password');
  salt = bytesOf(salt, 'salt');
  validateInt32(length, 'keylen', 0);
  if (options) validateObject(options, 'options');
  const N = scryptNumber(options, 'N', 'cost', 16384);
  const r = scryptNumber(options, 'r', 'blockSize', 8);
  const p = scryptNumber(options, 'p', 'parallelization', 1);
  let most = 32 << 20;
  if (options?.maxmem !== undefined) {
    validateInteger(options.maxmem, 'maxmem', 0);
    most = options.maxmem || most;
  }
  if (!crypto.scryptCheck(N, r, p, most)) {
    const tooMuch = N > 1 && (N & (N - 1)) === 0 ? ': error:030000AC:digital envelope routines::memory limit exceeded' : '';
    throw new codes.ERR_CRYPTO_INVALID_SCRYPT_PARAMS(`Invalid scrypt params${tooMuch}`);
  }
  return crypto.scrypt(password, salt, length, N, r, p, most, callback);
}

function scrypt(password, salt, length, options, callback) {
  if (callback === undefined) [callback, options] = [options, undefined];
  scryptJob(password, salt, length, options, later(callback, asBuffer));
}

const scryptSync = (password, salt, length, options) => asBuffer(scryptJob(password, salt, length, options));

function hkdfJob(digest, key, salt, info, length, callback) {
  validateString(digest, 'digest');
  key = require('internal/crypto/keys').secretBytes(key, undefined, 'ikm');
  salt = bytesOf(salt, 'salt');
  info = bytesOf(info, 'info');
  validateInteger(length, 'length', 0, 2147483647);
  if (info.byteLength > 1024) throw new codes.ERR_OUT_OF_RANGE('info', 'must not contain more than 1024 bytes', info.byteLength);
  const size = crypto.digestSize(digest);
  if (size === undefined) throw badDigest(digest);
  if (length > size * 255) throw new codes.ERR_CRYPTO_INVALID_KEYLEN();
  return crypto.hkdf(digest, key, salt, info, length, callback);
}

const asArrayBuffer = (bytes) => bytes.buffer;

function hkdf(digest, key, salt, info, length, callback) {
  hkdfJob(digest, key, salt, info, length, later(callback, asArrayBuffer));
}

const hkdfSync = (digest, key, salt, info, length) => asArrayBuffer(hkdfJob(digest, key, salt, info, length));

module.exports = { pbkdf2, pbkdf2Sync, scrypt, scryptSync, hkdf, hkdfSync };
