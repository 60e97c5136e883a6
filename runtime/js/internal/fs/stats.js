// What stat and readdir give: Stats, BigIntStats, Dirent, StatFs.
'use strict';

const { fs: constants } = require('internal/constants');

const S_IFMT = 0o170000;

const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'];

// Dates are made when they are read.
function defineDates(prototype) {
  for (const name of TIMES) {
    Object.defineProperty(prototype, name, {
      configurable: true, enumerable: true,
      get() {
        const value = new Date(Math.round(Number(this[`${name}Ms`])));
        this[name] = value;
        return value;
      },
      set(value) { Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true }); },
    });
  }
}

function Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
  this.atimeMs = atimeMs;
  this.mtimeMs = mtimeMs;
  this.ctimeMs = ctimeMs;
  this.birthtimeMs = birthtimeMs;
}
const checks = { isDirectory: constants.S_IFDIR, isFile: constants.S_IFREG, isBlockDevice: constants.S_IFBLK,
  isCharacterDevice: constants.S_IFCHR, isSymbolicLink: constants.S_IFLNK, isFIFO: constants.S_IFIFO,
  isSocket: constants.S_IFSOCK };
for (const name of Object.keys(checks)) {
  Stats.prototype[name] = { [name]() { return (Number(this.mode) & S_IFMT) === checks[name]; } }[name];
}
defineDates(Stats.prototype);

function BigIntStats(fields) {
  Object.assign(this, fields);
}
Object.setPrototypeOf(BigIntStats.prototype, Stats.prototype);

// The Stats of what native code has just written.
function fromNative(f, bigint) {
  if (!bigint) {
    const ms = (i) => f[i] * 1000 + f[i + 1] / 1e6;
    return new Stats(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], ms(10), ms(12), ms(14), ms(16));
  }
  const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks'];
  const fields = {};
  names.forEach((name, i) => { fields[name] = BigInt(f[i]); });
  TIMES.forEach((name, i) => {
    fields[`${name}Ms`] = BigInt(f[10 + 2 * i]) * 1000n + BigInt(f[11 + 2 * i]) / 1000000n;
  });
  TIMES.forEach((name, i) => { fields[`${name}Ns`] = BigInt(f[10 + 2 * i]) * 1000000000n + BigInt(f[11 + 2 * i]); });
  return new BigIntStats(fields);
}

class Dirent {
  #kind;
  constructor(name, kind, path) {
    this.name = name;
    this.parentPath = path;
    this.#kind = kind;
    Object.defineProperty(this, Symbol('type'), { value: kind, enumerable: true });
  }
  isDirectory() { return this.#kind === constants.UV_DIRENT_DIR; }
  isFile() { return this.#kind === constants.UV_DIRENT_FILE; }
  isBlockDevice() { return this.#kind === constants.UV_DIRENT_BLOCK; }
  isCharacterDevice() { return this.#kind === constants.UV_DIRENT_CHAR; }
  isSymbolicLink() { return this.#kind === constants.UV_DIRENT_LINK; }
  isFIFO() { return this.#kind === constants.UV_DIRENT_FIFO; }
  isSocket() { return this.#kind === constants.UV_DIRENT_SOCKET; }
}

class StatFs {
  constructor(fields, bigint) {
    ['type', 'bsize', 'blocks', 'bfree', 'bavail', 'files', 'ffree'].forEach((name, i) => {
      this[name] = bigint ? BigInt(fields[i]) : fields[i];
    });
  }
}

let warned = false;
// What programs see as fs.Stats: they should not make any.
function DeprecatedStats(...fields) {
  if (!warned) process.emitWarning('fs.Stats constructor is deprecated.', 'DeprecationWarning', 'DEP0180');
  warned = true;
  return Reflect.construct(Stats, fields, new.target ?? DeprecatedStats);
}
DeprecatedStats.prototype = Stats.prototype;
Object.defineProperty(DeprecatedStats, 'name', { value: 'Stats' });

module.exports = { DeprecatedStats, Stats, BigIntStats, Dirent, StatFs, fromNative };
