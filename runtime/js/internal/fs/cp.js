// fs.cp: files, folders and links, copied.
'use strict';

const fs = require('fs');
const path = require('path');
const { codes } = require('internal/errors');
const { toPath, checkCallback } = require('internal/fs/ops');
const { validateBoolean, validateFunction, validateInteger, validateObject } = require('internal/validators');

function readOptions(options) {
  if (options !== undefined) validateObject(options, 'options');
  const all = { dereference: false, errorOnExist: false, filter: undefined, force: true, preserveTimestamps: false,
    recursive: false, verbatimSymlinks: false, mode: 0, ...options };
  for (const name of ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks']) {
    validateBoolean(all[name], `options.${name}`);
  }
  if (all.dereference && all.verbatimSymlinks) throw new codes.ERR_INCOMPATIBLE_OPTION_PAIR('dereference', 'verbatimSymlinks');
  validateInteger(all.mode, 'mode', 0, 7);
  if (all.filter !== undefined) validateFunction(all.filter, 'options.filter');
  return all;
}

function fail(code, message, details) {
  const error = new codes[code](`${message}: ${details.words} ${details.path}`);
  error.name = 'SystemError';
  Object.assign(error, { syscall: 'cp', path: details.path, errno: details.errno });
  throw error;
}

const stat = (file, options) => (options.dereference ? fs.statSync : fs.lstatSync)(file, { throwIfNoEntry: false });

// No folder above the target may be the source by another name.
function checkAbove(from, to, source) {
  for (let at = path.dirname(path.resolve(to)); at !== path.dirname(at); at = path.dirname(at)) {
    const above = fs.statSync(at, { throwIfNoEntry: false });
    if (above && above.ino === source.ino && above.dev === source.dev) {
      fail('ERR_FS_CP_EINVAL', 'Invalid src or dest', { words: `cp returned EINVAL (cannot copy ${from} to a subdirectory of self ${to})`, path: to, errno: 22 });
    }
  }
}

const isBelow = (below, above) => `${path.resolve(below)}/`.startsWith(`${path.resolve(above)}/`);

function checkKind(source, from, to) {
  const kind = source.isSocket() ? ['ERR_FS_CP_SOCKET', 'a socket'] : source.isFIFO() ? ['ERR_FS_CP_FIFO_PIPE', 'a FIFO pipe'] : undefined;
  if (kind) fail(kind[0], `Cannot copy ${kind[1]} file`, { words: `cp returned EINVAL (cannot copy ${kind[1]}: ${from})`, path: to, errno: 22 });
}

function check(from, to, options) {
  const source = stat(from, options) ?? fs.lstatSync(from);
  const target = stat(to, options);
  if (target && source.ino === target.ino && source.dev === target.dev) {
    fail('ERR_FS_CP_EINVAL', 'Invalid src or dest', { words: 'cp returned EINVAL (src and dest cannot be the same)', path: to, errno: 22 });
  }
  if (target && source.isDirectory() && !target.isDirectory()) {
    fail('ERR_FS_CP_DIR_TO_NON_DIR', 'Cannot overwrite non-directory with directory', { words: `cp returned EISDIR (cannot overwrite non-directory ${to} with directory ${from})`, path: to, errno: 21 });
  }
  if (target && !source.isDirectory() && target.isDirectory()) {
    fail('ERR_FS_CP_NON_DIR_TO_DIR', 'Cannot overwrite directory with non-directory', { words: `cp returned ENOTDIR (cannot overwrite directory ${to} with non-directory ${from})`, path: to, errno: 20 });
  }
  if (source.isDirectory() && !options.recursive) checkAbove(from, to, source);
  if (source.isDirectory() && path.resolve(to).startsWith(`${path.resolve(from)}/`)) {
    fail('ERR_FS_CP_EINVAL', 'Invalid src or dest', { words: `cp returned EINVAL (cannot copy ${from} to a subdirectory of self ${to})`, path: to, errno: 22 });
  }
  return { source, target };
}

function copyFile(from, to, { source, target }, options) {
  if (target) {
    if (options.errorOnExist && !options.force) {
      fail('ERR_FS_CP_EEXIST', 'Target already exists', { words: `cp returned EEXIST (${to} already exists)`, path: to, errno: 17 });
    }
    if (!options.force) return;
    fs.unlinkSync(to);
  }
  fs.copyFileSync(from, to, options.mode);
  fs.chmodSync(to, source.mode & 0o7777);
  if (options.preserveTimestamps) fs.utimesSync(to, source.atime, source.mtime);
}

function copyLink(from, to, { target }, options) {
  let link = fs.readlinkSync(from);
  if (!options.verbatimSymlinks && !path.isAbsolute(link)) link = path.resolve(path.dirname(from), link);
  if (target) {
    if (!target.isSymbolicLink()) return void fs.symlinkSync(link, to); // there is something else: EEXIST
    const old = path.resolve(path.dirname(to), fs.readlinkSync(to));
    if (fs.statSync(from, { throwIfNoEntry: false })?.isDirectory() && isBelow(old, link)) {
      fail('ERR_FS_CP_EINVAL', 'Invalid src or dest', { words: `cp returned EINVAL (cannot copy ${link} to a subdirectory of self ${old})`, path: to, errno: 22 });
    }
    if (fs.statSync(to, { throwIfNoEntry: false })?.isDirectory() && isBelow(link, old)) {
      fail('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', 'Cannot overwrite symlink in subdirectory of self', { words: `cp returned EINVAL (cannot overwrite ${old} with ${link})`, path: to, errno: 22 });
    }
    fs.unlinkSync(to);
  }
  fs.symlinkSync(link, to);
}

function copy(from, to, options, isTop) {
  const both = check(from, to, options);
  const { source, target } = both;
  if (source.isDirectory()) {
    if (!options.recursive) {
      fail('ERR_FS_EISDIR', 'Recursive option not enabled, cannot copy a directory', { words: `cp returned EISDIR (${from} is a directory (not copied))`, path: from, errno: 21 });
    }
    if (!target) fs.mkdirSync(to, { recursive: isTop });
    return fs.readdirSync(from).map((name) => [path.join(from, name), path.join(to, name)]);
  }
  checkKind(source, from, to);
  if (isTop && !target) fs.mkdirSync(path.dirname(to), { recursive: true });
  if (source.isSymbolicLink()) copyLink(from, to, both, options);
  else copyFile(from, to, both, options);
  return [];
}

function cpSync(from, to, options) {
  options = readOptions(options);
  const queue = [[toPath(from, 'src'), toPath(to, 'dest')]];
  for (let i = 0; i < queue.length; i++) {
    const [source, target] = queue[i];
    if (options.filter) {
      const wanted = options.filter(source, target);
      if (require('internal/types').isPromise(wanted)) throw new codes.ERR_INVALID_RETURN_VALUE('boolean', 'filter', wanted);
      if (!wanted) continue;
    }
    queue.push(...copy(source, target, options, i === 0));
  }
}

async function cpAsync(from, to, options) {
  const queue = [[from, to]];
  for (let i = 0; i < queue.length; i++) {
    const [source, target] = queue[i];
    if (options.filter && !await options.filter(source, target)) continue;
    queue.push(...copy(source, target, options, i === 0));
  }
}

function cp(from, to, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  checkCallback(callback);
  options = readOptions(options);
  cpAsync(toPath(from, 'src'), toPath(to, 'dest'), options).then(() => process.nextTick(callback, null), (error) => process.nextTick(callback, error));
}

module.exports = { cp, cpSync };
