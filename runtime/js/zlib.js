// zlib: compression as streams, at once, and with a callback.
'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateFunction, validateUint32 } = require('internal/validators');
const { constants, codes: numbers } = require('internal/zlib/constants');
const classes = require('internal/zlib/stream');

function bytesOf(value) {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof DataView) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (ArrayBuffer.isView(value)) return value;
  if (value instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer)) return Buffer.from(value);
  throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], value);
}

function sync(engine, buffer) {
  const out = engine._processSync(bytesOf(buffer), engine._finishFlushFlag);
  return engine._info ? { buffer: out, engine } : out;
}

function whole(engine, buffer, callback) {
  const parts = [];
  let total = 0;
  engine.on('data', (chunk) => {
    parts.push(chunk);
    total += chunk.length;
    if (total > engine._maxOutputLength) engine.destroy(new codes.ERR_BUFFER_TOO_LARGE(engine._maxOutputLength));
  });
  engine.on('error', (error) => callback(error));
  engine.on('end', () => {
    const out = parts.length === 1 ? parts[0] : Buffer.concat(parts, total);
    engine.close();
    callback(null, engine._info ? { buffer: out, engine } : out);
  });
  engine.end(buffer);
}

function crc32(data, value = 0) {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    throw new codes.ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  validateUint32(value, 'value');
  return native('zlib').crc32(typeof data === 'string' ? Buffer.from(data) : data, value);
}

Object.assign(exports, { crc32 }, classes);
for (const [name, Class] of Object.entries(classes)) {
  const short = name[0].toLowerCase() + name.slice(1);
  exports[short] = { [short](buffer, options, callback) {
    if (typeof options === 'function') [callback, options] = [options, {}];
    validateFunction(callback, 'callback');
    whole(new Class(options), bytesOf(buffer), callback);
  } }[short];
  exports[`${short}Sync`] = { [`${short}Sync`]: (buffer, options) => sync(new Class(options), buffer) }[`${short}Sync`];
  exports[`create${name}`] = { [`create${name}`]: (options) => new Class(options) }[`create${name}`];
}
Object.defineProperties(exports, {
  constants: { value: constants, enumerable: true },
  codes: { value: numbers, enumerable: true },
});
for (const [name, value] of Object.entries(constants)) {
  if (!/^(BROTLI|ZSTD)/.test(name)) Object.defineProperty(exports, name, { value, enumerable: false });
}
