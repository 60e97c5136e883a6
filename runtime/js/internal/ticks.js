// process.nextTick, queueMicrotask, and the report of rejections that nobody handles.
'use strict';

const context = require('internal/context');
const loop = native('loop');

const SCHEDULED = 0;
const REJECTED = 1;
const fields = require('internal/world').ticks;

class Tick {
  constructor(callback, args) {
    this.callback = callback;
    this.args = args;
    this.context = context.current;
  }
}

let queue = [];
let head = 0;

function nextTick(callback, ...args) {
  if (typeof callback !== 'function') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('callback', 'Function', callback);
  }
  if (process._exiting) return;
  queue.push(new Tick(callback, args.length === 0 ? undefined : args));
  fields[SCHEDULED] = 1;
}

// Runs until none is left, those included that they schedule. A throw leaves the rest, for the
// immediate that the handler of the error schedules.
function runTicks() {
  while (head < queue.length) {
    const tick = queue[head];
    queue[head++] = undefined;
    if (head === 1024) {
      queue = queue.slice(head);
      head = 0;
    }
    context.current = tick.context;
    if (tick.args === undefined) (0, tick.callback)();
    else (0, tick.callback)(...tick.args);
  }
  context.current = undefined;
  queue = [];
  head = 0;
  fields[SCHEDULED] = 0;
}

// What is left over after a throw runs in the next turn.
function resume() {
  if (head < queue.length) fields[SCHEDULED] = 1;
}

let rejected = new Map();

function onRejection(promise, reason) {
  rejected.set(promise, { reason, context: context.current });
  fields[REJECTED] = 1;
}

function runRejections() {
  const list = rejected;
  rejected = new Map();
  fields[REJECTED] = 0;
  for (const [promise, { reason }] of list) {
    if (!loop.isHandled(promise)) require('internal/uncaught').unhandled(promise, reason);
  }
}

// Its constructor is its own: reading that of others is seen (internal/context_promises).
const resolved = Object.defineProperty(Promise.resolve(), 'constructor', { value: undefined });
const { then } = Promise.prototype;

function queueMicrotask(callback) {
  if (typeof callback !== 'function') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('callback', 'Function', callback);
  }
  const frame = context.current;
  then.call(resolved, () => {
    const before = context.current;
    context.current = frame;
    try {
      callback();
    } catch (error) {
      require('internal/uncaught').uncaught(error);
    } finally {
      context.current = before;
    }
  });
}

loop.setTicks(runTicks, runRejections);

module.exports = { nextTick, queueMicrotask, onRejection, resume };
