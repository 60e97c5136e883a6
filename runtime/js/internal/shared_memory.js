// SharedArrayBuffer over memory that other threads have too. The engine's own does not leave its machine, so this one is an
// ArrayBuffer over counted memory, with the prototype of its own; wait and notify of Atomics are ours with it.
'use strict';

const types = require('internal/types');
const system = native('shared');

const boxes = new WeakMap(); // buffer -> box
const buffers = new WeakMap(); // box -> buffer
const length = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
const slice = ArrayBuffer.prototype.slice;

function adopt([buffer, box]) {
  Object.setPrototypeOf(buffer, SharedArrayBuffer.prototype);
  boxes.set(buffer, box);
  types.sharedBuffers.add(buffer);
  buffers.set(box, buffer);
  return buffer;
}

function check(value) {
  if (!boxes.has(value)) throw new TypeError('Receiver must be a SharedArrayBuffer');
  return value;
}

class SharedArrayBuffer {
  constructor(size = 0, options = undefined) {
    const count = Math.trunc(Number(size)) || 0;
    if (count < 0 || count > 0x7fffffff) throw new RangeError('Array buffer allocation failed');
    void options;
    return Object.setPrototypeOf(adopt(system.make(count)), new.target.prototype);
  }
  get byteLength() { return length.call(check(this)); }
  get growable() { return check(this) === undefined; }
  get maxByteLength() { return length.call(check(this)); }
  slice(start, end) {
    const part = new Uint8Array(slice.call(check(this), start, end));
    const copy = new SharedArrayBuffer(part.length);
    new Uint8Array(copy).set(part);
    return copy;
  }
  static get [Symbol.species]() { return this; }
}
Object.defineProperty(SharedArrayBuffer.prototype, Symbol.toStringTag, { value: 'SharedArrayBuffer', configurable: true });
for (const name of ['byteLength', 'growable', 'maxByteLength', 'slice']) {
  Object.defineProperty(SharedArrayBuffer.prototype, name, { enumerable: false });
}

const { wait, notify } = require('internal/world').atomics;

function isOurs(view) {
  return (view instanceof Int32Array || view instanceof BigInt64Array) && boxes.has(view.buffer);
}

function cellOf(view, index) {
  const at = Math.trunc(Number(index)) || 0;
  if (at < 0 || at >= view.length) throw new RangeError('Out-of-bounds access');
  return at;
}

const ours = {
  wait(view, index, value, timeout = Infinity) {
    if (!isOurs(view)) return wait.call(Atomics, view, index, value, timeout);
    const at = cellOf(view, index);
    const wanted = view instanceof Int32Array ? value | 0 : BigInt.asIntN(64, value);
    timeout = Number(timeout);
    const end = Number.isNaN(timeout) || timeout === Infinity ? Infinity : performance.now() + Math.max(0, timeout);
    if (Atomics.load(view, at) !== wanted) return 'not-equal';
    const word = new Int32Array(view.buffer, view.byteOffset + at * view.BYTES_PER_ELEMENT, 1);
    // What was wanted, not what stands there by now: a change since the look must end the wait at once.
    const low = view instanceof Int32Array ? wanted : Number(BigInt.asIntN(32, wanted));
    return system.wait(word, low, end === Infinity ? -1 : end - performance.now()) ? 'ok' : 'timed-out';
  },
  notify(view, index, count = Infinity) {
    if (!isOurs(view)) return notify.call(Atomics, view, index, count);
    const at = cellOf(view, index);
    const most = Math.max(0, Math.min(Math.trunc(Number(count)) || 0, 0x7fffffff));
    return system.notify(new Int32Array(view.buffer, view.byteOffset + at * view.BYTES_PER_ELEMENT, 1), most);
  },
};
module.exports = {
  SharedArrayBuffer, adopt, ...ours,
  boxOf: (buffer) => boxes.get(buffer),
  bufferOf: (box) => buffers.get(box),
};
