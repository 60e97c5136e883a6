// Buffer: npm's buffer for the numbers and the slow corners, native code where every byte is looked at.
'use strict';

const { Buffer } = require('lib/buffer');
const bytes = native('buffer');
const lazy = require('internal/lazy');
const { codes } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_ENCODING } = codes;

const kMaxLength = 2 ** 53 - 1;
const kStringMaxLength = 536870888;

// The one name of an encoding, or undefined.
function normalize(encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  switch (encoding) {
    case 'utf8': case 'utf-8': return 'utf8';
    case 'hex': case 'latin1': case 'base64': case 'base64url': case 'ascii': case 'utf16le': return encoding;
    case 'binary': return 'latin1';
    case 'ucs2': case 'ucs-2': case 'utf-16le': return 'utf16le';
  }
  const lower = `${encoding}`.toLowerCase();
  return lower === encoding ? undefined : normalize(lower);
}

const slices = {
  utf8: bytes.utf8Slice, latin1: bytes.latin1Slice, ascii: bytes.asciiSlice, utf16le: bytes.utf16Slice,
  hex: bytes.hexSlice, base64: bytes.base64Slice, base64url: bytes.base64urlSlice,
};

function asBuffer(array) {
  Object.setPrototypeOf(array, Buffer.prototype);
  return array;
}

function fromText(text, encoding) {
  const name = normalize(encoding);
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  if (name === 'utf8') return asBuffer(bytes.utf8Bytes(text));
  if (name === 'hex') return asBuffer(fromHex(text));
  if (name === 'base64' || name === 'base64url') return asBuffer(fromBase64(text));
  const size = name === 'utf16le' ? text.length * 2 : text.length;
  const out = asBuffer(new Uint8Array(size));
  if (name === 'utf16le') {
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      out[2 * i] = c & 255;
      out[2 * i + 1] = c >> 8;
    }
  } else {
    for (let i = 0; i < size; i++) out[i] = text.charCodeAt(i);
  }
  return out;
}

function hexDigit(c) {
  if (c >= 48 && c <= 57) return c - 48;
  c |= 32;
  return c >= 97 && c <= 102 ? c - 87 : -1;
}

// As far as the digits go.
function fromHex(text) {
  const out = new Uint8Array(text.length >> 1);
  for (let i = 0; i < out.length; i++) {
    const high = hexDigit(text.charCodeAt(2 * i));
    const low = hexDigit(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return out.subarray(0, i);
    out[i] = high << 4 | low;
  }
  return out;
}

let digits;
function base64Digits() {
  digits = new Int8Array(128).fill(-1);
  const all = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let i = 0; i < 64; i++) digits[all.charCodeAt(i)] = i;
  digits[45] = 62;
  digits[95] = 63;
  return digits;
}

// Both alphabets; what is no digit is passed over, "=" ends it.
function fromBase64(text) {
  const of = digits ?? base64Digits();
  const out = new Uint8Array(Math.ceil(text.length * 3 / 4));
  let n = 0;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 61) break;
    const digit = c < 128 ? of[c] : -1;
    if (digit < 0) continue;
    held = (held << 6 | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[n++] = held >> bits & 255;
    }
  }
  return out.subarray(0, n);
}

const fromOthers = Buffer.from;
Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromText(value, encodingOrOffset);
  if (value !== null && typeof value === 'object') {
    if (Array.isArray(value)) return asBuffer(Uint8Array.from(value, (n) => n & 255));
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return asBuffer(new Uint8Array(value));
    if (value instanceof ArrayBuffer || (require('internal/types').isSharedArrayBuffer(value))) {
      return fromArrayBuffer(value, encodingOrOffset, length);
    }
    const inner = value.valueOf?.();
    if (inner !== null && inner !== undefined && inner !== value && (typeof inner === 'string' || typeof inner === 'object')) {
      return Buffer.from(inner, encodingOrOffset, length);
    }
    if (value.length !== undefined || value.buffer instanceof ArrayBuffer) {
      return typeof value.length === 'number' && value.length > 0 ? asBuffer(Uint8Array.from(value, (n) => n & 255)) : asBuffer(new Uint8Array(0));
    }
    if (value.type === 'Buffer' && Array.isArray(value.data)) return Buffer.from(value.data);
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const primitive = value[Symbol.toPrimitive]('string');
      if (typeof primitive === 'string') return fromText(primitive, encodingOrOffset);
    }
  }
  void fromOthers;
  throw new ERR_INVALID_ARG_TYPE('first argument',
    ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
};

