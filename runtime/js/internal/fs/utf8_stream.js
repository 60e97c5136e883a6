// fs.Utf8Stream: lines of text to a file, gathered until `minLength` characters wait, then written in pieces of at most
// `maxWrite`. One piece is under way at a time; what the system refuses for now (EAGAIN, EBUSY) is tried again.
'use strict';

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger, validateObject, validateOneOf, validateString } = require('internal/validators');

const FULL = 16387; // write() is false from here on
const MOST = 16 * 1024;
const PAUSE = 100; // milliseconds before a second try
const NAMES = ['write', 'writeSync', 'fsync', 'fsyncSync', 'close', 'open', 'openSync', 'mkdir', 'mkdirSync'];

const isBusy = (error) => error.code === 'EAGAIN' || error.code === 'EBUSY';
const sleep = () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE); };

function readOptions(options) {
  validateObject(options, 'options');
  const read = { minLength: 0, maxLength: 0, maxWrite: MOST, periodicFlush: 0, sync: false, append: true, mkdir: false, fsync: false,
    contentMode: 'utf8', retryEAGAIN: () => true, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) };
  for (const name of ['minLength', 'maxLength', 'maxWrite', 'periodicFlush']) validateInteger(read[name], `options.${name}`, 0);
  for (const name of ['sync', 'append', 'mkdir', 'fsync']) validateBoolean(read[name], `options.${name}`);
  validateOneOf(read.contentMode, 'options.contentMode', ['utf8', 'buffer']);
  validateFunction(read.retryEAGAIN, 'options.retryEAGAIN');
  if (read.minLength >= read.maxWrite) {
    throw new codes.ERR_INVALID_ARG_VALUE.RangeError('options.minLength', read.minLength, `should be smaller than maxWrite (${read.maxWrite})`);
  }
  read.fd ??= read.dest === undefined ? undefined : null;
  if (typeof read.fd !== 'number') validateString(read.dest ?? read.fd, 'options.dest');
  return read;
}

function ownFs(given) {
  const fs = require('fs');
  if (given !== undefined) validateObject(given, 'options.fs');
  const own = {};
  for (const name of NAMES) {
    own[name] = given?.[name] ?? fs[name];
    validateFunction(own[name], `options.fs.${name}`);
  }
  return own;
}

class Utf8Stream extends EventEmitter {
  #options;
  #fs;
  #fd = -1;
  #file = null;
  #waiting = []; // pieces
  #length = 0; // of all that waits, with the piece under way
  #piece; // under way
  #writing = false;
  #ending = false;
  #destroyed = false;
  #opening = false;
  #reopening = false;
  #flushing = false; // flush() waits for the file to open
  #drainComes = false;
  #timer;

  constructor(options = {}) {
    super();
    const read = this.#options = readOptions(options);
    this.#fs = ownFs(options.fs);
    this.#piece = this.#empty();
    if (typeof read.fd === 'number') {
      this.#fd = read.fd;
      process.nextTick(() => this.emit('ready'));
    } else this.#open(read.dest);
    if (read.periodicFlush > 0) this.#timer = setInterval(() => this.flush(() => {}), read.periodicFlush).unref();
  }

