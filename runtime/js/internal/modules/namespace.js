// The namespace object of an ES module, as programs see it: a proxy whose values are read through getters.
'use strict';

// resolved, extra: name -> getter.
exports.make = function make(resolved, extra) {
  const getters = new Map(resolved);
  if (extra !== undefined) for (const [name, getter] of extra) getters.set(name, getter);
  const target = Object.create(null);
  for (const name of [...getters.keys()].sort()) {
    Object.defineProperty(target, name, { value: undefined, writable: true, enumerable: true, configurable: false });
  }
  Object.defineProperty(target, Symbol.toStringTag, { value: 'Module' });
  Object.preventExtensions(target);
  const read = (key) => (typeof key === 'string' && getters.has(key) ? getters.get(key)() : target[key]);
  return new Proxy(target, {
    get: (_, key) => read(key),
    getOwnPropertyDescriptor(_, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
      if (descriptor && typeof key === 'string') {
        // The invariant of proxies wants the target to hold the same value only when it is not writable.
        descriptor.value = read(key);
      }
      return descriptor;
    },
    set: () => false,
    deleteProperty: (_, key) => !(key in target),
    defineProperty(_, key, descriptor) {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      if (!own || descriptor.get || descriptor.set || descriptor.configurable === true || descriptor.enumerable === false ||
          descriptor.writable === false) return false;
      return !('value' in descriptor) || Object.is(descriptor.value, read(key));
    },
  });
};
