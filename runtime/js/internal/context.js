// The asynchronous context: one value that callbacks carry from where they were made to where they
// run. AsyncLocalStorage keeps its stores in it; nobody else gives it a meaning.
'use strict';

const context = { current: undefined };

module.exports = context;
