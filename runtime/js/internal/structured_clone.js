// structuredClone: what the HTML Standard copies, with cycles and transfer of buffers.
'use strict';

const { codes } = require('internal/errors');
const types = require('internal/types');

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function refuse(value) {
  let text;
  try {
    text = typeof value === 'symbol' || typeof value === 'function' ? String(value) : `#<${value?.constructor?.name ?? 'Object'}>`;
  } catch {
    text = 'object';
  }
  throw new DOMException(`${text} could not be cloned.`, 'DataCloneError');
}

function clone(value, seen) {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(value);
  if (value === null || typeof value !== 'object') return value;
  if (seen.has(value)) return seen.get(value);
  const keep = (copy) => {
    seen.set(value, copy);
    return copy;
  };
  if (types.isBoxedPrimitive(value)) {
    if (types.isSymbolObject(value)) refuse(value);
    return keep(Object(value.valueOf()));
  }
  if (types.isDate(value)) return keep(new Date(value.getTime()));
  if (types.isRegExp(value)) return keep(new RegExp(value.source, value.flags));
  if (types.isSharedArrayBuffer(value)) return keep(value);
  if (types.isArrayBuffer(value)) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) return keep(cloneView(value, seen));
  if (types.isMap(value)) return cloneMap(value, keep(new Map()), seen);
  if (types.isSet(value)) return cloneSet(value, keep(new Set()), seen);
  if (types.isNativeError(value)) return cloneError(value, keep, seen);
  if (typeof Blob === 'function' && value instanceof Blob) return keep(value);
  if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef ||
      types.isGeneratorObject(value)) refuse(value);
  const copy = keep(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) {
    Object.defineProperty(copy, key, { value: clone(value[key], seen), writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

function cloneView(view, seen) {
  const buffer = clone(view.buffer, seen);
  if (types.isDataView(view)) return new DataView(buffer, view.byteOffset, view.byteLength);
  const Class = globalThis[Object.prototype.toString.call(view).slice(8, -1)] ?? Uint8Array;
  return new Class(buffer, view.byteOffset, view.length);
}

function cloneMap(map, copy, seen) {
  for (const [key, value] of [...map]) copy.set(clone(key, seen), clone(value, seen));
  return copy;
}

function cloneSet(set, copy, seen) {
  for (const value of [...set]) copy.add(clone(value, seen));
  return copy;
}

function cloneError(error, keep, seen) {
  const Class = ERRORS[error.name] ?? Error;
  const made = keep(new Class(error.message));
  if (!Object.hasOwn(error, 'message')) delete made.message;
  Object.defineProperty(made, 'stack', { value: error.stack, writable: true, configurable: true, enumerable: false });
  if (Object.hasOwn(error, 'cause')) {
    Object.defineProperty(made, 'cause', { value: clone(error.cause, seen), writable: true, configurable: true, enumerable: false });
  }
  return made;
}

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('The value argument');
  const transfer = options?.transfer === undefined ? [] : [...options.transfer];
  const seen = new Map();
  for (const one of transfer) {
    if (!types.isArrayBuffer(one)) throw new DOMException('Value not transferable', 'DataCloneError');
    if (seen.has(one)) throw new DOMException('ArrayBuffer occurs in the transfer list more than once', 'DataCloneError');
    seen.set(one, one.transfer());
  }
  return clone(value, seen);
}

module.exports = { structuredClone, clone: (value) => clone(value, new Map()) };
