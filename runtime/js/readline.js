// readline.
'use strict';

const { Interface, ask } = require('internal/readline/interface');
const { cursorTo, moveCursor, clearLine, clearScreenDown } = require('internal/readline/callbacks');
const { emitKeypressEvents } = require('internal/readline/keys');
const lazy = require('internal/lazy');

Object.defineProperty(Interface.prototype.question, Symbol.for('nodejs.util.promisify.custom'), {
  configurable: true, value: function question(query, options) { return ask(this, query, options); },
});

module.exports = {
  Interface, clearLine, clearScreenDown,
  createInterface: (input, output, completer, terminal) => new Interface(input, output, completer, terminal),
  cursorTo, emitKeypressEvents, moveCursor,
};
lazy.define(module.exports, 'promises', () => require('readline/promises'), true);
