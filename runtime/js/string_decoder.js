// Text from bytes that come in pieces: what is no whole character yet waits for the next piece.
'use strict';

const { codes } = require('internal/errors');
const { Buffer } = require('buffer');
const bytes = native('buffer');

const WIDTH = { utf8: 'utf8', 'utf-8': 'utf8', utf16le: 'utf16le', 'utf-16le': 'utf16le', ucs2: 'utf16le', 'ucs-2': 'utf16le',
  base64: 'base64', base64url: 'base64url', hex: 'hex', latin1: 'latin1', binary: 'latin1', ascii: 'ascii' };

function normalize(encoding) {
  const name = WIDTH[`${encoding ?? 'utf8'}`.toLowerCase()];
  if (name === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
  return name;
}

// How many bytes at the end begin a character that is not whole.
function unfinishedUtf8(buffer) {
  const length = buffer.length;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const c = buffer[length - back];
    if ((c & 0xc0) === 0x80) continue;
    const need = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 1;
    if (need <= back) return 0;
    // A second byte out of bounds ends it at once.
    if (back > 1) {
      const second = buffer[length - back + 1];
      if ((c === 0xe0 && second < 0xa0) || (c === 0xed && second > 0x9f) || (c === 0xf0 && second < 0x90) ||
          (c === 0xf4 && second > 0x8f)) return 0;
    }
    return back;
  }
  return 0;
}

function unfinished(encoding, buffer) {
  if (encoding === 'utf8') return unfinishedUtf8(buffer);
  if (encoding === 'base64' || encoding === 'base64url') return buffer.length % 3;
  if (encoding !== 'utf16le') return 0;
  const odd = buffer.length % 2;
  const whole = buffer.length - odd;
  const high = whole >= 2 && (buffer[whole - 1] & 0xfc) === 0xd8;
  return odd + (high ? 2 : 0);
}

const slices = { utf8: bytes.utf8Slice, utf16le: bytes.utf16Slice, base64: bytes.base64Slice,
  base64url: bytes.base64urlSlice, hex: bytes.hexSlice, latin1: bytes.latin1Slice, ascii: bytes.asciiSlice };

function StringDecoder(encoding) {
  this.encoding = normalize(encoding);
  Object.defineProperty(this, '_rest', { value: Buffer.alloc(0), writable: true, enumerable: false });
}

StringDecoder.prototype.write = function write(input) {
  if (typeof input === 'string') return input;
  if (!ArrayBuffer.isView(input)) throw new codes.ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], input);
  let buffer = input instanceof Uint8Array ? input : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (this._rest.length > 0) buffer = Buffer.concat([this._rest, buffer]);
  const open = unfinished(this.encoding, buffer);
  const whole = buffer.length - open;
  this._rest = open > 0 ? Buffer.from(buffer.subarray(whole)) : Buffer.alloc(0);
  return whole > 0 ? slices[this.encoding](buffer, 0, whole) : '';
};

StringDecoder.prototype.end = function end(input) {
  let text = input === undefined ? '' : this.write(input);
  if (this._rest.length > 0) {
    text += slices[this.encoding](this._rest, 0, this._rest.length);
    this._rest = Buffer.alloc(0);
  }
  return text;
};

StringDecoder.prototype.text = function text(buffer, offset) {
  this._rest = Buffer.alloc(0);
  return this.write(buffer.subarray(offset));
};

Object.defineProperty(StringDecoder.prototype, 'lastChar', { configurable: true, enumerable: true, get() {
  const out = Buffer.alloc(4);
  this._rest.copy(out);
  return out;
} });
Object.defineProperty(StringDecoder.prototype, 'lastNeed', { configurable: true, enumerable: true, get() {
  const rest = this._rest;
  if (rest.length === 0) return 0;
  if (this.encoding === 'utf8') return (rest[0] >= 0xf0 ? 4 : rest[0] >= 0xe0 ? 3 : 2) - rest.length;
  if (this.encoding === 'utf16le') return rest.length % 2 ? 1 : 2;
  return 3 - rest.length;
} });
Object.defineProperty(StringDecoder.prototype, 'lastTotal', { configurable: true, enumerable: true, get() {
  return this._rest.length + this.lastNeed;
} });

module.exports = { StringDecoder };
