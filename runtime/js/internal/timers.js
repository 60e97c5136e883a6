// Timers as Node has them: one list for each duration, in order of insertion, and a heap of lists by
// expiry; one native timer wakes for the first. The loop asks runTimer again for each timer, so that
// ticks and promise jobs run between two of them.
'use strict';

const context = require('internal/context');
const loop = native('loop');

const LONGEST = 2 ** 31 - 1;

let serial = 1;
let held = 0; // timers that keep the loop alive
let nextExpiry = Infinity;
const lists = new Map(); // duration -> list
const heap = []; // lists, the next to expire first
const known = new Map(); // id -> timer, for those whose number was asked for

class List {
  constructor(duration, expiry) {
    this.duration = duration;
    this.expiry = expiry;
    this.priority = serial++;
    this.first = this.last = null;
  }
}

function before(a, b) {
  return a.expiry < b.expiry || (a.expiry === b.expiry && a.priority < b.priority);
}

function siftUp(at) {
  const list = heap[at];
  while (at > 0) {
    const up = (at - 1) >> 1;
    if (!before(list, heap[up])) break;
    heap[at] = heap[up];
    at = up;
  }
  heap[at] = list;
}

function siftDown(at) {
  const list = heap[at];
  for (;;) {
    let down = 2 * at + 1;
    if (down >= heap.length) break;
    if (down + 1 < heap.length && before(heap[down + 1], heap[down])) down++;
    if (!before(heap[down], list)) break;
    heap[at] = heap[down];
    at = down;
  }
  heap[at] = list;
}

function heapRemove(list) {
  const at = heap.indexOf(list);
  const last = heap.pop();
  if (at === heap.length) return;
  heap[at] = last;
  siftUp(at);
  siftDown(heap.indexOf(last));
}

function append(list, timer) {
  timer._list = list;
  timer._idlePrev = list.last;
  timer._idleNext = null;
  if (list.last) list.last._idleNext = timer;
  else list.first = timer;
  list.last = timer;
}

function unlink(timer) {
  const list = timer._list;
  if (timer._idlePrev) timer._idlePrev._idleNext = timer._idleNext;
  else list.first = timer._idleNext;
  if (timer._idleNext) timer._idleNext._idlePrev = timer._idlePrev;
  else list.last = timer._idlePrev;
  timer._idlePrev = timer._idleNext = timer._list = null;
  return list;
}

function hold(by) {
  const was = held;
  held += by;
  if (was === 0 || held === 0) loop.holdTimer(held > 0);
}

function insert(timer, start) {
  const duration = timer._idleTimeout;
  timer._idleStart = start;
  timer._destroyed = false;
  let list = lists.get(duration);
  if (list === undefined) {
    list = new List(duration, start + duration);
    lists.set(duration, list);
    heap.push(list);
    siftUp(heap.length - 1);
    if (nextExpiry > list.expiry) {
      nextExpiry = list.expiry;
      loop.scheduleTimer(duration);
    }
  }
  append(list, timer);
  if (timer._held) hold(1);
}

function remove(timer) {
  if (!timer._list) return;
  const list = unlink(timer);
  if (timer._held) hold(-1);
  if (list.first === null && list !== running) {
    lists.delete(list.duration);
    heapRemove(list);
  }
}

class Timeout {
  constructor(callback, after, args, repeats) {
    if (after === undefined) after = 1;
    else after *= 1;
    if (!(after >= 1 && after <= LONGEST)) {
      warn(after);
      after = 1;
    }
    this._idleTimeout = Math.trunc(after);
    this._idlePrev = this._idleNext = this._list = null;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = repeats ? this._idleTimeout : null;
    this._destroyed = false;
    this._held = true;
    this._id = 0;
    this._context = context.current;
    hide(this);
  }

  ref() {
    if (!this._held) {
      this._held = true;
      if (this._list) hold(1);
    }
    return this;
  }

  unref() {
    if (this._held) {
      this._held = false;
      if (this._list) hold(-1);
    }
    return this;
  }

  hasRef() { return this._held; }

  refresh() {
    if (this._onTimeout !== null) {
      remove(this);
      insert(this, loop.now());
    }
    return this;
  }

  close() {
    clearTimeout(this);
    return this;
  }

  [Symbol.toPrimitive]() {
    if (this._id === 0) {
      this._id = serial++;
      if (!this._destroyed) known.set(this._id, this);
    }
    return this._id;
  }

  [Symbol.dispose]() { clearTimeout(this); }
}

const hidden = { enumerable: false };
function hide(timer) {
  Object.defineProperty(timer, '_list', hidden);
  Object.defineProperty(timer, '_context', hidden);
}

const told = { NaN: false, negative: false };

function warn(after) {
  const tell = (text, name) => process.emitWarning(`${text}\nTimeout duration was set to 1.`, name);
  if (after > LONGEST) tell(`${after} does not fit into a 32-bit signed integer.`, 'TimeoutOverflowWarning');
  else if (after < 0 && !told.negative) {
    told.negative = true;
    tell(`${after} is a negative number.`, 'TimeoutNegativeWarning');
  } else if (after !== after && !told.NaN) {
    told.NaN = true;
    tell(`${after} is not a number.`, 'TimeoutNaNWarning');
  }
}

