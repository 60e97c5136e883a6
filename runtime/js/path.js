// Paths as text, of POSIX and of Windows.
'use strict';

function validateString(value, name) {
  if (typeof value !== 'string') require('internal/validators').validateString(value, name);
}
const validateObject = (value, name) => require('internal/validators').validateObject(value, name);

const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;
const COLON = 58;

const isPosixSeparator = (c) => c === SLASH;
const isEither = (c) => c === SLASH || c === BACKSLASH;
const isLetter = (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122);

// Takes "." and ".." out of a path without root.
function normalizeParts(path, mayAscend, separator, isSeparator) {
  const out = [];
  let begin = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && !isSeparator(path.charCodeAt(i))) continue;
    const part = path.slice(begin, i);
    begin = i + 1;
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out[out.length - 1] !== '..') out.pop();
    else if (mayAscend) out.push('..');
  }
  return out.join(separator);
}

function format(separator, object) {
  validateObject(object, 'pathObject');
  const dir = object.dir || object.root;
  const base = object.base || `${object.name || ''}${object.ext ? `${object.ext[0] === '.' ? '' : '.'}${object.ext}` : ''}`;
  if (!dir) return base;
  return dir === object.root ? `${dir}${base}` : `${dir}${separator}${base}`;
}

function basename(path, suffix, isSeparator, start) {
  if (suffix !== undefined) validateString(suffix, 'suffix');
  validateString(path, 'path');
  let end = path.length;
  while (end > start && isSeparator(path.charCodeAt(end - 1))) end--;
  let begin = end;
  while (begin > start && !isSeparator(path.charCodeAt(begin - 1))) begin--;
  const base = path.slice(begin, end);
  if (suffix !== undefined && suffix.length > 0 && base !== suffix && base.endsWith(suffix)) {
    return base.slice(0, base.length - suffix.length);
  }
  if (suffix !== undefined && suffix === path) return '';
  return base;
}

// The extension of a last component: from its last dot, unless that begins it.
function extensionOf(base) {
  const dot = base.lastIndexOf('.');
  if (dot <= 0 || base === '..') return '';
  return base.slice(dot);
}

// Component matching of path.matchesGlob.
function matchesGlob(path, pattern, windows) {
  validateString(path, 'path');
  validateString(pattern, 'pattern');
  return require('internal/glob').matches(path, pattern, windows);
}

