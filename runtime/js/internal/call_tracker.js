// assert.CallTracker: functions that must be called so and so many times.
'use strict';

const { codes } = require('internal/errors');
const { validateUint32 } = require('internal/validators');

const nothing = () => {};

class CallTracker {
  #tracked = new Map(); // the function given out -> { calls, expected, name, stack }

  calls(fn, expected = 1) {
    if (process._exiting) throw new codes.ERR_UNAVAILABLE_DURING_EXIT();
    if (typeof fn === 'number') [fn, expected] = [nothing, fn];
    else fn ??= nothing;
    validateUint32(expected, 'expected', true);
    const context = { calls: [], expected, name: fn.name || 'calls', stack: new Error() };
    const tracked = new Proxy(fn, {
      apply(target, thisArg, args) {
        context.calls[context.calls.length] = Object.freeze({ thisArg, arguments: Object.freeze(args.slice()) });
        return Reflect.apply(target, thisArg, args);
      },
    });
    this.#tracked.set(tracked, context);
    return tracked;
  }

  #of(tracked) {
    const context = this.#tracked.get(tracked);
    if (context === undefined) throw new codes.ERR_INVALID_ARG_VALUE('tracked', tracked, 'is not a tracked function');
    return context;
  }

  getCalls(tracked) { return Object.freeze(this.#of(tracked).calls.slice()); }

  reset(tracked) {
    const list = tracked === undefined ? [...this.#tracked.values()] : [this.#of(tracked)];
    for (const context of list) context.calls = [];
  }

  report() {
    return [...this.#tracked.values()].filter(({ calls, expected }) => calls.length !== expected)
      .map(({ calls, expected, name, stack }) => ({
        message: `Expected the ${name} function to be executed ${expected} time(s) but was executed ${calls.length} time(s).`,
        actual: calls.length, expected, operator: name, stack,
      }));
  }

  verify() {
    const errors = this.report();
    if (errors.length === 0) return;
    const message = errors.length === 1 ? errors[0].message : 'Functions were not called the expected number of times';
    throw new (require('assert').AssertionError)({ message, details: errors });
  }
}

module.exports = { CallTracker };
