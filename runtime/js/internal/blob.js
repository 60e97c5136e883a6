// Blob and File: bytes in memory.
'use strict';

const { codes } = require('internal/errors');

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
const held = new WeakMap(); // blob -> Uint8Array

function partBytes(part, endings) {
  if (held.has(part)) return held.get(part);
  if (part instanceof ArrayBuffer) return new Uint8Array(part.slice(0));
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength));
  let text = `${part}`;
  if (endings === 'native') text = text.replace(/\r\n?/g, '\n');
  return native('buffer').utf8Bytes(text);
}

function join(parts) {
  const out = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    out.set(one, at);
    at += one.length;
  }
  return out;
}

class Blob {
  #type;
  constructor(sources = [], options = {}) {
    if (sources === null || typeof sources !== 'object' || typeof sources[Symbol.iterator] !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE('sources', 'a sequence', sources);
    }
    const { type = '', endings = 'transparent' } = options ?? {};
    if (endings !== 'transparent' && endings !== 'native') {
      throw new codes.ERR_INVALID_ARG_VALUE('options.endings', endings);
    }
    held.set(this, join(Array.from(sources, (one) => partBytes(one, endings))));
    this.#type = /[^\u0020-\u007e]/.test(`${type}`) ? '' : `${type}`.toLowerCase();
  }
  get type() { return this.#type; }
  get size() { return held.get(this).length; }
  slice(start = 0, end = this.size, type = '') {
    const part = new Blob([], { type });
    held.set(part, held.get(this).slice(start, end));
    return part;
  }
  async arrayBuffer() {
    const bytes = held.get(this);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }
  async bytes() { return held.get(this).slice(); }
  async text() { return new TextDecoder().decode(held.get(this)); }
  stream() {
    const bytes = held.get(this);
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (at >= bytes.length) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        controller.enqueue(bytes.slice(at, at += 65536));
      },
    });
  }
  [Symbol.for('cpm.clone')]() {
    const file = this instanceof File ? { name: this.name, lastModified: this.lastModified } : undefined;
    return ['internal/blob', { bytes: held.get(this), type: this.type, file }];
  }
  [inspectSymbol](depth, options) {
    if (depth < 0) return this.constructor.name;
    return `${this.constructor.name} ${require('internal/inspect').inspect({ size: this.size, type: this.type }, options)}`;
  }
}
Object.defineProperty(Blob.prototype, Symbol.toStringTag, { value: 'Blob', configurable: true });
for (const name of ['size', 'type', 'slice', 'stream', 'text', 'arrayBuffer', 'bytes']) {
  Object.defineProperty(Blob.prototype, name, { enumerable: true });
}

class File extends Blob {
  #name;
  #lastModified;
  constructor(bits, name, options = {}) {
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('fileBits', 'fileName');
    super(bits, options);
    this.#name = `${name}`.toWellFormed();
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(+options.lastModified) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#lastModified; }
}
for (const name of ['name', 'lastModified']) Object.defineProperty(File.prototype, name, { enumerable: true });
Object.defineProperty(File.prototype, Symbol.toStringTag, { value: 'File', configurable: true });

const urls = new Map();
let serial = 0;

module.exports = {
  Blob, File,
  revive: ({ bytes, type, file }) => (file === undefined ? new Blob([bytes], { type }) : new File([bytes], file.name, { type, ...file })),
  resolveObjectURL: (url) => urls.get(`${url}`),
  createObjectURL(blob) {
    if (!(blob instanceof Blob)) throw new codes.ERR_INVALID_ARG_TYPE('obj', 'Blob', blob);
    const url = `blob:nodedata:${(++serial).toString(16).padStart(32, '0')}`;
    urls.set(url, blob);
    return url;
  },
  revokeObjectURL: (url) => { urls.delete(`${url}`); },
};
