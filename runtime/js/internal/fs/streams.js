// ReadStream and WriteStream over a descriptor.
'use strict';

const fs = require('fs');
const { Readable, Writable, finished } = require('stream');
const { toPath, toOptions } = require('internal/fs/ops');
const { codes } = require('internal/errors');
const { validateBoolean, validateInteger, validateFunction } = require('internal/validators');

const kFs = Symbol('kFs');

function importHandle(stream, options) {
  if (typeof options.fd === 'object' && options.fd !== null) {
    stream.handle = options.fd;
    options.fd.on?.('close', () => { if (!stream.destroyed) stream.close?.(); });
    return options.fd.fd;
  }
  return options.fd;
}

// The calls of a FileHandle in the form of fs.
function overHandle(handle) {
  const over = (name) => (fd, ...args) => {
    const callback = args.pop();
    handle[name](...args).then((result) => {
      callback(null, result?.bytesRead ?? result?.bytesWritten ?? 0, result?.buffer ?? result?.buffers);
    }, callback);
  };
  return { read: over('read'), write: over('write'), writev: over('writev'), fsync: over('sync'), close: over('close') };
}

function checkFs(stream, options, names) {
  const own = options.fs;
  if (stream.handle !== undefined) {
    if (own !== undefined && own !== null) throw new codes.ERR_METHOD_NOT_IMPLEMENTED('FileHandle with fs');
    return overHandle(stream.handle);
  }
  if (own === undefined || own === null) return fs;
  validateFunction(own.open, 'options.fs.open');
  for (const name of names) if (name !== 'writev' && (name !== 'write' || !own.writev)) validateFunction(own[name], `options.fs.${name}`);
  if (names.includes('writev') && own.writev) validateFunction(own.writev, 'options.fs.writev');
  validateFunction(own.close, 'options.fs.close');
  return own;
}

// All that options have, from their prototypes too.
function own(options) {
  if (options === null || typeof options !== 'object') return toOptions(options);
  toOptions(options);
  const all = {};
  for (const key in options) all[key] = options[key]; // eslint-disable-line guard-for-in
  return all;
}

function prepare(stream, path, options, flags, names) {
  stream.fd = options.fd === undefined || options.fd === null ? null : importHandle(stream, options);
  if (stream.fd === null) stream.path = toPath(path);
  else if (stream.fd !== undefined && typeof stream.fd !== 'number') {
    throw new codes.ERR_INVALID_ARG_TYPE('fd', ['number', 'FileHandle'], options.fd);
  } else stream.path = undefined;
  stream.flags = options.flags ?? options.flag ?? flags;
  stream.mode = options.mode ?? 0o666;
  Object.defineProperty(stream, kFs, { value: checkFs(stream, options, names), enumerable: false, writable: true });
}

function construct(callback) {
  const stream = this;
  if (typeof stream.fd === 'number') return callback();
  if (stream.open !== deprecatedOpen) {
    // Somebody's own open: it tells by 'open' and 'error'.
    const emit = stream.emit;
    stream.emit = function(...args) {
      if (args[0] === 'open') {
        this.emit = emit;
        callback();
      } else if (args[0] === 'error') {
        this.emit = emit;
        return callback(args[1]);
      }
      return Reflect.apply(emit, this, args);
    };
    stream.open();
    return;
  }
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) return callback(error);
    stream.fd = fd;
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

let openWarned = false;
function deprecatedOpen() {
  if (!openWarned) process.emitWarning(`${this.constructor.name}.prototype.open() is deprecated`, 'DeprecationWarning', 'DEP0135');
  openWarned = true;
}

function close(stream, error, callback) {
  if (typeof stream.fd !== 'number') return callback(error);
  stream[kFs].close(stream.fd, (failed) => callback(failed || error));
  stream.fd = null;
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = own(options);
  options.highWaterMark ??= 64 * 1024;
  options.autoDestroy ??= false;
  prepare(this, path, options, 'r', ['read']);
  this.start = options.start;
  this.end = options.end ?? Infinity;
  this.pos = undefined;
  this.bytesRead = 0;
  if (this.start !== undefined) {
    validateInteger(this.start, 'start', 0);
    this.pos = this.start;
  }
  if (this.end !== Infinity) {
    validateInteger(this.end, 'end', 0);
    if (this.start !== undefined && this.start > this.end) {
      throw new codes.ERR_OUT_OF_RANGE('start', `<= "end" (here: ${this.end})`, this.start);
    }
  }
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  Readable.call(this, { ...options, fd: undefined });
  if (options.encoding) this.setEncoding(options.encoding);
}
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