function fromArrayBuffer(buffer, offset, length) {
  offset = offset === undefined ? 0 : +offset || 0;
  const most = buffer.byteLength - offset;
  if (most < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length === undefined) length = most;
  else {
    length = +length;
    if (!(length > 0)) length = 0;
    else if (length > most) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  return asBuffer(new Uint8Array(buffer, offset, length));
}

function checkSize(size) {
  if (typeof size !== 'number') throw new ERR_INVALID_ARG_TYPE('size', 'number', size);
  if (!(size >= 0 && size <= kMaxLength)) throw new ERR_OUT_OF_RANGE('size', `>= 0 && <= ${kMaxLength}`, size);
}

Buffer.alloc = function alloc(size, fill, encoding) {
  checkSize(size);
  const out = asBuffer(new Uint8Array(size));
  return fill !== undefined && fill !== 0 && size > 0 ? out.fill(fill, encoding) : out;
};
Buffer.allocUnsafe = function allocUnsafe(size) {
  checkSize(size);
  return asBuffer(new Uint8Array(size));
};
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  checkSize(size);
  return asBuffer(new Uint8Array(size));
};

Buffer.copyBytesFrom = function copyBytesFrom(view, offset = 0, length = undefined) {
  if (!ArrayBuffer.isView(view) || view instanceof DataView) throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  const part = view.subarray(offset, length === undefined ? undefined : offset + length);
  return asBuffer(new Uint8Array(part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength)));
};

Buffer.isEncoding = (encoding) => typeof encoding === 'string' && encoding.length !== 0 && normalize(encoding) !== undefined;
Buffer.isBuffer = (value) => value instanceof Buffer;

Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
        (require('internal/types').isSharedArrayBuffer(value))) return value.byteLength;
    throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], value);
  }
  switch (normalize(encoding)) {
    case 'latin1': case 'ascii': return value.length;
    case 'utf16le': return value.length * 2;
    case 'hex': return value.length >>> 1;
    case 'base64': case 'base64url': {
      let n = value.length;
      if (value.charCodeAt(n - 1) === 61) n--;
      if (n > 1 && value.charCodeAt(n - 1) === 61) n--;
      return n * 3 >>> 2;
    }
    default: return bytes.utf8Length(value);
  }
};

Buffer.compare = function compare(a, b) {
  if (!(a instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], a);
  if (!(b instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], b);
  return a === b ? 0 : bytes.compare(a, b);
};

Buffer.concat = function concat(list, length) {
  require('internal/validators').validateArray(list, 'list');
  if (length === undefined) {
    length = 0;
    for (const one of list) if (one?.length) length += one.length;
  } else {
    require('internal/validators').validateInteger(length, 'length', 0);
  }
  const out = Buffer.allocUnsafe(length);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const one = list[i];
    if (!(one instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ['Buffer', 'Uint8Array'], one);
    const part = one.length > length - at ? one.subarray(0, length - at) : one;
    out.set(part, at);
    at += part.length;
  }
  return out;
};

Buffer.of = function of(...items) {
  return asBuffer(Uint8Array.of(...items));
};
Buffer.poolSize = 8192;

const proto = Buffer.prototype;

proto.toString = function toString(encoding, start, end) {
  if (arguments.length === 0) return bytes.utf8Slice(this);
  const length = this.length;
  start = start === undefined || !(start > 0) ? 0 : Math.trunc(start);
  if (start >= length) return '';
  end = end === undefined || end > length ? length : Math.trunc(end) || 0;
  if (end <= start) return '';
  const name = normalize(encoding);
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return slices[name](this, start, end);
};
proto.toLocaleString = proto.toString;

for (const [name, key] of [['utf8Slice', 'utf8'], ['latin1Slice', 'latin1'], ['asciiSlice', 'ascii'],
  ['ucs2Slice', 'utf16le'], ['hexSlice', 'hex'], ['base64Slice', 'base64'], ['base64urlSlice', 'base64url']]) {
  proto[name] = function(start, end) { return slices[key](this, start ?? 0, end ?? this.length); };
}
for (const [name, key] of [['utf8Write', 'utf8'], ['latin1Write', 'latin1'], ['asciiWrite', 'latin1'],
  ['ucs2Write', 'utf16le'], ['hexWrite', 'hex'], ['base64Write', 'base64'], ['base64urlWrite', 'base64url']]) {
  proto[name] = function(text, offset = 0, length = this.length - offset) { return writeText(this, text, offset, length, key); };
}

function writeText(buffer, text, offset, length, name) {
  if (name === 'utf8') return bytes.utf8Write(buffer, text, offset, length);
  let part = fromText(text, name);
  if (part.length > length) part = part.subarray(0, name === 'utf16le' ? length & ~1 : length);
  buffer.set(part, offset);
  return part.length;
}

proto.write = function write(text, offset, length, encoding) {
  const { validateInteger } = require('internal/validators');
  if (typeof text !== 'string') throw new ERR_INVALID_ARG_TYPE('argument', 'string', text);
  if (offset === undefined) return writeText(this, text, 0, this.length, 'utf8');
  if (length === undefined && typeof offset === 'string') {
    encoding = offset;
    length = this.length;
    offset = 0;
  } else {
    validateInteger(offset, 'offset', 0, this.length);
    const room = this.length - offset;
    if (length === undefined) length = room;
    else if (typeof length === 'string') {
      encoding = length;
      length = room;
    } else {
      validateInteger(length, 'length', 0, this.length);
      if (length > room) length = room;
    }
  }
  const name = normalize(encoding);
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return writeText(this, text, offset, length, name);
};