const posix = {
  resolve(...args) {
    let resolved = '';
    let absolute = false;
    for (let i = args.length - 1; i >= -1 && !absolute; i--) {
      const path = i >= 0 ? args[i] : process.cwd();
      if (i >= 0) validateString(path, `paths[${i}]`);
      if (path.length === 0) continue;
      resolved = `${path}/${resolved}`;
      absolute = path.charCodeAt(0) === SLASH;
    }
    resolved = normalizeParts(resolved, !absolute, '/', isPosixSeparator);
    if (absolute) return `/${resolved}`;
    return resolved.length > 0 ? resolved : '.';
  },

  normalize(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    const absolute = path.charCodeAt(0) === SLASH;
    const trailing = path.charCodeAt(path.length - 1) === SLASH;
    path = normalizeParts(path, !absolute, '/', isPosixSeparator);
    if (path.length === 0) return absolute ? '/' : trailing ? './' : '.';
    if (trailing) path += '/';
    return absolute ? `/${path}` : path;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return path.length > 0 && path.charCodeAt(0) === SLASH;
  },

  join(...args) {
    const parts = [];
    for (const arg of args) {
      validateString(arg, 'path');
      if (arg.length > 0) parts.push(arg);
    }
    return parts.length === 0 ? '.' : posix.normalize(parts.join('/'));
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    from = posix.resolve(from);
    to = posix.resolve(to);
    if (from === to) return '';
    const a = from === '/' ? [] : from.slice(1).split('/');
    const b = to === '/' ? [] : to.slice(1).split('/');
    let same = 0;
    while (same < a.length && same < b.length && a[same] === b[same]) same++;
    return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/');
  },

  toNamespacedPath: (path) => path,

  dirname(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    const rooted = path.charCodeAt(0) === SLASH;
    let end = path.length;
    while (end > 1 && path.charCodeAt(end - 1) === SLASH) end--;
    while (end > 0 && path.charCodeAt(end - 1) !== SLASH) end--;
    if (end === 0) return rooted ? '/' : '.';
    if (rooted && end === 1) return '/';
    while (end > 1 && path.charCodeAt(end - 1) === SLASH) end--;
    if (rooted && end === 1 && path.charCodeAt(1) === SLASH) return path.startsWith('//') && !/[^/]/.test(path.slice(0, 2)) ? (/^\/\/[^/]*\/*$/.test(path) ? '//' : '/') : '/';
    return path.slice(0, end);
  },

  basename: (path, suffix) => basename(path, suffix, isPosixSeparator, 0),

  extname(path) {
    validateString(path, 'path');
    return extensionOf(basename(path, undefined, isPosixSeparator, 0));
  },

  format: (object) => format('/', object),

  parse(path) {
    validateString(path, 'path');
    const out = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path.length === 0) return out;
    const absolute = path.charCodeAt(0) === SLASH;
    if (absolute) out.root = '/';
    out.base = basename(path, undefined, isPosixSeparator, absolute ? 1 : 0);
    out.ext = extensionOf(out.base);
    out.name = out.base.slice(0, out.base.length - out.ext.length);
    let end = path.length;
    while (end > 0 && path.charCodeAt(end - 1) === SLASH) end--;
    const begin = end - out.base.length;
    if (begin > 1 || (begin === 1 && !absolute)) out.dir = path.slice(0, begin - 1);
    else if (absolute) out.dir = '/';
    return out;
  },

  matchesGlob: (path, pattern) => matchesGlob(path, pattern, false),
  sep: '/',
  delimiter: ':',
  win32: null,
  posix: null,
};

// The root of a Windows path: { device, length, absolute }; length counts the separator behind it.
function winRoot(path) {
  const length = path.length;
  const c = path.charCodeAt(0);
  if (length === 0) return { device: '', length: 0, absolute: false };
  if (isEither(c)) {
    if (length > 1 && isEither(path.charCodeAt(1))) {
      let at = 2;
      while (at < length && !isEither(path.charCodeAt(at))) at++;
      if (at < length && at > 2) {
        const host = path.slice(2, at);
        let share = at;
        while (share < length && isEither(path.charCodeAt(share))) share++;
        if (share < length && share > at) {
          let end = share;
          while (end < length && !isEither(path.charCodeAt(end))) end++;
          if (host === '.' || host === '?') return { device: `\\\\${host}`, length: 4, absolute: true };
          return { device: `\\\\${host}\\${path.slice(share, end)}`, length: end, absolute: true, unc: true };
        }
      }
    }
    return { device: '', length: 1, absolute: true };
  }
  if (isLetter(c) && length > 1 && path.charCodeAt(1) === COLON) {
    const absolute = length > 2 && isEither(path.charCodeAt(2));
    return { device: path.slice(0, 2), length: absolute ? 3 : 2, absolute };
  }
  return { device: '', length: 0, absolute: false };
}

const win32 = {
  resolve(...args) {
    let device = '';
    let tail = '';
    let absolute = false;
    for (let i = args.length - 1; i >= -1; i--) {
      let path;
      if (i >= 0) {
        path = args[i];
        validateString(path, `paths[${i}]`);
        if (path.length === 0) continue;
      } else if (device.length === 0) {
        path = process.cwd();
      } else {
        path = process.env[`=${device}`] || process.cwd();
        if (path === undefined || (path.slice(0, 2).toLowerCase() !== device.toLowerCase() &&
            path.charCodeAt(2) === BACKSLASH)) path = `${device}\\`;
      }
      const root = winRoot(path);
      if (root.device.length > 0) {
        if (device.length > 0) {
          if (root.device.toLowerCase() !== device.toLowerCase()) continue;
        } else {
          device = root.device;
        }
      }
      if (absolute) {
        if (device.length > 0) break;
      } else {
        tail = `${path.slice(root.length)}\\${tail}`;
        absolute = root.absolute;
        if (absolute && device.length > 0) break;
      }
    }
    tail = normalizeParts(tail, !absolute, '\\', isEither);
    return absolute ? `${device}\\${tail}` : `${device}${tail}` || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    const length = path.length;
    if (length === 0) return '.';
    if (length === 1) return path === '/' ? '\\' : path;
    const root = winRoot(path);
    if (root.unc && root.length === length) return `${root.device}\\`;
    let tail = root.length < length ? normalizeParts(path.slice(root.length), !root.absolute, '\\', isEither) : '';
    if (tail.length === 0 && !root.absolute) tail = '.';
    if (tail.length > 0 && isEither(path.charCodeAt(length - 1))) tail += '\\';
    if (!root.absolute && root.device === '' && path.includes(':')) {
      if (tail.length >= 2 && isLetter(tail.charCodeAt(0)) && tail.charCodeAt(1) === COLON) return `.\\${tail}`;
      for (let at = path.indexOf(':'); at !== -1; at = path.indexOf(':', at + 1)) {
        if (at === length - 1 || isEither(path.charCodeAt(at + 1))) return `.\\${tail}`;
      }
    }
    if (root.device === '') return root.absolute ? `\\${tail}` : tail;
    return root.absolute ? `${root.device}\\${tail}` : `${root.device}${tail}`;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return winRoot(path).absolute;
  },

  join(...args) {
    let joined;
    let first;
    for (const arg of args) {
      validateString(arg, 'path');
      if (arg.length === 0) continue;
      if (joined === undefined) joined = first = arg;
      else joined += `\\${arg}`;
    }
    if (joined === undefined) return '.';
    // Two separators at the beginning mean a share only when they are the first part's own.
    let slashes = 0;
    if (isEither(first.charCodeAt(0))) {
      slashes++;
      if (first.length > 1 && isEither(first.charCodeAt(1))) {
        slashes++;
        if (first.length > 2) {
          if (isEither(first.charCodeAt(2))) slashes++;
          else slashes = 0;
        }
      }
    }
    if (slashes > 0) {
      while (slashes < joined.length && isEither(joined.charCodeAt(slashes))) slashes++;
      if (slashes >= 2) joined = `\\${joined.slice(slashes)}`;
    }
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const fromFull = win32.resolve(from);
    const toFull = win32.resolve(to);
    if (fromFull === toFull || fromFull.toLowerCase() === toFull.toLowerCase()) return '';
    const a = fromFull.split('\\').filter(Boolean);
    const b = toFull.split('\\').filter(Boolean);
    let same = 0;
    while (same < a.length && same < b.length && a[same].toLowerCase() === b[same].toLowerCase()) same++;
    if (same === 0 || (fromFull.startsWith('\\\\') && same < 2)) return toFull;
    return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('\\');
  },

  toNamespacedPath(path) {
    if (typeof path !== 'string' || path.length === 0) return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (resolved.startsWith('\\\\')) {
      if (resolved[2] !== '?' && resolved[2] !== '.') return `\\\\?\\UNC\\${resolved.slice(2)}`;
    } else if (isLetter(resolved.charCodeAt(0)) && resolved[1] === ':' && resolved[2] === '\\') {
      return `\\\\?\\${resolved}`;
    }
    return resolved;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    if (path.length === 1) return isEither(path.charCodeAt(0)) ? path : '.';
    const root = winRoot(path);
    if (root.unc && root.length === path.length) return path;
    const rootEnd = root.unc ? root.length + 1 : root.length;
    let end = path.length;
    while (end > rootEnd && isEither(path.charCodeAt(end - 1))) end--;
    while (end > rootEnd && !isEither(path.charCodeAt(end - 1))) end--;
    if (end <= rootEnd) return rootEnd > 0 ? path.slice(0, rootEnd) : '.';
    return path.slice(0, end - 1);
  },

  basename(path, suffix) {
    const start = typeof path === 'string' && path.length >= 2 && isLetter(path.charCodeAt(0)) &&
      path.charCodeAt(1) === COLON ? 2 : 0;
    return basename(path, suffix, isEither, start);
  },

  extname(path) {
    validateString(path, 'path');
    return extensionOf(win32.basename(path));
  },

  format: (object) => format('\\', object),

  parse(path) {
    validateString(path, 'path');
    const out = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path.length === 0) return out;
    const root = winRoot(path);
    const rootEnd = root.unc && root.length < path.length ? root.length + 1 : root.length;
    if (rootEnd === path.length) {
      if (rootEnd === 1 && !isEither(path.charCodeAt(0))) {
        out.base = out.name = path;
        return out;
      }
      out.root = out.dir = path;
      return out;
    }
    out.root = path.slice(0, rootEnd);
    let end = path.length;
    while (end > rootEnd && isEither(path.charCodeAt(end - 1))) end--;
    let begin = end;
    while (begin > rootEnd && !isEither(path.charCodeAt(begin - 1))) begin--;
    out.base = path.slice(begin, end);
    out.ext = extensionOf(out.base);
    out.name = out.base.slice(0, out.base.length - out.ext.length);
    out.dir = begin > rootEnd ? path.slice(0, begin - 1) : out.root;
    return out;
  },

  matchesGlob: (path, pattern) => matchesGlob(path, pattern, true),
  sep: '\\',
  delimiter: ';',
  win32: null,
  posix: null,
};

// Methods have their names and arity, as Node's have.
for (const api of [posix, win32]) {
  for (const name of ['basename', 'format', 'matchesGlob', 'toNamespacedPath']) {
    Object.defineProperty(api[name], 'name', { value: name });
  }
  api._makeLong = api.toNamespacedPath;
}
posix.win32 = win32.win32 = win32;
posix.posix = win32.posix = posix;

module.exports = posix;
