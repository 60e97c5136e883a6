// fs.opendir: a folder's entries one after the other.
'use strict';

const fs = require('fs');
const { codes } = require('internal/errors');
const { toPath, toOptions } = require('internal/fs/ops');
const { validateFunction } = require('internal/validators');

class Dir {
  #path;
  #entries;
  #at = 0;
  #closed = false;
  constructor(path, entries) {
    if (entries === undefined) throw new codes.ERR_MISSING_ARGS('handle');
    this.#path = path;
    this.#entries = entries;
  }
  get path() {
    if (!(#path in this)) throw new codes.ERR_INVALID_THIS('Dir');
    return this.#path;
  }
  #check() { if (this.#closed) throw new codes.ERR_DIR_CLOSED(); }
  readSync() {
    this.#check();
    return this.#entries[this.#at++] ?? null;
  }
  read(callback) {
    if (callback === undefined) return new Promise((resolve) => { resolve(this.readSync()); });
    validateFunction(callback, 'callback');
    this.#check();
    validateFunction(callback, 'callback');
    const entry = this.readSync();
    process.nextTick(callback, null, entry);
  }
  closeSync() {
    this.#check();
    this.#closed = true;
  }
  close(callback) {
    if (callback === undefined) {
      if (this.#closed) return Promise.reject(new codes.ERR_DIR_CLOSED());
      this.#closed = true;
      return Promise.resolve();
    }
    validateFunction(callback, 'callback');
    if (this.#closed) return void process.nextTick(callback, new codes.ERR_DIR_CLOSED());
    this.#closed = true;
    process.nextTick(callback, null);
  }
  async* entries() {
    try {
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      if (!this.#closed) await this.close();
    }
  }
  [Symbol.asyncIterator]() { return this.entries(); }
  async [Symbol.asyncDispose]() { if (!this.#closed) await this.close(); }
  [Symbol.dispose]() { if (!this.#closed) this.closeSync(); }
}

// Node's words for a folder that cannot be opened.
function asOpendir(error) {
  if (error?.syscall === 'scandir') {
    error.message = error.message.replace(', scandir', ', opendir');
    error.syscall = 'opendir';
  }
  return error;
}

function opendirSync(path, options) {
  path = toPath(path);
  options = toOptions(options, { encoding: 'utf8' });
  try {
    return new Dir(path, fs.readdirSync(path, { ...options, withFileTypes: true }));
  } catch (error) {
    throw asOpendir(error);
  }
}

function opendir(path, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  validateFunction(callback, 'callback');
  path = toPath(path);
  options = toOptions(options, { encoding: 'utf8' });
  fs.readdir(path, { ...options, withFileTypes: true }, (error, entries) => {
    if (error) return callback(asOpendir(error));
    callback(null, new Dir(path, entries));
  });
}

module.exports = { Dir, opendir, opendirSync };
