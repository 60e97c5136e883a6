// fs. Single calls come from the rows of internal/fs/ops; here is what takes several, or has a form of its own.
'use strict';

const ops = require('internal/fs/ops');
const lazy = require('internal/lazy');
const { codes, uvException, AbortError } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;
const { validateInteger, validateBuffer, parseFileMode } = require('internal/validators');
const { fs: constants } = require('internal/constants');
const { plain, toPath, toFd, toFlags, toOptions, encode, checkCallback, bind, system } = ops;
const file = native('file');
const lazyBuffer = () => require('buffer').Buffer;

const fs = module.exports = {};

for (const name of ops.names) {
  fs[name] = ops.makeCallback(name);
  fs[`${name}Sync`] = ops.makeSync(name);
}

const warned = new Set();
function warnOnce(key, text, code) {
  if (warned.has(key)) return;
  warned.add(key);
  if (code) process.emitWarning(text, 'DeprecationWarning', code);
  else process.emitWarning(text);
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

// mkdir -p; gives the first folder that was made.
function makeFolders(path, mode) {
  const errno = system.mkdir(path, mode);
  if (errno === 0) return path;
  if (errno === -2) {
    const parent = require('path').dirname(path);
    if (parent === path) throw uvException({ errno, syscall: 'mkdir', path });
    const first = makeFolders(parent, mode);
    const again = system.mkdir(path, mode);
    if (again < 0 && again !== -17) throw uvException({ errno: again, syscall: 'mkdir', path });
    return first ?? path;
  }
  const kind = native('module').kind(path);
  if (kind === 1) return undefined;
  throw uvException({ errno: kind === 0 && errno === -17 ? -17 : kind === -20 ? -20 : errno, syscall: 'mkdir', path });
}

function mkdirOptions(options) {
  let mode = 0o777;
  let recursive = false;
  if (typeof options === 'number' || typeof options === 'string') mode = parseFileMode(options, 'mode');
  else if (options) {
    if (options.recursive !== undefined) {
      require('internal/validators').validateBoolean(options.recursive, 'options.recursive');
      recursive = options.recursive;
    }
    if (options.mode !== undefined) mode = parseFileMode(options.mode, 'options.mode');
  }
  return { mode, recursive };
}

fs.mkdirSync = function mkdirSync(path, options) {
  path = toPath(path);
  const { mode, recursive } = mkdirOptions(options);
  if (recursive) return makeFolders(require('path').resolve(path), mode);
  const errno = system.mkdir(path, mode);
  if (errno < 0) throw uvException({ errno, syscall: 'mkdir', path });
};

fs.mkdir = function mkdir(path, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  checkCallback(callback);
  path = toPath(path);
  const { mode, recursive } = mkdirOptions(options);
  const done = bind(callback);
  if (recursive) return later(() => makeFolders(require('path').resolve(path), mode), done);
  system.mkdir(path, mode, (errno) => done(errno < 0 ? uvException({ errno, syscall: 'mkdir', path }) : null));
};

// What is many small calls is made at once, after a visit to the pool that keeps the order.
function later(work, done) {
  system.access('/', 0, () => {
    let value;
    try {
      value = work();
    } catch (error) {
      return done(error);
    }
    done(null, value);
  });
}

function warnOfTemplate(prefix) {
  if (typeof prefix === 'string' && prefix.endsWith('X')) {
    warnOnce('mkdtemp', 'mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html');
  }
}

fs.mkdtempSync = function mkdtempSync(prefix, options) {
  options = toOptions(options);
  warnOfTemplate(prefix);
  const path = `${toPath(prefix, 'prefix')}XXXXXX`;
  const made = system.mkdtemp(path);
  if (typeof made === 'number') throw uvException({ errno: made, syscall: 'mkdtemp', path });
  return encode(made, options);
};
fs.mkdtemp = function mkdtemp(prefix, options, callback) {
  callback ??= options;
  checkCallback(callback);
  options = toOptions(options);
  warnOfTemplate(prefix);
  const path = `${toPath(prefix, 'prefix')}XXXXXX`;
  const done = bind(callback);
  system.mkdtemp(path, (errno, made) => {
    if (errno < 0) return done(uvException({ errno, syscall: 'mkdtemp', path }));
    done(null, encode(made, options));
  });
};
fs.mkdtempDisposableSync = function mkdtempDisposableSync(prefix, options) {
  const path = fs.mkdtempSync(prefix, options);
  const full = require('path').resolve(path); // the folder that is meant, wherever the process goes
  const remove = () => fs.rmSync(full, { recursive: true, force: true });
  return { path, remove, [Symbol.dispose]: remove };
};

function toEntries(list, path, options) {
  const { Dirent } = require('internal/fs/stats');
  const out = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = encode(list[i], options);
    out.push(options.withFileTypes ? new Dirent(name, list[i + 1] || kindOf(`${path}/${list[i]}`), path) : name);
  }
  return out;
}

// Where the file system does not tell a kind in its folder.
function kindOf(path) {
  const st = fs.lstatSync(path, { throwIfNoEntry: false });
  if (st === undefined) return 0;
  return st.isDirectory() ? constants.UV_DIRENT_DIR : st.isSymbolicLink() ? constants.UV_DIRENT_LINK : constants.UV_DIRENT_FILE;
}

