// Buffer: a Uint8Array that knows texts and numbers. Encodings are internal/buffer/text, numbers internal/buffer/numbers.
'use strict';

const { bytes, normalize, slices, fromBase64, encode, byteLength } = require('internal/buffer/text');
const lazy = require('internal/lazy');
const { codes } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_ENCODING } = codes;

const kMaxLength = 2 ** 53 - 1;
const kStringMaxLength = 536870888;
let inspectMaxBytes = 50;

class FastBuffer extends Uint8Array {}

let warned = false;
function warnOfConstructor() {
  const pending = require('internal/options').get('pending-deprecation');
  if (warned || (!pending && /[\\/]node_modules[\\/]/i.test(require('internal/stack').callerFile() ?? ''))) return;
  warned = true;
  process.emitWarning('Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
    'Buffer.allocUnsafe(), or Buffer.from() methods instead.', 'DeprecationWarning', 'DEP0005');
}

function Buffer(value, encodingOrOffset, length) {
  warnOfConstructor();
  if (typeof value !== 'number') return Buffer.from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === 'string') throw new ERR_INVALID_ARG_TYPE('string', 'string', value);
  return Buffer.alloc(value);
}
Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(Buffer.prototype, 'constructor', { value: Buffer, writable: true, configurable: true, enumerable: false });
Object.defineProperty(Buffer, Symbol.species, { configurable: true, enumerable: false, get() { return FastBuffer; } });

const isBytes = (value) => value instanceof Uint8Array && ArrayBuffer.isView(value);

function asBuffer(array) {
  Object.setPrototypeOf(array, FastBuffer.prototype);
  return array;
}

// As Node's string functions take an encoding: null is a name like any other.
function named(encoding) {
  const name = encoding === undefined ? 'utf8' : `${encoding}` === '' ? undefined : normalize(`${encoding}`);
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return name;
}

function fromText(text, encoding) {
  const name = typeof encoding === 'string' ? normalize(encoding) : 'utf8';
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return asBuffer(encode(text, name));
}

Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromText(value, encodingOrOffset);
  if (value !== null && typeof value === 'object') {
    if (Array.isArray(value)) return asBuffer(Uint8Array.from(value, (n) => n & 255));
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return new FastBuffer(value);
    if (require('internal/types').isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const inner = value.valueOf?.();
    if (inner !== null && inner !== undefined && inner !== value && (typeof inner === 'string' || typeof inner === 'object')) {
      return Buffer.from(inner, encodingOrOffset, length);
    }
    if (value.length !== undefined || require('internal/types').isAnyArrayBuffer(value.buffer)) {
      return typeof value.length === 'number' && value.length > 0 ? asBuffer(Uint8Array.from(value, (n) => n & 255)) : asBuffer(new Uint8Array(0));
    }
    if (value.type === 'Buffer' && Array.isArray(value.data)) return Buffer.from(value.data);
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const primitive = value[Symbol.toPrimitive]('string');
      if (typeof primitive === 'string') return fromText(primitive, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE('first argument',
    ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
};

function fromArrayBuffer(buffer, offset, length) {
  offset = offset === undefined ? 0 : +offset || 0;
  const most = buffer.byteLength - offset;
  if (most < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length === undefined) {
    if (buffer.resizable || buffer.growable) return new FastBuffer(buffer, offset); // as long as it will be
    length = most;
  } else {
    length = +length;
    if (!(length > 0)) length = 0;
    else if (length > most) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  return new FastBuffer(buffer, offset, length);
}

// The engine may have less room than the limit says.
function reserve(size) {
  try {
    return new FastBuffer(size);
  } catch (error) {
    throw size > 2 ** 32 ? new RangeError(`Array buffer allocation failed`) : error;
  }
}

function checkSize(size) {
  if (typeof size !== 'number') throw new ERR_INVALID_ARG_TYPE('size', 'number', size);
  if (!(size >= 0 && size <= kMaxLength)) throw new ERR_OUT_OF_RANGE('size', `>= 0 && <= ${kMaxLength}`, size);
}

Buffer.alloc = function alloc(size, fill, encoding) {
  checkSize(size);
  const out = reserve(size);
  return fill !== undefined && fill !== 0 && size > 0 ? out.fill(fill, encoding) : out;
};
Buffer.allocUnsafe = function allocUnsafe(size) {
  checkSize(size);
  return reserve(size);
};
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  checkSize(size);
  return reserve(size);
};

Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  if (!ArrayBuffer.isView(view) || view instanceof DataView) throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  const { validateInteger } = require('internal/validators');
  if (offset !== undefined) validateInteger(offset, 'offset', 0);
  if (length !== undefined) validateInteger(length, 'length', 0);
  if (view.length === 0 || offset >= view.length) return reserve(0);
  const part = view.subarray(offset, length === undefined ? undefined : (offset ?? 0) + length);
  return new FastBuffer(part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength));
};

Buffer.isEncoding = (encoding) => typeof encoding === 'string' && encoding.length !== 0 && normalize(encoding) !== undefined;
Buffer.isBuffer = (value) => value instanceof Buffer;

Buffer.byteLength = function(value, encoding) {
  if (typeof value === 'string') return byteLength(value, normalize(encoding));
  if (ArrayBuffer.isView(value) || require('internal/types').isAnyArrayBuffer(value)) return value.byteLength;
  throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], value);
};
Object.defineProperty(Buffer.byteLength, 'name', { value: 'byteLength' });

