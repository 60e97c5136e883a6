// URL and URLSearchParams by the URL Standard. A record is { scheme, username, password, host, port, path, query,
// fragment }; host null is none, path is a list or, where it is opaque, a text.
'use strict';

const { codes } = require('internal/errors');

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
const PORTS = { 'ftp': 21, 'file': null, 'http': 80, 'https': 443, 'ws': 80, 'wss': 443 };
const isSpecial = (url) => Object.hasOwn(PORTS, url.scheme);

const set = (chars) => new Set(chars);
const FRAGMENT = set(' "<>`');
const QUERY = set(' "#<>');
const SPECIAL_QUERY = set(' "#<>\'');
const PATH = set(' "#<>?^`{}');
const USERINFO = set(' "#<>?^`{}/:;=@[\\]|');
const FORBIDDEN_HOST = /[\0\t\n\r #/:<>?@[\\\]^|]/;
const FORBIDDEN_DOMAIN = /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/;

function percent(byte) {
  return `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`;
}

function encode(text, chars) {
  let out = '';
  for (const c of text) {
    const code = c.codePointAt(0);
    if (code > 0x1f && code < 0x7f) out += chars.has(c) ? percent(code) : c;
    else if (code < 0x80) out += percent(code);
    else for (const byte of native('buffer').utf8Bytes(c)) out += percent(byte);
  }
  return out;
}

function decodeBytes(text) {
  const bytes = native('buffer').utf8Bytes(text);
  const out = [];
  for (let i = 0; i < bytes.length; i++) {
    const digits = bytes[i] === 37 ? String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0) : '';
    if (/^[0-9a-f]{2}$/i.test(digits)) {
      out.push(parseInt(digits, 16));
      i += 2;
    } else out.push(bytes[i]);
  }
  return Uint8Array.from(out);
}
const decode = (text) => native('buffer').utf8Slice(decodeBytes(text));

function parseIPv4Number(text) {
  if (text === '') return NaN;
  let base = 10;
  if (/^0x/i.test(text)) {
    text = text.slice(2);
    base = 16;
  } else if (text.length > 1 && text[0] === '0') {
    text = text.slice(1);
    base = 8;
  }
  if (text === '') return 0;
  const digits = { 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/i, 8: /^[0-7]+$/ }[base];
  return digits.test(text) ? parseInt(text, base) : NaN;
}

function endsInNumber(host) {
  const parts = host.split('.');
  if (parts[parts.length - 1] === '') {
    if (parts.length === 1) return false;
    parts.pop();
  }
  const last = parts[parts.length - 1];
  return /^[0-9]+$/.test(last) || (/^0x[0-9a-f]*$/i.test(last));
}

function parseIPv4(host) {
  const parts = host.split('.');
  if (parts[parts.length - 1] === '' && parts.length > 1) parts.pop();
  if (parts.length > 4) return null;
  const numbers = parts.map(parseIPv4Number);
  if (numbers.some(Number.isNaN)) return null;
  if (numbers.slice(0, -1).some((n) => n > 255)) return null;
  const last = numbers.pop();
  if (last >= 256 ** (4 - numbers.length)) return null;
  let value = last;
  numbers.forEach((n, i) => { value += n * 256 ** (3 - i); });
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function parseIPv6(text) {
  const pieces = [];
  let rest = text;
  let compress = -1;
  if (rest.startsWith('::')) {
    compress = 0;
    rest = rest.slice(2);
  } else if (rest.startsWith(':')) return null;
  while (rest !== '') {
    if (pieces.length === 8) return null;
    if (rest[0] === ':') {
      if (compress >= 0) return null;
      compress = pieces.length;
      rest = rest.slice(1);
      continue;
    }
    const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(rest);
    if (v4) {
      if (pieces.length > 6) return null;
      const n = v4.slice(1).map(Number);
      if (n.some((one) => one > 255) || v4.slice(1).some((one) => one.length > 1 && one[0] === '0')) return null;
      pieces.push(n[0] * 256 + n[1], n[2] * 256 + n[3]);
      rest = '';
      break;
    }
    const hex = /^[0-9a-f]{1,4}/i.exec(rest);
    if (!hex) return null;
    pieces.push(parseInt(hex[0], 16));
    rest = rest.slice(hex[0].length);
    if (rest === '') break;
    if (rest[0] !== ':' || rest === ':') return null;
    rest = rest.slice(1);
  }
  if (compress >= 0) {
    if (pieces.length === 8) return null;
    pieces.splice(compress, 0, ...new Array(8 - pieces.length).fill(0));
  }
  return pieces.length === 8 ? writeIPv6(pieces) : null;
}

function writeIPv6(pieces) {
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && pieces[j] === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
    if (j > i) i = j;
  }
  let out = '';
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      out += i === 0 ? '::' : ':';
      i += bestLength - 1;
      continue;
    }
    out += pieces[i].toString(16);
    if (i < 7) out += ':';
  }
  return `[${out}]`;
}