Object.defineProperty(ReadStream.prototype, 'autoClose', {
  get() {
    if (!this._readableState) throw new codes.ERR_INVALID_THIS('ReadStream');
    return this._readableState.autoDestroy;
  },
  set(value) { this._readableState.autoDestroy = value; },
});
ReadStream.prototype.open = deprecatedOpen;
ReadStream.prototype._construct = construct;

ReadStream.prototype._read = function(n) {
  const room = this.end === Infinity ? n : Math.min(this.end - (this.pos ?? this.bytesRead) + 1, n);
  if (room <= 0) return void this.push(null);
  const { Buffer } = require('buffer');
  const buffer = Buffer.allocUnsafeSlow(room);
  this[kFs].read(this.fd, buffer, 0, room, this.pos ?? null, (error, count) => {
    if (error) return this.destroy(error);
    if (count === 0) return void this.push(null);
    if (this.pos !== undefined) this.pos += count;
    this.bytesRead += count;
    this.push(count === room ? buffer : Buffer.from(buffer.subarray(0, count))); // no large one is held for a small part
  });
};

ReadStream.prototype._destroy = function(error, callback) {
  close(this, error, callback);
};
ReadStream.prototype.close = function(callback) {
  if (typeof callback === 'function') finished(this, callback);
  this.destroy();
};
Object.defineProperty(ReadStream.prototype, 'pending', { configurable: true, get() { return this.fd === null; } });

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = own(options);
  if (options.flush !== undefined && options.flush !== null) validateBoolean(options.flush, 'options.flush');
  options.decodeStrings = true;
  prepare(this, path, options, 'w', ['write', 'writev']);
  if (options.flags === undefined && options.flag === undefined && options.start !== undefined) this.flags = 'r+';
  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  if (this.start !== undefined) {
    validateInteger(this.start, 'start', 0);
    this.pos = this.start;
  }
  this.flush = options.flush ?? false;
  Writable.call(this, { ...options, fd: undefined, autoDestroy: options.autoClose === undefined ? true : options.autoClose });
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

Object.defineProperty(WriteStream.prototype, 'autoClose', {
  get() {
    if (!this._writableState) throw new codes.ERR_INVALID_THIS('WriteStream');
    return this._writableState.autoDestroy;
  },
  set(value) { this._writableState.autoDestroy = value; },
});
WriteStream.prototype.open = deprecatedOpen;
WriteStream.prototype._construct = construct;

function writeFully(stream, buffer, position, callback) {
  stream[kFs].write(stream.fd, buffer, 0, buffer.length, position ?? null, (error, count) => {
    if (error) return callback(error);
    stream.bytesWritten += count;
    if (count < buffer.length) {
      return writeFully(stream, buffer.subarray(count), position === undefined ? undefined : position + count, callback);
    }
    callback();
  });
}

WriteStream.prototype._write = function(data, encoding, callback) {
  const position = this.pos;
  if (position !== undefined) this.pos += data.length;
  writeFully(this, data, position, callback);
};

WriteStream.prototype._writev = function(list, callback) {
  const { Buffer } = require('buffer');
  const chunks = list.map((one) => one.chunk);
  const size = chunks.reduce((sum, one) => sum + one.length, 0);
  if (!this[kFs].writev) return this._write(Buffer.concat(chunks), '', callback);
  const position = this.pos;
  if (position !== undefined) this.pos += size;
  this[kFs].writev(this.fd, chunks, position ?? null, (error, count) => {
    if (error) return callback(error);
    if (count === size) {
      this.bytesWritten += count;
      return callback();
    }
    this.bytesWritten += count;
    writeFully(this, Buffer.concat(chunks).subarray(count), position === undefined ? undefined : position + count, callback);
  });
};

WriteStream.prototype._destroy = function(error, callback) {
  if (this.flush && !error && typeof this.fd === 'number') {
    this[kFs].fsync(this.fd, (failed) => close(this, failed || error, callback));
    return;
  }
  close(this, error, callback);
};
WriteStream.prototype.close = function(callback) {
  if (callback) {
    if (this.closed) return void process.nextTick(callback);
    this.on('close', callback);
  }
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};
WriteStream.prototype.destroySoon = WriteStream.prototype.end;
Object.defineProperty(WriteStream.prototype, 'pending', { configurable: true, get() { return this.fd === null; } });

module.exports = { ReadStream, WriteStream };