Buffer.compare = function compare(a, b) {
  if (!isBytes(a)) throw new ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], a);
  if (!isBytes(b)) throw new ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], b);
  return a === b ? 0 : bytes.compare(a, b);
};

Buffer.concat = function concat(list, length) {
  require('internal/validators').validateArray(list, 'list');
  if (list.length === 0) return reserve(0);
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
    if (!isBytes(one)) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ['Buffer', 'Uint8Array'], one);
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
require('internal/buffer/numbers').install(proto);

proto.toString = function toString(encoding, start, end) {
  if (!isBytes(this)) throw new TypeError('argument must be a buffer');
  if (arguments.length === 0) return bytes.utf8Slice(this);
  const length = this.length;
  if (start <= 0) start = 0;
  else if (start >= length) return '';
  else start = Math.trunc(start) || 0;
  end = end === undefined || end > length ? length : Math.trunc(end) || 0;
  if (end <= start) return '';
  return slices[named(encoding)](this, start, end);
};
proto.toLocaleString = proto.toString;

for (const [name, key] of [['utf8Slice', 'utf8'], ['latin1Slice', 'latin1'], ['asciiSlice', 'ascii'],
  ['ucs2Slice', 'utf16le'], ['hexSlice', 'hex'], ['base64Slice', 'base64'], ['base64urlSlice', 'base64url']]) {
  proto[name] = function(start, end) { return slices[key](this, start ?? 0, end ?? this.length); };
}
for (const [name, key] of [['utf8Write', 'utf8'], ['latin1Write', 'latin1'], ['asciiWrite', 'latin1'],
  ['ucs2Write', 'utf16le'], ['hexWrite', 'hex'], ['base64Write', 'base64'], ['base64urlWrite', 'base64url']]) {
  proto[name] = function(text, offset = 0, length = this.length - offset) {
    if (typeof text !== 'string') throw new ERR_INVALID_ARG_TYPE('argument', 'string', text);
    if (offset < 0 || offset > this.length) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
    if (length < 0 || length > this.length - offset) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
    return writeText(this, text, offset, length, key);
  };
}

function writeText(buffer, text, offset, length, name) {
  if (name === 'utf8') return bytes.utf8Write(buffer, text, offset, length);
  let part = encode(text, name);
  if (part.length > length) part = part.subarray(0, name === 'utf16le' ? length & ~1 : length);
  buffer.set(part, offset);
  return part.length;
}

proto.write = function write(text, offset, length, encoding) {
  if (!isBytes(this)) throw new TypeError('argument must be a buffer');
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
  return writeText(this, text, offset, length, encoding ? named(encoding) : 'utf8');
};

proto.equals = function equals(other) {
  if (!isBytes(this)) throw new TypeError('argument must be a buffer');
  if (!isBytes(other)) throw new ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], other);
  return this === other || (this.byteLength === other.byteLength && bytes.compare(this, other) === 0);
};

proto.compare = function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
  if (!isBytes(target)) throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
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

// Where a search begins, of `size` bytes in `length`; -1: nowhere.
function beginning(offset, size, length, forward) {
  if (offset < 0) {
    if (offset + length >= 0) return offset + length;
    return forward || size === 0 ? 0 : -1;
  }
  if (offset + size <= length) return offset;
  if (size === 0) return length;
  return forward ? -1 : length - 1;
}

