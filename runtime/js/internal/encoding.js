// TextEncoder and TextDecoder: UTF-8, UTF-16 and Latin-1.
'use strict';

const { codes } = require('internal/errors');
const bytes = native('buffer');

class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') { return bytes.utf8Bytes(`${text}`); }
  encodeInto(source, destination) {
    if (typeof source !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('src', 'string', source);
    if (!(destination instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', destination);
    const written = bytes.utf8Write(destination, source, 0, destination.length);
    const read = bytes.utf8Slice(destination, 0, written).length;
    return { read, written };
  }
}

const LABELS = {
  'utf-8': ['utf-8', 'utf8', 'unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'x-unicode20utf8'],
  'utf-16le': ['utf-16le', 'utf-16', 'csunicode', 'iso-10646-ucs-2', 'ucs-2', 'unicode', 'unicodefeff'],
  'utf-16be': ['utf-16be', 'unicodefffe'],
  'windows-1252': ['windows-1252', 'latin1', 'ascii', 'us-ascii', 'iso-8859-1', 'iso8859-1', 'iso88591', 'iso_8859-1', 'l1',
    'cp1252', 'x-cp1252', 'ansi_x3.4-1968', 'cp819', 'csisolatin1', 'ibm819', 'iso-ir-100', 'iso_8859-1:1987'],
};
const names = new Map();
for (const name of Object.keys(LABELS)) for (const label of LABELS[name]) names.set(label, name);
const HIGH = '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019' +
  '\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

function asBytes(input) {
  if (input instanceof ArrayBuffer || (require('internal/types').isSharedArrayBuffer(input))) {
    return new Uint8Array(input);
  }
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  throw new codes.ERR_INVALID_ARG_TYPE('list', ['ArrayBuffer', 'ArrayBufferView'], input);
}

class TextDecoder {
  #name;
  #fatal;
  #ignoreBOM;
  #decoder;
  #begun = false;
  constructor(label = 'utf-8', options = {}) {
    const name = names.get(`${label}`.trim().toLowerCase());
    if (name === undefined) throw new codes.ERR_ENCODING_NOT_SUPPORTED(label);
    if (options !== null && typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    this.#name = name;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() { return this.#name; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }

  #check(input) {
    if (this.#fatal && this.#name === 'utf-8' && !bytes.isUtf8(input)) {
      throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#name);
    }
  }

  decode(input = new Uint8Array(0), options = {}) {
    let part = asBytes(input);
    if (this.#name === 'windows-1252') {
      return bytes.latin1Slice(part).replace(/[\x80-\x9f]/g, (c) => HIGH[c.charCodeAt(0) - 0x80]);
    }
    if (this.#name === 'utf-16be') {
      const swapped = new Uint8Array(part.length & ~1);
      for (let i = 0; i + 1 < part.length; i += 2) [swapped[i], swapped[i + 1]] = [part[i + 1], part[i]];
      part = swapped;
    }
    let text;
    if (this.#decoder === undefined && !options?.stream) {
      this.#check(part);
      text = this.#name === 'utf-8' ? bytes.utf8Slice(part) : bytes.utf16Slice(part);
      return text.charCodeAt(0) === 0xfeff && !this.#ignoreBOM ? text.slice(1) : text;
    }
    this.#decoder ??= new (require('string_decoder').StringDecoder)(this.#name === 'utf-8' ? 'utf8' : 'utf16le');
    if (options?.stream) text = this.#decoder.write(part);
    else {
      text = this.#decoder.end(part);
      this.#decoder = undefined;
    }
    if (this.#fatal && text.includes('\ufffd')) throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#name);
    if (!this.#begun && text.length > 0) {
      if (text.charCodeAt(0) === 0xfeff && !this.#ignoreBOM) text = text.slice(1);
      this.#begun = true;
    }
    if (!options?.stream) this.#begun = false;
    return text;
  }
}
for (const [Class, tag] of [[TextEncoder, 'TextEncoder'], [TextDecoder, 'TextDecoder']]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

module.exports = { TextEncoder, TextDecoder };
