// Timers as promises.
'use strict';

const timers = require('internal/timers');
const { AbortError, codes } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateObject, validateNumber } = require('internal/validators');

function take(options) {
  validateObject(options, 'options');
  const { signal, ref = true } = options;
  validateAbortSignal(signal, 'options.signal');
  validateBoolean(ref, 'options.ref');
  return { signal, ref };
}

const abortError = (signal) => new AbortError(undefined, { cause: signal?.reason });

// A promise that begin(resolve) starts and stop() gives up.
function wait(options, begin) {
  let signal;
  let ref;
  try {
    ({ signal, ref } = take(options));
  } catch (error) {
    return Promise.reject(error);
  }
  if (signal?.aborted) return Promise.reject(abortError(signal));
  let onAbort;
  const promise = new Promise((resolve, reject) => {
    const { timer, stop } = begin(resolve);
    if (!ref) timer.unref();
    if (!signal) return;
    onAbort = () => {
      stop(timer);
      reject(abortError(signal));
    };
    signal.addEventListener('abort', onAbort);
  });
  return onAbort === undefined ? promise : promise.finally(() => signal.removeEventListener('abort', onAbort));
}

function setTimeout(after, value, options = {}) {
  try {
    if (after !== undefined) validateNumber(after, 'delay');
  } catch (error) {
    return Promise.reject(error);
  }
  return wait(options, (resolve) => ({ timer: timers.setTimeout(resolve, after, value), stop: timers.clearTimeout }));
}

function setImmediate(value, options = {}) {
  return wait(options, (resolve) => ({ timer: timers.setImmediate(resolve, value), stop: timers.clearImmediate }));
}

async function* setInterval(after, value, options = {}) {
  if (after !== undefined) validateNumber(after, 'delay');
  const { signal, ref } = take(options);
  if (signal?.aborted) throw abortError(signal);
  let pending = 0;
  let wake;
  const timer = timers.setInterval(() => {
    pending++;
    wake?.();
    wake = undefined;
  }, after);
  if (!ref) timer.unref();
  const onAbort = () => {
    timers.clearInterval(timer);
    wake?.();
    wake = undefined;
  };
  signal?.addEventListener('abort', onAbort);
  try {
    while (!signal?.aborted) {
      if (pending === 0) await new Promise((resolve) => { wake = resolve; });
      for (; pending > 0; pending--) yield value;
    }
    throw abortError(signal);
  } finally {
    timers.clearInterval(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

class Scheduler {
  constructor() { throw new codes.ERR_ILLEGAL_CONSTRUCTOR(); }
  yield() { return setImmediate(); }
  wait(delay, options) { return setTimeout(delay, undefined, options && { signal: options.signal, ref: options.ref }); }
}

module.exports = { setTimeout, setImmediate, setInterval, scheduler: Object.create(Scheduler.prototype) };
