// fs/promises: the rows of internal/fs/ops as promises, FileHandle, and the rest over fs.
'use strict';

const fs = require('fs');
const ops = require('internal/fs/ops');
const lazy = require('internal/lazy');
const { FileHandle } = require('internal/fs/handle');
const { fs: constants } = require('internal/constants');

// fs[name] as a promise; its last argument is the callback.
function wrap(name) {
  return { [name](...args) {
    return new Promise((resolve, reject) => {
      fs[name](...args, (error, value) => (error ? reject(error) : resolve(value)));
    });
  } }[name];
}

const api = module.exports = { constants };

for (const name of ops.names) {
  if (!/^f(stat|chmod|chown|utimes|sync|datasync|truncate)$|^close$|^open$|^statfs$/.test(name)) api[name] = ops.makePromise(name);
}
api.statfs = ops.makePromise('statfs');
api.open = async function open(path, flags, mode) {
  return new FileHandle(await ops.makePromise('open')(path, flags, mode));
};

const onHandle = (name) => {
  const plain = wrap(name);
  return { async [name](path, ...args) {
    return path instanceof FileHandle ? path[name](...args) : plain(path, ...args);
  } }[name];
};
for (const name of ['readFile', 'appendFile']) api[name] = onHandle(name);
api.writeFile = async function writeFile(path, data, options) {
  if (path instanceof FileHandle) return path.writeFile(data, options);
  const isStream = data !== null && typeof data === 'object' && !ArrayBuffer.isView(data) &&
    (typeof data[Symbol.asyncIterator] === 'function' || typeof data[Symbol.iterator] === 'function');
  if (!isStream) return wrap('writeFile')(path, data, options);
  const all = ops.toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w' });
  all.signal?.throwIfAborted();
  const handle = await api.open(path, all.flag, all.mode);
  try {
    await handle.writeFile(data, options);
  } finally {
    await handle.close();
  }
};
for (const name of ['readdir', 'mkdir', 'mkdtemp', 'rm', 'rmdir', 'realpath', 'truncate', 'cp', 'opendir']) {
  const plain = wrap(name);
  api[name] = { async [name](...args) {
    if (typeof args.at(-1) === 'function') args.push(undefined); // an argument like any other: there is no callback
    return plain(...args);
  } }[name];
}
api.mkdtempDisposable = async function mkdtempDisposable(prefix, options) {
  const path = await api.mkdtemp(prefix, options);
  const full = require('path').resolve(path); // the folder that is meant, wherever the process goes
  const remove = () => api.rm(full, { recursive: true, force: true });
  return { path, remove, [Symbol.asyncDispose]: remove };
};
api.lchmod = async () => { throw new (require('internal/errors').codes.ERR_METHOD_NOT_IMPLEMENTED)('lchmod()'); };
api.glob = (...args) => require('internal/fs/glob').globAsync(...args);
api.watch = (...args) => require('internal/fs/watch').watchAsync(...args);
lazy.define(api, 'FileHandle', () => FileHandle);
delete api.FileHandle;