function search(buffer, value, offset, encoding, forward) {
  if (!ArrayBuffer.isView(buffer)) throw new ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
  if (typeof offset === 'string') {
    encoding = offset;
    offset = undefined;
  }
  offset = Math.max(-0x80000000, Math.min(0x7fffffff, +offset));
  if (Number.isNaN(offset)) offset = forward ? 0 : buffer.length || buffer.byteLength;
  offset = Math.trunc(offset);
  if (typeof value === 'number') {
    const call = forward ? Uint8Array.prototype.indexOf : Uint8Array.prototype.lastIndexOf;
    return call.call(buffer, value & 255, offset);
  }
  let name = encoding === undefined ? 'utf8' : normalize(`${encoding}`);
  let needle = value;
  if (typeof value === 'string') {
    if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    needle = encode(value, name);
  } else if (!isBytes(value)) {
    throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
  }
  const { length } = buffer;
  const begin = beginning(offset, needle.length, length, forward);
  if (needle.length === 0) return begin;
  if (length === 0 || begin < 0 || needle.length > length || (forward && begin + needle.length > length)) return -1;
  const step = name === 'utf16le' ? 2 : 1;
  if (length < step || needle.length < step) return -1;
  if (forward) {
    let at = bytes.indexOf(buffer, needle, begin);
    while (step === 2 && at >= 0 && at % 2 === 1) at = bytes.indexOf(buffer, needle, at + 1);
    return at;
  }
  for (let at = Math.floor(Math.min(begin, length - needle.length) / step) * step; at >= 0; at -= step) {
    let i = 0;
    while (i < needle.length && buffer[at + i] === needle[i]) i++;
    if (i === needle.length) return at;
  }
  return -1;
}
proto.indexOf = function indexOf(value, offset, encoding) { return search(this, value, offset, encoding, true); };
proto.lastIndexOf = function lastIndexOf(value, offset, encoding) { return search(this, value, offset, encoding, false); };
proto.includes = function includes(value, offset, encoding) { return search(this, value, offset, encoding, true) !== -1; };

function integer(value, otherwise) {
  value = +value;
  return value === value && value !== 0 ? Math.trunc(value) : value === value ? 0 : otherwise;
}

