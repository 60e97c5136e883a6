// assert.
'use strict';

const { codes } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS } = codes;
const lazy = require('internal/lazy');
const equality = require('internal/deep_equal');
const { inspect } = require('internal/inspect');
const types = require('internal/types');

const NOT = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values identical but not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
};

function show(value) {
  return inspect(value, { compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false,
    showProxy: false, sorted: true, getters: true });
}

// The lines of both with + and -, by a longest common subsequence.
function difference(actual, expected) {
  const a = actual.split('\n');
  const b = expected.split('\n');
  return require('internal/diff').lines(a, b);
}

function message(operator, actual, expected) {
  const left = show(actual);
  const right = show(expected);
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  let key = operator;
  if ((operator === 'strictEqual' && isObject(actual) && isObject(expected)) ||
      (operator === 'notStrictEqual' && isObject(actual))) key = `${operator}Object`;
  if (operator === 'deepStrictEqual' || operator === 'strictEqual' || operator === 'partialDeepStrictEqual') {
    const isSimple = !left.includes('\n') && !right.includes('\n');
    if (operator === 'strictEqual' && isSimple && left !== right && left.length + right.length <= 12 + 68 &&
        (!isObject(actual) || !isObject(expected)) && (actual !== 0 || expected !== 0)) {
      if (left.length + right.length <= 12) return `${NOT.strictEqual}\n\n${left} !== ${right}\n`;
    }
    if (left === right && operator !== 'partialDeepStrictEqual') {
      return `${operator === 'strictEqual' ? NOT.notIdentical : NOT[key]}\n\n${left}\n`;
    }
    return `${NOT[key]}\n+ actual - expected\n\n${difference(left, right)}\n`;
  }
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') {
    const lines = left.split('\n');
    if (lines.length === 1) return `${NOT[key]}${left.length > 5 ? '\n\n' : ' '}${left}${left.length > 5 ? '\n' : ''}`;
    return `${NOT[key]}\n\n${lines.slice(0, 50).join('\n')}${lines.length > 50 ? '\n...' : ''}\n`;
  }
  const plainLeft = inspect(actual);
  const plainRight = inspect(expected);
  if (operator === 'deepEqual') return `${NOT.deepEqual}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === 'notDeepEqual') return `${NOT.notDeepEqual}\n\n${left}${left === right ? '' : `\n\nshould not loosely deep-equal\n\n${right}`}`;
  return `${plainLeft} ${operator} ${plainRight}`;
}

class AssertionError extends Error {
  constructor(options) {
    require('internal/validators').validateObject(options, 'options');
    const { message: given, operator, stackStartFn, details, stackStartFunction, actual, expected, diff = 'simple' } = options;
    super(given !== undefined && given !== null ? String(given) : message(operator, actual, expected));
    this.generatedMessage = !given;
    Object.defineProperty(this, 'name', { value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true });
    this.code = 'ERR_ASSERTION';
    if (details) {
      this.actual = this.expected = undefined;
      this.operator = 'throws';
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    this.diff = diff;
    Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    void this.stack;
    this.name = 'AssertionError';
  }
  toString() { return `${this.name} [${this.code}]: ${this.message}`; }
  [inspect.custom](depth, options) {
    return inspect(this, { ...options, customInspect: false, depth: 0 });
  }
}

function raise(fields) {
  if (fields.message instanceof Error) throw fields.message;
  throw new AssertionError(fields);
}

function innerOk(fn, count, value, given) {
  if (value) return;
  let generated = false;
  if (count === 0) {
    generated = true;
    given = 'No value argument passed to `assert.ok()`';
  } else if (given === undefined || given === null) {
    generated = true;
    given = expressionText(fn) ?? 'The expression evaluated to a falsy value';
  } else if (given instanceof Error) throw given;
  const error = new AssertionError({ actual: value, expected: true, message: given, operator: '==', stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

// "The expression evaluated to a falsy value:\n\n  assert.ok(false)\n", read from the file of the caller.
function expressionText(fn) {
  const limit = Error.stackTraceLimit;
  const prepare = Error.prepareStackTrace;
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (_, sites) => sites[0];
  const holder = {};
  Error.captureStackTrace(holder, fn);
  const site = holder.stack;
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = prepare;
  const file = site?.getFileName?.();
  if (!file?.startsWith('/') && !file?.startsWith('file://')) return undefined;
  try {
    const path = file.startsWith('file://') ? require('internal/url').fileURLToPath(file) : file;
    const text = native('module').readText(path);
    const lines = text.split('\n');
    const call = callAt(lines, site.getLineNumber() - 1, site.getColumnNumber() - 1);
    return call && `The expression evaluated to a falsy value:\n\n  ${call.replaceAll('\n', '\n  ')}\n`;
  } catch {
    return undefined;
  }
}

function callAt(lines, line, column) {
  const source = lines.slice(line).join('\n');
  const acorn = require('lib/acorn');
  // The engine names a place inside of the call: look back to where an expression parses that reaches past it.
  const starts = [...source.slice(0, column + 1).matchAll(/(?<![\w$.])[A-Za-z_$]/g)].map((match) => match.index).reverse();
  for (const start of starts) {
    try {
      const node = acorn.parseExpressionAt(source, start, { ecmaVersion: 'latest', allowAwaitOutsideFunction: true });
      if (node.type === 'CallExpression' && node.end > column) return source.slice(node.start, node.end);
    } catch {
      // Not here.
    }
  }
  return undefined;
}

function assert(...args) {
  innerOk(assert, args.length, ...args);
}
function ok(...args) {
  innerOk(ok, args.length, ...args);
}

function need(count, args) {
  if (args.length < count) throw new ERR_MISSING_ARGS('actual', 'expected');
}

function comparison(name, operator, holds) {
  return { [name](...args) {
    need(2, args);
    const [actual, expected, given] = args;
    if (!holds(actual, expected)) raise({ actual, expected, message: given, operator, stackStartFn: assert[name] });
  } }[name];
}

// eslint-disable-next-line eqeqeq
const looseEqual = (a, b) => a == b || (a !== a && b !== b);
assert.ok = ok;
assert.equal = comparison('equal', '==', looseEqual);
assert.notEqual = comparison('notEqual', '!=', (a, b) => !looseEqual(a, b));
assert.deepEqual = comparison('deepEqual', 'deepEqual', equality.isDeepEqual);
assert.notDeepEqual = comparison('notDeepEqual', 'notDeepEqual', (a, b) => !equality.isDeepEqual(a, b));
assert.deepStrictEqual = comparison('deepStrictEqual', 'deepStrictEqual', (a, b) => equality.isDeepStrictEqual(a, b));
assert.notDeepStrictEqual = comparison('notDeepStrictEqual', 'notDeepStrictEqual', (a, b) => !equality.isDeepStrictEqual(a, b));
assert.strictEqual = comparison('strictEqual', 'strictEqual', Object.is);
assert.notStrictEqual = comparison('notStrictEqual', 'notStrictEqual', (a, b) => !Object.is(a, b));
assert.partialDeepStrictEqual = comparison('partialDeepStrictEqual', 'partialDeepStrictEqual', equality.isPartial);

assert.fail = function fail(given) {
  if (given instanceof Error) throw given;
  const error = new AssertionError({ message: given ?? 'Failed', operator: 'fail', stackStartFn: fail });
  error.generatedMessage = given === undefined || given === null;
  throw error;
};

function compareError(actual, expected, given, name, fn) {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) throw new ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
  for (const key of keys) {
    const isMatch = typeof actual?.[key] === 'string' && types.isRegExp(expected[key]) && expected[key].exec(actual[key]) !== null;
    if (isMatch) continue;
    if (!(key in Object(actual)) || !equality.isDeepStrictEqual(actual[key], expected[key])) {
      if (given) raise({ actual, expected, message: given, operator: name, stackStartFn: fn });
      const pick = (from) => Object.fromEntries(keys.filter((one) => one in Object(from)).map((one) => [one, from[one]]));
      const a = pick(actual);
      const b = pick(expected);
      const error = new AssertionError({ actual: a, expected: b, operator: 'deepStrictEqual', stackStartFn: fn });
      error.actual = actual;
      error.expected = expected;
      error.operator = name;
      throw error;
    }
  }
}

function matchError(actual, expected, given, name, fn) {
  if (expected === undefined) return;
  let text = given;
  let generated = false;
  if (typeof expected !== 'function') {
    if (types.isRegExp(expected)) {
      if (expected.exec(String(actual)) !== null) return;
      if (!text) {
        generated = true;
        text = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(actual))}\n`;
      }
    } else {
      if (actual === null || typeof actual !== 'object') {
        const error = new AssertionError({ actual, expected, message: given, operator: 'deepStrictEqual', stackStartFn: fn });
        error.operator = name;
        throw error;
      }
      return compareError(actual, expected, given, name, fn);
    }
  } else if (expected.prototype !== undefined && actual instanceof expected) {
    return;
  } else if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    if (!text) {
      generated = true;
      text = `The error is expected to be an instance of "${expected.name}". Received `;
      text += actual instanceof Error ? `"${actual.name}"` : `"${inspect(actual, { depth: -1 })}"`;
      if (actual instanceof Error) text += `\n\nError message:\n\n${actual.message}`;
    }
  } else {
    const result = Reflect.apply(expected, {}, [actual]);
    if (result === true) return;
    if (!text) {
      generated = true;
      text = `The ${expected.name ? `"${expected.name}" ` : ''}validation function is expected to return "true". Received ${inspect(result)}`;
      if (actual instanceof Error) text += `\n\nCaught error:\n\n${actual}`;
    }
  }
  const error = new AssertionError({ actual, expected, message: text, operator: name, stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

const NONE = Symbol('nothing was thrown');

function expectsError(fn, actual, expected, given) {
  if (typeof expected === 'string') {
    if (arguments.length === 4 && given !== undefined) {
      throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], expected);
    }
    if ((typeof actual === 'object' && actual !== null && actual.message === expected) || actual === expected) {
      const error = new TypeError(`The "error/message" argument is ambiguous. The error ${
        actual === expected ? '' : 'message '}"${expected}" is identical to the message.`);
      error.code = 'ERR_AMBIGUOUS_ARGUMENT';
      throw error;
    }
    given = expected;
    expected = undefined;
  } else if (expected !== null && expected !== undefined && typeof expected !== 'object' && typeof expected !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], expected);
  }
  if (actual === NONE) {
    let details = expected?.name ? ` (${expected.name})` : '';
    details += given ? `: ${given}` : '.';
    raise({ actual: undefined, expected, operator: fn.name,
      message: `Missing expected ${fn === assert.rejects ? 'rejection' : 'exception'}${details}`, stackStartFn: fn });
  }
  matchError(actual, expected, given, fn.name, fn);
}

