// The classes of zlib: a Transform over one codec of native code, which takes a step at a time.
'use strict';

const { Transform, finished } = require('stream');
const { Buffer, kMaxLength } = require('buffer');
const { codes } = require('internal/errors');
const context = require('internal/context');
const { constants, codes: numbers, brotliCode } = require('internal/zlib/constants');
const zlib = native('zlib');

const { DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP, BROTLI_DECODE, BROTLI_ENCODE, Z_NO_FLUSH,
  Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH, Z_BLOCK, Z_MIN_CHUNK, Z_DEFAULT_CHUNK, BROTLI_OPERATION_PROCESS,
  BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_EMIT_METADATA, ZSTD_COMPRESS, ZSTD_DECOMPRESS, ZSTD_e_continue,
  ZSTD_e_flush, ZSTD_e_end } = constants;

const kFlush = Symbol('kFlush');
const nothing = Buffer.alloc(0);

// How strong each flush is, the weakest first: of two the stronger is done.
const STRENGTH = [Z_NO_FLUSH, Z_BLOCK, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH];
const stronger = (a, b) => (STRENGTH.indexOf(a) > STRENGTH.indexOf(b) ? a : b);

// false: not given
function finite(value, name) {
  if (value === undefined) return false;
  if (Number.isFinite(value)) return true;
  if (Number.isNaN(value)) return false;
  if (typeof value !== 'number') throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  throw new codes.ERR_OUT_OF_RANGE(name, 'a finite number', value);
}

function inRange(value, name, least, most, otherwise) {
  if (!finite(value, name)) return otherwise;
  if (value < least || value > most) {
    throw new codes.ERR_OUT_OF_RANGE(name, most === Infinity ? `>= ${least}` : `>= ${least} and <= ${most}`, value);
  }
  return value;
}

const isBrotliMode = (mode) => mode === BROTLI_DECODE || mode === BROTLI_ENCODE;
const isZstdMode = (mode) => mode === ZSTD_COMPRESS || mode === ZSTD_DECOMPRESS;

// [none, finish, full, the last] of a mode's flushes
function flushesOf(mode) {
  if (isZstdMode(mode)) return [ZSTD_e_continue, ZSTD_e_end, ZSTD_e_flush, ZSTD_e_end];
  if (isBrotliMode(mode)) return [BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_EMIT_METADATA];
  return [Z_NO_FLUSH, Z_FINISH, Z_FULL_FLUSH, Z_BLOCK];
}