proto.copy = function copy(target, targetStart, sourceStart, sourceEnd) {
  if (!isBytes(this)) throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], this);
  if (!ArrayBuffer.isView(target)) throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  targetStart = targetStart === undefined ? 0 : integer(targetStart, 0);
  if (targetStart < 0) throw new ERR_OUT_OF_RANGE('targetStart', '>= 0', targetStart);
  sourceStart = sourceStart === undefined ? 0 : integer(sourceStart, 0);
  if (sourceStart < 0 || sourceStart > this.length) {
    throw new ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${this.length}`, sourceStart);
  }
  sourceEnd = sourceEnd === undefined ? this.length : integer(sourceEnd, 0);
  if (sourceEnd < 0) throw new ERR_OUT_OF_RANGE('sourceEnd', '>= 0', sourceEnd);
  const count = Math.min(sourceEnd - sourceStart, target.byteLength - targetStart, this.length - sourceStart);
  if (count <= 0) return 0;
  const into = isBytes(target) ? target : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  Uint8Array.prototype.set.call(into, new Uint8Array(this.buffer, this.byteOffset + sourceStart, count), targetStart);
  return count;
};

// What fill() repeats: a byte, or the bytes of a text.
function filling(value, encoding) {
  if (typeof value === 'string') {
    const name = normalize(encoding);
    if (name === undefined) {
      require('internal/validators').validateString(encoding, 'encoding');
      throw new ERR_UNKNOWN_ENCODING(encoding);
    }
    if (value.length === 0) return 0;
    return encode(value, name);
  }
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value & 255;
}

proto.fill = function fill(value, offset, end, encoding) {
  const { validateNumber } = require('internal/validators');
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') [encoding, offset, end] = [offset, undefined, undefined];
    else if (typeof end === 'string') [encoding, end] = [end, undefined];
    if (encoding !== undefined) require('internal/validators').validateString(encoding, 'encoding');
  }
  const bytesOf = filling(value, encoding);
  if (offset === undefined) [offset, end] = [0, this.length];
  else {
    validateNumber(offset, 'offset', 0);
    if (end === undefined) end = this.length;
    else validateNumber(end, 'end', 0, this.length);
    if (offset >= end) return this;
  }
  offset = Math.trunc(offset);
  end = Math.trunc(end);
  if (end > this.byteLength) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS();
  if (typeof bytesOf === 'number') return Uint8Array.prototype.fill.call(this, bytesOf, offset, end);
  if (bytesOf.length === 0 && end > offset) throw new codes.ERR_INVALID_ARG_VALUE('value', value);
  const first = Math.min(bytesOf.length, end - offset);
  Uint8Array.prototype.set.call(this, bytesOf.subarray(0, first), offset);
  for (let done = first; done < end - offset; done *= 2) {
    this.copyWithin(offset + done, offset, offset + Math.min(done, end - offset - done));
  }
  return this;
};

proto.subarray = function subarray(start, end) {
  const { length } = this;
  const at = (value, otherwise) => {
    value = value === undefined ? otherwise : integer(value, 0);
    return value < 0 ? Math.max(value + length, 0) : Math.min(value, length);
  };
  const from = at(start, 0);
  const to = at(end, length);
  return new FastBuffer(this.buffer, this.byteOffset + from, to > from ? to - from : 0);
};
proto.slice = function slice(start, end) { return this.subarray(start, end); };

proto.toJSON = function toJSON() {
  return { type: 'Buffer', data: Array.from(this) };
};

proto[Symbol.for('nodejs.util.inspect.custom')] = function inspect(depth, context) {
  const shown = Math.min(inspectMaxBytes, this.length);
  const rest = this.length - inspectMaxBytes;
  let text = this.hexSlice(0, shown).replace(/(.{2})/g, '$1 ').trim();
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  if (context !== undefined) {
    const others = Reflect.ownKeys(this).filter((key) => (typeof key === 'symbol' || !/^\d+$/.test(key)) &&
      (context.showHidden || Object.prototype.propertyIsEnumerable.call(this, key)));
    if (others.length > 0) {
      const object = { __proto__: null };
      for (const key of others) object[key] = this[key];
      if (this.length !== 0) text += ', ';
      text += require('internal/inspect').inspect(object, { ...context, breakLength: Infinity, compact: true }).slice(27, -2);
    }
  }
  return `<${typeof this.constructor === 'function' && Object.hasOwn(this.constructor, 'name') ? this.constructor.name : 'Buffer'} ${text}>`;
};
proto.inspect = proto[Symbol.for('nodejs.util.inspect.custom')];

for (const [name, key] of [['parent', 'buffer'], ['offset', 'byteOffset']]) {
  Object.defineProperty(proto, name, { enumerable: true, get() { return this instanceof Buffer ? this[key] : undefined; } });
}

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

let slowWarned = false;
function SlowBuffer(size) {
  if (!slowWarned) {
    slowWarned = true;
    process.emitWarning('SlowBuffer() is deprecated. Please use Buffer.allocUnsafeSlow()', 'DeprecationWarning', 'DEP0030');
  }
  checkSize(size);
  return Buffer.allocUnsafeSlow(size);
}
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

function checkView(value) {
  const isView = ArrayBuffer.isView(value);
  if (isView || require('internal/types').isAnyArrayBuffer(value)) {
    if ((isView ? value.buffer : value).detached) throw new codes.ERR_INVALID_STATE('Cannot validate on a detached buffer');
    return;
  }
  throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], value);
}

module.exports = {
  Buffer, SlowBuffer, transcode, atob, btoa, kMaxLength, kStringMaxLength,
  isUtf8(value) { checkView(value); return bytes.isUtf8(value); },
  isAscii(value) { checkView(value); return bytes.isAscii(value); },
  constants: Object.defineProperties({}, {
    MAX_LENGTH: { value: kMaxLength, enumerable: true }, MAX_STRING_LENGTH: { value: kStringMaxLength, enumerable: true },
  }),
  get INSPECT_MAX_BYTES() { return inspectMaxBytes; },
  set INSPECT_MAX_BYTES(value) {
    require('internal/validators').validateNumber(value, 'INSPECT_MAX_BYTES', 0);
    inspectMaxBytes = value;
  },
};
for (const name of ['Blob', 'File', 'resolveObjectURL']) {
  lazy.define(module.exports, name, () => require('internal/blob')[name], true);
}
