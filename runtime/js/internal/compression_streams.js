// CompressionStream and DecompressionStream: zlib as web streams.
'use strict';

const zlib = require('zlib');
const { codes } = require('internal/errors');
const { Duplex_toWeb: toWeb } = require('internal/web_adapters');

function pair(names, format) {
  const make = names[format];
  if (make === undefined) throw new codes.ERR_INVALID_ARG_VALUE('format', format, `must be one of: ${Object.keys(names).map((name) => `'${name}'`).join(', ')}`);
  return toWeb(make());
}

const makers = [
  ['CompressionStream', { 'deflate': zlib.createDeflate, 'deflate-raw': zlib.createDeflateRaw, 'gzip': zlib.createGzip, 'brotli': zlib.createBrotliCompress }],
  ['DecompressionStream', {
    'deflate': () => zlib.createInflate({ rejectGarbageAfterEnd: true }), 'deflate-raw': () => zlib.createInflateRaw(),
    'gzip': () => zlib.createGunzip({ rejectGarbageAfterEnd: true }), 'brotli': () => zlib.createBrotliDecompress(),
  }],
];
for (const [name, names] of makers) {
  exports[name] = { [name]: class {
    #pair;
    constructor(format) {
      this.#pair = pair(names, format);
    }
    get readable() { return this.#pair.readable; }
    get writable() { return this.#pair.writable; }
  } }[name];
}
