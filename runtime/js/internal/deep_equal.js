// Deep equality, loose and strict, as assert and util have it.
'use strict';

const types = require('internal/types');

const getOwn = (object, strict) => (strict
  ? Reflect.ownKeys(object).filter((key) => Object.prototype.propertyIsEnumerable.call(object, key))
  : Object.keys(object));
const isIndex = (key) => typeof key === 'string' && /^(0|[1-9]\d{0,9})$/.test(key) && +key < 4294967295;

// The keys without a list's indexes, which come first: of a view they are all there.
function besideIndexes(object, strict) {
  if (ArrayBuffer.isView(object) && object.length > 0) {
    const keys = Reflect.ownKeys(object);
    if (keys.length === object.length) return [];
    return keys.slice(object.length).filter((key) => (strict || typeof key === 'string') && Object.prototype.propertyIsEnumerable.call(object, key));
  }
  return Array.isArray(object) ? getOwn(object, strict).filter((key) => !isIndex(key)) : getOwn(object, strict);
}

class Comparison {
  constructor(strict, skipPrototype = false) {
    this.strict = strict;
    this.skipPrototype = skipPrototype;
    this.seen = new Map(); // a -> set of b under comparison
  }

  equal(a, b) {
    if (a === b) return a !== 0 || !this.strict || Object.is(a, b);
    if (this.strict) {
      if (typeof a !== 'object') return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b);
      if (typeof b !== 'object' || a === null || b === null) return false;
      if (!this.skipPrototype && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    } else {
      // eslint-disable-next-line eqeqeq
      if (a === null || typeof a !== 'object') return (b === null || typeof b !== 'object') && (a == b || (a !== a && b !== b));
      if (b === null || typeof b !== 'object') return false;
    }
    if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
    return this.kinds(a, b);
  }

  kinds(a, b) {
    if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && this.guarded(a, b, () => this.arrays(a, b));
    if (types.isDate(a)) {
      if (!types.isDate(b) || (a.getTime() !== b.getTime() && !(Number.isNaN(a.getTime()) && Number.isNaN(b.getTime())))) return false;
    } else if (types.isRegExp(a)) {
      if (!types.isRegExp(b) || a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
    } else if (types.isNativeError(a) || a instanceof Error) {
      if (!(types.isNativeError(b) || b instanceof Error) || a.message !== b.message || a.name !== b.name) return false;
      if (('cause' in a) !== ('cause' in b) || !this.equal(a.cause, b.cause)) return false;
      if (('errors' in a) !== ('errors' in b) || !this.equal(a.errors, b.errors)) return false;
    } else if (ArrayBuffer.isView(a)) {
      return this.views(a, b);
    } else if (types.isSet(a)) {
      return types.isSet(b) && a.size === b.size && this.guarded(a, b, () => this.sets(a, b) && this.keys(a, b));
    } else if (types.isMap(a)) {
      return types.isMap(b) && a.size === b.size && this.guarded(a, b, () => this.maps(a, b) && this.keys(a, b));
    } else if (types.isAnyArrayBuffer(a)) {
      if (!types.isAnyArrayBuffer(b) || !this.bytes(new Uint8Array(a), new Uint8Array(b))) return false;
    } else if (types.isBoxedPrimitive(a)) {
      if (!types.isBoxedPrimitive(b) || !Object.is(a.valueOf(), b.valueOf())) return false;
    } else if (Array.isArray(b) || ArrayBuffer.isView(b) || types.isSet(b) || types.isMap(b) || types.isDate(b) ||
        types.isRegExp(b) || types.isAnyArrayBuffer(b) || types.isBoxedPrimitive(b) || types.isNativeError(b)) {
      return false;
    } else if (types.isWeakMap(a) || types.isWeakSet(a) || types.isPromise(a)) {
      return false;
    } else if (a instanceof globalThis.URL && b instanceof globalThis.URL) {
      if (a.href !== b.href) return false;
    }
    return this.guarded(a, b, () => this.keys(a, b));
  }

  bytes(a, b) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }

  views(a, b) {
    if (!ArrayBuffer.isView(b) || a.byteLength !== b.byteLength) return false;
    if (types.isDataView(a) || (this.strict && !(types.isFloat32Array(a) || types.isFloat64Array(a)))) {
      if (!this.bytes(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength))) return false;
    } else {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) if (!(this.strict ? Object.is(a[i], b[i]) : a[i] === b[i] || (a[i] !== a[i] && b[i] !== b[i]))) return false;
    }
    return this.guarded(a, b, () => this.keys(a, b));
  }

  guarded(a, b, compare) {
    const known = this.seen.get(a);
    if (known?.has(b)) return true;
    const set = known ?? new Set();
    if (!known) this.seen.set(a, set);
    set.add(b);
    const result = compare();
    set.delete(b);
    return result;
  }

  arrays(a, b) {
    for (let i = 0; i < a.length; i++) {
      if (Object.hasOwn(a, i)) {
        if (!Object.hasOwn(b, i) || !this.equal(a[i], b[i])) return false;
      } else if (Object.hasOwn(b, i)) return false;
    }
    return this.keys(a, b);
  }

  keys(a, b) {
    const listA = besideIndexes(a, this.strict);
    const listB = besideIndexes(b, this.strict);
    if (listA.length !== listB.length) return false;
    for (const key of listA) {
      if (!Object.prototype.propertyIsEnumerable.call(b, key) || !this.equal(a[key], b[key])) return false;
    }
    return true;
  }

  // Whether some member of `rest` equals the value; it is taken out.
  take(rest, value) {
    for (const one of rest) {
      if (this.equal(value, one)) {
        rest.delete(one);
        return true;
      }
    }
    return false;
  }

  sets(a, b) {
    const hard = [];
    for (const value of a) if (!b.has(value)) hard.push(value);
    if (hard.length === 0) return true;
    if (this.strict && hard.some((value) => value === null || typeof value !== 'object')) return false;
    const rest = new Set([...b].filter((value) => !a.has(value)));
    return hard.every((value) => this.take(rest, value));
  }

  maps(a, b) {
    const hard = [];
    for (const [key, value] of a) {
      if (!b.has(key)) hard.push([key, value]);
      else if (!this.equal(value, b.get(key))) {
        if (this.strict || typeof key === 'object') return false;
        hard.push([key, value]);
      }
    }
    if (hard.length === 0) return true;
    const rest = new Set([...b].filter(([key]) => !a.has(key)));
    return hard.every(([key, value]) => {
      for (const one of rest) {
        if (this.equal(key, one[0]) && this.equal(value, one[1])) {
          rest.delete(one);
          return true;
        }
      }
      return false;
    });
  }
}

// What is in `expected` is in `actual`.
function isPartial(actual, expected, seen = new Map()) {
  if (expected === null || typeof expected !== 'object') return Object.is(actual, expected);
  if (actual === null || typeof actual !== 'object') return false;
  if (seen.get(expected) === actual) return true;
  seen.set(expected, actual);
  if (types.isSet(expected)) {
    return types.isSet(actual) && [...expected].every((one) => actual.has(one) || [...actual].some((each) => isPartial(each, one, seen)));
  }
  if (types.isMap(expected)) {
    return types.isMap(actual) && [...expected].every(([key, value]) => actual.has(key) && isPartial(actual.get(key), value, seen));
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || expected.length > actual.length) return false;
    const rest = [...actual];
    return expected.every((one) => {
      const at = rest.findIndex((each) => isPartial(each, one, seen));
      if (at < 0) return false;
      rest.splice(0, at + 1);
      return true;
    });
  }
  if (types.isDate(expected) || types.isRegExp(expected) || ArrayBuffer.isView(expected) || types.isAnyArrayBuffer(expected) ||
      expected instanceof Error || types.isBoxedPrimitive(expected)) {
    return new Comparison(true).equal(actual, expected);
  }
  if (Object.prototype.toString.call(actual) !== Object.prototype.toString.call(expected)) return false;
  return getOwn(expected, true).every((key) => Object.hasOwn(actual, key) && isPartial(actual[key], expected[key], seen));
}

module.exports = {
  isDeepEqual: (a, b) => new Comparison(false).equal(a, b),
  isDeepStrictEqual: (a, b, options) => new Comparison(true, options?.skipPrototype === true || options === true).equal(a, b),
  isPartial: (actual, expected) => isPartial(actual, expected),
};
