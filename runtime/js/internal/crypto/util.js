// What the files of internal/crypto share: bytes out of arguments, and native code's answers.
'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const context = require('internal/context');
const validators = require('internal/validators');

const isShared = (value) => require('internal/types').isSharedArrayBuffer(value);
const isBuffer = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer || isShared(value);

function bytesOf(value, name, encoding) {
  if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' ? 'utf8' : encoding);
  if (!isBuffer(value)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  return value;
}

// The same for data that is streamed: bare ArrayBuffers are none.
function dataOf(value, name, encoding) {
  if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' ? 'utf8' : encoding);
  if (!ArrayBuffer.isView(value)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  return value;
}

// Native code gives plain Uint8Arrays.
function asBuffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const out = (bytes, encoding) => {
  const buffer = asBuffer(bytes);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
};

// A callback of native code that runs in the context of who asked; `convert` makes the result of what came.
function later(callback, convert = (value) => value) {
  validators.validateFunction(callback, 'callback');
  const frame = context.current;
  return (error, value) => {
    const before = context.current;
    context.current = frame;
    try {
      if (error) callback(error);
      else callback(null, convert(value));
    } finally {
      context.current = before;
    }
  };
}

// fn(…, callback) of native code as a promise of its result.
const promised = (fn, ...args) => new Promise((resolve, reject) => {
  fn(...args, later((error, value) => (error ? reject(error) : resolve(value))));
});

module.exports = { ...validators, codes, Buffer, isBuffer, bytesOf, dataOf, asBuffer, out, later, promised };
