// Stacks as V8 writes them. The engine's own are text of another form ("f@file:line:column") in an own
// property; constructors that stand before the engine's keep that text and turn it into V8's, or into
// call sites for Error.prepareStackTrace, when `stack` is first read. Errors that the engine itself
// throws never pass a constructor: translate() serves who prints them.
'use strict';

const { errors, wrapped } = require('internal/world');

const captureNative = errors.Error.captureStackTrace;
const kept = new WeakMap(); // error -> { header, raw, skip, text, frames }
const toText = errors.Error.prototype.toString;
const homes = new WeakMap(); // Error.prototype -> the global object
const roots = new WeakMap(); // the global object -> the engine's Error
const own = Object.getOwnPropertyDescriptor;
const { walk, watch, argument } = native('stack');
const HIDDEN = 16; // frames that a stack may leave out
const MOST = 250; // frames in all
const FORM = /^[^\n]*(@|:\d+:\d+)/; // of the engine's own text
const WRAPPER_LENGTH = '(function (exports, require, module, __filename, __dirname) { '.length;

// "f@/a.js:1:2" in parts; null for a line of no use.
function parseFrame(line) {
  if (line === '') return null;
  let name = '';
  let where = line;
  const at = line.indexOf('@');
  if (at >= 0 && line[0] !== '/' && !line.startsWith('file:') && !line.startsWith('node:')) {
    name = line.slice(0, at);
    where = line.slice(at + 1);
  }
  const frame = { name, file: null, line: 0, column: 0, native: false, async: false };
  if (name.startsWith('async ')) {
    frame.async = true;
    frame.name = name.slice(6);
  }
  if (where === '[native code]') {
    frame.native = true;
    return frame;
  }
  const place = /^(.*?)(?::(\d+))?(?::(\d+))?$/s.exec(where);
  frame.file = place[1];
  frame.line = +place[2] || 0;
  frame.column = +place[3] || 0;
  if (frame.line === 1 && wrapped.has(frame.file)) frame.column -= WRAPPER_LENGTH;
  return frame;
}

// The loader of CommonJS, which is part of the text that every program evaluates.
const isLoader = (frame) => frame?.file === 'node:internal/bootstrap' || frame?.name === 'apply';

// walked: [function, this, …] of the same frames, if somebody has walked.
function parse(raw, skip, walked) {
  const frames = [];
  const lines = raw.split('\n');
  for (let i = skip; i < lines.length; i++) {
    const frame = parseFrame(lines[i]);
    if (frame !== null) frames.push(frame);
  }
  if (walked !== undefined && frames.length > 0) require('internal/stack/names').join(frames, walked);
  for (let i = 0; i < frames.length; i++) {
    if (frames[i].name === '' && isLoader(frames[i + 1]) && frames[i].self === undefined) frames[i].self = {};
    if (/^(global|module|eval) code$/.test(frames[i].name)) frames[i].name = '';
  }
  return frames;
}

function place(frame) {
  if (frame.native) return '<anonymous>';
  return frame.line ? `${frame.file}:${frame.line}:${frame.column}` : frame.file || '<anonymous>';
}

function describe(frame) {
  let name = require('internal/stack/names').describe(frame);
  if (frame.async) name = `async ${name}`;
  return name ? `${name} (${place(frame)})` : place(frame);
}

