// fs. Single calls come from the rows of internal/fs/ops; here is what takes several, or has a form of its own.
'use strict';

const ops = require('internal/fs/ops');
const lazy = require('internal/lazy');
const { codes, uvException, AbortError } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;
const { validateInteger, validateBuffer } = require('internal/validators');
const { fs: constants } = require('internal/constants');
const { plain, toPath, toFd, toFlags, toOptions, encode, checkCallback, bind, system } = ops;
const { warnOnce } = require('internal/fs/warn');
const file = native('file');
const lazyBuffer = () => require('buffer').Buffer;

const fs = module.exports = {};

for (const name of ops.names) {
  fs[name] = ops.makeCallback(name);
  fs[`${name}Sync`] = ops.makeSync(name);
}

fs.existsSync = function existsSync(path) {
  try {
    path = toPath(path);
  } catch (error) {
    if (error.code === 'ERR_INVALID_ARG_TYPE') warnOnce('existsSync', 'Passing invalid argument types to fs.existsSync is deprecated', 'DEP0187');
    return false;
  }
  return system.access(path, 0) === 0;
};

fs.exists = function exists(path, callback) {
  checkCallback(callback);
  const done = bind(callback);
  try {
    path = toPath(path);
  } catch {
    process.nextTick(done, false);
    return;
  }
  system.access(path, 0, (errno) => done(errno === 0));
};
Object.defineProperty(fs.exists, Symbol.for('nodejs.util.promisify.custom'), {
  value: (path) => new Promise((resolve) => fs.exists(path, resolve)),
});

function isFd(path) {
  return typeof path === 'number' && path >= 0 && Number.isInteger(path);
}

function isUtf8(encoding) {
  return encoding === 'utf8' || encoding === 'utf-8';
}

function readFailure([errno, syscall], path) {
  return uvException({ errno, syscall, path: syscall === 'open' ? path : undefined });
}

function asBuffer(bytes) {
  return Object.setPrototypeOf(bytes, lazyBuffer().prototype);
}

fs.readFileSync = function readFileSync(path, options) {
  options = toOptions(options, { flag: 'r' });
  const from = isFd(path) ? path : toPath(path);
  if (isUtf8(options.encoding)) {
    const text = file.readText(from, toFlags(options.flag));
    if (typeof text !== 'string') throw readFailure(text, from);
    return text;
  }
  const bytes = file.readFile(from, toFlags(options.flag));
  if (Array.isArray(bytes)) throw readFailure(bytes, from);
  const buffer = asBuffer(bytes);
  return options.encoding && options.encoding !== 'buffer' ? buffer.toString(options.encoding) : buffer;
};

fs.readFile = function readFile(path, options, callback) {
  callback ??= options;
  checkCallback(callback);
  options = toOptions(options, { flag: 'r' });
  const { signal } = options;
  if (signal?.aborted) {
    process.nextTick(callback, new AbortError(undefined, { cause: signal.reason }));
    return;
  }
  const from = isFd(path) ? path : toPath(path);
  const done = bind(callback);
  file.readFile(from, toFlags(options.flag), (bytes) => {
    if (signal?.aborted) return done(new AbortError(undefined, { cause: signal.reason }));
    if (Array.isArray(bytes)) return done(readFailure(bytes, from));
    const buffer = asBuffer(bytes);
    let value = buffer;
    if (options.encoding && options.encoding !== 'buffer') {
      try {
        value = buffer.toString(options.encoding);
      } catch (error) {
        return done(error);
      }
    }
    done(null, value);
  });
};

