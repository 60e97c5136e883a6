// Web streams: npm's web-streams-polyfill, and the streams that change text and bytes.
'use strict';

const { streams, inspectable } = require('internal/web_streams');
const lazy = require('internal/lazy');

class TextEncoderStream {
  #pair;
  constructor() {
    const encoder = new TextEncoder();
    let high = '';
    this.#pair = new streams.TransformStream({
      transform(chunk, controller) {
        let text = high + chunk;
        high = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
        if (high !== '') text = text.slice(0, -1);
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
      flush(controller) { if (high !== '') controller.enqueue(encoder.encode('\ufffd')); },
    });
  }
  get encoding() { return 'utf-8'; }
  get readable() { return this.#pair.readable; }
  get writable() { return this.#pair.writable; }
}

class TextDecoderStream {
  #pair;
  #decoder;
  constructor(encoding = 'utf-8', options = {}) {
    const decoder = this.#decoder = new TextDecoder(encoding, options);
    this.#pair = new streams.TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
  get readable() { return this.#pair.readable; }
  get writable() { return this.#pair.writable; }
}

inspectable(TextEncoderStream, ({ encoding, readable, writable }) => ({ encoding, readable, writable }));
inspectable(TextDecoderStream, ({ encoding, fatal, ignoreBOM, readable, writable }) => ({ encoding, fatal, ignoreBOM, readable, writable }));

for (const name of Object.keys(streams)) module.exports[name] = streams[name];
Object.assign(module.exports, { TextEncoderStream, TextDecoderStream });
for (const name of ['CompressionStream', 'DecompressionStream']) {
  lazy.define(module.exports, name, () => require('internal/compression_streams')[name], true);
}