// What IDNA maps away or to other characters, as far as Unicode's compatibility form tells.
function toASCII(domain) {
  const mapped = domain.replace(/[\u00ad\u200b\u2060\ufeff\u034f\u180b-\u180f\ufe00-\ufe0f]/g, '').normalize('NFKC')
    .replace(/[\u3002\uff0e\uff61]/g, '.').toLowerCase().normalize('NFC');
  // eslint-disable-next-line no-control-regex
  if (/^[\0-\x7f]*$/.test(mapped) && !mapped.includes('xn--')) return mapped;
  const { encode: toPunycode, decode: fromPunycode } = require('punycode');
  const labels = mapped.split('.');
  for (let i = 0; i < labels.length; i++) {
    // eslint-disable-next-line no-control-regex
    if (/[^\0-\x7f]/.test(labels[i])) {
      if (/^\p{M}/u.test(labels[i]) || /[\u200c\u200d\u202e]/.test(labels[i])) return null;
      labels[i] = `xn--${toPunycode(labels[i])}`;
    } else if (labels[i].startsWith('xn--')) {
      try {
        const plain = fromPunycode(labels[i].slice(4));
        // eslint-disable-next-line no-control-regex
        if (plain === '' || /^[\0-\x7f]*$/.test(plain) || plain.normalize('NFC') !== plain) return null;
      } catch {
        return null;
      }
    }
  }
  return labels.join('.');
}

// A host's one spelling, or null.
function parseHost(text, special) {
  if (text[0] === '[') return text.endsWith(']') ? parseIPv6(text.slice(1, -1)) : null;
  if (!special) return FORBIDDEN_HOST.test(text) ? null : encode(text, new Set());
  const ascii = /^[a-z0-9.-]+$/.test(text) && !text.includes('xn--') ? text : toASCII(decode(text));
  if (ascii === null || ascii === '' || FORBIDDEN_DOMAIN.test(ascii)) return null;
  return endsInNumber(ascii) ? parseIPv4(ascii) : ascii;
}

const isDriveLetter = (text) => /^[a-z][:|]$/i.test(text);
const isSingleDot = (part) => part === '.' || /^%2e$/i.test(part);
const isDoubleDot = (part) => /^(\.|%2e){2}$/i.test(part);

function shorten(url) {
  if (url.scheme === 'file' && url.path.length === 1 && /^[a-z]:$/i.test(url.path[0])) return;
  url.path.pop();
}

// Takes a path's text into url.path, from where that stands.
function parsePath(url, text) {
  const parts = text.split(isSpecial(url) ? /[/\\]/ : '/');
  parts.forEach((part, i) => {
    const isLast = i === parts.length - 1;
    if (isDoubleDot(part)) {
      shorten(url);
      if (isLast) url.path.push('');
    } else if (isSingleDot(part)) {
      if (isLast) url.path.push('');
    } else {
      if (url.scheme === 'file' && url.path.length === 0 && isDriveLetter(part)) part = `${part[0]}:`;
      url.path.push(encode(part, PATH));
    }
  });
}

function splitEnd(url, rest) {
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    url.fragment = encode(rest.slice(hash + 1), FRAGMENT);
    rest = rest.slice(0, hash);
  }
  const mark = rest.indexOf('?');
  if (mark >= 0) {
    url.query = encode(rest.slice(mark + 1), isSpecial(url) ? SPECIAL_QUERY : QUERY);
    rest = rest.slice(0, mark);
  }
  return rest;
}

