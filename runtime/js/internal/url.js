// File URLs and paths; the URL class itself is internal/whatwg_url.
'use strict';

const lazy = require('internal/lazy');
const { codes } = require('internal/errors');

// What the path's own characters would mean in a URL.
const ESCAPES = { '%': '%25', '\\': '%5C', '\n': '%0A', '\r': '%0D', '\t': '%09', '?': '%3F', '#': '%23', ' ': '%20',
  '"': '%22', '<': '%3C', '>': '%3E', '`': '%60', '{': '%7B', '}': '%7D', '^': '%5E', '|': '%7C', '[': '%5B', ']': '%5D', '~': '%7E' };

function pathToHref(path) {
  let text = path;
  if (/[%\\\n\r\t?#\s"<>`{}^|[\]~]/.test(text)) text = text.replace(/[%\\\n\r\t?# "<>`{}^|[\]~]/g, (c) => ESCAPES[c] ?? c);
  // eslint-disable-next-line no-control-regex
  if (/[^\x20-\x7e]/.test(text)) text = text.replace(/[^\x20-\x7e]+/g, encodeURIComponent);
  return `file://${text}`;
}

function pathToFileURL(path, options = undefined) {
  require('internal/validators').validateString(path, 'path');
  void options;
  let resolved = require('path').resolve(path);
  if (path.endsWith('/') && !resolved.endsWith('/')) resolved += '/';
  return new module.exports.URL(pathToHref(resolved));
}

function hrefToPath(url, decode = decodeURIComponent) {
  const { pathname } = url;
  if (/%2f/i.test(pathname)) {
    throw Object.assign(new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded / characters'), { input: url });
  }
  return pathname.includes('%') ? decode(pathname) : pathname;
}

// The bytes of a path that need be no UTF-8.
function fileURLToPathBuffer(url) {
  const { Buffer } = require('buffer');
  const octets = (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(pathOf(url, octets), 'latin1');
}

const fileURLToPath = (url) => pathOf(url);

function pathOf(url, decode) {
  if (typeof url === 'string') {
    // The usual form needs no URL.
    if (url.startsWith('file:///') && !/[?#%\\\s]|\/\.\.?(\/|$)/.test(url)) return url.slice(7);
    url = new module.exports.URL(url);
  } else if (url === null || typeof url !== 'object' || !url.href || url.protocol === undefined) {
    throw new codes.ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], url);
  }
  if (url.protocol !== 'file:') throw new codes.ERR_INVALID_URL_SCHEME('file');
  if (url.hostname !== '') throw new codes.ERR_INVALID_FILE_URL_HOST('linux');
  return hrefToPath(url, decode);
}

module.exports = {
  pathToHref, pathToFileURL, fileURLToPath,
  fileURLToPathBuffer,
  toPathIfURL: (value) => (value !== null && typeof value === 'object' && value.href ? fileURLToPath(value) : value),
};
lazy.define(module.exports, 'URL', () => require('internal/whatwg_url').URL, true);
lazy.define(module.exports, 'URLSearchParams', () => require('internal/whatwg_url').URLSearchParams, true);