function kill(timer) {
  timer._destroyed = true;
  if (timer._id !== 0) known.delete(timer._id);
}

function check(callback) {
  if (typeof callback !== 'function') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('callback', 'Function', callback);
  }
}

function setTimeout(callback, after, ...args) {
  check(callback);
  const timer = new Timeout(callback, after, args.length === 0 ? undefined : args, false);
  insert(timer, loop.now());
  return timer;
}

function setInterval(callback, repeat, ...args) {
  check(callback);
  const timer = new Timeout(callback, repeat, args.length === 0 ? undefined : args, true);
  insert(timer, loop.now());
  return timer;
}

function clearTimeout(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = known.get(+timer);
  if (!timer || !timer._onTimeout) return;
  timer._onTimeout = null;
  kill(timer);
  remove(timer);
}

let running = null; // the list whose timers run
let now = 0;
let inside = false;

function finishList(list) {
  running = null;
  if (list.first !== null) return;
  if (lists.get(list.duration) === list) lists.delete(list.duration);
  heapRemove(list);
}

// A timer of the list that is not due yet: the list waits for it.
function postpone(list, timer) {
  list.expiry = Math.max(timer._idleStart + list.duration, now + 1);
  list.priority = serial++;
  running = null;
  siftDown(heap.indexOf(list));
}

function fire(timer) {
  remove(timer);
  if (timer._repeat === null) kill(timer);
  context.current = timer._context; // which a throw leaves to who handles it
  try {
    const callback = timer._onTimeout;
    if (callback !== null) {
      const args = timer._timerArgs;
      if (args === undefined) timer._onTimeout();
      else timer._onTimeout(...args);
    }
    context.current = undefined;
  } finally {
    if (timer._repeat !== null && timer._onTimeout !== null && !timer._list && timer._idleTimeout !== -1) {
      timer._idleTimeout = timer._repeat;
      insert(timer, loop.now());
    }
  }
}

// Runs at most one: -1 when more may be due, 0 when none is left, else when the next is due.
function runTimer() {
  if (!inside) {
    now = loop.turnTime();
    inside = true;
  }
  for (;;) {
    const list = running ?? heap[0];
    if (list === undefined) {
      inside = false;
      nextExpiry = Infinity;
      return 0;
    }
    if (running === null && list.expiry > now) {
      nextExpiry = list.expiry;
      now = loop.now();
      if (list.expiry <= now) continue;
      inside = false;
      return nextExpiry;
    }
    running = list;
    const timer = list.first;
    if (timer === null) {
      finishList(list);
      continue;
    }
    if (now - timer._idleStart < list.duration) {
      now = loop.now();
      if (now - timer._idleStart < list.duration) {
        postpone(list, timer);
        continue;
      }
    }
    fire(timer);
    return -1;
  }
}

let waiting = []; // immediates of the next check phase
let batch = null; // those of this one
let at = 0;
let heldImmediates = 0;

class Immediate {
  constructor(callback, args) {
    this._onImmediate = callback;
    this._argv = args;
    this._held = false;
    this._destroyed = false;
    this._context = context.current;
    Object.defineProperty(this, '_context', hidden);
    this.ref();
  }

  ref() {
    if (!this._held && !this._destroyed) {
      this._held = true;
      if (heldImmediates++ === 0) loop.holdImmediate(true);
    }
    return this;
  }

  unref() {
    if (this._held) {
      this._held = false;
      if (--heldImmediates === 0) loop.holdImmediate(false);
    }
    return this;
  }

  hasRef() { return this._held; }

  [Symbol.dispose]() { clearImmediate(this); }
}

function setImmediate(callback, ...args) {
  check(callback);
  const immediate = new Immediate(callback, args.length === 0 ? undefined : args);
  waiting.push(immediate);
  return immediate;
}

function clearImmediate(immediate) {
  if (!immediate || !immediate._onImmediate || immediate._destroyed) return;
  immediate.unref();
  immediate._destroyed = true;
  immediate._onImmediate = null;
}

// Runs at most one; false when this phase has none left.
function runImmediate() {
  if (batch === null) {
    if (waiting.length === 0) return false;
    batch = waiting;
    waiting = [];
    at = 0;
  }
  while (at < batch.length) {
    const immediate = batch[at++];
    const callback = immediate._onImmediate;
    if (callback === null) continue;
    immediate.unref();
    immediate._destroyed = true;
    context.current = immediate._context;
    try {
      const args = immediate._argv;
      if (args === undefined) immediate._onImmediate();
      else immediate._onImmediate(...args);
      context.current = undefined;
    } finally {
      immediate._onImmediate = null;
    }
    return true;
  }
  batch = null;
  return false;
}

loop.setTimers(runTimer, runImmediate);

// What keeps the loop alive, by Node's names.
function activeResources() {
  const immediates = [...waiting, ...(batch === null ? [] : batch.slice(at))].filter((one) => !one._destroyed && one.hasRef());
  return [...Array(held).fill('Timeout'), ...immediates.map(() => 'Immediate')];
}

module.exports = {
  activeResources,
  Timeout, Immediate, setTimeout, setInterval, clearTimeout, setImmediate, clearImmediate,
  clearInterval: (timer) => clearTimeout(timer),
};
Object.defineProperty(module.exports.clearInterval, 'name', { value: 'clearInterval' });
