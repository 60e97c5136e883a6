// fs.watch, over the kernel's events, and fs.watchFile, which looks again and again.
'use strict';

const EventEmitter = require('events');
const fs = require('fs');
const { codes, uvException } = require('internal/errors');
const { validateFunction, validateObject, validateBoolean, validateAbortSignal, validateUint32 } = require('internal/validators');
const { watch: watchNative } = native('watch');

const RENAME = 1;

const pathOf = (path) => (path instanceof URL ? require('internal/url').fileURLToPath(path) : Buffer.isBuffer(path) ? `${path}` : path);

function checkPath(path, name = 'filename') {
  const value = pathOf(path);
  if (typeof value !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
  return value;
}

class FSWatcher extends EventEmitter {
  #handles = new Map(); // folder -> handle
  #closed = false;
  #persistent = true;
  #encoding = 'utf8';

  _start(path, { persistent, recursive, encoding }) {
    this.#persistent = persistent;
    this.#encoding = encoding ?? 'utf8';
    this.#add(path, '');
    if (recursive) this.#below(path, '');
  }

  #add(path, prefix) {
    const handle = watchNative(path, false);
    if (typeof handle === 'number') {
      if (prefix !== '') return; // gone again
      const error = uvException({ errno: handle, syscall: 'watch', path });
      error.filename = path;
      throw error;
    }
    if (!this.#persistent) handle.unref();
    handle.onchange = require('internal/context').bind((status, events, name) => this.#tell(status, events, name === null ? null : prefix + name, path, prefix, name));
    this.#handles.set(prefix, handle);
  }

  // Linux tells of one folder: those below it are watched one by one.
  #below(path, prefix) {
    let entries;
    try {
      entries = fs.readdirSync(path, { withFileTypes: true });
    } catch {
      return;
    }
    this.isRecursive = true;
    for (const entry of entries) {
      const key = `${prefix}${entry.name}/`;
      if (!entry.isDirectory() || this.#handles.has(key)) continue;
      this.#add(`${path}/${entry.name}`, key);
      this.#below(`${path}/${entry.name}`, key);
    }
  }

  #tell(status, events, name, path, prefix) {
    if (this.#closed) return;
    if (status < 0) {
      const error = uvException({ errno: status, syscall: 'watch', path });
      error.filename = name;
      this.close();
      return void this.emit('error', error);
    }
    if (this.isRecursive && events & RENAME) {
      const gone = this.#handles.get(`${name}/`);
      if (gone && !fs.existsSync(`${path}/${name.slice(prefix.length)}`)) {
        gone.close();
        this.#handles.delete(`${name}/`);
      }
      this.#below(path, prefix);
    }
    const shown = name !== null && this.#encoding === 'buffer' ? Buffer.from(name) : name;
    this.emit('change', events & RENAME ? 'rename' : 'change', shown);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const handle of this.#handles.values()) handle.close();
    this.#handles.clear();
    process.nextTick(() => this.emit('close'));
  }

  ref() {
    for (const handle of this.#handles.values()) handle.ref();
    return this;
  }

  unref() {
    for (const handle of this.#handles.values()) handle.unref();
    return this;
  }
}
Object.defineProperty(FSWatcher.prototype, 'isRecursive', { value: false, writable: true, enumerable: false });

function watch(filename, options, listener) {
  if (typeof options === 'function') [listener, options] = [options, {}];
  if (typeof options === 'string') options = { encoding: options };
  options = { persistent: true, recursive: false, encoding: 'utf8', ...options };
  const path = checkPath(filename);
  validateBoolean(options.persistent, 'options.persistent');
  validateBoolean(options.recursive, 'options.recursive');
  validateAbortSignal(options.signal, 'options.signal');
  if (listener !== undefined) validateFunction(listener, 'listener');
  const watcher = new FSWatcher();
  watcher._start(path, options);
  if (listener) watcher.on('change', listener);
  if (options.signal?.aborted) process.nextTick(() => watcher.close());
  else if (options.signal) {
    const stop = () => watcher.close();
    options.signal.addEventListener('abort', stop);
    watcher.once('close', () => options.signal.removeEventListener('abort', stop));
  }
  return watcher;
}

// fs.promises.watch: events as they are asked for.
async function* watchAsync(filename, options = {}) {
  validateObject(options, 'options');
  const { signal } = options;
  const abort = () => new (require('internal/errors').AbortError)(undefined, { cause: signal.reason });
  if (signal?.aborted) throw abort();
  const waiting = [];
  let wake = () => {};
  let failed;
  const watcher = watch(filename, { ...options, signal: undefined }, (eventType, name) => {
    waiting.push({ eventType, filename: name });
    wake();
  });
  watcher.on('error', (error) => {
    failed = error;
    wake();
  });
  const stop = () => {
    failed = abort();
    wake();
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift();
      if (failed) throw failed;
      await new Promise((resolve) => { wake = resolve; });
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    watcher.close();
  }
}

const files = new Map(); // path -> StatWatcher

class StatWatcher extends EventEmitter {
  #timer;
  #before;
  #path;
  #bigint;

  _start(path, { interval, persistent, bigint }) {
    this.#path = path;
    this.#bigint = bigint;
    this.#look(true);
    this.#timer = setInterval(() => this.#look(false), interval);
    if (!persistent) this.#timer.unref();
  }

  #look(isFirst) {
    fs.stat(this.#path, { bigint: this.#bigint }, (error, found) => {
      if (this.#timer === undefined && !isFirst) return;
      const stats = error ? nowhere(this.#bigint) : found;
      const before = this.#before;
      this.#before = stats;
      if (before === undefined) {
        if (error) this.emit('change', stats, stats);
      } else if (['mtimeMs', 'ctimeMs', 'size', 'ino', 'mode', 'nlink'].some((key) => before[key] !== stats[key])) {
        this.emit('change', stats, before);
      }
    });
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.nextTick(() => this.emit('stop'));
  }

  ref() {
    this.#timer?.ref();
    return this;
  }

  unref() {
    this.#timer?.unref();
    return this;
  }
}

// The stats of a file that is not there: all zero.
function nowhere(bigint) {
  const stats = Object.create(fs.Stats.prototype);
  const zero = bigint ? 0n : 0;
  for (const key of ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks', 'atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs']) {
    stats[key] = zero;
  }
  for (const key of ['atime', 'mtime', 'ctime', 'birthtime']) stats[key] = new Date(0);
  return stats;
}

function watchFile(filename, options, listener) {
  const path = require('path').resolve(checkPath(filename));
  if (options === null || typeof options !== 'object') [listener, options] = [options, {}];
  options = { interval: 5007, persistent: true, bigint: false, ...options };
  validateFunction(listener, 'listener');
  validateUint32(options.interval, 'interval');
  let watcher = files.get(path);
  if (watcher === undefined) {
    files.set(path, watcher = new StatWatcher());
    watcher._start(path, options);
  }
  watcher.addListener('change', listener);
  return watcher;
}

function unwatchFile(filename, listener) {
  const path = require('path').resolve(checkPath(filename));
  const watcher = files.get(path);
  if (watcher === undefined) return;
  if (typeof listener === 'function') watcher.removeListener('change', listener);
  else watcher.removeAllListeners('change');
  if (watcher.listenerCount('change') > 0) return;
  watcher.stop();
  files.delete(path);
}

module.exports = { watch, watchFile, unwatchFile, watchAsync, FSWatcher, StatWatcher };