// user:password@host:port; false when it is none.
function parseAuthority(url, text) {
  const at = text.lastIndexOf('@');
  if (at >= 0) {
    const user = text.slice(0, at);
    const colon = user.indexOf(':');
    url.username = encode(colon < 0 ? user : user.slice(0, colon), USERINFO);
    url.password = colon < 0 ? '' : encode(user.slice(colon + 1), USERINFO);
    text = text.slice(at + 1);
    if (text === '') return false;
  }
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text);
  if (!match) return false;
  const special = isSpecial(url);
  if (match[1] === '' && (special || match[2] !== undefined)) return false;
  if (match[1] === '' && (url.username !== '' || url.password !== '')) return false;
  url.host = match[1] === '' ? '' : parseHost(match[1], special);
  if (url.host === null) return false;
  return match[2] === undefined || match[2] === '' || parsePort(url, match[2]);
}

function parsePort(url, text) {
  if (!/^[0-9]+$/.test(text)) return false;
  const port = parseInt(text, 10);
  if (port > 65535) return false;
  url.port = port === PORTS[url.scheme] ? null : port;
  return true;
}

const emptyRecord = () => ({ scheme: '', username: '', password: '', host: null, port: null, path: [], query: null, fragment: null });

function afterAuthority(url, rest) {
  const slash = rest.search(isSpecial(url) ? /[/\\]/ : /\//);
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  if (!parseAuthority(url, authority)) return null;
  const path = slash < 0 ? '' : rest.slice(slash + 1);
  if (slash >= 0 || isSpecial(url)) parsePath(url, path);
  return url;
}

function copyBase(url, base) {
  url.username = base.username;
  url.password = base.password;
  url.host = base.host;
  url.port = base.port;
}

function parseFile(url, rest, base) {
  const fromBase = base?.scheme === 'file' ? base : null;
  url.host = '';
  if (/^[/\\]{2}/.test(rest)) {
    const match = /^[/\\]{2}([^/\\]*)(.*)$/s.exec(rest);
    if (isDriveLetter(match[1])) {
      parsePath(url, rest.slice(2));
      return url;
    }
    if (match[1] !== '') {
      const host = parseHost(match[1], true);
      if (host === null) return null;
      url.host = host === 'localhost' ? '' : host;
    }
    parsePath(url, match[2].slice(1));
    return url;
  }
  if (/^[/\\]/.test(rest)) {
    if (fromBase) {
      url.host = fromBase.host;
      if (!/^[/\\][a-z][:|]([/\\]|$)/i.test(rest) && /^[a-z]:$/i.test(fromBase.path[0] ?? '')) url.path.push(fromBase.path[0]);
    }
    parsePath(url, rest.slice(1));
    return url;
  }
  if (fromBase) {
    url.host = fromBase.host;
    if (rest === '') {
      url.path = [...fromBase.path];
      if (url.query === null) url.query = fromBase.query;
      return url;
    }
    if (!/^[a-z][:|]([/\\]|$)/i.test(rest)) url.path = fromBase.path.slice(0, -1);
  }
  parsePath(url, rest);
  return url;
}

function parseRelative(url, rest, base) {
  url.scheme = base.scheme;
  const special = isSpecial(url);
  if (special ? /^[/\\]{2}/.test(rest) : rest.startsWith('//')) return afterAuthority(url, rest.replace(special ? /^[/\\]+/ : /^\/\//, ''));
  copyBase(url, base);
  if (special ? /^[/\\]/.test(rest) : rest[0] === '/') {
    parsePath(url, rest.slice(1));
    return url;
  }
  url.path = [...base.path];
  if (rest === '') {
    if (url.query === null) url.query = base.query;
    return url;
  }
  shorten(url);
  parsePath(url, rest);
  return url;
}

// A record, or null.
function parse(input, base) {
  // eslint-disable-next-line no-control-regex
  input = input.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
  const url = emptyRecord();
  const match = /^([a-z][a-z0-9+.-]*):/i.exec(input);
  if (!match) {
    if (!base) return null;
    if (typeof base.path === 'string') {
      if (input[0] !== '#') return null;
      return { ...base, fragment: encode(input.slice(1), FRAGMENT) };
    }
    url.scheme = base.scheme;
    const rest = splitEnd(url, input);
    return base.scheme === 'file' ? parseFile(url, rest, base) : parseRelative(url, rest, base);
  }
  url.scheme = match[1].toLowerCase();
  const rest = splitEnd(url, input.slice(match[0].length));
  if (url.scheme === 'file') return parseFile(url, rest, base);
  if (isSpecial(url)) {
    if (base?.scheme === url.scheme && !/^[/\\]{2}/.test(rest)) return parseRelative(url, rest, base);
    return afterAuthority(url, rest.replace(/^[/\\]+/, ''));
  }
  if (rest.startsWith('//')) return afterAuthority(url, rest.slice(2));
  if (rest[0] === '/') {
    parsePath(url, rest.slice(1));
    return url;
  }
  url.path = encode(rest.replace(/ +$/, (blanks) => (url.query === null && url.fragment === null ? '' : `${blanks.slice(1)}%20`)), new Set());
  return url;
}

const writePath = (url) => (typeof url.path === 'string' ? url.path : url.path.map((part) => `/${part}`).join(''));

function write(url, withoutFragment) {
  let out = `${url.scheme}:`;
  if (url.host !== null) {
    out += '//';
    if (url.username !== '' || url.password !== '') {
      out += url.username + (url.password !== '' ? `:${url.password}` : '') + '@';
    }
    out += url.host + (url.port !== null ? `:${url.port}` : '');
  } else if (typeof url.path !== 'string' && url.path.length > 1 && url.path[0] === '') out += '/.';
  out += writePath(url);
  if (url.query !== null) out += `?${url.query}`;
  if (!withoutFragment && url.fragment !== null) out += `#${url.fragment}`;
  return out;
}

const records = new WeakMap();
const recordOf = (url) => {
  const record = records.get(url);
  if (record === undefined) throw new codes.ERR_INVALID_THIS('URL');
  return record;
};

function invalid(input, base) {
  const error = new codes.ERR_INVALID_URL();
  error.input = input;
  if (base !== undefined) error.base = base;
  return error;
}

const hasNoHost = (record) => record.host === null || record.host === '' || record.scheme === 'file';

class URL {
  #params;
  constructor(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    input = `${input}`.toWellFormed();
    let from = null;
    if (base !== undefined) {
      base = `${base}`.toWellFormed();
      from = parse(base, null);
      if (from === null) throw invalid(input, base);
    }
    const record = parse(input, from);
    if (record === null) throw invalid(input, base);
    records.set(this, record);
  }

  static canParse(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    const from = base === undefined ? null : parse(`${base}`, null);
    return (base === undefined || from !== null) && parse(`${input}`.toWellFormed(), from) !== null;
  }
  static parse(input, base = undefined) {
    return URL.canParse(input, base) ? new URL(input, base) : null;
  }
  static createObjectURL(blob) { return require('internal/blob').createObjectURL(blob); }
  static revokeObjectURL(url) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    require('internal/blob').revokeObjectURL(url);
  }

  get href() { return write(recordOf(this)); }
  set href(value) {
    const record = parse(`${value}`, null);
    if (record === null) throw invalid(`${value}`);
    records.set(this, record);
    this.#syncParams();
  }
  get origin() {
    const record = recordOf(this);
    if (record.scheme === 'blob') {
      const inner = typeof record.path === 'string' ? parse(record.path, null) : null;
      return inner && /^https?$/.test(inner.scheme) ? new URL(record.path).origin : 'null';
    }
    if (!isSpecial(record) || record.scheme === 'file') return 'null';
    return `${record.scheme}://${record.host}${record.port !== null ? `:${record.port}` : ''}`;
  }
  get protocol() { return `${recordOf(this).scheme}:`; }
  set protocol(value) {
    const record = recordOf(this);
    const match = /^([a-z][a-z0-9+.-]*)(:|$)/i.exec(`${value}`);
    if (!match) return;
    const scheme = match[1].toLowerCase();
    if (isSpecial(record) !== Object.hasOwn(PORTS, scheme)) return;
    if (scheme === 'file' && (record.username !== '' || record.password !== '' || record.port !== null)) return;
    if (record.scheme === 'file' && record.host === '') return;
    record.scheme = scheme;
    if (record.port === PORTS[scheme]) record.port = null;
  }
  get username() { return recordOf(this).username; }
  set username(value) {
    const record = recordOf(this);
    if (!hasNoHost(record)) record.username = encode(text(value), USERINFO);
  }
  get password() { return recordOf(this).password; }
  set password(value) {
    const record = recordOf(this);
    if (!hasNoHost(record)) record.password = encode(text(value), USERINFO);
  }
  get host() {
    const { host, port } = recordOf(this);
    return host === null ? '' : host + (port !== null ? `:${port}` : '');
  }
  set host(value) { this.#setHost(`${value}`, true); }
  get hostname() { return recordOf(this).host ?? ''; }
  set hostname(value) { this.#setHost(`${value}`, false); }
  get port() { return `${recordOf(this).port ?? ''}`; }
  set port(value) {
    const record = recordOf(this);
    if (hasNoHost(record)) return;
    value = `${value}`.replace(/[\t\n\r]/g, '');
    if (value === '') record.port = null;
    else if (/^[0-9]+/.test(value)) parsePort(record, /^[0-9]+/.exec(value)[0]);
  }
  get pathname() { return writePath(recordOf(this)); }
  set pathname(value) {
    const record = recordOf(this);
    if (typeof record.path === 'string') return;
    record.path = [];
    value = `${value}`.replace(/[\t\n\r]/g, '');
    parsePath(record, (isSpecial(record) ? /^[/\\]/ : /^\//).test(value) ? value.slice(1) : value);
  }
  get search() {
    const { query } = recordOf(this);
    return query === null || query === '' ? '' : `?${query}`;
  }
  set search(value) {
    const record = recordOf(this);
    value = `${value}`.toWellFormed();
    if (value === '') record.query = null;
    else {
      record.query = encode(value.replace(/^\?/, '').replace(/[\t\n\r]/g, ''), isSpecial(record) ? SPECIAL_QUERY : QUERY);
    }
    this.#syncParams();
  }
  get searchParams() {
    if (this.#params === undefined) {
      this.#params = new URLSearchParams(recordOf(this).query ?? '');
      owners.set(this.#params, this);
    }
    return this.#params;
  }
  get hash() {
    const { fragment } = recordOf(this);
    return fragment === null || fragment === '' ? '' : `#${fragment}`;
  }
  set hash(value) {
    const record = recordOf(this);
    value = `${value}`;
    record.fragment = value === '' ? null : encode(value.replace(/^#/, '').replace(/[\t\n\r]/g, ''), FRAGMENT);
  }
  toString() { return this.href; }
  toJSON() { return this.href; }

  #setHost(value, withPort) {
    const record = recordOf(this);
    if (typeof record.path === 'string') return;
    const text = /^[^/?#\\]*/.exec(value.replace(/[\t\n\r]/g, ''))[0];
    const match = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?/.exec(text);
    if (match[1] === '' && isSpecial(record) && record.scheme !== 'file') return;
    const host = match[1] === '' ? '' : parseHost(match[1], isSpecial(record));
    if (host === null) return;
    record.host = host;
    if (withPort && match[2]) parsePort(record, match[2]);
  }
  #syncParams() {
    if (this.#params !== undefined) lists.set(this.#params, parseQuery(recordOf(this).query ?? ''));
  }

  [inspectSymbol](depth, options) {
    const names = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
      'searchParams', 'hash'];
    if (typeof depth === 'number' && depth < 0) return this;
    const plain = Object.fromEntries(names.map((name) => [name, this[name]]));
    return `${this.constructor.name} ${require('internal/inspect').inspect(plain, options)}`;
  }
}
for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
  'searchParams', 'hash', 'toString', 'toJSON']) {
  Object.defineProperty(URL.prototype, name, { enumerable: true });
}
for (const name of ['canParse', 'parse', 'createObjectURL', 'revokeObjectURL']) Object.defineProperty(URL, name, { enumerable: true });
Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });

const lists = new WeakMap(); // params -> [[name, value]]
const owners = new WeakMap(); // params -> URL

function listOf(params) {
  const list = lists.get(params);
  if (list === undefined) throw new codes.ERR_INVALID_THIS('URLSearchParams');
  return list;
}

function parseQuery(text) {
  const list = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    const plain = (one) => (/[%+]/.test(one) ? decode(one.replaceAll('+', ' ')) : one);
    list.push([plain(name), plain(value)]);
  }
  return list;
}

function formEncode(text) {
  let out = '';
  for (const c of text) {
    if (/^[A-Za-z0-9*\-._]$/.test(c)) out += c;
    else if (c === ' ') out += '+';
    else for (const byte of native('buffer').utf8Bytes(c)) out += percent(byte);
  }
  return out;
}

const writeQuery = (list) => list.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join('&');
const text = (value) => require('internal/validators').toText(value).toWellFormed();

function update(params) {
  const url = owners.get(params);
  if (url === undefined) return;
  const query = writeQuery(listOf(params));
  records.get(url).query = query === '' ? null : query;
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const paramsIterator = Object.create(IteratorPrototype, {
  next: { configurable: true, enumerable: true, writable: true, value() {
    const state = iterators.get(this);
    if (state === undefined) throw new codes.ERR_INVALID_THIS('URLSearchParamsIterator');
    const list = listOf(state.params);
    if (state.at >= list.length) return { value: undefined, done: true };
    return { value: state.pick(list[state.at++]), done: false };
  } },
  [Symbol.toStringTag]: { value: 'URLSearchParams Iterator', configurable: true },
});
const iterators = new WeakMap();
function iterate(params, pick) {
  listOf(params);
  const iterator = Object.create(paramsIterator);
  iterators.set(iterator, { params, pick, at: 0 });
  return iterator;
}

class URLSearchParams {
  constructor(init = undefined) {
    lists.set(this, []);
    if (init === undefined || init === null) return;
    if (typeof init === 'object' || typeof init === 'function') {
      const method = init[Symbol.iterator];
      if (method !== undefined && method !== null) {
        if (typeof method !== 'function') throw new codes.ERR_ARG_NOT_ITERABLE('Query pairs');
        const list = [];
        for (const pair of init) {
          if (pair === null || (typeof pair !== 'object' && typeof pair !== 'function') || typeof pair[Symbol.iterator] !== 'function') {
            throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          }
          const both = [...pair];
          if (both.length !== 2) throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          list.push([text(both[0]), text(both[1])]);
        }
        lists.set(this, list);
        return;
      }
      const all = new Map();
      for (const key of Reflect.ownKeys(init)) {
        if (Object.getOwnPropertyDescriptor(init, key)?.enumerable) all.set(text(key), text(init[key]));
      }
      lists.set(this, [...all]);
      return;
    }
    lists.set(this, parseQuery(text(init).replace(/^\?/, '')));
  }
  get size() { return listOf(this).length; }
  append(name, value) {
    const list = listOf(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('name', 'value');
    list.push([text(name), text(value)]);
    update(this);
  }
  delete(name, value = undefined) {
    const list = listOf(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = text(name);
    lists.set(this, list.filter(([key, one]) => key !== name || (value !== undefined && one !== text(value))));
    update(this);
  }
  get(name) {
    const list = listOf(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = text(name);
    return list.find(([key]) => key === name)?.[1] ?? null;
  }
  getAll(name) {
    const list = listOf(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = text(name);
    return list.filter(([key]) => key === name).map(([, value]) => value);
  }
  has(name, value = undefined) {
    const list = listOf(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
    name = text(name);
    return list.some(([key, one]) => key === name && (value === undefined || one === text(value)));
  }
  set(name, value) {
    const list = listOf(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('name', 'value');
    name = text(name);
    const first = list.find(([key]) => key === name);
    if (first) {
      first[1] = text(value);
      lists.set(this, list.filter((pair) => pair === first || pair[0] !== name));
    } else list.push([name, text(value)]);
    update(this);
  }
  sort() {
    listOf(this).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    update(this);
  }
  entries() { return iterate(this, (pair) => [...pair]); }
  keys() { return iterate(this, (pair) => pair[0]); }
  values() { return iterate(this, (pair) => pair[1]); }
  forEach(callback, thisArg = undefined) {
    listOf(this);
    require('internal/validators').validateFunction(callback, 'callback');
    for (let i = 0; i < listOf(this).length; i++) {
      const [name, value] = listOf(this)[i];
      callback.call(thisArg, value, name, this);
    }
  }
  toString() { return writeQuery(listOf(this)); }
  [inspectSymbol](depth, options) {
    if (typeof depth === 'number' && depth < 0) return '[Object]';
    const { inspect } = require('internal/inspect');
    const list = listOf(this).map(([name, value]) => `${inspect(name, options)} => ${inspect(value, options)}`);
    return list.length === 0 ? `${this.constructor.name} {}` : `${this.constructor.name} { ${list.join(', ')} }`;
  }
}
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { value: URLSearchParams.prototype.entries, writable: true, configurable: true });
Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });
for (const name of ['size', 'append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'entries', 'keys', 'values', 'forEach', 'toString']) {
  Object.defineProperty(URLSearchParams.prototype, name, { enumerable: true });
}

module.exports = { URL, URLSearchParams, toASCII };
