// How V8 names the function of a frame: "Type.method", "new Class", the place of who has no name. From the function and
// the `this` of the frame, as far as the walk has found them; nothing that a program has written runs here.
'use strict';

const { isProxy } = require('internal/types');

const sourceOf = Function.prototype.toString;
const own = Object.getOwnPropertyDescriptor;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$_]*$/u;
const MOST_PROPERTIES = 200; // that a name is looked for among

function* chain(object) {
  for (let at = object, i = 0; at !== null && i < 50; i++) {
    if (isProxy(at)) return;
    yield at;
    at = Object.getPrototypeOf(at);
  }
}

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
const isGlobal = (value) => value === globalThis || (isObject(value) && !isProxy(value) && own(value, 'globalThis') !== undefined);

// A body that the engine has split from its function (of async functions and generators) has a text from "{" on.
const textOf = (fn) => (typeof fn === 'function' ? sourceOf.call(fn) : '');
const isClass = (fn) => typeof fn === 'function' && !isProxy(fn) && /^class\b/.test(sourceOf.call(fn));

function ownName(fn) {
  if (typeof fn !== 'function' || isProxy(fn)) return '';
  const name = own(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

// The name of what a receiver is; '' for none, such as in a plain call.
function typeOf(self) {
  if (self === undefined || self === null || isGlobal(self)) return '';
  if (!isObject(self)) return Object(self).constructor?.name ?? '';
  if (isProxy(self)) return 'Proxy';
  if (typeof self === 'function') return ownName(own(Object.getPrototypeOf(self) ?? {}, 'constructor')?.value) || ownName(self) || 'Function';
  const tag = own(self, Symbol.toStringTag)?.value;
  if (typeof tag === 'string') return tag;
  for (const at of chain(self)) {
    const maker = own(at, 'constructor')?.value;
    if (at !== self || own(at, 'constructor')?.enumerable === false) if (typeof maker === 'function') return ownName(maker);
  }
  return 'Object';
}

const holds = (property, fn) => property !== undefined && (property.value === fn || property.get === fn || property.set === fn);

// Under which name the receiver has the function: '' when it has it under none, or under two.
function methodOf({ self, fn, name, native: isNative }) {
  if (isNative || !isObject(self) || typeof fn !== 'function') return '';
  const plain = name.replace(/^[gs]et /, '');
  let found = '';
  for (const at of chain(self)) if (plain !== '' && holds(own(at, plain), fn)) return plain;
  for (const at of chain(self)) {
    const keys = Object.keys(at);
    if (keys.length > MOST_PROPERTIES) return '';
    for (const key of keys) {
      if (!holds(own(at, key), fn)) continue;
      if (found !== '') return '';
      found = key;
    }
  }
  return found;
}

function asMethod(frame, name) {
  if (isClass(frame.self)) {
    const type = ownName(frame.self);
    return name !== '' && (type === '' || name.startsWith(type)) ? name : `${type}.${name || '<anonymous>'}`;
  }
  const type = typeOf(frame.self);
  const method = methodOf(frame);
  if (name === '') return type === '' ? '' : `${type}.${method || '<anonymous>'}`;
  const shown = type !== '' && IDENTIFIER.test(name) ? `${type}.${name}` : name;
  const isTold = method === '' || name === method || name.endsWith(`.${method}`) || name.endsWith(` ${method}`);
  return isTold ? shown : `${shown} [as ${method}]`;
}

// `this` of a native construction is its class.
const constructs = ({ constructs: isMade, native: isNative, fn, self }) => isMade === true ||
  (isNative ? fn !== undefined && self === fn : isClass(fn));

// What stands before " (place)"; '' for a function without a name.
exports.describe = (frame) => (constructs(frame) ? `new ${frame.name || '<anonymous>'}` : asMethod(frame, frame.name));

// V8 shows no caller of the engine's own that only passes on.
const PASSES = new Set(['apply', 'call', 'construct']);
const isPassing = (frame) => frame.native && (frame.name === '' || PASSES.has(frame.name) || frame.name.startsWith('bound '));

// Frames of the engine's text get the functions of the walk, [function, this, …], which may begin a frame earlier or later.
exports.join = function join(frames, walked) {
  const fits = (shift) => {
    let score = 0;
    for (let i = 0; i < frames.length && i < 8; i++) {
      const name = ownName(walked[2 * (i + shift)]);
      if (name !== '') score += name === frames[i].name ? 1 : -1;
    }
    return score;
  };
  const shift = [1, -1].reduce((best, one) => (fits(one) > fits(best) ? one : best), 0);
  for (let i = 0; i < frames.length; i++) {
    frames[i].fn = walked[2 * (i + shift)];
    frames[i].self = walked[2 * (i + shift) + 1];
  }
};

// Frames as V8 has them: one for a function and its body; functions by the names that they have now.
exports.settle = function settle(frames) {
  const settled = [];
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i];
    if (isPassing(frame)) continue;
    settled.push(frame);
    const text = frame.native ? '' : textOf(frame.fn);
    const next = frames[i + 1];
    if (text[0] === '{') {
      if (next !== undefined && textOf(next.fn).endsWith(text)) {
        frame.name = ownName(next.fn) || next.name;
        frame.fn = next.fn;
        i += 1;
      } else if (next?.native && next.name === 'next') {
        next.name = `${frame.name}.next`;
        next.fn = next.self = undefined;
      }
    } else {
      frame.name = ownName(frame.fn) || frame.name;
    }
  }
  return settled;
};

exports.typeOf = typeOf;
exports.methodOf = methodOf;
exports.constructs = constructs;
exports.textOf = textOf;
