// util.types: what a value is, by what only the engine can have put into it.
'use strict';

function brand(check) {
  return (value) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
    try {
      check(value);
      return true;
    } catch {
      return false;
    }
  };
}

const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const call = (fn, ...args) => (value) => Reflect.apply(fn, value, args);
const tag = (value) => Object.prototype.toString.call(value);

const typedTag = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const isTyped = (name) => (value) => typedTag.call(value) === name;
const AsyncFunction = (async () => {}).constructor.prototype;
const Generator = function* () {}.constructor.prototype;
const AsyncGenerator = async function* () {}.constructor.prototype;
const source = Function.prototype.toString;

function isAsyncFunction(value) {
  if (typeof value !== 'function') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === AsyncFunction || prototype === AsyncGenerator || /^async\b/.test(source.call(value));
}

function isGeneratorFunction(value) {
  if (typeof value !== 'function') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Generator || prototype === AsyncGenerator;
}

function isProxy(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return native('util').proxyTarget(value) !== undefined;
}

const isMap = brand(call(getter(Map.prototype, 'size')));
const isSet = brand(call(getter(Set.prototype, 'size')));
// SharedArrayBuffers are ArrayBuffers here (internal/shared_memory), or those that WebAssembly has made.
const sharedBuffers = new WeakSet();
const isObject = (value) => value !== null && typeof value === 'object';
const hasLength = brand(call(getter(ArrayBuffer.prototype, 'byteLength')));
const isArrayBuffer = (value) => hasLength(value) && !sharedBuffers.has(value);
const isSharedArrayBuffer = (value) => isObject(value) && (sharedBuffers.has(value) || (!hasLength(value) && tag(value) === '[object SharedArrayBuffer]'));
const isDate = brand(call(Date.prototype.getTime));
const boxed = {
  isNumberObject: brand(call(Number.prototype.valueOf)),
  isStringObject: brand(call(String.prototype.valueOf)),
  isBooleanObject: brand(call(Boolean.prototype.valueOf)),
  isBigIntObject: brand(call(BigInt.prototype.valueOf)),
  isSymbolObject: brand(call(Symbol.prototype.valueOf)),
};
const isRegExp = (value) => !isProxy(value) && tagOf(value) === '[object RegExp]' && brand(call(RegExp.prototype.exec, ''))(value);

// The engine's own tag, whatever Symbol.toStringTag says.
function tagOf(value) {
  if (value === null || typeof value !== 'object') return '';
  if (!(Symbol.toStringTag in value)) return tag(value);
  return value instanceof RegExp ? '[object RegExp]' : tag(value);
}

const isPromise = (value) => value !== null && typeof value === 'object' && !isProxy(value) &&
  value instanceof Promise && tag(value) === '[object Promise]';

module.exports = {
  isExternal: () => false,
  isDate, isMap, isSet, isRegExp, isPromise, isProxy, isAsyncFunction, isGeneratorFunction,
  isArrayBuffer, isSharedArrayBuffer,
  isArgumentsObject: (value) => value !== null && typeof value === 'object' && !(Symbol.toStringTag in value) &&
    tag(value) === '[object Arguments]',
  ...boxed,
  isBoxedPrimitive: (value) => Object.values(boxed).some((is) => is(value)),
  isNativeError: (value) => (typeof Error.isError === 'function' ? Error.isError(value)
    : value instanceof Error && tag(value) === '[object Error]'),
  isGeneratorObject: (value) => value !== null && typeof value === 'object' &&
    /^\[object (Async)?Generator\]$/.test(tag(value)),
  isWeakMap: brand(call(WeakMap.prototype.has, {})),
  isWeakSet: brand(call(WeakSet.prototype.has, {})),
  isMapIterator: (value) => tag(value) === '[object Map Iterator]',
  isSetIterator: (value) => tag(value) === '[object Set Iterator]',
  isAnyArrayBuffer: (value) => isArrayBuffer(value) || isSharedArrayBuffer(value),
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
  isDataView: (value) => ArrayBuffer.isView(value) && typedTag.call(value) === undefined,
  isTypedArray: (value) => typedTag.call(value) !== undefined,
  isModuleNamespaceObject: (value) => value !== null && typeof value === 'object' && tag(value) === '[object Module]',
  isCryptoKey: (value) => value !== null && typeof value === 'object' && value.constructor?.name === 'CryptoKey',
  isKeyObject: (value) => value !== null && typeof value === 'object' && /KeyObject$/.test(value.constructor?.name ?? ''),
  isEventTarget: (value) => value instanceof EventTarget,
};
for (const name of ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array',
  'Int32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
  module.exports[`is${name}`] = isTyped(name);
}
Object.defineProperty(module.exports, 'sharedBuffers', { value: sharedBuffers });
