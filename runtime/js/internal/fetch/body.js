// The body that Request and Response share: bytes that are there, or a stream that gives them.
'use strict';

const { Buffer, Blob } = require('buffer');
const { FormData, encode, decode } = require('internal/fetch/form_data');
const streams = require('stream/web');

// { bytes | stream, type, length } of what was given as a body.
function extract(value) {
  if (value instanceof streams.ReadableStream) {
    if (value.locked) throw new TypeError('Response body object should not be disturbed or locked');
    return { stream: value, type: null, length: null };
  }
  if (value instanceof URLSearchParams) {
    return known(Buffer.from(`${value}`), 'application/x-www-form-urlencoded;charset=UTF-8');
  }
  if (value instanceof FormData) {
    const { parts, type } = encode(value);
    const blob = new Blob(parts);
    return { stream: blob.stream(), type, length: blob.size, again: () => blob.stream() };
  }
  if (value instanceof Blob) return { stream: value.stream(), type: value.type || null, length: value.size, again: () => value.stream() };
  if (ArrayBuffer.isView(value)) return known(Buffer.from(new Uint8Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))), null);
  if (value instanceof ArrayBuffer) return known(Buffer.from(value.slice(0)), null);
  if (typeof value === 'object' && value !== null && typeof value[Symbol.asyncIterator] === 'function') {
    return { stream: streams.ReadableStream.from(value), type: null, length: null };
  }
  return known(Buffer.from(`${value}`), 'text/plain;charset=UTF-8');
}

const known = (bytes, type) => ({ bytes, type, length: bytes.length });

function streamOf(state) {
  const { body } = state;
  if (body === null) return null;
  body.stream ??= new streams.ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (body.bytes.length > 0) controller.enqueue(new Uint8Array(body.bytes));
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
  return body.stream;
}

async function whole(state) {
  const { body } = state;
  if (state.used || body?.stream?.locked) throw new TypeError('Body is unusable: Body has already been read');
  if (body === null) return Buffer.alloc(0);
  state.used = true;
  if (body.stream === undefined) return body.bytes;
  const parts = [];
  const reader = body.stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
    parts.push(value);
  }
  return Buffer.concat(parts);
}

// The other half of a body that goes two ways.
function cloneBody(state) {
  const { body } = state;
  if (state.used || body?.stream?.locked) throw new TypeError('Response.clone: Body has already been consumed.');
  if (body === null || body.stream === undefined) return body === null ? null : { ...body };
  const [one, two] = body.stream.tee();
  body.stream = one;
  return { ...body, stream: two };
}

const state = Symbol('state'); // { body, used, headers, … } of a Request or Response

function mixin(Class) {
  Object.defineProperties(Class.prototype, {
    body: { get() { return streamOf(this[state]); }, enumerable: true, configurable: true },
    bodyUsed: { get() { return this[state].used || Boolean(this[state].body?.stream?.locked && this[state].used); }, enumerable: true, configurable: true },
  });
  const methods = {
    async text() { return new TextDecoder().decode(await whole(this[state])); },
    async json() { return JSON.parse(new TextDecoder().decode(await whole(this[state]))); },
    async arrayBuffer() { return new Uint8Array(await whole(this[state])).buffer; },
    async bytes() { return new Uint8Array(await whole(this[state])); },
    async blob() { return new Blob([await whole(this[state])], { type: this[state].headers.get('content-type') ?? '' }); },
    async formData() { return decode(await whole(this[state]), this[state].headers.get('content-type') ?? ''); },
  };
  for (const [name, method] of Object.entries(methods)) {
    Object.defineProperty(Class.prototype, name, { value: method, enumerable: true, writable: true, configurable: true });
  }
}

module.exports = { extract, streamOf, whole, cloneBody, mixin, state };
