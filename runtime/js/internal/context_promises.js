// The context across promises and `await`, from the first storage on. then() is replaced. Of an await the engine tells
// nobody, but it reads the `constructor` of the promise that it waits for, at the moment of suspension and before it adds
// its own reaction: so the getter adds one that restores the frame, and the two run back to back, in no tick of their own.
// An await of no promise reads nothing; it only enters its continuation in the queue at once. So the queue mirrors the
// changes of the frame: where it changes, a job that does the same follows what was entered before.
// Limit: such a continuation sees a foreign frame when its function, in the same go, had just settled a promise that
// another frame awaits.
'use strict';

const context = require('internal/context');
const { ticks: fields } = require('internal/world');

const loop = native('loop');
const LEFT = 2; // a frame is left over when the queue is empty: the loop has it cleared before the next entry
const Native = Promise;
const { prototype } = Native;
const { then } = prototype;
const { apply } = Reflect;

// Reading its constructor is not seen, and it makes no subclass.
const settled = Object.defineProperty(Native.resolve(), 'constructor', { value: undefined });

let current;
let tail; // the frame in which what is entered in the queue now would run
let internal = false; // the next reading of a constructor is then()'s or resolve()'s own

function enter(frame) {
  current = frame;
  if (frame !== undefined) fields[LEFT] = 1;
  if (frame === tail) return;
  tail = frame;
  apply(then, settled, [() => { current = frame; }]);
}

function leave() {
  fields[LEFT] = 0;
  enter(undefined); // there may be jobs yet that were entered in that frame
}

// For both outcomes: an await that nobody catches is told of by the promise of its function. Whoever only reads the constructor
// handles nothing, and an await says itself that it does.
let restorer = () => enter(undefined);
let restored;
function follow(promise) {
  const frame = current;
  if (frame !== restored) {
    restored = frame;
    restorer = () => enter(frame);
  }
  internal = true;
  try {
    const handled = loop.isHandled(promise);
    apply(then, promise, [restorer, restorer]);
    if (!handled) loop.forgetHandled(promise);
  } catch { // no promise: an object that inherits from one
  } finally {
    internal = false;
  }
}

function getConstructor() {
  if (internal) internal = false;
  else if (this !== prototype) follow(this);
  return Native;
}

function setConstructor(value) {
  Object.defineProperty(this, 'constructor', { value, writable: true, configurable: true, enumerable: this !== prototype });
}

function keep(fn, frame) {
  if (typeof fn !== 'function') return fn;
  return (value) => {
    const before = current;
    enter(frame);
    try {
      return fn(value);
    } finally {
      current = before;
    }
  };
}

// What reads the constructor of a promise without waiting for it.
function quiet(object, name) {
  const fn = object[name];
  const own = { [name](value) {
    internal = true;
    try {
      return apply(fn, this, [value]);
    } finally {
      internal = false;
    }
  } }[name];
  Object.defineProperty(object, name, { value: own, writable: true, configurable: true, enumerable: false });
}

let installed = false;

module.exports = function install() {
  if (installed) return;
  installed = true;
  current = context.current;
  Object.defineProperty(context, 'current', { get: () => current, set: enter, enumerable: true });
  loop.setLeave(leave);
  Object.defineProperty(prototype, 'then', {
    value: { then(resolved, rejected) {
      const frame = current;
      internal = true;
      try {
        return apply(then, this, [keep(resolved, frame), keep(rejected, frame)]);
      } finally {
        internal = false;
      }
    } }.then,
    writable: true, configurable: true, enumerable: false,
  });
  quiet(prototype, 'finally');
  quiet(Native, 'resolve');
  Object.defineProperty(prototype, 'constructor', {
    get: getConstructor, set: setConstructor, configurable: true, enumerable: false,
  });
};
