// Node's streams as web streams, and back.
'use strict';

const { Readable, Writable, Duplex, finished } = require('stream');

function Readable_toWeb(readable, options = undefined) {
  const isObjects = readable.readableObjectMode;
  const strategy = options?.strategy ?? (isObjects ? new CountQueuingStrategy({ highWaterMark: readable.readableHighWaterMark })
    : new ByteLengthQueuingStrategy({ highWaterMark: readable.readableHighWaterMark }));
  let canceled = false;
  readable.pause();
  return new ReadableStream({
    start(controller) {
      finished(readable, { writable: false }, (error) => {
        readable.on('error', () => {});
        if (error) controller.error(error);
        else if (!canceled) controller.close();
      });
      readable.on('data', (chunk) => {
        controller.enqueue(isObjects || typeof chunk === 'string' ? chunk : new Uint8Array(chunk));
        if (controller.desiredSize <= 0) readable.pause();
      });
    },
    pull() { readable.resume(); },
    cancel(reason) {
      canceled = true;
      readable.destroy(reason);
    },
  }, strategy);
}

function Readable_fromWeb(stream, options = {}) {
  const reader = stream.getReader();
  let closed = false;
  return new Readable({
    ...options,
    read() {
      reader.read().then(({ value, done }) => {
        if (done) closed = true;
        this.push(done ? null : value);
      }, (error) => {
        closed = true;
        this.destroy(error);
      });
    },
    destroy(error, callback) {
      if (closed) return callback(error);
      reader.cancel(error).then(() => callback(error), callback);
    },
  });
}

function Writable_toWeb(writable) {
  let controller;
  finished(writable, { readable: false }, (error) => { if (error) controller?.error(error); });
  return new WritableStream({
    start(given) { controller = given; },
    write(chunk) {
      if (writable.write(chunk)) return undefined;
      return new Promise((resolve) => { writable.once('drain', resolve); });
    },
    close() { return new Promise((resolve, reject) => { writable.end((error) => (error ? reject(error) : resolve())); }); },
    abort(reason) { writable.destroy(reason); },
  }, new CountQueuingStrategy({ highWaterMark: 1 }));
}

function Writable_fromWeb(stream, options = {}) {
  const writer = stream.getWriter();
  return new Writable({
    decodeStrings: false, ...options,
    write(chunk, encoding, callback) { writer.ready.then(() => writer.write(chunk)).then(() => callback(), callback); },
    final(callback) { writer.close().then(() => callback(), callback); },
    destroy(error, callback) {
      if (!error) return callback();
      writer.abort(error).then(() => callback(error), callback);
    },
  });
}

function Duplex_toWeb(duplex) {
  return { readable: Readable_toWeb(duplex), writable: Writable_toWeb(duplex) };
}

function Duplex_fromWeb({ readable, writable }, options = {}) {
  return Duplex.from({ readable: Readable_fromWeb(readable, options), writable: Writable_fromWeb(writable, options) });
}

module.exports = { Readable_toWeb, Readable_fromWeb, Writable_toWeb, Writable_fromWeb, Duplex_toWeb, Duplex_fromWeb };