function expectsNoError(fn, actual, expected, given) {
  if (actual === NONE) return;
  if (typeof expected === 'string') [expected, given] = [undefined, expected];
  const isExpected = expected === undefined || (typeof expected === 'function' ? (expected.prototype !== undefined && actual instanceof expected) ||
    (!Object.prototype.isPrototypeOf.call(Error, expected) && expected.call({}, actual) === true)
    : types.isRegExp(expected) && expected.exec(String(actual)) !== null);
  if (!isExpected) throw actual;
  raise({ actual, expected, operator: fn.name, stackStartFn: fn,
    message: `Got unwanted ${fn === assert.doesNotReject ? 'rejection' : 'exception'}${given ? `: ${given}` : '.'}\nActual message: "${actual?.message}"` });
}

function thrown(fn) {
  require('internal/validators').validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NONE;
}

async function rejected(promiseOrFn) {
  let promise = promiseOrFn;
  if (typeof promiseOrFn === 'function') {
    promise = promiseOrFn();
    if (promise === null || typeof promise !== 'object' || typeof promise.then !== 'function') {
      throw new ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', promise);
    }
  } else if (promise === null || typeof promise !== 'object' || typeof promise.then !== 'function' || typeof promise.catch !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], promiseOrFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NONE;
}

assert.throws = function throws(fn, ...args) { expectsError(throws, thrown(fn), ...args); };
assert.rejects = async function rejects(promise, ...args) { expectsError(rejects, await rejected(promise), ...args); };
assert.doesNotThrow = function doesNotThrow(fn, ...args) { expectsNoError(doesNotThrow, thrown(fn), ...args); };
assert.doesNotReject = async function doesNotReject(fn, ...args) { expectsNoError(doesNotReject, await rejected(fn), ...args); };