function toBytes(data, encoding) {
  if (typeof data === 'string') return lazyBuffer().from(data, encoding || 'utf8');
  if (ArrayBuffer.isView(data)) return plain(data);
  throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

function writeAllSync(fd, bytes) {
  for (let at = 0; at < bytes.byteLength;) {
    const wrote = system.write(fd, bytes, at, bytes.byteLength - at, -1);
    if (wrote < 0) throw uvException({ errno: wrote, syscall: 'write' });
    at += wrote;
  }
}

fs.writeFileSync = function writeFileSync(path, data, options) {
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  const bytes = toBytes(data, options.encoding);
  const fd = isFd(path) ? path : fs.openSync(path, options.flag, options.mode);
  try {
    writeAllSync(fd, bytes);
    if (options.flush) fs.fsyncSync(fd);
  } finally {
    if (!isFd(path)) fs.closeSync(fd);
  }
};

function writeAll(fd, bytes, at, signal, done) {
  if (signal?.aborted) return done(new AbortError(undefined, { cause: signal.reason }));
  if (at >= bytes.byteLength) return done(null);
  system.write(fd, bytes, at, bytes.byteLength - at, -1, (errno, wrote) => {
    if (errno < 0) return done(uvException({ errno, syscall: 'write' }));
    writeAll(fd, bytes, at + wrote, signal, done);
  });
}

fs.writeFile = function writeFile(path, data, options, callback) {
  callback ??= options;
  checkCallback(callback);
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  const bytes = toBytes(data, options.encoding);
  const done = bind(callback);
  const { signal } = options;
  if (signal?.aborted) {
    process.nextTick(done, new AbortError(undefined, { cause: signal.reason }));
    return;
  }
  if (isFd(path)) return writeAll(path, bytes, 0, signal, done);
  ops.start('open', [path, options.flag, options.mode], (error, fd) => {
    if (error) return done(error);
    const finish = (failed) => system.close(fd, () => done(failed));
    writeAll(fd, bytes, 0, signal, (failed) => {
      if (failed || !options.flush) return finish(failed);
      fs.fsync(fd, (error) => finish(error ?? null));
    });
  });
};

fs.appendFileSync = function appendFileSync(path, data, options) {
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' });
  fs.writeFileSync(path, data, { ...options, flag: options.flag ?? 'a' });
};
fs.appendFile = function appendFile(path, data, options, callback) {
  callback ??= options;
  checkCallback(callback);
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' });
  fs.writeFile(path, data, { ...options, flag: options.flag ?? 'a' }, callback);
};

// [fd, bytes, offset, length, position] of the many forms that read and write take.
function readArguments(fd, buffer, offset, length, position) {
  toFd(fd);
  if (offset !== null && typeof offset === 'object') {
    require('internal/validators').validateObject(offset, 'options');
    ({ offset = 0, length, position } = offset);
  }
  validateBuffer(buffer);
  offset = offset === undefined || offset === null ? 0 : (validateInteger(offset, 'offset', 0), offset);
  length ??= buffer.byteLength - offset;
  length |= 0;
  if (length === 0) return [fd, buffer, 0, 0, -1];
  if (buffer.byteLength === 0) {
    throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  if (offset > buffer.byteLength) throw new ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${buffer.byteLength}`, offset);
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (length > buffer.byteLength - offset) {
    throw new ERR_OUT_OF_RANGE('length', `<= ${buffer.byteLength - offset}`, length);
  }
  return [fd, buffer, offset, length, toPosition(position, length)];
}

function toPosition(position, length = 0) {
  if (position === undefined || position === null) return -1;
  if (typeof position === 'bigint') {
    const most = 2n ** 63n - 1n - BigInt(length);
    if (position < -1n || position > most) throw new ERR_OUT_OF_RANGE('position', `>= -1 && <= ${most}`, position);
    return Math.min(Number(position), 2 ** 63 - 1024); // the last that a double has below 2^63
  }
  if (typeof position !== 'number') throw new ERR_INVALID_ARG_TYPE('position', ['integer', 'bigint'], position);
  validateInteger(position, 'position', -1);
  return position;
}

fs.read = function read(fd, buffer, offset, length, position, callback) {
  toFd(fd);
  if (arguments.length <= 4) {
    callback = arguments[arguments.length - 1];
    let options = {};
    if (arguments.length === 4) {
      options = offset ?? {};
      require('internal/validators').validateObject(options, 'options');
    } else if (arguments.length === 3) {
      if (!ArrayBuffer.isView(buffer)) {
        options = buffer ?? {};
        ({ buffer = lazyBuffer().alloc(16384) } = options);
      }
    } else buffer = lazyBuffer().alloc(16384);
    ({ offset = 0, length, position } = options);
  }
  validateBuffer(buffer);
  checkCallback(callback);
  const args = readArguments(fd, buffer, offset, length, position);
  const done = bind(callback);
  system.read(fd, plain(buffer), ...args.slice(2), (errno, count) => {
    if (errno < 0) return done(uvException({ errno, syscall: 'read' }));
    done(null, count, args[1]);
  });
};
Object.defineProperty(fs.read, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['bytesRead', 'buffer'] });

fs.readSync = function readSync(fd, buffer, offset, length, position) {
  toFd(fd);
  validateBuffer(buffer);
  if (arguments.length <= 3 || (offset !== null && typeof offset === 'object')) {
    require('internal/validators').validateObject(offset ?? {}, 'options', { nullable: true });
    ({ offset = 0, length, position } = offset ?? {});
  }
  const taken = readArguments(fd, buffer, offset, length, position);
  const count = system.read(fd, plain(buffer), ...taken.slice(2));
  if (count < 0) throw uvException({ errno: count, syscall: 'read' });
  return count;
};

function writeArguments(fd, buffer, offset, length, position) {
  toFd(fd);
  if (typeof buffer === 'string') {
    // (fd, text, position, encoding)
    return [fd, lazyBuffer().from(buffer, typeof length === 'string' ? length : 'utf8'), 0, undefined, typeof offset === 'number' ? offset : -1];
  }
  if (!ArrayBuffer.isView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
  }
  if (offset !== null && typeof offset === 'object') ({ offset = 0, length, position } = offset);
  offset = offset === undefined || offset === null ? 0 : (validateInteger(offset, 'offset', 0), offset);
  length ??= buffer.byteLength - offset;
  if (typeof length !== 'number') length = buffer.byteLength - offset;
  if (offset > buffer.byteLength) throw new ERR_OUT_OF_RANGE('offset', `<= ${buffer.byteLength}`, offset);
  if (length > buffer.byteLength - offset) throw new ERR_OUT_OF_RANGE('length', `<= ${buffer.byteLength - offset}`, length);
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  return [fd, plain(buffer), offset, length, typeof position === 'number' ? position : -1];
}

fs.write = function write(fd, buffer, offset, length, position, callback) {
  const args = [...arguments];
  callback = args.pop();
  checkCallback(callback);
  const taken = writeArguments(...args);
  taken[3] ??= taken[1].byteLength;
  const done = bind(callback);
  system.write(...taken, (errno, count) => {
    if (errno < 0) return done(uvException({ errno, syscall: 'write' }));
    done(null, count, buffer);
  });
};
Object.defineProperty(fs.write, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['bytesWritten', 'buffer'] });

fs.writeSync = function writeSync(fd, buffer, offset, length, position) {
  const taken = writeArguments(fd, buffer, offset, length, position);
  taken[3] ??= taken[1].byteLength;
  const count = system.write(...taken);
  if (count < 0) throw uvException({ errno: count, syscall: 'write' });
  return count;
};

function checkBuffers(buffers) {
  if (!Array.isArray(buffers) || buffers.some((one) => !ArrayBuffer.isView(one))) {
    throw new ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', buffers);
  }
}

for (const [name, words] of [['readv', 'bytesRead'], ['writev', 'bytesWritten']]) {
  fs[name] = { [name](fd, buffers, position, callback) {
    toFd(fd);
    checkBuffers(buffers);
    callback ??= position;
    checkCallback(callback);
    if (typeof position !== 'number') position = -1;
    const done = bind(callback);
    if (buffers.length === 0) return process.nextTick(done, null, 0, buffers);
    system[name](fd, buffers, position, (errno, count) => {
      if (errno < 0) return done(uvException({ errno, syscall: name === 'readv' ? 'read' : 'write' }));
      done(null, count, buffers);
    });
  } }[name];
  Object.defineProperty(fs[name], Symbol.for('nodejs.util.promisify.customArgs'), { value: [words, 'buffers'] });
  fs[`${name}Sync`] = { [`${name}Sync`](fd, buffers, position) {
    toFd(fd);
    checkBuffers(buffers);
    if (buffers.length === 0) return 0;
    const count = system[name](fd, buffers, typeof position === 'number' ? position : -1);
    if (count < 0) throw uvException({ errno: count, syscall: name === 'readv' ? 'read' : 'write' });
    return count;
  } }[`${name}Sync`];
}

fs.truncateSync = function truncateSync(path, length = 0) {
  const fd = fs.openSync(path, 'r+');
  try {
    fs.ftruncateSync(fd, length ?? 0);
  } finally {
    fs.closeSync(fd);
  }
};
fs.truncate = function truncate(path, length, callback) {
  if (typeof length === 'function') [length, callback] = [0, length];
  if (length === undefined) length = 0;
  validateInteger(length, 'len');
  checkCallback(callback);
  fs.open(path, 'r+', (error, fd) => {
    if (error) return callback(error);
    fs.ftruncate(fd, length, (failed) => fs.close(fd, (second) => callback(failed || second || null)));
  });
};

fs.realpathSync = function realpathSync(path, options) {
  options = toOptions(options);
  path = toPath(path);
  const real = system.realpath(path);
  if (typeof real !== 'number') return encode(real, options);
  throw uvException({ errno: real, syscall: real === -2 || real === -20 ? 'lstat' : 'realpath', path: firstMissing(path) });
};
fs.realpathSync.native = function native(path, options) {
  path = toPath(path);
  const real = system.realpath(path);
  if (typeof real === 'number') throw uvException({ errno: real, syscall: 'realpath', path });
  return encode(real, toOptions(options));
};

// Node names the part that is not there.
function firstMissing(path) {
  const { resolve, dirname } = require('path');
  let at = resolve(path);
  while (at !== '/' && !fs.existsSync(dirname(at))) at = dirname(at);
  return at;
}

fs.realpath = function realpath(path, options, callback) {
  callback ??= options;
  checkCallback(callback);
  options = toOptions(options);
  path = toPath(path);
  const done = bind(callback);
  system.realpath(path, (errno, real) => {
    if (errno < 0) {
      return done(uvException({ errno, syscall: errno === -2 || errno === -20 ? 'lstat' : 'realpath', path: firstMissing(path) }));
    }
    done(null, encode(real, options));
  });
};
fs.realpath.native = function native(path, options, callback) {
  callback ??= options;
  checkCallback(callback);
  path = toPath(path);
  const done = bind(callback);
  system.realpath(path, (errno, real) => {
    if (errno < 0) return done(uvException({ errno, syscall: 'realpath', path }));
    done(null, encode(real, toOptions(options)));
  });
};

require('internal/fs/folders');
require('internal/fs/remove');

for (const name of ['cp', 'cpSync', 'opendir', 'opendirSync', 'watch', 'watchFile', 'unwatchFile', 'glob', 'globSync',
  'openAsBlob', 'lchmod', 'lchmodSync']) {
  const home = { cp: 'cp', cpSync: 'cp', opendir: 'dir', opendirSync: 'dir', glob: 'glob', globSync: 'glob' }[name] ??
    (name.includes('atch') ? 'watch' : 'other');
  if (home === 'other' && name !== 'openAsBlob') {
    fs[name] = undefined;
    continue;
  }
  fs[name] = { [name](...args) { return require(`internal/fs/${home}`)[name](...args); } }[name];
}

fs.createReadStream = function createReadStream(path, options) {
  return new fs.ReadStream(path, options);
};
fs.createWriteStream = function createWriteStream(path, options) {
  return new fs.WriteStream(path, options);
};
for (const [name, from] of [['ReadStream', 'ReadStream'], ['WriteStream', 'WriteStream'], ['FileReadStream', 'ReadStream'],
  ['FileWriteStream', 'WriteStream']]) {
  lazy.define(fs, name, () => require('internal/fs/streams')[from], true);
}
lazy.define(fs, 'Stats', () => require('internal/fs/stats').DeprecatedStats, true);
for (const name of ['Dirent', 'StatFs']) lazy.define(fs, name, () => require('internal/fs/stats')[name], true);
lazy.define(fs, 'Dir', () => require('internal/fs/dir').Dir, true);
lazy.define(fs, 'Utf8Stream', () => require('internal/fs/utf8_stream').Utf8Stream, true);
lazy.define(fs, 'promises', () => require('fs/promises'), true);

fs._toUnixTimestamp = ops.toSeconds;
Object.defineProperty(fs, 'constants', { value: constants, enumerable: true });
for (const name of ['F_OK', 'R_OK', 'W_OK', 'X_OK']) Object.defineProperty(fs, name, { value: constants[name], enumerable: true });