  get append() { return this.#options.append; }
  get contentMode() { return this.#options.contentMode; }
  get fd() { return this.#fd; }
  get file() { return this.#file; }
  get fsync() { return this.#options.fsync; }
  get maxLength() { return this.#options.maxLength; }
  get minLength() { return this.#options.minLength; }
  get mkdir() { return this.#options.mkdir; }
  get mode() { return this.#options.mode; }
  get periodicFlush() { return this.#options.periodicFlush; }
  get sync() { return this.#options.sync; }
  get writing() { return this.#writing; }

  #empty() { return this.#options.contentMode === 'buffer' ? Buffer.alloc(0) : ''; }

  #check() {
    if (this.#destroyed) throw new codes.ERR_INVALID_STATE('Utf8Stream is destroyed');
  }

  #open(file) {
    const { append, mkdir, mode, sync } = this.#options;
    const flags = append ? 'a' : 'w';
    const fs = this.#fs;
    this.#opening = true;
    this.#writing = true;
    this.#drainComes = false;
    const folder = mkdir ? require('path').dirname(file) : undefined;
    if (sync) {
      try {
        if (mkdir) fs.mkdirSync(folder, { recursive: true });
        this.#opened(file, null, fs.openSync(file, flags, mode));
      } catch (error) {
        this.#opened(file, error);
        throw error;
      }
      return;
    }
    const open = () => fs.open(file, flags, mode, (error, fd) => this.#opened(file, error, fd));
    if (mkdir) fs.mkdir(folder, { recursive: true }, (error) => (error ? this.#opened(file, error) : open()));
    else open();
  }

  #opened(file, error, fd) {
    const { sync, minLength } = this.#options;
    const again = this.#reopening;
    this.#reopening = this.#opening = this.#writing = false;
    if (error) {
      if (!sync) this.emit('error', error);
      else process.nextTick(() => { if (this.listenerCount('error') > 0) this.emit('error', error); });
      return;
    }
    this.#fd = fd;
    this.#file = file;
    if (sync) process.nextTick(() => this.emit('ready'));
    else this.emit('ready');
    if (this.#destroyed) return;
    if ((!this.#writing && this.#length > minLength) || this.#flushing) this.#begin();
    else if (again) process.nextTick(() => this.emit('drain'));
  }

  write(data) {
    this.#check();
    if (this.#options.contentMode === 'utf8') data = `${data}`;
    else if (!Buffer.isBuffer(data)) throw new codes.ERR_INVALID_ARG_TYPE('data', 'Buffer', data);
    const length = this.#length + data.length;
    if (this.#options.maxLength > 0 && length > this.#options.maxLength) {
      this.emit('drop', data);
      return this.#length < FULL;
    }
    const last = this.#waiting.at(-1);
    if (last === undefined || last.length + data.length > this.#options.maxWrite) this.#waiting.push(data);
    else this.#waiting[this.#waiting.length - 1] = typeof data === 'string' ? last + data : Buffer.concat([last, data]);
    this.#length = length;
    if (!this.#writing && length >= this.#options.minLength) this.#begin();
    return this.#length < FULL;
  }

  #writeSync(piece) {
    return typeof piece === 'string' ? this.#fs.writeSync(this.#fd, piece, 'utf8') : this.#fs.writeSync(this.#fd, piece);
  }

  // The next piece, or what is left of the one under way.
  #begin() {
    this.#writing = true;
    if (this.#piece.length === 0) this.#piece = this.#waiting.shift() ?? this.#empty();
    this.#go();
  }

  #go() {
    if (this.#options.sync) {
      let count;
      try {
        count = this.#writeSync(this.#piece);
      } catch (error) {
        return this.#failed(error);
      }
      return this.#wrote(count);
    }
    const done = (error, count) => (error ? this.#failed(error) : this.#wrote(count));
    if (typeof this.#piece === 'string') this.#fs.write(this.#fd, this.#piece, 'utf8', done);
    else this.#fs.write(this.#fd, this.#piece, done);
  }

  #failed(error) {
    if (isBusy(error) && this.#options.retryEAGAIN(error, this.#piece.length, this.#length - this.#piece.length)) {
      if (!this.#options.sync) return void setTimeout(() => this.#go(), PAUSE);
      sleep();
      return this.#go();
    }
    this.#writing = false;
    this.emit('error', error);
  }

  // What is left of a piece of which `count` bytes are written.
  #rest(piece, count) {
    const done = typeof piece === 'string' ? Buffer.from(piece).subarray(0, count).toString().length : count ?? piece.length;
    this.#length = Math.max(this.#length - done, 0);
    return piece.slice(done);
  }

  #wrote(count) {
    this.emit('write', count);
    this.#piece = this.#rest(this.#piece, count);
    if (this.#piece.length > 0) return this.#go();
    const { fsync, minLength, sync } = this.#options;
    if (fsync) this.#fs.fsyncSync(this.#fd);
    if (this.#reopening) {
      this.#writing = this.#reopening = false;
      this.reopen();
    } else if (this.#length > minLength || (this.#ending && this.#length > 0)) this.#begin();
    else {
      this.#writing = false;
      if (this.#ending) this.#close();
      else if (!sync) this.emit('drain');
      else this.#drainLater();
    }
  }

  #drainLater() {
    if (this.#drainComes) return;
    this.#drainComes = true;
    process.nextTick(() => {
      if (!this.#drainComes) return;
      this.#drainComes = false;
      this.emit('drain');
    });
  }

  flush(callback) {
    if (callback !== undefined) validateFunction(callback, 'cb');
    if (this.#destroyed) {
      if (callback === undefined) this.#check();
      return void callback(new codes.ERR_INVALID_STATE('Utf8Stream is destroyed'));
    }
    if (this.#options.minLength <= 0) return void callback?.();
    if (callback) this.#onDrain(callback);
    if (this.#writing) return;
    if (this.#waiting.length === 0) this.#waiting.push(this.#empty());
    this.#begin();
  }

  #onDrain(callback) {
    this.#flushing = true;
    const end = (error) => {
      this.#flushing = false;
      callback(error);
    };
    const onDrain = () => {
      this.off('error', onError);
      if (this.#options.fsync || this.#destroyed) end();
      else this.#fs.fsync(this.#fd, end);
    };
    const onError = (error) => {
      this.off('drain', onDrain);
      end(error);
    };
    this.once('drain', onDrain);
    this.once('error', onError);
  }

  flushSync() {
    this.#check();
    if (this.#fd < 0) throw new codes.ERR_INVALID_STATE('Utf8Stream is not ready');
    if (!this.#writing && this.#piece.length > 0) {
      this.#waiting.unshift(this.#piece);
      this.#piece = this.#empty();
    }
    while (this.#waiting.length > 0) {
      const [piece] = this.#waiting;
      try {
        const rest = this.#rest(piece, this.#writeSync(piece));
        if (rest.length > 0) this.#waiting[0] = rest;
        else this.#waiting.shift();
      } catch (error) {
        if (!isBusy(error) || !this.#options.retryEAGAIN(error, piece.length, this.#length - piece.length)) throw error;
        sleep();
      }
    }
    try {
      this.#fs.fsyncSync(this.#fd);
    } catch {
      // Not each kind of file can.
    }
  }

  reopen(file) {
    this.#check();
    if (this.#opening) return void this.once('ready', () => this.reopen(file));
    if (this.#ending) return;
    if (!this.#file) throw new codes.ERR_INVALID_STATE('Unable to reopen a file descriptor, you must pass a file to Utf8Stream');
    if (file) this.#file = file;
    this.#reopening = true;
    if (this.#writing) return;
    const fd = this.#fd;
    this.once('ready', () => {
      if (fd !== this.#fd) this.#fs.close(fd, (error) => { if (error) this.emit('error', error); });
    });
    this.#open(this.#file);
  }

  end() {
    this.#check();
    if (this.#opening) return void this.once('ready', () => this.end());
    if (this.#ending) return;
    this.#ending = true;
    if (this.#writing) return;
    if (this.#length > 0 && this.#fd >= 0) this.#begin();
    else this.#close();
  }

  destroy() {
    if (!this.#destroyed) this.#close();
  }

  [Symbol.dispose]() { this.destroy(); }

  #close() {
    if (this.#fd === -1) return void this.once('ready', () => this.#close());
    if (this.#destroyed) return;
    clearInterval(this.#timer);
    this.#destroyed = true;
    this.#waiting = [];
    const done = (error) => {
      if (error) return void this.emit('error', error);
      if (this.#ending && !this.#writing) this.emit('finish');
      this.emit('close');
    };
    const close = () => {
      if (this.#fd === 1 || this.#fd === 2) setImmediate(done);
      else this.#fs.close(this.#fd, done);
    };
    if (this.#options.fsync) close(); // each write was followed by one
    else this.#fs.fsync(this.#fd, close);
  }
}

module.exports = { Utf8Stream };
