// The calls that are one call of the system: each a row, from which fs.x, fs.xSync and fs.promises.x are
// made. A row's `take` checks the arguments and gives those of the native function; `give` makes the
// result of what it returned.
'use strict';

const { bind } = require('internal/context');
const { codes, uvException } = require('internal/errors');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = codes;
const validators = require('internal/validators');
const { validateInteger, validateInt32, validateUint32, validateOneOf, parseFileMode, validateObject } = validators;
const { fs: constants } = require('internal/constants');
const stats = require('internal/fs/stats');
const system = native('fs');

// A path as text: a string, a URL or bytes.
function toPath(path, name = 'path') {
  if (typeof path !== 'string') {
    if (path instanceof Uint8Array) path = native('buffer').utf8Slice(path);
    else if (path !== null && typeof path === 'object' && path.href && path.protocol !== undefined) {
      path = require('internal/url').fileURLToPath(path);
    } else throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
  }
  if (path.includes('\0')) {
    throw new ERR_INVALID_ARG_VALUE(name, path, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return path;
}

function toFd(fd, name = 'fd') {
  if (fd === undefined || fd === null || typeof fd !== 'number') validateInt32(fd, name, 0, 2147483647);
  validateInt32(fd, name, 0, 2147483647);
  return fd;
}

const FLAGS = (() => {
  const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;
  return {
    'r': O_RDONLY, 'rs': O_RDONLY | O_SYNC, 'sr': O_RDONLY | O_SYNC, 'r+': O_RDWR, 'rs+': O_RDWR | O_SYNC,
    'sr+': O_RDWR | O_SYNC, 'w': O_TRUNC | O_CREAT | O_WRONLY, 'wx': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
    'xw': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL, 'w+': O_TRUNC | O_CREAT | O_RDWR,
    'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL, 'xw+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
    'a': O_APPEND | O_CREAT | O_WRONLY, 'ax': O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
    'xa': O_APPEND | O_CREAT | O_WRONLY | O_EXCL, 'as': O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
    'sa': O_APPEND | O_CREAT | O_WRONLY | O_SYNC, 'a+': O_APPEND | O_CREAT | O_RDWR,
    'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL, 'xa+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
    'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC, 'sa+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
  };
})();

function toFlags(flags, name = 'flags') {
  if (typeof flags === 'number') {
    validateInt32(flags, name);
    return flags;
  }
  if (flags === undefined || flags === null) return constants.O_RDONLY;
  const value = Object.hasOwn(FLAGS, flags) ? FLAGS[flags] : undefined;
  if (value === undefined) throw new ERR_INVALID_ARG_VALUE(name, flags);
  return value;
}

// Options, or the encoding alone.
function toOptions(options, defaults = {}) {
  if (options === undefined || options === null || typeof options === 'function') return defaults;
  if (typeof options === 'string') options = { ...defaults, encoding: options };
  else if (typeof options !== 'object') throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  const { encoding } = options;
  if (encoding !== undefined && encoding !== null && encoding !== 'buffer' &&
      !require('buffer').Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  }
  if (options.flush !== undefined && options.flush !== null) validators.validateBoolean(options.flush, 'options.flush');
  if (options.signal !== undefined) validators.validateAbortSignal(options.signal, 'options.signal');
  return defaults === undefined ? options : { ...defaults, ...options };
}

function toSeconds(time, name = 'time') {
  if (typeof time === 'string' && +time == time) return +time; // eslint-disable-line eqeqeq
  if (Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date) return time.getTime() / 1000;
  throw new ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
}

// Text as the caller wants it.
function encode(text, options) {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  if (!encoding || encoding === 'utf8' || encoding === 'utf-8') return text;
  const buffer = require('buffer').Buffer.from(text);
  return encoding === 'buffer' ? buffer : buffer.toString(encoding);
}

// The bytes of any view, as native code takes them.
const plain = (view) => (view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

const nothing = () => undefined;
const toStats = (_, args, options) => stats.fromNative(system.stats, Boolean(options?.bigint));
const optionsAt = (i) => (args) => (typeof args[i] === 'object' ? args[i] : undefined);

const checkId = (id, name) => {
  validateInteger(id, name, -1, 4294967295);
  return id;
};

// name -> { take(...args), give(result, args, options), native, paths }
const rows = {
  open: { take: (path, flags, mode) => [toPath(path), toFlags(flags), parseFileMode(mode, 'mode', 0o666)], give: (fd) => fd },
  close: { take: (fd) => [toFd(fd)] },
  access: { take: (path, mode = constants.F_OK) => {
    path = toPath(path);
    validateInteger(mode, 'mode', 0, 7);
    return [path, mode];
  } },
  stat: { take: (path) => [toPath(path)], give: toStats, options: optionsAt(1) },
  lstat: { take: (path) => [toPath(path)], give: toStats, options: optionsAt(1) },
  fstat: { take: (fd) => [toFd(fd)], give: toStats, options: optionsAt(1) },
  statfs: { take: (path) => [toPath(path)], give: (list, _, options) => new stats.StatFs(list, Boolean(options?.bigint)), options: optionsAt(1) },
  unlink: { take: (path) => [toPath(path)] },
  readlink: { take: (path, options) => (toOptions(options), [toPath(path, 'oldPath' && 'path')]), give: (text, args) => encode(text, args[1]) },
  rename: { take: (from, to) => [toPath(from, 'oldPath'), toPath(to, 'newPath')], paths: 2 },
  link: { take: (from, to) => [toPath(from, 'existingPath'), toPath(to, 'newPath')], paths: 2 },
  symlink: { take: (target, path, type) => {
    if (type !== undefined && type !== null) validateOneOf(type, 'type', ['dir', 'file', 'junction']);
    return [toPath(target, 'target'), toPath(path), 0];
  }, paths: 2 },
  copyFile: { native: 'copyfile', syscall: 'copyfile', take: (from, to, mode = 0) => {
    from = toPath(from, 'src');
    to = toPath(to, 'dest');
    validateInteger(mode, 'mode', 0, 7);
    return [from, to, mode];
  }, paths: 2 },
  chmod: { take: (path, mode) => [toPath(path), parseFileMode(mode, 'mode')] },
  fchmod: { take: (fd, mode) => [toFd(fd), parseFileMode(mode, 'mode')] },
  chown: { take: (path, uid, gid) => [toPath(path), checkId(uid, 'uid'), checkId(gid, 'gid')] },
  lchown: { take: (path, uid, gid) => [toPath(path), checkId(uid, 'uid'), checkId(gid, 'gid')] },
  fchown: { take: (fd, uid, gid) => [toFd(fd), checkId(uid, 'uid'), checkId(gid, 'gid')] },
  utimes: { native: 'utime', syscall: 'utime', take: (path, atime, mtime) => [toPath(path), toSeconds(atime), toSeconds(mtime)] },
  lutimes: { native: 'lutime', syscall: 'lutime', take: (path, atime, mtime) => [toPath(path), toSeconds(atime), toSeconds(mtime)] },
  futimes: { native: 'futime', syscall: 'futime', take: (fd, atime, mtime) => [toFd(fd), toSeconds(atime, 'atime'), toSeconds(mtime, 'mtime')] },
  fsync: { take: (fd) => [toFd(fd)] },
  fdatasync: { take: (fd) => [toFd(fd)] },
  ftruncate: { take: (fd, length = 0) => {
    toFd(fd);
    validateInteger(length, 'len');
    return [fd, Math.max(0, length)];
  } },
};

const fdFirst = new Set(['close', 'fstat', 'fchmod', 'fchown', 'futimes', 'fsync', 'fdatasync', 'ftruncate']);

function failure(name, row, errno, args) {
  const error = { errno, syscall: row.syscall ?? name };
  if (!fdFirst.has(name)) error.path = args[0];
  if (row.paths === 2) error.dest = args[1];
  return uvException(error);
}

function checkCallback(callback) {
  if (typeof callback !== 'function') throw new ERR_INVALID_ARG_TYPE('cb', 'Function', callback);
}

function makeSync(name) {
  const row = rows[name];
  const call = system[row.native ?? name];
  const give = row.give ?? nothing;
  return { [`${name}Sync`](...args) {
    const options = row.options?.(args);
    const taken = row.take(...args);
    const result = call.apply(system, taken);
    if (typeof result === 'number' && result < 0) {
      if (options?.throwIfNoEntry === false && (result === -2 || result === -20)) return undefined;
      throw failure(name, row, result, taken);
    }
    return give(result, args, options);
  } }[`${name}Sync`];
}

// done(error, value) comes later, never from inside.
function start(name, args, done) {
  const row = rows[name];
  const give = row.give ?? nothing;
  const options = row.options?.(args);
  const taken = row.take(...args);
  const errno = system[row.native ?? name](...taken, (code, result) => {
    if (code < 0) return done(failure(name, row, code, taken));
    done(null, give(result, args, options));
  });
  if (errno < 0) process.nextTick(done, failure(name, row, errno, taken));
}

function makeCallback(name) {
  const silent = rows[name].give === undefined;
  return { [name](...args) {
    let callback = args.pop();
    if (typeof callback !== 'function') {
      rows[name].take(...args, callback); // another argument is named first
      if (name === 'close' && args.length === 0) [args, callback] = [[callback], (error) => { if (error) throw error; }];
      else checkCallback(callback);
    }
    start(name, args, bind(silent ? (error) => callback(error) : (error, value) => (error ? callback(error) : callback(null, value))));
  } }[name];
}

// Keeps the asynchronous context of who asked.
function makePromise(name) {
  return { async [name](...args) {
    return new Promise((resolve, reject) => {
      start(name, args, (error, value) => (error ? reject(error) : resolve(value)));
    });
  } }[name];
}

module.exports = {
  rows, names: Object.keys(rows), makeSync, makeCallback, makePromise, start, bind,
  plain, toPath, toFd, toFlags, toOptions, toSeconds, encode, checkCallback, system, validateUint32, validateObject,
};
