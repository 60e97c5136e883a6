// A Transform that becomes one when it is used as a stream: most hashes and ciphers never are.
'use strict';

const { Transform } = require('stream');

function LazyTransform(options) {
  this._options = options;
}
Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
Object.setPrototypeOf(LazyTransform, Transform);

for (const name of ['_readableState', '_writableState']) {
  Object.defineProperty(LazyTransform.prototype, name, {
    get() {
      const options = this._options;
      Transform.call(this, options);
      if (!options?.decodeStrings) this._writableState.decodeStrings = false;
      return this[name];
    },
    set(value) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    configurable: true,
    enumerable: true,
  });
}

module.exports = LazyTransform;
