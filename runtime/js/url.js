// url: the class of the standard, and the older parse, format and resolve of npm's url.
'use strict';

const { URL, URLSearchParams, pathToFileURL, fileURLToPath, fileURLToPathBuffer } = require('internal/url');
const { codes } = require('internal/errors');
const { toASCII } = require('internal/whatwg_url');
const legacy = require('lib/url');

function urlToHttpOptions(url) {
  require('internal/validators').validateObject(url, 'url');
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null, ...url, protocol: url.protocol,
    hostname: hostname?.[0] === '[' ? hostname.slice(1, -1) : hostname,
    hash: url.hash, search, pathname, path: `${pathname || ''}${search || ''}`, href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

function formatURL(url, options) {
  if (options) require('internal/validators').validateObject(options, 'options');
  const { fragment = true, unicode = false, search = true, auth = true } = options ?? {};
  const copy = new URL(url.href);
  if (!fragment) copy.hash = '';
  if (!search) copy.search = '';
  if (!auth) copy.username = copy.password = '';
  return unicode ? copy.href.replace(copy.host, domainToUnicode(copy.host)) : copy.href;
}

function format(url, options) {
  if (typeof url === 'string') return legacy.format(legacy.parse(url));
  if (url === null || typeof url !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('urlObject', ['Object', 'string'], url);
  }
  return url instanceof URL ? formatURL(url, options) : legacy.format(url);
}

function parse(url, query, slashesDenoteHost) {
  require('internal/validators').validateString(url, 'url');
  const parsed = legacy.parse(url, query, slashesDenoteHost);
  if (query && parsed.query !== null) parsed.query = Object.assign(Object.create(null), parsed.query);
  return parsed;
}

function domainToUnicode(domain) {
  return `${domain}`.split('.').map((label) =>
    (label.startsWith('xn--') ? require('punycode').decode(label.slice(4)) : label)).join('.');
}

module.exports = {
  Url: legacy.Url, parse, format,
  resolve: (from, to) => legacy.resolve(from, to),
  resolveObject: (from, to) => legacy.resolveObject(from, to),
  URL, URLSearchParams, pathToFileURL, fileURLToPath, fileURLToPathBuffer, urlToHttpOptions, domainToUnicode,
  domainToASCII(domain) {
    const ascii = toASCII(`${domain}`);
    return ascii === null || /[\0-\x20#%/:<>?@[\\\]^|]/.test(ascii) ? '' : ascii;
  },
  URLPattern: undefined,
};
delete module.exports.URLPattern;