class CallSite {
  #frame;
  constructor(frame) { this.#frame = frame; }
  getThis() { return undefined; }
  getTypeName() { return require('internal/stack/names').typeOf(this.#frame.self) || null; }
  getFunction() { return undefined; }
  getFunctionName() { return this.#frame.name || null; }
  getMethodName() { return require('internal/stack/names').methodOf(this.#frame) || null; }
  getFileName() { return this.#frame.native ? undefined : this.#frame.file; }
  getLineNumber() { return this.#frame.line || null; }
  getColumnNumber() { return this.#frame.column || null; }
  getEnclosingLineNumber() { return this.#frame.line || null; }
  getEnclosingColumnNumber() { return this.#frame.column || null; }
  getPosition() { return 0; }
  getPromiseIndex() { return null; }
  getScriptNameOrSourceURL() { return this.getFileName(); }
  getScriptHash() { return ''; }
  getEvalOrigin() { return undefined; }
  isToplevel() { return this.getTypeName() === null; }
  isEval() { return false; }
  isNative() { return this.#frame.native; }
  isConstructor() { return require('internal/stack/names').constructs(this.#frame); }
  isAsync() { return this.#frame.async; }
  isPromiseAll() { return false; }
  toString() { return describe(this.#frame); }
}

function header(error) {
  try {
    return toText.call(error);
  } catch {
    return '<error>';
  }
}

function write(head, frames) {
  let text = head;
  for (const frame of frames) text += `\n    at ${describe(frame)}`;
  return text;
}

// V8 shows no constructor of the error's own class.
function framesIn(entry) {
  const { settle } = require('internal/stack/names');
  const { correct, inferName } = require('internal/stack/places');
  const frames = settle(parse(entry.raw, entry.skip, entry.walked));
  if (entry.fault === 'class' && frames.length > 1) frames.shift();
  correct(frames, entry.fault);
  for (const frame of frames) if (frame.name === '' && !frame.native) frame.name = inferName(frame);
  for (let at = entry.made; typeof at === 'function' && frames.length > 0 && frames[0].name === at.name; at = Object.getPrototypeOf(at)) {
    frames.shift();
  }
  return frames;
}

// What error.stack gives: prepareStackTrace's word, or V8's text.
function format(error, entry) {
  const prepare = entry.home.Error?.prepareStackTrace;
  const limit = entry.limit;
  let frames = framesIn(entry);
  entry.frames = frames.map(({ file, line, column, native: isNative }) => ({ file, line, column, native: isNative }));
  while (frames.length > 0 && frames[0].file === 'node:internal/errors') frames.shift(); // the class of a code
  if (frames.length > limit) frames = frames.slice(0, limit);
  if (typeof prepare === 'function') return prepare(error, frames.map((frame) => new CallSite(frame)));
  return write(entry.header, frames);
}

function find(object) {
  for (let at = object; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    const entry = kept.get(at);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

const property = {
  configurable: true,
  enumerable: false,
  get: function stack() {
    const entry = find(this);
    if (entry === undefined) return undefined;
    if (entry.raw !== null) {
      entry.text = format(this, entry);
      entry.raw = entry.walked = null;
    }
    return entry.text;
  },
  set: function stack(value) {
    Object.defineProperty(this, 'stack', { value, writable: true, configurable: true, enumerable: false });
  },
};

function currentLimit(home) {
  const limit = home.Error?.stackTraceLimit;
  return typeof limit === 'number' ? Math.max(0, Math.trunc(limit)) : -1;
}

// How many frames are noted: Infinity is asked for, too.
const depth = (home) => Math.min(Math.max(currentLimit(home), 0) + HIDDEN, MOST);

// What the engine writes down costs, read or not.
function note(Native, home) {
  const frames = depth(home);
  if (Native.stackTraceLimit !== frames) Native.stackTraceLimit = frames;
  return frames;
}

// Puts V8's `stack` in the place of the engine's. home: the global object whose Error it is.
// skip: lines of its text; walked: parse()'s, of the lines behind them.
function adopt(error, skip, home, { made, walked, fault } = {}) {
  const raw = error.stack;
  if (typeof raw !== 'string') return;
  const limit = currentLimit(home);
  if (limit < 0) return void delete error.stack;
  kept.set(error, { header: header(error), raw, skip, limit, text: '', home, made, walked, fault });
  Object.defineProperty(error, 'stack', property);
}

function stand(home, Native, parent) {
  const name = Native.name;
  const Standing = { [name]: function (...args) {
    const frames = note(roots.get(home), home);
    const error = Reflect.construct(Native, args, new.target ?? Standing);
    adopt(error, 2, home, { made: new.target, walked: walk(frames).slice(2) }); // 2: Reflect.construct and this function
    return error;
  } }[name];
  Object.defineProperty(Standing, 'length', { value: Native.length, configurable: true });
  Object.defineProperty(Standing, 'prototype', { value: Native.prototype, writable: false });
  Object.defineProperty(Native.prototype, 'constructor', { value: Standing, writable: true, configurable: true });
  if (parent) Object.setPrototypeOf(Standing, parent);
  Object.defineProperty(home, name, { value: Standing, writable: true, configurable: true });
  return Standing;
}

function capturing(home) {
  return function captureStackTrace(object, hide) {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
      throw new TypeError(`Invalid argument`);
    }
    const limit = currentLimit(home);
    const frames = note(roots.get(home), home);
    captureNative(object, typeof hide === 'function' ? hide : captureStackTrace);
    if (limit < 0) return void delete object.stack;
    adopt(object, 0, home, { walked: walkedBelow(typeof hide === 'function' ? hide : captureStackTrace, frames) });
  };
}

// What was walked below the frame of a function; none when it is not among them.
function walkedBelow(fn, frames) {
  const walked = walk(frames);
  for (let i = 0; i < walked.length; i += 2) if (walked[i] === fn) return walked.slice(i + 2);
  return [];
}

// What decides where V8 sees an error of the engine's.
const FAULTS = [[/^Can't find variable/, 'variable'], [/^Cannot call a class constructor/, 'class'], [/|/, 'value']];

function wordsOf(message, stack) {
  if (!message.startsWith('JSON Parse error')) return require('internal/stack/words').translate(message, stack);
  const given = stack.startsWith('parse@[native code]') ? argument() : undefined;
  const isObject = typeof given === 'object' || typeof given === 'function';
  if (isObject && (given === null || own(given, 'toString') || Object.getPrototypeOf(given) !== Object.prototype)) return message; // never asked twice
  return require('internal/stack/json_fault').jsonFault(isObject ? '[object Object]' : String(given)) ?? message;
}

// An error that the engine has made is about to be thrown.
function onThrow(error) {
  if (kept.has(error) || typeof own(error, 'stack')?.value !== 'string') return;
  const home = homeOf(error);
  const message = own(error, 'message');
  if (home === undefined || !FORM.test(error.stack)) return;
  const [, fault] = FAULTS.find(([form]) => form.test(message?.value));
  if (typeof message?.value === 'string' && message.writable) error.message = wordsOf(message.value, error.stack);
  adopt(error, 0, home, { walked: walk(depth(home), true), fault });
}

// The global object whose class an error is of.
function homeOf(error) {
  for (let at = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const home = homes.get(at);
    if (home !== undefined) return home;
  }
  return undefined;
}

// Of a global object: ours, or another context's.
exports.install = function install(home) {
  const Native = home.Error;
  homes.set(Native.prototype, home);
  roots.set(home, Native);
  const Standing = stand(home, Native, null);
  for (const name of ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError',
    'AggregateError']) {
    const Kind = home[name];
    require('internal/lazy').define(home, name, () => stand(home, Kind, Standing));
  }
  if (Native.isError) {
    Object.defineProperty(Standing, 'isError', { value: Native.isError, writable: true, configurable: true });
  }
  if (home === globalThis) watch(onThrow, new Native());
  Standing.stackTraceLimit = 10;
  note(Native, home);
  Object.defineProperty(Standing, 'captureStackTrace', { value: capturing(home), writable: true, configurable: true });
};

// Where a program called us: { file, line, column }, or undefined.
exports.callerFrame = function callerFrame() {
  const holder = {};
  captureNative(holder, callerFrame);
  const frame = parse(holder.stack, 0).find((one) => one.file !== null && !one.file.startsWith('node:'));
  if (frame?.file.startsWith('file://')) frame.file = decodeURIComponent(frame.file.slice(7));
  return frame;
};
exports.callerFile = () => exports.callerFrame()?.file;

// The stack of any value that was thrown, as V8 writes it.
exports.translate = function translate(error) {
  const stack = error.stack;
  if (kept.has(error) || typeof stack !== 'string' || !FORM.test(stack) || /^\s+at /m.test(stack)) {
    return stack;
  }
  return write(header(error), parse(stack, 0).slice(0, 10));
};

// The frames of an error that still has them as the engine gave them.
exports.framesOf = function framesOf(error) {
  const entry = kept.get(error);
  if (entry !== undefined) return entry.raw === null ? entry.frames ?? [] : framesIn(entry);
  return typeof error.stack === 'string' ? parse(error.stack, 0) : [];
};
