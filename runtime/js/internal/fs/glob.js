// fs.glob: a walk that asks for folders and entries, and is answered at once or later.
'use strict';

const fs = require('fs');
const path = require('path');
const { codes } = require('internal/errors');
const { validateFunction, validateArray, validateObject, validateString } = require('internal/validators');
const { make, GLOBSTAR } = require('internal/glob');

const list = (folder) => ({ list: folder });
const look = (file, follow = false) => ({ look: file, follow });

class Walk {
  constructor(patterns, options = {}) {
    validateObject(options, 'options');
    const { cwd = '.', exclude, withFileTypes } = options;
    this.cwd = cwd instanceof URL ? require('url').fileURLToPath(cwd) : cwd;
    this.withTypes = Boolean(withFileTypes);
    this.excluded = excludes(exclude, this.cwd);
    this.sets = [].concat(patterns).flatMap((pattern) => {
      if (typeof pattern !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('patterns', ['string', 'string[]'], pattern);
      return make(pattern).set;
    });
    this.found = new Set();
    this.seen = new Set(); // places that were walked, with the rest of the pattern
  }

  full(file) { return path.resolve(this.cwd, file); }

  * run() {
    for (const parts of this.sets) {
      const absolute = parts[0] === '' && parts.length > 1;
      this.parts = parts;
      yield* this.at(absolute ? '/' : '', absolute ? 1 : 0);
      this.seen.clear();
    }
  }

  // The path so far; `i` is the part of the pattern that follows.
  * at(here, i) {
    const { parts } = this;
    const key = `${i}\0${here}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (i === parts.length) return void (yield* this.give(here));
    const part = parts[i];
    if (part === GLOBSTAR) return void (yield* this.below(here, i));
    if (typeof part === 'string') {
      if (part === '') return void (yield* this.folder(here, i));
      const next = join(here, part);
      if (!this.skips(next)) yield* this.at(next, i + 1);
      return;
    }
    for (const entry of yield list(this.full(here))) {
      if (!part.test(entry.name)) continue;
      const next = join(here, entry.name);
      if (i + 1 < parts.length && this.skips(next, entry)) continue;
      if (i + 1 === parts.length) yield* this.give(next, entry);
      else if (entry.isDirectory() || entry.isSymbolicLink()) yield* this.at(next, i + 1);
    }
  }

  // What ends with a slash is a folder.
  * folder(here, i) {
    const stat = yield look(this.full(here), true);
    if (stat?.isDirectory()) yield* this.at(here, i + 1);
  }

  // Folders at any depth, hidden ones and links not; what is right behind a link, unless the pattern begins here.
  * below(here, i) {
    yield* this.at(here, i + 1);
    for (const entry of yield list(this.full(here))) {
      const next = join(here, entry.name);
      if (entry.name[0] === '.' || this.skips(next, entry)) continue;
      if (entry.isDirectory()) yield* this.at(next, i);
      else if (i + 1 === this.parts.length) yield* this.give(next, entry);
      else if (entry.isSymbolicLink() && i > 0) yield* this.at(next, i + 1);
    }
  }

  skips(file, entry) { return (entry !== undefined || !this.withTypes) && this.excluded(file, this.withTypes ? entry : undefined); }

  * give(file, entry) {
    const name = file === '' ? '.' : file;
    if (this.found.has(name)) return;
    const stat = entry ?? (yield look(this.full(file)));
    if (stat === null) return;
    const dirent = this.withTypes ? entry ?? direntOf(this.full(file), stat) : undefined;
    if (this.excluded(name, dirent)) return;
    this.found.add(name);
    yield { item: this.withTypes ? dirent : name };
  }
}

const join = (here, name) => (here === '' && name !== '.' ? name : name === '.' ? here : path.join(here, name));

function direntOf(file, stat) {
  const { Dirent } = fs;
  const kinds = { UV_DIRENT_DIR: 'isDirectory', UV_DIRENT_FILE: 'isFile', UV_DIRENT_LINK: 'isSymbolicLink', UV_DIRENT_FIFO: 'isFIFO',
    UV_DIRENT_SOCKET: 'isSocket', UV_DIRENT_CHAR: 'isCharacterDevice', UV_DIRENT_BLOCK: 'isBlockDevice' };
  const kind = Object.keys(kinds).find((name) => stat[kinds[name]]());
  return new Dirent(path.basename(file), fs.constants[kind] ?? 0, path.dirname(file));
}

function excludes(exclude, cwd) {
  if (exclude === undefined || exclude === null) return () => false;
  if (typeof exclude === 'function') return (file, dirent) => exclude(dirent ?? file) === true;
  validateArray(exclude, 'options.exclude');
  exclude.forEach((one, i) => validateString(one, `options.exclude[${i}]`));
  const matchers = exclude.map((pattern) => make(path.normalize(pattern)));
  return (file) => matchers.some((one) => one.match(file) || one.match(`${file}/`) || one.match(path.resolve(cwd, file)));
}

// --- Who answers

function answerNow({ list: folder, look: file, follow }) {
  try {
    if (folder !== undefined) return fs.readdirSync(folder, { withFileTypes: true });
    return follow ? fs.statSync(file) : fs.lstatSync(file);
  } catch {
    return folder !== undefined ? [] : null; // nothing is there, or not for us
  }
}

async function answerLater({ list: folder, look: file, follow }) {
  try {
    if (folder !== undefined) return await fs.promises.readdir(folder, { withFileTypes: true });
    return await (follow ? fs.promises.stat(file) : fs.promises.lstat(file));
  } catch {
    return folder !== undefined ? [] : null;
  }
}

exports.globSync = function globSync(pattern, options) {
  const items = [];
  const steps = new Walk(pattern, options).run();
  for (let step = steps.next(); !step.done;) {
    if ('item' in step.value) items.push(step.value.item);
    step = steps.next('item' in step.value ? undefined : answerNow(step.value));
  }
  return items;
};

async function* items(walk) {
  const steps = walk.run();
  for (let step = steps.next(); !step.done;) {
    if ('item' in step.value) yield step.value.item;
    step = steps.next('item' in step.value ? undefined : await answerLater(step.value));
  }
}

exports.globAsync = (pattern, options) => items(new Walk(pattern, options));

exports.glob = function glob(pattern, options, callback) {
  if (typeof options === 'function') [callback, options] = [options, undefined];
  validateFunction(callback, 'callback');
  const all = async () => {
    const found = [];
    for await (const item of exports.globAsync(pattern, options)) found.push(item);
    return found;
  };
  all().then((found) => process.nextTick(callback, null, found), (error) => process.nextTick(callback, error));
};
