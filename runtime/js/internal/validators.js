// Checks of arguments that throw Node's errors.
'use strict';

const { codes } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;

function ofType(type) {
  return (value, name) => {
    if (typeof value !== type) throw new ERR_INVALID_ARG_TYPE(name, type, value);
  };
}

// A string as V8 converts to it, in V8's words.
function toText(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`;
}

function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if ((min !== undefined && value < min) || (max !== undefined && value > max) ||
      ((min !== undefined || max !== undefined) && Number.isNaN(value))) {
    throw new ERR_OUT_OF_RANGE(name, `${min !== undefined ? `>= ${min}` : ''}${
      min !== undefined && max !== undefined ? ' && ' : ''}${max !== undefined ? `<= ${max}` : ''}`, value);
  }
}

function validateInteger(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

const validateInt32 = (value, name, min = -2147483648, max = 2147483647) => validateInteger(value, name, min, max);

function validateUint32(value, name, positive = false) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, 'an integer', value);
  const min = positive ? 1 : 0;
  if (value < min || value > 4294967295) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= 4294967295`, value);
}

function validateOneOf(value, name, list) {
  if (list.includes(value)) return;
  const words = list.map((one) => (typeof one === 'string' ? `'${one}'` : String(one))).join(', ');
  throw new ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${words}`);
}

function validateObject(value, name, { nullable = false, allowArray = false, allowFunction = false } = {}) {
  if ((!nullable && value === null) || (!allowArray && Array.isArray(value)) ||
      (typeof value !== 'object' && (!allowFunction || typeof value !== 'function'))) {
    throw new ERR_INVALID_ARG_TYPE(name, 'Object', value);
  }
}

function validateArray(value, name, min = 0) {
  if (!Array.isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, 'Array', value);
  if (value.length < min) throw new ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${min}`);
}

function validateAbortSignal(signal, name) {
  if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
    throw new ERR_INVALID_ARG_TYPE(name, 'AbortSignal', signal);
  }
}

const validateFunction = ofType('function');

function validateBuffer(value, name = 'buffer') {
  if (!ArrayBuffer.isView(value)) throw new ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

function validatePort(port, name = 'Port', zero = true) {
  if ((typeof port !== 'number' && typeof port !== 'string') || (typeof port === 'string' && port.trim() === '') ||
      +port !== +port >>> 0 || port > 0xffff || (port === 0 && !zero)) {
    throw new codes.ERR_SOCKET_BAD_PORT(name, port, zero);
  }
  return port | 0;
}

function parseFileMode(value, name, otherwise) {
  value ??= otherwise;
  if (typeof value === 'string') {
    if (!/^[0-7]+$/.test(value)) {
      throw new ERR_INVALID_ARG_VALUE(name, value,
        'must be a 32-bit unsigned integer or an octal string');
    }
    value = parseInt(value, 8);
  }
  validateUint32(value, name);
  return value;
}

function validateEncoding(value, name) {
  if (!require('buffer').Buffer.isEncoding(value)) throw new ERR_INVALID_ARG_VALUE(name, value);
}

function knownEncoding(value) {
  if (!require('buffer').Buffer.isEncoding(value)) throw new codes.ERR_UNKNOWN_ENCODING(value);
  return value;
}

module.exports = {
  validateEncoding, knownEncoding,
  toText, validateNumber, validateInteger, validateInt32, validateUint32, validateOneOf, validateObject, validateArray,
  validateAbortSignal, validateFunction, validateBuffer, validatePort, parseFileMode,
  validateString: ofType('string'),
  validateBoolean: ofType('boolean'),
};
