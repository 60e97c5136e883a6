// FileHandle of fs/promises.
'use strict';

const EventEmitter = require('events');
const fs = require('fs');
const { AbortError } = require('internal/errors');

const kFd = Symbol('kFd');

function call(name, ...args) {
  return new Promise((resolve, reject) => {
    fs[name](...args, (error, value) => (error ? reject(error) : resolve(value)));
  });
}

class FileHandle extends EventEmitter {
  constructor(fd) {
    super();
    Object.defineProperty(this, kFd, { value: fd, writable: true, enumerable: false });
    Object.defineProperty(this, '_closing', { value: undefined, writable: true, enumerable: false });
  }

  get fd() { return this[kFd]; }
  getAsyncId() { return -1; }

  #open(syscall) {
    if (this[kFd] >= 0) return this[kFd];
    const error = new Error('file closed');
    error.code = 'EBADF';
    error.syscall = syscall;
    throw error;
  }

  async appendFile(data, options) { return this.writeFile(data, options); }
  async chmod(mode) { return call('fchmod', this.#open('fchmod'), mode); }
  async chown(uid, gid) { return call('fchown', this.#open('fchown'), uid, gid); }
  async datasync() { return call('fdatasync', this.#open('fdatasync')); }
  async sync() { return call('fsync', this.#open('fsync')); }
  async stat(options) { return call('fstat', this.#open('fstat'), options); }
  async truncate(length) { return call('ftruncate', this.#open('ftruncate'), length); }
  async utimes(atime, mtime) { return call('futimes', this.#open('futimes'), atime, mtime); }
  async readFile(options) {
    const signal = options?.signal;
    const abort = () => { if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason }); };
    abort();
    const data = await call('readFile', this.#open('read'), options);
    abort();
    return data;
  }

  async writeFile(data, options) {
    this.#open('write');
    const signal = options?.signal;
    const abort = () => { if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason }); };
    abort();
    if (data !== null && typeof data === 'object' && !ArrayBuffer.isView(data) &&
        (data[Symbol.asyncIterator] || data[Symbol.iterator])) {
      for await (const chunk of data) {
        abort();
        await call('writeFile', this.#open('write'), chunk, options);
      }
      return;
    }
    return call('writeFile', this[kFd], data, options);
  }

  async read(buffer, offset, length, position) {
    const fd = this.#open('read');
    let given = buffer;
    if (!ArrayBuffer.isView(buffer)) {
      const options = buffer ?? {};
      given = options.buffer ?? require('buffer').Buffer.alloc(16384);
      ({ offset = 0, length, position } = options);
    } else if (offset !== null && typeof offset === 'object') {
      ({ offset = 0, length, position } = offset);
    }
    return new Promise((resolve, reject) => {
      fs.read(fd, given, offset ?? 0, length ?? given.byteLength - (offset ?? 0), position ?? null,
        (error, bytesRead) => (error ? reject(error) : resolve({ bytesRead, buffer: given })));
    });
  }

  async write(buffer, ...args) {
    const fd = this.#open('write');
    return new Promise((resolve, reject) => {
      fs.write(fd, buffer, ...args, (error, bytesWritten) => (error ? reject(error) : resolve({ bytesWritten, buffer })));
    });
  }

  async readv(buffers, position) {
    const fd = this.#open('read');
    return new Promise((resolve, reject) => {
      fs.readv(fd, buffers, position, (error, bytesRead) => (error ? reject(error) : resolve({ bytesRead, buffers })));
    });
  }

  async writev(buffers, position) {
    const fd = this.#open('write');
    return new Promise((resolve, reject) => {
      fs.writev(fd, buffers, position, (error, bytesWritten) => (error ? reject(error) : resolve({ bytesWritten, buffers })));
    });
  }

  createReadStream(options) { return fs.createReadStream('', { ...options, fd: this }); }
  createWriteStream(options) { return fs.createWriteStream('', { ...options, fd: this }); }

  readLines(options) {
    return require('readline').createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  readableWebStream() {
    return require('stream').Readable.toWeb(this.createReadStream({ autoClose: false }));
  }

  close() {
    if (this[kFd] < 0) return this._closing ?? Promise.resolve();
    const fd = this[kFd];
    this[kFd] = -1;
    this._closing = call('close', fd).finally(() => { this._closing = undefined; });
    this.emit('close');
    return this._closing;
  }

  async [Symbol.asyncDispose]() { await this.close(); }
}

module.exports = { FileHandle };
