// npm's web-streams-polyfill with what Node adds: a closed state that stream.finished can wait for, a way for
// addAbortSignal to fail a stream, codes on errors, and what inspect shows.
'use strict';

const streams = require('lib/web_streams');
const { codes } = require('internal/errors');

const { ReadableStream, WritableStream, TransformStream } = streams;
const kIsClosedPromise = Symbol.for('nodejs.webstream.isClosedPromise');
const kControllerError = Symbol.for('nodejs.webstream.controllerErrorFunction');
const kInspect = Symbol.for('nodejs.util.inspect.custom');
const kState = Symbol('kState');
const kClosed = Symbol('kClosed');

const hidden = (object, key, value) => Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: false });

function settle(stream) {
  const waiting = stream[kClosed];
  if (waiting === undefined) return;
  if (stream[kState] === 'closed') waiting.resolve();
  // The reason is set behind the state.
  else if (stream[kState] === 'errored') queueMicrotask(() => waiting.reject(stream._storedError));
}

// The library keeps a stream's state in `_state`; here its changes are seen.
for (const { prototype } of [ReadableStream, WritableStream]) {
  Object.defineProperty(prototype, '_state', {
    configurable: true,
    get() { return this[kState]; },
    set(value) {
      hidden(this, kState, value);
      settle(this);
    },
  });
  Object.defineProperty(prototype, kIsClosedPromise, {
    get() {
      if (this[kClosed] === undefined) {
        hidden(this, kClosed, Promise.withResolvers());
        this[kClosed].promise.catch(() => {});
        settle(this);
      }
      return this[kClosed];
    },
  });
}
Object.defineProperty(ReadableStream.prototype, kControllerError, { value(error) { this._readableStreamController.error(error); } });
Object.defineProperty(WritableStream.prototype, kControllerError, { value(error) { this._writableStreamController.error(error); } });

// The stream's own methods, refused with Node's code while somebody else reads.
for (const name of ['getReader', 'tee']) {
  const method = ReadableStream.prototype[name];
  const checked = { [name](...args) {
    if (this instanceof ReadableStream && this.locked) throw new codes.ERR_INVALID_STATE.TypeError('ReadableStream is locked');
    return Reflect.apply(method, this, args);
  } }[name];
  Object.defineProperty(checked, 'length', { value: 0, configurable: true });
  Object.defineProperty(ReadableStream.prototype, name, { value: checked, writable: true, configurable: true, enumerable: true });
}

const { from } = ReadableStream;
Object.defineProperty(ReadableStream, 'from', {
  writable: true, configurable: true, enumerable: true,
  value: { from(iterable) {
    const method = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
    if (typeof method !== 'function') throw new codes.ERR_ARG_NOT_ITERABLE(iterable);
    return Reflect.apply(from, this, [iterable]);
  } }.from,
});

// What inspect shows: a name and some of the getters.
function inspectable(Class, fields) {
  Object.defineProperty(Class.prototype, kInspect, {
    configurable: true, enumerable: false, writable: true,
    value(depth, options, inspect) {
      if (!(this instanceof Class)) throw new codes.ERR_INVALID_THIS(Class.name);
      const inner = inspect === undefined ? require('internal/inspect').inspect : inspect;
      if (depth < 0) return `[${Class.name}]`;
      return `${Class.name} ${inner(fields(this), { ...options, depth: options?.depth === null ? null : (options?.depth ?? 2) - 1 })}`;
    },
  });
}
inspectable(ReadableStream, (stream) => ({
  locked: stream.locked, state: stream[kState],
  supportsBYOB: stream._readableStreamController instanceof streams.ReadableByteStreamController,
}));
inspectable(WritableStream, (stream) => ({ locked: stream.locked, state: stream[kState] }));
inspectable(TransformStream, ({ readable, writable }) => ({ readable, writable }));

module.exports = { streams, inspectable };
