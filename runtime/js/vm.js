// vm: scripts in this context. Other contexts share the engine's, see internal/vm.
'use strict';

const files = native('module');
const world = require('internal/world');
const { codes } = require('internal/errors');
const { validateString, validateObject, validateArray } = require('internal/validators');

const contexts = new WeakMap(); // object -> native context

function readOptions(options, name = 'options') {
  if (typeof options === 'string') options = { filename: options };
  else if (options === undefined) options = {};
  else validateObject(options, name);
  const { filename = 'evalmachine.<anonymous>', lineOffset = 0 } = options;
  validateString(filename, `${name}.filename`);
  return { ...options, filename, lineOffset };
}

// The last texts are known to stacks, which look their columns up.
const MOST_TEXTS = 200;
function remember(filename, text) {
  const { evaluated } = world;
  if (evaluated.size >= MOST_TEXTS && !evaluated.has(filename)) {
    const oldest = evaluated.entries().find(([, one]) => typeof one === 'string');
    if (oldest !== undefined) evaluated.delete(oldest[0]);
  }
  evaluated.set(filename, text);
}

class Script {
  #code;
  #options;
  constructor(code, options) {
    this.#code = `${code}`;
    this.#options = readOptions(options);
    files.check(this.#code, this.#options.filename);
    remember(this.#options.filename, this.#code);
    this.cachedDataRejected = options?.cachedData === undefined ? undefined : true;
    this.sourceMapURL = /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(this.#code)?.[1];
  }
  runInThisContext() {
    let code = this.#code;
    if (/\bimport\s*\(/.test(code)) code = require('internal/modules/esm').rewriteImports(code, this.#options.filename);
    return files.evaluate(code, this.#options.filename, this.#options.lineOffset + 1);
  }
  runInContext(contextified, options) {
    const context = contexts.get(contextified);
    if (context === undefined) throw new codes.ERR_INVALID_ARG_TYPE('contextifiedObject', 'vm.Context', contextified);
    return runIn(contextified, context, this.#code, this.#options.filename);
  }
  runInNewContext(object, options) { return this.runInContext(createContext(object, options), options); }
  createCachedData() { return require('buffer').Buffer.alloc(0); }
}

// The object's properties are the globals of the other context while a script runs there, and what the script left as
// globals is the object's afterwards.
function runIn(object, context, code, filename) {
  const { global } = context;
  for (const key of Reflect.ownKeys(object)) {
    const own = Object.getOwnPropertyDescriptor(object, key);
    const there = Object.getOwnPropertyDescriptor(global, key);
    if (there && !there.configurable) continue;
    Object.defineProperty(global, key, { get: () => object[key], set: (value) => { object[key] = value; },
      enumerable: own.enumerable, configurable: true });
    context.shared.add(key);
  }
  try {
    return context.evaluate(code, filename);
  } finally {
    for (const key of Reflect.ownKeys(global)) {
      if (context.known.has(key) || context.shared.has(key)) continue;
      const own = Object.getOwnPropertyDescriptor(global, key);
      Object.defineProperty(object, key, own);
      context.shared.add(key);
    }
  }
}

// Behind its own globals a context has what its object has at that moment, inherited too, but for what every object inherits.
function shareInherited(global, object) {
  const has = (key) => key in object && (!(key in Object.prototype) || object[key] !== Object.prototype[key]);
  const { defineProperty, setPrototypeOf, getPrototypeOf } = Reflect;
  setPrototypeOf(global, new Proxy(getPrototypeOf(global), {
    has: (target, key) => has(key) || Reflect.has(target, key),
    get: (target, key, receiver) => (has(key) ? object[key] : Reflect.get(target, key, receiver)),
    set: (target, key, value, receiver) => defineProperty(receiver, key, { value, writable: true, enumerable: true, configurable: true }),
  }));
}

function createContext(object = {}, options = {}) {
  if (object === module.exports.constants.DONT_CONTEXTIFY) object = {};
  validateObject(object, 'contextObject', { allowFunction: true });
  if (contexts.has(object)) return object;
  const made = native('vm').open();
  require('internal/stack').install(made.global);
  shareInherited(made.global, object);
  contexts.set(object, { global: made.global, evaluate: (code, filename) => made.evaluate(code, filename), known: new Set(Reflect.ownKeys(made.global)), shared: new Set() });
  return object;
}

function compileFunction(code, params = [], options = {}) {
  validateString(code, 'code');
  validateArray(params, 'params');
  const { filename } = readOptions(options);
  if (/\bimport\s*\(/.test(code)) code = require('internal/modules/esm').rewriteImports(code, filename);
  const text = `(function (${params.join(',')}) {${code}\n})`;
  remember(filename, text);
  const context = options.parsingContext && contexts.get(options.parsingContext);
  return context ? runIn(options.parsingContext, context, text, filename) : files.evaluate(text, filename);
}

module.exports = {
  Script, createContext, compileFunction,
  createScript: (code, options) => new Script(code, options),
  isContext(object) {
    validateObject(object, 'object', { allowArray: true, allowFunction: true });
    return contexts.has(object);
  },
  runInThisContext: (code, options) => new Script(code, options).runInThisContext(options),
  runInContext: (code, context, options) => new Script(code, options).runInContext(context, options),
  runInNewContext: (code, object, options) => new Script(code, options).runInNewContext(object, options),
  measureMemory: () => Promise.reject(new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('measureMemory')),
  constants: Object.freeze({ __proto__: null, USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
    DONT_CONTEXTIFY: Symbol('vm_context_no_contextify') }),
};
