// Folders of fs: made, of a name of their own, and read.
'use strict';

const fs = require('fs');
const { uvException } = require('internal/errors');
const { parseFileMode } = require('internal/validators');
const { fs: constants } = require('internal/constants');
const { toPath, toOptions, encode, checkCallback, bind, system } = require('internal/fs/ops');
const { warnOnce } = require('internal/fs/warn');

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

// Where the file system does not tell a kind in its folder.
function kindOf(path) {
  const st = fs.lstatSync(path, { throwIfNoEntry: false });
  if (st === undefined) return 0;
  return st.isDirectory() ? constants.UV_DIRENT_DIR : st.isSymbolicLink() ? constants.UV_DIRENT_LINK : constants.UV_DIRENT_FILE;
}

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

exports.later = later;
exports.kindOf = kindOf;
