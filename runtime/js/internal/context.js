// The asynchronous context: one value that callbacks carry from where they were made to where they
// run. AsyncLocalStorage keeps its stores in it; nobody else gives it a meaning.
'use strict';

const context = { current: undefined };

// A callback that runs in the context of now, or in that one; itself where there is none.
Object.defineProperty(context, 'bind', { value: function bind(callback, frame = context.current) {
  if (frame === undefined) return callback;
  return function(...args) {
    const before = context.current;
    context.current = frame; // which a throw leaves to who handles it
    const result = Reflect.apply(callback, this, args);
    context.current = before;
    return result;
  };
} });

module.exports = context;
