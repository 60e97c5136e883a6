// Streams: npm's readable-stream, which is Node's own code.
'use strict';

const streams = require('lib/streams');

const { Stream } = streams;
module.exports = Stream;
for (const name of ['Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough', 'pipeline', 'finished', 'addAbortSignal',
  'compose', 'destroy', 'setDefaultHighWaterMark', 'getDefaultHighWaterMark', '_uint8ArrayToBuffer', '_isUint8Array',
  'isDisturbed', 'isErrored', 'isReadable']) {
  if (streams[name] !== undefined) Stream[name] = streams[name];
}
Stream.Stream = Stream;

const { Readable, Writable, Duplex } = streams;
for (const [Class, name] of [[Readable, 'fromWeb'], [Readable, 'toWeb'], [Writable, 'fromWeb'], [Writable, 'toWeb'],
  [Duplex, 'fromWeb'], [Duplex, 'toWeb']]) {
  const key = `${Class.name}_${name}`;
  Class[name] = { [name](...args) { return require('internal/web_adapters')[key](...args); } }[name];
}

Object.defineProperty(Writable.prototype, Symbol.asyncDispose, {
  configurable: true, enumerable: false, writable: true,
  async value() {
    if (!this.destroyed) this.destroy(this.writableFinished ? null : new (require('internal/errors').AbortError)());
    await new Promise((resolve, reject) => {
      Stream.finished(this, (error) => (error && error.name !== 'AbortError' ? reject(error) : resolve(null)));
    });
  },
});

// The names that a stream itself listens to come first, in the order of Node's.
const WRITABLE = ['close', 'error', 'prefinish', 'finish', 'drain'];
for (const [Class, order] of [[Readable, ['close', 'error', 'data', 'end', 'readable']], [Writable, WRITABLE],
  [Duplex, [...WRITABLE, 'data', 'end', 'readable']]]) {
  Object.defineProperty(Class.prototype, 'eventNames', {
    configurable: true, enumerable: false, writable: true,
    value: function eventNames() {
      const names = Reflect.apply(Object.getPrototypeOf(Stream.prototype).eventNames, this, []);
      return [...order.filter((name) => names.includes(name)), ...names.filter((name) => !order.includes(name))];
    },
  });
}

// Two ends: what is written to one is read from the other.
class DuplexSide extends Duplex {
  #other = null;
  #callback = null;
  join(other) { this.#other = other; }
  _read() {
    const callback = this.#callback;
    this.#callback = null;
    callback?.();
  }
  _write(chunk, encoding, callback) {
    if (chunk.length === 0) return void process.nextTick(callback);
    this.#other.push(chunk);
    this.#other.#callback = callback;
  }
  _final(callback) {
    this.#other.on('end', callback);
    this.#other.push(null);
  }
}

Stream.duplexPair = function duplexPair(options) {
  const sides = [new DuplexSide(options), new DuplexSide(options)];
  sides[0].join(sides[1]);
  sides[1].join(sides[0]);
  return sides;
};
