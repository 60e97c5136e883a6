// What fs removes: folders, and whole trees.
'use strict';

const fs = require('fs');
const { codes, uvException } = require('internal/errors');
const { fs: constants } = require('internal/constants');
const { toPath, checkCallback, bind, system } = require('internal/fs/ops');
const { warnOnce } = require('internal/fs/warn');
const { later, kindOf } = require('internal/fs/folders');

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
