// util: format and inspect are npm's node-inspect-extracted, the rest is here or one file away.
'use strict';

const inspection = require('internal/inspect');
const lazy = require('internal/lazy');
const types = require('internal/types');
const { codes, errorName } = require('internal/errors');
const { validateFunction, validateNumber, validateObject, validateString } = require('internal/validators');

const kCustom = Symbol.for('nodejs.util.promisify.custom');
const kArgs = Symbol.for('nodejs.util.promisify.customArgs');

function promisify(original) {
  validateFunction(original, 'original');
  if (original[kCustom]) {
    const fn = original[kCustom];
    validateFunction(fn, 'util.promisify.custom');
    return Object.defineProperty(fn, kCustom, { value: fn, enumerable: false, writable: false, configurable: true });
  }
  const names = original[kArgs];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) return reject(error);
        if (names !== undefined && values.length > 1) {
          const out = {};
          for (let i = 0; i < names.length; i++) out[names[i]] = values[i];
          return resolve(out);
        }
        resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, kCustom, { value: fn, enumerable: false, writable: false, configurable: true });
  const own = Object.getOwnPropertyDescriptors(original);
  for (const key of Reflect.ownKeys(own)) {
    try {
      Object.defineProperty(fn, key, own[key]);
    } catch {
      // The engine's own, as `prototype` may be.
    }
  }
  return fn;
}
promisify.custom = kCustom;

function callbackify(original) {
  validateFunction(original, 'original');
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, 'last argument');
    const done = callback.bind(this);
    Reflect.apply(original, this, args).then(
      (value) => process.nextTick(done, null, value),
      (reason) => {
        if (!reason) {
          const error = new codes.ERR_FALSY_VALUE_REJECTION();
          error.reason = reason;
          reason = error;
        }
        process.nextTick(done, reason);
      });
  }
  const own = Object.getOwnPropertyDescriptors(original);
  if (typeof own.length?.value === 'number') own.length.value++;
  if (typeof own.name?.value === 'string') own.name.value += 'Callbackified';
  for (const key of ['length', 'name']) if (own[key]) Object.defineProperty(callbackified, key, own[key]);
  return callbackified;
}

function inherits(ctor, parent) {
  for (const [value, name] of [[ctor, 'ctor'], [parent, 'superCtor']]) {
    if (value === undefined || value === null) throw new codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
  }
  if (parent.prototype === undefined) throw new codes.ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(ctor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(ctor.prototype, parent.prototype);
}

const warned = new Set();
function deprecate(fn, message, code) {
  validateFunction(fn, 'fn');
  if (code !== undefined) validateString(code, 'code');
  let told = false;
  function deprecated(...args) {
    if (!told && !process.noDeprecation) {
      told = true;
      if (code === undefined) process.emitWarning(message, 'DeprecationWarning', deprecated);
      else if (!warned.has(code)) {
        warned.add(code);
        process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) Object.defineProperty(deprecated, 'prototype', { value: fn.prototype });
  Object.defineProperty(deprecated, 'length', { value: fn.length, configurable: true });
  Object.defineProperty(deprecated, 'name', { value: fn.name, configurable: true });
  return deprecated;
}

function debuglog(set, callback) {
  set = set.toUpperCase();
  const wanted = (process.env.NODE_DEBUG ?? '').split(',').some((name) =>
    new RegExp(`^${name.trim().replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(set) && name !== '');
  const log = wanted ? (...args) => {
    native('process').write(2, `${set} ${process.pid}: ${inspection.format(...args)}\n`);
  } : () => {};
  Object.defineProperty(log, 'enabled', { value: wanted, enumerable: true, configurable: true });
  callback?.(log);
  return log;
}

function getSystemErrorName(number) {
  validateNumber(number, 'err');
  if (number >= 0 || !Number.isSafeInteger(number)) {
    throw new codes.ERR_OUT_OF_RANGE('err', 'a negative integer', number);
  }
  const [name] = errorName(number);
  return name === 'UNKNOWN' ? `Unknown system error ${number}` : name;
}

function aborted(signal, resource) {
  if (signal === undefined) return Promise.reject(new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal));
  validateObject(resource, 'resource', { nullable: false, allowFunction: true });
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function styleText(format, text, { validateStream = true, stream = process.stdout } = {}) {
  validateString(text, 'text');
  const list = Array.isArray(format) ? format : [format];
  let skip = false;
  if (validateStream) {
    if (stream === null || typeof stream !== 'object') {
      throw new codes.ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
    }
    skip = !require('internal/colors').shouldColor(stream);
  }
  let left = '';
  let right = '';
  for (const key of list) {
    if (key === 'none') continue;
    const pair = inspection.inspect.colors[key];
    if (pair === undefined || pair === null) {
      require('internal/validators').validateOneOf(key, 'format', Object.keys(inspection.inspect.colors));
    }
    left += `\x1b[${pair[0]}m`;
    right = `\x1b[${pair[1]}m${right}`;
  }
  return skip ? text : left + text + right;
}

function stripVTControlCharacters(text) {
  validateString(text, 'str');
  return text.replace(/[\u001B\u009B][[\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\d\/\#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d\/\#&.:=?%@~_]*)*)?(?:\u0007|\u001B\u005C|\u009C))|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]))/g, '');
}

function getCallSites(count = 8, options = undefined) {
  if (typeof count === 'object') count = 8;
  void options;
  const limit = Error.stackTraceLimit;
  const prepare = Error.prepareStackTrace;
  Error.stackTraceLimit = count;
  Error.prepareStackTrace = (_, sites) => sites;
  const holder = {};
  Error.captureStackTrace(holder, getCallSites);
  const sites = holder.stack;
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = prepare;
  return sites.map((site) => ({
    functionName: site.getFunctionName() ?? '', scriptName: site.getFileName() ?? '', scriptId: '0',
    lineNumber: site.getLineNumber() ?? 0, columnNumber: site.getColumnNumber() ?? 0, column: site.getColumnNumber() ?? 0,
  }));
}

module.exports = {
  ...inspection, types, promisify, callbackify, inherits, deprecate, debuglog, debug: debuglog, getSystemErrorName,
  aborted, styleText, stripVTControlCharacters, getCallSites,
  isArray: Array.isArray,
  isDeepStrictEqual: (a, b, options) => require('internal/deep_equal').isDeepStrictEqual(a, b, options),
  getSystemErrorMap: () => new Map(native('util').errors().map(([name, number, words]) => [number, [name, words]])),
  getSystemErrorMessage: (number) => errorName(number)[1],
  parseEnv(text) {
    validateString(text, 'content');
    return require('internal/env').parse(text);
  },
  parseArgs: (config) => require('internal/parse_args').parseArgs(config),
  toUSVString: (value) => `${value}`.toWellFormed(),
  _errnoException: (...args) => require('internal/errors').errnoException(...args),
  _exceptionWithHostPort: (...args) => require('internal/errors').exceptionWithHostPort(...args),
  _extend(target, source) {
    if (source === null || typeof source !== 'object') return target;
    return Object.assign(target, source);
  },
  setTraceSigInt() {},
  transferableAbortController: () => new AbortController(),
  transferableAbortSignal: (signal) => signal,
  diff: (a, b) => require('internal/diff').diff(a, b),
};
for (const name of ['TextEncoder', 'TextDecoder']) lazy.define(module.exports, name, () => require('internal/encoding')[name], true);
for (const name of ['MIMEType', 'MIMEParams']) lazy.define(module.exports, name, () => require('internal/mime')[name], true);