assert.ifError = function ifError(error) {
  if (error === null || error === undefined) return;
  let text = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    text += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else text += inspect(error);
  const own = new AssertionError({ actual: error, expected: null, operator: 'ifError', message: text, stackStartFn: ifError });
  own.generatedMessage = true;
  throw own;
};

function match(name, wanted, words) {
  return { [name](string, regexp, given) {
    if (!types.isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
    if (typeof string === 'string' && (regexp.exec(string) !== null) === wanted) return;
    if (given instanceof Error) throw given;
    const text = given || (typeof string !== 'string'
      ? `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`
      : `${words} ${inspect(regexp)}. Input:\n\n${inspect(string)}\n`);
    const error = new AssertionError({ actual: string, expected: regexp, message: text, operator: name, stackStartFn: assert[name] });
    error.generatedMessage = !given;
    throw error;
  } }[name];
}
assert.match = match('match', true, 'The input did not match the regular expression');
assert.doesNotMatch = match('doesNotMatch', false, 'The input was expected to not match the regular expression');

assert.AssertionError = AssertionError;
lazy.define(assert, 'CallTracker', () => require('internal/call_tracker').CallTracker, true);
assert.strict = Object.assign((...args) => innerOk(assert.strict, args.length, ...args), {
  ...Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(assert)).filter(([, own]) => own.enumerable && 'value' in own).map(([key, own]) => [key, own.value])),
  equal: assert.strictEqual, deepEqual: assert.deepStrictEqual, notEqual: assert.notStrictEqual, notDeepEqual: assert.notDeepStrictEqual,
});
Object.defineProperty(assert.strict, 'name', { value: 'strict' });
assert.strict.strict = assert.strict;

module.exports = assert;
