// Randomness of all kinds, and primes.
'use strict';

const crypto = native('crypto');
const { codes, Buffer, isBuffer, later, validateBoolean, validateFunction, validateInt32, validateNumber,
  validateObject } = require('internal/crypto/util');

const MOST = 2147483647;
const RANGE = 281474976710656; // 2 ** 48

function checkSize(size, unit, offset, length) {
  validateNumber(size, 'size');
  size *= unit;
  if (Number.isNaN(size) || size > MOST || size < 0) throw new codes.ERR_OUT_OF_RANGE('size', `>= 0 && <= ${MOST}`, size);
  if (size + offset > length) throw new codes.ERR_OUT_OF_RANGE('size + offset', `<= ${length}`, size + offset);
  return size >>> 0;
}

function checkOffset(offset, unit, length) {
  validateNumber(offset, 'offset');
  offset *= unit;
  const most = Math.min(length, MOST);
  if (Number.isNaN(offset) || offset > most || offset < 0) throw new codes.ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${most}`, offset);
  return offset >>> 0;
}

function randomBytes(size, callback) {
  size = checkSize(size, 1, 0, Infinity);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = Buffer.alloc(size);
  if (callback === undefined) return size > 0 ? crypto.randomFill(bytes, 0, size) : bytes;
  crypto.randomFill(bytes, 0, size, later(callback));
}

// The offset and size in bytes of the part that is to be filled.
function partOf(buffer, offset, size) {
  if (!isBuffer(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  const unit = buffer.BYTES_PER_ELEMENT ?? 1;
  const from = checkOffset(offset, unit, buffer.byteLength);
  const length = size === undefined ? buffer.byteLength - from : checkSize(size, unit, from, buffer.byteLength);
  return [from, length];
}

function randomFillSync(buffer, offset = 0, size = undefined) {
  const [from, length] = partOf(buffer, offset, size);
  if (length > 0) crypto.randomFill(buffer, from, length);
  return buffer;
}

function randomFill(buffer, offset, size, callback) {
  if (!isBuffer(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  if (typeof offset === 'function') [callback, offset, size] = [offset, 0, undefined];
  else if (typeof size === 'function') [callback, size] = [size, undefined];
  validateFunction(callback, 'callback');
  const [from, length] = partOf(buffer, offset, size);
  crypto.randomFill(buffer, from, length, later(callback));
}

// Six bytes a number; many are fetched at once.
const pool = Buffer.alloc(6 * 1024);
let used = pool.length;

function nextSix() {
  if (used === pool.length) {
    crypto.randomFill(pool, 0, pool.length);
    used = 0;
  }
  const value = pool.readUIntBE(used, 6);
  used += 6;
  return value;
}

function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') [callback, max, min] = [max, min, 0];
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (!Number.isSafeInteger(min)) throw new codes.ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw new codes.ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) throw new codes.ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > RANGE - 1) throw new codes.ERR_OUT_OF_RANGE('max - min', `<= ${RANGE - 1}`, range);
  const limit = RANGE - (RANGE % range); // above it some numbers would come more often
  let value = nextSix();
  while (value >= limit) value = nextSix();
  const answer = value % range + min;
  if (callback === undefined) return answer;
  process.nextTick(callback, undefined, answer);
}

const uuids = new Uint8Array(16 * 128);
let uuidsUsed = uuids.length;
const hex = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function randomUUID(options) {
  if (options !== undefined) validateObject(options, 'options');
  const disable = options?.disableEntropyCache ?? false;
  validateBoolean(disable, 'options.disableEntropyCache');
  if (uuidsUsed === uuids.length || disable) {
    crypto.randomFill(uuids, 0, uuids.length);
    uuidsUsed = 0;
  }
  const b = uuids.subarray(uuidsUsed, uuidsUsed += 16);
  const part = (from, to) => {
    let text = '';
    for (let i = from; i < to; i++) text += hex[b[i]];
    return text;
  };
  b[6] = b[6] & 0x0f | 0x40;
  b[8] = b[8] & 0x3f | 0x80;
  return `${part(0, 4)}-${part(4, 6)}-${part(6, 8)}-${part(8, 10)}-${part(10, 16)}`;
}

function numberBytes(value, name) {
  if (typeof value === 'bigint') {
    if (value < 0n) throw new codes.ERR_OUT_OF_RANGE(name, '>= 0', value);
    const text = value.toString(16);
    return Buffer.from(text.length & 1 ? `0${text}` : text, 'hex');
  }
  if (!isBuffer(value)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'], value);
  }
  return value;
}

function primeJob(size, options, callback) {
  validateInt32(size, 'size', 1);
  validateObject(options, 'options');
  const { safe = false, bigint = false, add, rem } = options;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  const numbers = [add, rem].map((value, i) => (value === undefined ? undefined : numberBytes(value, `options.${i ? 'rem' : 'add'}`)));
  const convert = (bytes) => (bigint ? BigInt(`0x${Buffer.from(bytes).toString('hex')}`) : bytes.buffer);
  return [size, safe, ...numbers, callback && later(callback, convert), convert];
}

function generatePrime(size, options, callback) {
  if (typeof options === 'function') [callback, options] = [options, {}];
  validateFunction(callback, 'callback');
  crypto.prime(...primeJob(size, options, callback));
}

function generatePrimeSync(size, options = {}) {
  const job = primeJob(size, options);
  return job[5](crypto.prime(...job.slice(0, 4)));
}

function checkPrime(candidate, options, callback) {
  if (typeof options === 'function') callback = options;
  validateFunction(callback, 'callback');
  crypto.primeCheck(numberBytes(candidate, 'candidate'), later(callback));
}

const checkPrimeSync = (candidate) => crypto.primeCheck(numberBytes(candidate, 'candidate'));

module.exports = {
  randomBytes, randomFill, randomFillSync, randomInt, randomUUID, generatePrime, generatePrimeSync, checkPrime, checkPrimeSync,
};
