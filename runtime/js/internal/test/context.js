// What a running test is given: t, and t.assert, which counts what t.plan() has promised.
'use strict';

const { declare } = require('internal/test/tree');
const { codes } = require('internal/errors');
const { validateFunction, validateInteger, validateObject, validateString } = require('internal/validators');
const { setTimeout, clearTimeout } = require('internal/timers');

const NAMES = ['deepEqual', 'deepStrictEqual', 'doesNotMatch', 'doesNotReject', 'doesNotThrow', 'equal', 'fail', 'ifError',
  'match', 'notDeepEqual', 'notDeepStrictEqual', 'notEqual', 'notStrictEqual', 'partialDeepStrictEqual', 'rejects',
  'strictEqual', 'throws'];
const registered = new Map();
const assertions = {
  register(name, fn) {
    validateString(name, 'name');
    validateFunction(fn, 'fn');
    registered.set(name, fn);
  },
};

class Plan {
  actual = 0;
  constructor(count, wait) {
    validateInteger(count, 'count', 0);
    if (wait !== undefined && typeof wait !== 'boolean' && typeof wait !== 'number') {
      throw new codes.ERR_INVALID_ARG_TYPE('options.wait', ['boolean', 'number'], wait);
    }
    this.expected = count;
    this.wait = wait;
  }
  count() {
    this.actual++;
    if (this.actual === this.expected) this.reached?.();
  }
  get text() { return `plan expected ${this.expected} assertions but received ${this.actual}`; }
  async check() {
    if (this.actual < this.expected && this.wait) {
      await new Promise((resolve, reject) => {
        const clock = typeof this.wait === 'number' ?
          setTimeout(() => reject(new Error(`plan timed out after ${this.wait}ms with ${this.actual} assertions when expecting ${this.expected}`)), this.wait) :
          undefined;
        this.reached = () => {
          clearTimeout(clock);
          resolve();
        };
      });
    }
    if (this.actual !== this.expected) throw new Error(this.text);
  }
}

function makeAssert(context, count) {
  const assert = require('assert');
  const made = { __proto__: null };
  const counted = (fn) => function(...args) {
    count();
    return Reflect.apply(fn, this === made ? context : this, args);
  };
  for (const name of NAMES) made[name] = counted(assert[name]);
  made.ok = Object.defineProperty(function ok(...args) {
    count();
    return assert.ok(...args);
  }, 'name', { value: 'ok' });
  for (const [name, fn] of registered) made[name] = counted(fn);
  return made;
}

class TestContext {
  #test;
  #plan;
  #assert;
  #mock;

  constructor(test) { this.#test = test; }

  get signal() { return this.#test.controller.signal; }
  get name() { return this.#test.name; }
  get fullName() { return this.#test.fullName; }
  get filePath() { return this.#test.location?.file; }
  get error() { return this.#test.error; }
  get passed() { return this.#test.passed; }
  get attempt() { return 0; }
  get assert() { return this.#assert ??= makeAssert(this, () => this.#plan?.count()); }
  get mock() { return this.#mock ??= new (require('internal/test/mock').MockTracker)(); }

  diagnostic(message) { this.#test.diagnostics.push(message); }
  plan(count, options = {}) {
    if (this.#plan !== undefined) throw new (require('internal/test/tree').TestFailure)('cannot set plan more than once', 'testCodeFailure');
    validateObject(options, 'options');
    this.#plan = new Plan(count, options.wait);
  }
  skip(message) {
    this.#test.skip = message === undefined ? true : message;
  }
  todo(message) {
    this.#test.todo = message === undefined ? true : message;
  }
  runOnly() {}
  test(name, options, fn) {
    this.#plan?.count();
    if (typeof name === 'function') [name, options, fn] = [undefined, undefined, name];
    else if (name !== null && typeof name === 'object') [name, options, fn] = [undefined, name, options];
    else if (typeof options === 'function') [options, fn] = [undefined, options];
    return declare(this.#test, 'test', { name: name || fn?.name || '<anonymous>', options: options ?? {}, fn: fn ?? (() => {}) });
  }
  before(fn, options) { this.#test.hook('before', fn, options); }
  after(fn, options) { this.#test.hook('after', fn, options); }
  beforeEach(fn, options) { this.#test.hook('beforeEach', fn, options); }
  afterEach(fn, options) { this.#test.hook('afterEach', fn, options); }

  // Asks again and again until the condition does not throw.
  waitFor(condition, options = {}) {
    validateFunction(condition, 'condition');
    validateObject(options, 'options');
    const { interval = 50, timeout = 1000 } = options;
    const { validateNumber } = require('internal/validators');
    validateNumber(interval, 'options.interval', 0, 2 ** 31 - 1);
    validateNumber(timeout, 'options.timeout', 0, 2 ** 31 - 1);
    const { promise, resolve, reject } = Promise.withResolvers();
    const noError = Symbol('noError');
    let cause = noError;
    let poller;
    let over = false;
    const finish = (settle, value) => {
      over = true;
      clearTimeout(poller);
      clearTimeout(clock);
      settle(value);
    };
    const clock = setTimeout(() => {
      const error = new Error('waitFor() timed out');
      if (cause !== noError) error.cause = cause;
      finish(reject, error);
    }, timeout);
    const poll = async () => {
      try {
        const value = await condition();
        if (!over) finish(resolve, value);
      } catch (error) {
        cause = error;
        if (!over) poller = setTimeout(poll, interval);
      }
    };
    poll();
    return promise;
  }

  _finish() { return this.#plan?.check(); }
  _restore() { this.#mock?.restoreAll(); }
}
for (const name of ['_finish', '_restore']) Object.defineProperty(TestContext.prototype, name, { enumerable: false });

class SuiteContext {
  #suite;
  constructor(suite) { this.#suite = suite; }
  get signal() { return this.#suite.controller.signal; }
  get name() { return this.#suite.name; }
  get fullName() { return this.#suite.fullName; }
  get filePath() { return this.#suite.location?.file; }
  diagnostic(message) { this.#suite.diagnostics.push(message); }
}

module.exports = { TestContext, SuiteContext, assertions };