proto.equals = function equals(other) {
  if (!(other instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], other);
  return this === other || (this.byteLength === other.byteLength && bytes.compare(this, other) === 0);
};

proto.compare = function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
  if (!(target instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  const { validateInteger } = require('internal/validators');
  const bound = (value, name, most, otherwise) => {
    if (value === undefined) return otherwise;
    validateInteger(value, name, 0, most);
    return value;
  };
  targetStart = bound(targetStart, 'targetStart', undefined, 0);
  targetEnd = bound(targetEnd, 'targetEnd', target.length, target.length);
  sourceStart = bound(sourceStart, 'sourceStart', undefined, 0);
  sourceEnd = bound(sourceEnd, 'sourceEnd', this.length, this.length);
  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  return bytes.compare(this.subarray(sourceStart, sourceEnd), target.subarray(targetStart, targetEnd));
};

function search(buffer, value, offset, encoding, forward) {
  if (typeof offset === 'string') {
    encoding = offset;
    offset = undefined;
  }
  offset = +offset;
  if (Number.isNaN(offset)) offset = forward ? 0 : buffer.length;
  offset = Math.trunc(offset);
  if (typeof value === 'number') {
    const call = forward ? Uint8Array.prototype.indexOf : Uint8Array.prototype.lastIndexOf;
    return call.call(buffer, value & 255, offset);
  }
  let needle = value;
  if (typeof value === 'string') {
    const name = normalize(encoding);
    if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    needle = fromText(value, name);
  } else if (!(value instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
  }
  if (offset < 0) offset += buffer.length;
  if (offset < 0) {
    if (!forward) return -1;
    offset = 0;
  }
  if (offset > buffer.length) {
    if (forward) return needle.length === 0 ? buffer.length : -1;
    offset = buffer.length;
  }
  if (forward) return needle.length === 0 ? offset : bytes.indexOf(buffer, needle, offset);
  for (let at = Math.min(offset, buffer.length - needle.length); at >= 0; at--) {
    let i = 0;
    while (i < needle.length && buffer[at + i] === needle[i]) i++;
    if (i === needle.length) return at;
  }
  return -1;
}
proto.indexOf = function indexOf(value, offset, encoding) { return search(this, value, offset, encoding, true); };
proto.lastIndexOf = function lastIndexOf(value, offset, encoding) { return search(this, value, offset, encoding, false); };
proto.includes = function includes(value, offset, encoding) { return search(this, value, offset, encoding, true) !== -1; };

proto.subarray = function subarray(start, end) {
  const part = Uint8Array.prototype.subarray.call(new Uint8Array(this.buffer, this.byteOffset, this.length), start, end);
  return asBuffer(part);
};
proto.slice = function slice(start, end) { return this.subarray(start, end); };

proto.toJSON = function toJSON() {
  return { type: 'Buffer', data: Array.from(this) };
};

function atob(input) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('input');
  const text = `${input}`.replace(/[\t\n\f\r ]/g, '');
  const body = text.length % 4 === 0 ? text.replace(/==?$/, '') : text;
  if (/[^A-Za-z0-9+/]/.test(body) || body.length % 4 === 1) {
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  return bytes.latin1Slice(fromBase64(body));
}

function btoa(input) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('input');
  const text = `${input}`;
  if (/[^\0-\xff]/.test(text)) throw new DOMException('Invalid character', 'InvalidCharacterError');
  return bytes.base64Slice(fromText(text, 'latin1'));
}

function transcode(source, from, to) {
  if (!(source instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  const a = normalize(from);
  const b = normalize(to);
  const good = ['utf8', 'utf16le', 'latin1', 'ascii'];
  if (!good.includes(a) || !good.includes(b)) {
    const error = new Error(`Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]`);
    error.code = 'U_ILLEGAL_ARGUMENT_ERROR';
    error.errno = 1;
    throw error;
  }
  const text = slices[a](source, 0, source.length);
  if (b === 'ascii' || b === 'latin1') {
    return fromText(text.replace(b === 'ascii' ? /[^\0-\x7f]/gu : /[^\0-\xff]/gu, '?'), 'latin1');
  }
  return fromText(text, b);
}

function SlowBuffer(size) {
  checkSize(size);
  return Buffer.allocUnsafeSlow(size);
}
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

function checkView(value) {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return;
  throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], value);
}

module.exports = {
  Buffer, SlowBuffer, transcode, atob, btoa, kMaxLength, kStringMaxLength,
  isUtf8(value) { checkView(value); return bytes.isUtf8(value); },
  isAscii(value) { checkView(value); return bytes.isAscii(value); },
  constants: Object.freeze({ MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength }),
  INSPECT_MAX_BYTES: 50,
};
for (const name of ['Blob', 'File', 'resolveObjectURL']) {
  lazy.define(module.exports, name, () => require('internal/blob')[name], true);
}
