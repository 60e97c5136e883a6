// readline/promises.
'use strict';

const { Interface: Base, ask } = require('internal/readline/interface');
const { positionText, moveText, clearText, CLEAR_DOWN } = require('internal/readline/callbacks');
const { validateBoolean, validateInteger } = require('internal/validators');

class Interface extends Base {
  question(query, options) { return ask(this, query, options); }
}

// Moves that are collected, and written by commit().
class Readline {
  #stream;
  #autoCommit = false;
  #todo = [];
  constructor(stream, options = undefined) {
    this.#stream = stream;
    if (options?.autoCommit !== undefined) {
      validateBoolean(options.autoCommit, 'options.autoCommit');
      this.#autoCommit = options.autoCommit;
    }
  }
  #add(text) {
    if (this.#autoCommit) process.nextTick(() => this.#stream.write(text));
    else this.#todo.push(text);
    return this;
  }
  cursorTo(x, y = undefined) {
    validateInteger(x, 'x');
    if (y !== undefined) validateInteger(y, 'y');
    return this.#add(positionText(x, y));
  }
  moveCursor(dx, dy) { return this.#add(moveText(dx, dy)); }
  clearLine(direction) {
    validateInteger(direction, 'dir', -1, 1);
    return this.#add(clearText(direction));
  }
  clearScreenDown() { return this.#add(CLEAR_DOWN); }
  commit() {
    return new Promise((resolve) => {
      this.#stream.write(this.#todo.join(''), resolve);
      this.#todo = [];
    });
  }
  rollback() {
    this.#todo = [];
    return this;
  }
}

module.exports = {
  Interface, Readline,
  createInterface: (input, output, completer, terminal) => new Interface(input, output, completer, terminal),
};
