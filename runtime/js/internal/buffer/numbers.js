// Buffer's readX and writeX. Each checks as Node does: first the value, then where it goes.
'use strict';

const { codes } = require('internal/errors');
const { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = codes;

function checkNumber(value, name) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
}

function outside(value, most, name) {
  if (Math.floor(value) !== value) throw new ERR_OUT_OF_RANGE(name ?? 'offset', 'an integer', value);
  if (most < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(name ?? 'offset', `>= ${name ? 1 : 0} and <= ${most}`, value);
}

function checkPlace(buffer, offset, size) {
  checkNumber(offset, 'offset');
  if (buffer[offset] === undefined || buffer[offset + size - 1] === undefined) outside(offset, buffer.length - size);
}

function checkValue(value, [min, max], size) {
  if (value >= min && value <= max || value !== value) return;
  const n = typeof min === 'bigint' ? 'n' : '';
  let range = `>= ${min}${n} and <= ${max}${n}`;
  if (size > 4) {
    range = min === 0 || min === 0n ? `>= 0${n} and < 2${n} ** ${size * 8}${n}`
      : `>= -(2${n} ** ${size * 8 - 1}${n}) and < 2${n} ** ${size * 8 - 1}${n}`;
  }
  throw new ERR_OUT_OF_RANGE('value', range, value);
}

function limits(size, signed) {
  return signed ? [-(2 ** (size * 8 - 1)), 2 ** (size * 8 - 1) - 1] : [0, 2 ** (size * 8) - 1];
}

// One whole number of 1 to 6 bytes; beyond 32 bits by multiplication.
function get(buffer, offset, size, little) {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + buffer[little ? offset + size - 1 - i : offset + i];
  return value;
}

function put(buffer, value, offset, size, little) {
  if (value < 0) value += 2 ** (size * 8);
  for (let i = 0; i < size; i++) {
    buffer[little ? offset + i : offset + size - 1 - i] = value % 256;
    value = Math.floor(value / 256);
  }
}

function signed(value, size) {
  return value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
}

const readers = {
  readUInt8(offset = 0) {
    checkPlace(this, offset, 1);
    return this[offset];
  },
  readInt8(offset = 0) {
    checkPlace(this, offset, 1);
    return this[offset] << 24 >> 24;
  },
  readUInt16LE(offset = 0) {
    checkPlace(this, offset, 2);
    return this[offset] | this[offset + 1] << 8;
  },
  readUInt16BE(offset = 0) {
    checkPlace(this, offset, 2);
    return this[offset] << 8 | this[offset + 1];
  },
  readInt16LE(offset = 0) {
    checkPlace(this, offset, 2);
    return (this[offset] | this[offset + 1] << 8) << 16 >> 16;
  },
  readInt16BE(offset = 0) {
    checkPlace(this, offset, 2);
    return (this[offset] << 8 | this[offset + 1]) << 16 >> 16;
  },
  readUInt32LE(offset = 0) {
    checkPlace(this, offset, 4);
    return (this[offset] | this[offset + 1] << 8 | this[offset + 2] << 16 | this[offset + 3] << 24) >>> 0;
  },
  readUInt32BE(offset = 0) {
    checkPlace(this, offset, 4);
    return (this[offset] << 24 | this[offset + 1] << 16 | this[offset + 2] << 8 | this[offset + 3]) >>> 0;
  },
  readInt32LE(offset = 0) {
    checkPlace(this, offset, 4);
    return this[offset] | this[offset + 1] << 8 | this[offset + 2] << 16 | this[offset + 3] << 24;
  },
  readInt32BE(offset = 0) {
    checkPlace(this, offset, 4);
    return this[offset] << 24 | this[offset + 1] << 16 | this[offset + 2] << 8 | this[offset + 3];
  },
};

const writers = {};
for (const isSigned of [false, true]) {
  const kind = isSigned ? 'Int' : 'UInt';
  for (const size of [1, 2, 4]) {
    for (const order of size === 1 ? [''] : ['LE', 'BE']) {
      const range = limits(size, isSigned);
      const little = order === 'LE';
      const name = `write${kind}${size * 8}${order}`;
      writers[name] = { [name](value, offset = 0) {
        value = +value;
        if (size === 1) checkNumber(offset, 'offset');
        checkValue(value, range, size);
        checkPlace(this, offset, size);
        put(this, Math.trunc(value) || 0, offset, size, little);
        return offset + size;
      } }[name];
    }
  }
  // With the number of bytes.
  for (const order of ['LE', 'BE']) {
    const little = order === 'LE';
    readers[`read${kind}${order}`] = { [`read${kind}${order}`](offset, byteLength) {
      if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
      checkNumber(byteLength, 'byteLength');
      if (!Number.isInteger(byteLength) || byteLength < 1 || byteLength > 6) outside(byteLength, 6, 'byteLength');
      checkPlace(this, offset, byteLength);
      const value = get(this, offset, byteLength, little);
      return isSigned ? signed(value, byteLength) : value;
    } }[`read${kind}${order}`];
    writers[`write${kind}${order}`] = { [`write${kind}${order}`](value, offset, byteLength) {
      checkNumber(byteLength, 'byteLength');
      if (!Number.isInteger(byteLength) || byteLength < 1 || byteLength > 6) outside(byteLength, 6, 'byteLength');
      value = +value;
      checkNumber(offset, 'offset');
      checkValue(value, limits(byteLength, isSigned), byteLength);
      checkPlace(this, offset, byteLength);
      put(this, Math.trunc(value) || 0, offset, byteLength, little);
      return offset + byteLength;
    } }[`write${kind}${order}`];
  }
}

// Numbers that a DataView knows: floats, and integers of 64 bits.
const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
const RANGES = { BigInt64: [-(2n ** 63n), 2n ** 63n - 1n], BigUint64: [0n, 2n ** 64n - 1n] };
for (const [name, method, size] of [['Float', 'Float32', 4], ['Double', 'Float64', 8], ['BigInt64', 'BigInt64', 8],
  ['BigUInt64', 'BigUint64', 8]]) {
  for (const order of ['LE', 'BE']) {
    const little = order === 'LE';
    readers[`read${name}${order}`] = { [`read${name}${order}`](offset = 0) {
      checkPlace(this, offset, size);
      return view(this)[`get${method}`](offset, little);
    } }[`read${name}${order}`];
    const range = RANGES[method];
    writers[`write${name}${order}`] = { [`write${name}${order}`](value, offset = 0) {
      if (range === undefined) value = +value;
      else {
        if (typeof value !== 'bigint') throw new TypeError('Cannot mix BigInt and other types, use explicit conversions');
        checkValue(value, range, size);
      }
      checkPlace(this, offset, size);
      view(this)[`set${method}`](offset, value, little);
      return offset + size;
    } }[`write${name}${order}`];
  }
}

function swapper(size) {
  const name = `swap${size * 8}`;
  return { [name]() {
    if (this.length % size !== 0) throw new codes.ERR_INVALID_BUFFER_SIZE(`${size * 8}-bits`);
    for (let at = 0; at < this.length; at += size) {
      for (let i = 0; i < size / 2; i++) {
        const byte = this[at + i];
        this[at + i] = this[at + size - 1 - i];
        this[at + size - 1 - i] = byte;
      }
    }
    return this;
  } }[name];
}

// Puts all of them on Buffer's prototype; readUint8 is readUInt8 by another name.
exports.install = function install(proto) {
  for (const [name, method] of [...Object.entries(readers), ...Object.entries(writers)]) {
    proto[name] = method;
    if (name.includes('UInt')) proto[name.replace('UInt', 'Uint')] = method;
  }
  for (const size of [2, 4, 8]) proto[`swap${size * 8}`] = swapper(size);
};
