'use strict';

const timers = require('internal/timers');
const lazy = require('internal/lazy');

const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate } = timers;

module.exports = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate };
lazy.define(module.exports, 'promises', () => require('timers/promises'), true);

const kCustom = Symbol.for('nodejs.util.promisify.custom');
for (const name of ['setTimeout', 'setImmediate']) {
  Object.defineProperty(timers[name], kCustom, {
    enumerable: true,
    get() { return require('timers/promises')[name]; },
  });
}
