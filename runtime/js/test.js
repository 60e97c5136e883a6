// node:test: what a file of tests calls. The tree of tests is internal/test/tree, what a running test sees is
// internal/test/context.
'use strict';

const lazy = require('internal/lazy');
const { begin, declare, current } = require('internal/test/tree');

// test(name, options, fn), each of them optional.
function arguments_(name, options, fn, overrides) {
  if (typeof name === 'function') {
    fn = name;
    options = undefined;
  } else if (name !== null && typeof name === 'object') {
    fn = options;
    options = name;
    name = undefined;
  } else if (typeof options === 'function') {
    fn = options;
    options = undefined;
  }
  options = { __proto__: null, ...options, ...overrides };
  if (typeof name !== 'string' || name === '') name = fn?.name || '<anonymous>';
  return { name, options, fn: fn ?? (() => {}) };
}

function declarer(kind) {
  const make = (overrides) => function(name, options, fn) {
    const parent = current() ?? begin();
    return declare(parent, kind, arguments_(name, options, fn, overrides));
  };
  const declared = make();
  for (const word of ['skip', 'todo', 'only', 'expectFailure']) declared[word] = make({ [word]: true });
  return declared;
}

function hook(when) {
  return (fn, options) => { (current() ?? begin()).hook(when, fn, options); };
}

const test = declarer('test');
const suite = declarer('suite');

module.exports = Object.assign(test, {
  test, it: test, suite, describe: suite,
  before: hook('before'), after: hook('after'), beforeEach: hook('beforeEach'), afterEach: hook('afterEach'),
});
lazy.define(test, 'mock', () => new (require('internal/test/mock').MockTracker)(), true);
lazy.define(test, 'assert', () => require('internal/test/context').assertions, true);
