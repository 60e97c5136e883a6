// A whole stream as one value.
'use strict';

async function chunks(stream) {
  const list = [];
  for await (const chunk of stream) list.push(chunk);
  return list;
}

async function buffer(stream) {
  const { Buffer } = require('buffer');
  return Buffer.concat((await chunks(stream)).map((chunk) =>
    (typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer ?? chunk, chunk.byteOffset, chunk.byteLength))));
}

async function text(stream) {
  const decoder = new TextDecoder();
  let out = '';
  for await (const chunk of stream) {
    out += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return out + decoder.decode();
}

async function arrayBuffer(stream) {
  const whole = await buffer(stream);
  return whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.byteLength);
}

module.exports = {
  arrayBuffer, buffer, text,
  bytes: async (stream) => new Uint8Array(await arrayBuffer(stream)),
  blob: async (stream) => new Blob(await chunks(stream)),
  json: async (stream) => JSON.parse(await text(stream)),
};