function dictionaryOf(options) {
  const { dictionary } = options ?? {};
  if (dictionary === undefined || ArrayBuffer.isView(dictionary)) return dictionary;
  if (dictionary instanceof ArrayBuffer) return Buffer.from(dictionary);
  throw new codes.ERR_INVALID_ARG_TYPE('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
}

class ZlibBase extends Transform {
  constructor(options, mode) {
    const [none, finish, full, most] = flushesOf(mode);
    const chunkSize = inRange(options?.chunkSize, 'options.chunkSize', Z_MIN_CHUNK, Infinity, Z_DEFAULT_CHUNK);
    const flush = inRange(options?.flush, 'options.flush', none, most, none);
    const finishFlush = inRange(options?.finishFlush, 'options.finishFlush', none, most, finish);
    const maxOutputLength = inRange(options?.maxOutputLength, 'options.maxOutputLength', 1, kMaxLength, kMaxLength);
    super({ autoDestroy: true, ...options, encoding: null, objectMode: false, writableObjectMode: false, readableObjectMode: false });
    this.bytesWritten = 0;
    this._handle = null;
    this._chunkSize = chunkSize;
    this._outBuffer = null;
    this._outOffset = 0;
    this._defaultFlushFlag = flush;
    this._finishFlushFlag = finishFlush;
    this._defaultFullFlushFlag = full;
    this._info = Boolean(options?.info);
    this._maxOutputLength = maxOutputLength;
    this._rejectGarbageAfterEnd = options?.rejectGarbageAfterEnd === true;
    this._mode = mode;
    this._busy = false;
    this._stepLater = null;
  }

  get _closed() {
    return this._handle === null;
  }

  get bytesRead() {
    return this.bytesWritten;
  }

  reset() {
    if (this._handle === null) throw new codes.ERR_INTERNAL_ASSERTION('zlib binding closed');
    zlib.reset(this._handle);
  }

  _flush(callback) {
    this._transform(nothing, '', callback);
  }

  _final(callback) {
    callback();
  }

  flush(kind, callback) {
    if (typeof kind === 'function' || (kind === undefined && !callback)) [callback, kind] = [kind, this._defaultFullFlushFlag];
    if (this.writableFinished) {
      if (callback) process.nextTick(callback);
    } else if (this.writableEnded) {
      if (callback) this.once('end', callback);
    } else {
      const mark = Buffer.alloc(0);
      mark[kFlush] = kind;
      this.write(mark, '', callback);
    }
  }

  close(callback) {
    if (callback) finished(this, callback);
    this.destroy();
  }

  _destroy(error, callback) {
    this._end();
    callback(error);
  }

  // A codec at work on another thread is ended when that is done.
  _end() {
    const handle = this._handle;
    this._handle = null;
    if (handle === null) return;
    if (this._busy) this._endLater = () => zlib.end(handle);
    else zlib.end(handle);
  }

  _transform(chunk, encoding, callback) {
    let flush = this._defaultFlushFlag;
    if (typeof chunk[kFlush] === 'number') flush = chunk[kFlush];
    else if (this.writableEnded && this.writableLength === chunk.byteLength) {
      flush = isBrotliMode(this._mode) || isZstdMode(this._mode) ? Math.max(flush, this._finishFlushFlag) : stronger(flush, this._finishFlushFlag);
    }
    this._process(chunk, flush, callback);
  }

  _room() {
    if (this._outBuffer === null || this._outOffset >= this._chunkSize) {
      this._outBuffer = Buffer.allocUnsafe(this._chunkSize);
      this._outOffset = 0;
    }
    return this._chunkSize - this._outOffset;
  }

  // The part that a step has filled.
  _taken(room, left) {
    const part = this._outBuffer.subarray(this._outOffset, this._outOffset + room - left);
    this._outOffset += part.length;
    return part;
  }

  _fault(answer) {
    const [, , message, code, errno] = answer;
    const error = new Error(message);
    error.errno = errno;
    error.code = code ?? (isBrotliMode(this._mode) ? brotliCode(errno) : numbers[errno]);
    return error;
  }

  _process(chunk, flush, callback) {
    const frame = context.current;
    let from = 0;
    let length = chunk.byteLength;
    const step = () => {
      if (this._handle === null) return callback();
      const room = this._room();
      this._busy = true;
      zlib.run(this._handle, flush, chunk, from, length, this._outBuffer, this._outOffset, room, (_, answer) => {
        this._busy = false;
        if (this._endLater) return this._endLater();
        const before = context.current;
        context.current = frame;
        try {
          done(room, answer);
        } finally {
          context.current = before;
        }
      });
    };
    const done = (room, answer) => {
      if (this.destroyed) return callback();
      if (answer.length > 2) return this.destroy(this._fault(answer));
      const [inLeft, outLeft] = answer;
      this.bytesWritten += length - inLeft;
      from += length - inLeft;
      length = inLeft;
      const more = room === outLeft || this.push(this._taken(room, outLeft));
      if (this.destroyed) return callback();
      if (outLeft === 0 && !more) return void (this._stepLater = step);
      if (outLeft === 0) return step();
      if (inLeft > 0) return this._rest(chunk, from, callback);
      callback();
    };
    step();
  }

  // Output that nobody reads is not made.
  _read(size) {
    const step = this._stepLater;
    this._stepLater = null;
    if (step) step();
    else super._read(size);
  }

  // The codec has come to its end before the input has.
  _rest(chunk, from, callback) {
    if (this._rejectGarbageAfterEnd) return this.destroy(new codes.ERR_TRAILING_JUNK_AFTER_STREAM_END());
    this.push(null);
    callback();
  }

  _processChunk(chunk, flush, callback) {
    if (typeof callback === 'function') return void this._process(chunk, flush, callback);
    return this._processSync(chunk, flush);
  }

  // All at once; gives the whole output and the codec is of no more use.
  _processSync(chunk, flush) {
    const parts = [];
    let from = 0;
    let length = chunk.byteLength;
    let total = 0;
    try {
      for (;;) {
        const room = this._room();
        const answer = zlib.run(this._handle, flush, chunk, from, length, this._outBuffer, this._outOffset, room);
        if (answer.length > 2) throw this._fault(answer);
        const [inLeft, outLeft] = answer;
        this.bytesWritten += length - inLeft;
        from += length - inLeft;
        length = inLeft;
        if (room > outLeft) {
          parts.push(this._taken(room, outLeft));
          total += room - outLeft;
          if (total > this._maxOutputLength) throw new codes.ERR_BUFFER_TOO_LARGE(this._maxOutputLength);
        }
        if (outLeft === 0) continue;
        if (length > 0 && this._rejectGarbageAfterEnd) throw new codes.ERR_TRAILING_JUNK_AFTER_STREAM_END();
        break;
      }
    } finally {
      this._end();
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, total);
  }
}

class Zlib extends ZlibBase {
  constructor(options, mode) {
    super(options, mode);
    const undoing = mode === INFLATE || mode === GUNZIP || mode === INFLATERAW || mode === UNZIP;
    let windowBits = constants.Z_DEFAULT_WINDOWBITS;
    if (undoing && !options?.windowBits) windowBits = options?.windowBits === 0 && mode !== INFLATERAW ? 0 : windowBits;
    else windowBits = inRange(options?.windowBits, 'options.windowBits', mode === GZIP || mode === GUNZIP ? 9 : 8, 15, windowBits);
    if (mode === DEFLATERAW && windowBits === 8) windowBits = 9; // zlib cannot make the small window it could read
    this._level = inRange(options?.level, 'options.level', -1, 9, -1);
    const memLevel = inRange(options?.memLevel, 'options.memLevel', 1, 9, 8);
    this._strategy = inRange(options?.strategy, 'options.strategy', 0, 4, 0);
    const handle = zlib.open(mode, this._level, windowBits, memLevel, this._strategy, dictionaryOf(options));
    if (typeof handle === 'number') throw new codes.ERR_ZLIB_INITIALIZATION_FAILED();
    this._handle = handle;
  }

  params(level, strategy, callback) {
    inRange(level, 'level', -1, 9);
    inRange(strategy, 'strategy', 0, 4);
    if (this._level === level && this._strategy === strategy) return void process.nextTick(callback);
    this.flush(Z_SYNC_FLUSH, () => {
      if (this.destroyed) return;
      zlib.params(this._handle, level, strategy);
      this._level = level;
      this._strategy = strategy;
      if (callback) callback();
    });
  }
}

class Brotli extends ZlibBase {
  constructor(options, mode) {
    super(options, mode);
    const handle = zlib.open(mode);
    if (typeof handle === 'number') throw new codes.ERR_ZLIB_INITIALIZATION_FAILED();
    for (const key of Object.keys(options?.params ?? {})) {
      const value = options.params[key];
      const known = /^[0-9]$/.test(key);
      if (!known) throw new codes.ERR_BROTLI_INVALID_PARAM(key);
      if (typeof value !== 'number' && typeof value !== 'boolean') {
        throw new codes.ERR_INVALID_ARG_TYPE('options.params[key]', 'number', value);
      }
      if (!zlib.set(handle, Number(key), Number(value))) throw new codes.ERR_ZLIB_INITIALIZATION_FAILED();
    }
    this._handle = handle;
  }
}

class Zstd extends ZlibBase {
  // prefix: of the names of its parameters
  constructor(options, mode, prefix) {
    super(options, mode);
    const { pledgedSrcSize } = options ?? {};
    if (pledgedSrcSize !== undefined && pledgedSrcSize !== null) inRange(pledgedSrcSize, 'options.pledgedSrcSize', 0, Number.MAX_SAFE_INTEGER);
    const params = new Map();
    const most = Math.max(...Object.keys(constants).filter((name) => name.startsWith(prefix)).map((name) => constants[name]));
    for (const key of Object.keys(options?.params ?? {})) {
      const id = Number(key);
      const value = options.params[key];
      if (!(id >= 0 && id <= most) || params.has(id)) throw new codes.ERR_ZSTD_INVALID_PARAM(key);
      if (typeof value !== 'number' && typeof value !== 'boolean') {
        throw new codes.ERR_INVALID_ARG_TYPE('options.params[key]', 'number', value);
      }
      params.set(id, Number(value));
    }
    const handle = zlib.open(mode, 0, 0, 0, 0, dictionaryOf(options), pledgedSrcSize ?? undefined);
    if (typeof handle === 'number') throw new codes.ERR_ZLIB_INITIALIZATION_FAILED();
    for (const [id, value] of params) {
      if (!zlib.set(handle, id, value)) {
        throw Object.assign(new Error('Setting parameter failed'), { code: 'ERR_ZLIB_INITIALIZATION_FAILED' });
      }
    }
    this._handle = handle;
  }
}
class ZstdEncoder extends Zstd {
  constructor(options, mode) { super(options, mode, 'ZSTD_c_'); }
}
class ZstdDecoder extends Zstd {
  constructor(options, mode) { super(options, mode, 'ZSTD_d_'); }
}

// Classes that may be called without new, as of old.
function classOf(name, Base, mode) {
  const Made = { [name]: function(options) {
    if (!new.target) return new Made(options);
    return Reflect.construct(Base, [options, mode], new.target);
  } }[name];
  Object.setPrototypeOf(Made.prototype, Base.prototype);
  Object.setPrototypeOf(Made, Base);
  return Made;
}

module.exports = {
  Deflate: classOf('Deflate', Zlib, DEFLATE), Inflate: classOf('Inflate', Zlib, INFLATE),
  Gzip: classOf('Gzip', Zlib, GZIP), Gunzip: classOf('Gunzip', Zlib, GUNZIP),
  DeflateRaw: classOf('DeflateRaw', Zlib, DEFLATERAW), InflateRaw: classOf('InflateRaw', Zlib, INFLATERAW),
  Unzip: classOf('Unzip', Zlib, UNZIP),
  BrotliCompress: classOf('BrotliCompress', Brotli, BROTLI_ENCODE), BrotliDecompress: classOf('BrotliDecompress', Brotli, BROTLI_DECODE),
  ZstdCompress: classOf('ZstdCompress', ZstdEncoder, ZSTD_COMPRESS), ZstdDecompress: classOf('ZstdDecompress', ZstdDecoder, ZSTD_DECOMPRESS),
};
