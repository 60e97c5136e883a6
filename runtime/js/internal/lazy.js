// Properties that cost nothing until they are touched.
'use strict';

// object[name] becomes what get() gives, once, at the first reading; writing replaces it.
exports.define = function define(object, name, get, enumerable = false) {
  const settle = (value) => {
    Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable });
    return value;
  };
  Object.defineProperty(object, name, {
    configurable: true,
    enumerable,
    get() { return settle(get()); },
    set(value) { settle(value); },
  });
};

// define for each of the names, without a call for each: so many would wake the engine's compiler at every start.
exports.defineAll = function defineAll(object, names, get, enumerable) {
  for (const name of names) {
    const settle = (value) => {
      Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable });
      return value;
    };
    Object.defineProperty(object, name, {
      configurable: true,
      enumerable,
      get() { return settle(get()[name]); },
      set(value) { settle(value); },
    });
  }
};
