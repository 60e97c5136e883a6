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
  #half = 0; // bytes of a unit of UTF-16 that have come
  constructor(label = 'utf-8', options = {}) {
    const name = names.get(`${label}`.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase());
    if (name === undefined) throw new codes.ERR_ENCODING_NOT_SUPPORTED(label);
    if (options !== null && typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    this.#name = name;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() { return this.#name; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }

  #refuse() {
    this.#decoder = undefined;
    this.#half = 0;
    throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#name);
  }

  // The text of bytes that come at once.
  #whole(input) {
    if (this.#name === 'utf-8') {
      if (this.#fatal && !bytes.isUtf8(input)) this.#refuse();
      return bytes.utf8Slice(input);
    }
    const text = bytes.utf16Slice(input);
    if (this.#fatal && (input.length % 2 !== 0 || !text.isWellFormed())) this.#refuse();
    return text.toWellFormed() + (input.length % 2 !== 0 ? '\ufffd' : '');
  }

  decode(input = new Uint8Array(0), options = {}) {
    let part = asBytes(input);
    if (this.#name === 'windows-1252') {
      return bytes.latin1Slice(part).replace(/[\x80-\x9f]/g, (c) => HIGH[c.charCodeAt(0) - 0x80]);
    }
    if (this.#name === 'utf-16be') {
      if (part.length % 2 !== 0 && this.#fatal) this.#refuse();
      const swapped = new Uint8Array(part.length & ~1);
      for (let i = 0; i + 1 < part.length; i += 2) [swapped[i], swapped[i + 1]] = [part[i + 1], part[i]];
      part = swapped;
    }
    let text;
    if (this.#decoder === undefined && !options?.stream) {
      text = this.#whole(part);
      return text.charCodeAt(0) === 0xfeff && !this.#ignoreBOM ? text.slice(1) : text;
    }
    this.#decoder ??= new (require('string_decoder').StringDecoder)(this.#name === 'utf-8' ? 'utf8' : 'utf16le');
    this.#half = (this.#half + part.length) % 2;
    if (options?.stream) text = this.#decoder.write(part);
    else {
      text = this.#decoder.end(part);
      this.#decoder = undefined;
      if (this.#fatal && this.#half && this.#name !== 'utf-8') this.#refuse();
      this.#half = 0;
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