function readTree(root, options) {
  const { Dirent } = require('internal/fs/stats');
  const { join } = require('path');
  const out = [];
  const queue = [['', root]];
  for (const [prefix, folder] of queue) {
    const list = system.scandir(folder);
    if (typeof list === 'number') throw uvException({ errno: list, syscall: 'scandir', path: folder });
    for (let i = 0; i < list.length; i += 2) {
      const name = prefix === '' ? list[i] : `${prefix}/${list[i]}`;
      const kind = list[i + 1] || kindOf(join(folder, list[i]));
      out.push(options.withFileTypes ? new Dirent(encode(list[i], options), kind, folder) : encode(name, options));
      if (kind === constants.UV_DIRENT_DIR) queue.push([name, join(folder, list[i])]);
    }
  }
  return out;
}

fs.readdirSync = function readdirSync(path, options) {
  options = toOptions(options);
  path = toPath(path);
  if (options.recursive) return readTree(path, options);
  const list = system.scandir(path);
  if (typeof list === 'number') throw uvException({ errno: list, syscall: 'scandir', path });
  return toEntries(list, path, options);
};
fs.readdir = function readdir(path, options, callback) {
  callback ??= options;
  checkCallback(callback);
  options = toOptions(options);
  path = toPath(path);
  const done = bind(callback);
  if (options.recursive) return later(() => readTree(path, options), done);
  system.scandir(path, (errno, list) => {
    if (errno < 0) return done(uvException({ errno, syscall: 'scandir', path }));
    done(null, toEntries(list, path, options));
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

// rmdir with `recursive` takes folders only; what it may be is checked before.
function rmdirTree(path, options) {
  if (options === undefined || typeof options === 'function') return false;
  require('internal/validators').validateObject(options, 'options');
  if (options.recursive === undefined) return false;
  require('internal/validators').validateBoolean(options.recursive, 'options.recursive');
  if (!options.recursive) return false;
  warnOnce('rmdir', 'In future versions of Node.js, fs.rmdir(path, { recursive: true }) will be removed. ' +
    'Use fs.rm(path, { recursive: true }) instead', 'DEP0147');
  return true;
}

function folderFault(path) {
  const st = fs.lstatSync(path, { throwIfNoEntry: false });
  if (st !== undefined && st.isDirectory()) return null;
  return uvException({ errno: st === undefined ? -2 : -20, syscall: 'rmdir', path });
}

fs.rmdirSync = function rmdirSync(path, options) {
  path = toPath(path);
  if (rmdirTree(path, options)) {
    const error = folderFault(path);
    if (error !== null) throw error;
    return fs.rmSync(path, { recursive: true });
  }
  const errno = system.rmdir(path);
  if (errno < 0) throw uvException({ errno, syscall: 'rmdir', path });
};
fs.rmdir = function rmdir(path, options, callback) {
  callback ??= options;
  checkCallback(callback);
  path = toPath(path);
  const done = bind(callback);
  if (rmdirTree(path, options)) {
    const error = folderFault(path);
    if (error !== null) return void process.nextTick(done, error);
    return fs.rm(path, { recursive: true }, callback);
  }
  system.rmdir(path, (errno) => done(errno < 0 ? uvException({ errno, syscall: 'rmdir', path }) : null));
};

function removeTree(path) {
  const list = system.scandir(path);
  if (typeof list === 'number') {
    if (list === -2) return;
    throw uvException({ errno: list, syscall: 'scandir', path });
  }
  for (let i = 0; i < list.length; i += 2) {
    const entry = `${path}/${list[i]}`;
    if ((list[i + 1] || kindOf(entry)) === constants.UV_DIRENT_DIR) removeTree(entry);
    else {
      const errno = system.unlink(entry);
      if (errno < 0 && errno !== -2) throw uvException({ errno, syscall: 'unlink', path: entry });
    }
  }
  const errno = system.rmdir(path);
  if (errno < 0 && errno !== -2) throw uvException({ errno, syscall: 'rmdir', path });
}

function remove(path, options) {
  const st = fs.lstatSync(path, { throwIfNoEntry: false });
  if (st === undefined) {
    if (options.force) return;
    throw uvException({ errno: -2, syscall: 'lstat', path });
  }
  if (!st.isDirectory()) return fs.unlinkSync(path);
  if (!options.recursive) {
    const error = new codes.ERR_FS_EISDIR(`Path is a directory: rm returned EISDIR (is a directory) ${path}`);
    error.name = 'SystemError';
    Object.assign(error, { errno: 21, syscall: 'rm', path, info: { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 } });
    throw error;
  }
  removeTree(path);
}

function rmOptions(options) {
  if (options !== undefined) require('internal/validators').validateObject(options, 'options');
  const all = { recursive: false, force: false, retryDelay: 100, maxRetries: 0, ...options };
  require('internal/validators').validateBoolean(all.recursive, 'options.recursive');
  require('internal/validators').validateBoolean(all.force, 'options.force');
  return all;
}

fs.rmSync = function rmSync(path, options) {
  remove(toPath(path), rmOptions(options));
};
fs.rm = function rm(path, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  checkCallback(callback);
  path = toPath(path);
  options = rmOptions(options);
  later(() => remove(path, options), bind((error) => callback(error ?? null)));
};

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
