// Texts as bytes and back, in the encodings of Buffer: native code where every byte is looked at.
'use strict';

const bytes = native('buffer');

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

// The bytes of a text in an encoding that normalize() has named.
function encode(text, name) {
  if (name === 'utf8') return bytes.utf8Bytes(text);
  if (name === 'hex') return fromHex(text);
  if (name === 'base64' || name === 'base64url') return fromBase64(text);
  const size = name === 'utf16le' ? text.length * 2 : text.length;
  const out = new Uint8Array(size);
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

// How many bytes a text has in an encoding; for base64, at most.
function byteLength(text, name) {
  switch (name) {
    case 'latin1': case 'ascii': return text.length;
    case 'utf16le': return text.length * 2;
    case 'hex': return text.length >>> 1;
    case 'base64': case 'base64url': {
      let n = text.length;
      if (text.charCodeAt(n - 1) === 61) n--;
      if (n > 1 && text.charCodeAt(n - 1) === 61) n--;
      return n * 3 >>> 2;
    }
    default: return bytes.utf8Length(text);
  }
}

module.exports = { bytes, normalize, slices, fromBase64, encode, byteLength };
