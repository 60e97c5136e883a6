// mock.fn(), mock.method(), mock.property(): stand-ins that note how they were used, and can be taken away again.
'use strict';

const { codes } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger, validateObject } = require('internal/validators');

const noop = () => {};

// One stand-in's answers: the standing one, and those for a single use by its number.
class Answers {
  #original;
  #standing;
  #once = new Map();
  #unit;
  constructor(original, standing, unit, times = Infinity) {
    this.#original = original;
    this.#standing = standing;
    this.#unit = unit;
    this.times = times;
  }
  set standing(value) { this.#standing = value; }
  restore() {
    this.#standing = this.#original;
    this.#once.clear();
  }
  once(value, at, used) {
    const next = used();
    validateInteger(at ?? next, this.#unit, next);
    this.#once.set(at ?? next, value);
  }
  for(number, restore) {
    const answer = this.#once.has(number) ? this.#once.get(number) : this.#standing;
    if (number + 1 === this.times) restore();
    this.#once.delete(number);
    return answer;
  }
}

class MockFunctionContext {
  #calls = [];
  #answers;
  #putBack;
  constructor(answers, putBack) {
    this.#answers = answers;
    this.#putBack = putBack;
  }
  get calls() { return this.#calls.slice(0); }
  callCount() { return this.#calls.length; }
  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#answers.standing = implementation;
  }
  mockImplementationOnce(implementation, onCall) {
    validateFunction(implementation, 'implementation');
    this.#answers.once(implementation, onCall, () => this.#calls.length);
  }
  restore() {
    this.#putBack?.();
    this.#answers.restore();
  }
  resetCalls() { this.#calls = []; }

  static record(context, target, thisArg, args, call) {
    const note = { arguments: args, error: undefined, result: undefined, stack: new Error(), target, this: thisArg };
    const answer = context.#answers.for(context.#calls.length, () => context.restore());
    try {
      note.result = call(answer);
      if (target !== undefined) note.this = note.result;
      return note.result;
    } catch (error) {
      note.error = error;
      throw error;
    } finally {
      context.#calls.push(note);
    }
  }
}
const { record } = MockFunctionContext;
delete MockFunctionContext.record;

class MockPropertyContext {
  #accesses = [];
  #answers;
  #object;
  #name;
  #descriptor;
  #value;
  constructor(object, name, value, given) {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    if (descriptor === undefined) throw new codes.ERR_INVALID_ARG_VALUE('propertyName', name, 'is not a property of the object');
    this.#value = given ? value : descriptor.value;
    this.#object = object;
    this.#name = name;
    this.#descriptor = descriptor;
    this.#answers = new Map();
    const { configurable, enumerable } = descriptor;
    Object.defineProperty(object, name, {
      configurable, enumerable,
      get: () => this.#access('get', this.#value),
      set: (next) => { this.mockImplementation(next); },
    });
  }
  get accesses() { return this.#accesses.slice(0); }
  accessCount() { return this.#accesses.length; }
  mockImplementation(value) {
    if (!this.#descriptor.writable) {
      throw new codes.ERR_INVALID_ARG_VALUE('propertyName', this.#name, 'cannot be set');
    }
    this.#value = this.#access('set', value);
  }
  mockImplementationOnce(value, onAccess) {
    const next = this.#accesses.length;
    validateInteger(onAccess ?? next, 'onAccess', next);
    this.#answers.set(onAccess ?? next, value);
  }
  resetAccesses() { this.#accesses = []; }
  restore() { Object.defineProperty(this.#object, this.#name, this.#descriptor); }
  #access(type, standing) {
    const number = this.#accesses.length;
    const value = this.#answers.has(number) ? this.#answers.get(number) : standing;
    this.#answers.delete(number);
    this.#accesses.push({ type, value, stack: new Error() });
    return value;
  }
}

function validateTimes(times) {
  if (times !== undefined) validateInteger(times, 'options.times', 1);
}

function findOwner(object, name) {
  for (let at = object; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function validateName(name, what) {
  if (typeof name !== 'string' && typeof name !== 'symbol') throw new codes.ERR_INVALID_ARG_TYPE(what, ['string', 'symbol'], name);
}

function validateTarget(object, what) {
  if (typeof object !== 'function') validateObject(object, what);
}

function notBoth(options) {
  const { getter = false, setter = false } = options;
  validateBoolean(getter, 'options.getter');
  validateBoolean(setter, 'options.setter');
  if (setter && getter) throw new codes.ERR_INVALID_ARG_VALUE('options.setter', setter, "cannot be used with 'options.getter'");
  return { getter, setter };
}

class MockTracker {
  #mocks = [];

  fn(original = function() {}, implementation = original, options = {}) {
    if (original !== null && typeof original === 'object') [original, implementation, options] = [function() {}, undefined, original];
    else if (implementation !== null && typeof implementation === 'object') [implementation, options] = [original, implementation];
    implementation ??= original;
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    validateTimes(options.times);
    return this.#stand(original, implementation, options.times);
  }

  #stand(original, implementation, times, putBack) {
    const answers = new Answers(original, implementation, 'onCall', times);
    const context = new MockFunctionContext(answers, putBack);
    this.#mocks.push(context);
    return new Proxy(original, {
      apply: (_, thisArg, args) => record(context, undefined, thisArg, args, (answer) => Reflect.apply(answer, thisArg, args)),
      construct: (target, args, newTarget) =>
        record(context, target, undefined, args, (answer) => Reflect.construct(answer, args, newTarget)),
      get: (target, key, receiver) => (key === 'mock' ? context : Reflect.get(target, key, receiver)),
    });
  }

  method(object, name, implementation, options = {}) {
    validateName(name, 'methodName');
    validateTarget(object, 'object');
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    if (implementation !== undefined) validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    validateTimes(options.times);
    const { getter, setter } = notBoth(options);
    const descriptor = findOwner(object, name);
    const key = getter ? 'get' : setter ? 'set' : 'value';
    const original = descriptor?.[key];
    if (typeof original !== 'function') throw new codes.ERR_INVALID_ARG_VALUE('methodName', original, 'must be a method');
    const owned = Object.getOwnPropertyDescriptor(object, name);
    const putBack = () => {
      if (owned === undefined) delete object[name];
      else Object.defineProperty(object, name, owned);
    };
    const mock = this.#stand(original, implementation ?? original, options.times, putBack);
    const { configurable, enumerable } = descriptor;
    Object.defineProperty(object, name, key === 'value' ?
      { configurable, enumerable, writable: descriptor.writable, value: mock } :
      { configurable, enumerable, get: descriptor.get, set: descriptor.set, [key]: mock });
    return mock;
  }

  getter(object, name, implementation, options) { return this.#accessor('getter', 'setter', [object, name, implementation, options]); }
  setter(object, name, implementation, options) { return this.#accessor('setter', 'getter', [object, name, implementation, options]); }
  #accessor(kind, other, [object, name, implementation = noop, options = {}]) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    else if (implementation === noop) implementation = undefined;
    validateObject(options, 'options');
    if (options[kind] === false) throw new codes.ERR_INVALID_ARG_VALUE(`options.${kind}`, false, 'cannot be false');
    return this.method(object, name, implementation, { ...options, [kind]: true });
  }

  property(object, name, ...value) {
    validateTarget(object, 'object');
    validateName(name, 'propertyName');
    const context = new MockPropertyContext(object, name, value[0], value.length > 0);
    this.#mocks.push(context);
    return new Proxy(object, {
      get: (target, key, receiver) => (key === 'mock' ? context : Reflect.get(target, key, receiver)),
    });
  }

  restoreAll() {
    for (const mock of this.#mocks) mock.restore();
  }
  reset() {
    this.restoreAll();
    this.#mocks = [];
  }
}

module.exports = { MockTracker };
