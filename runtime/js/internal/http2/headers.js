// The fields of a head: from a program's object to the text that native code takes, and back.
'use strict';

const { codes } = require('internal/http2/errors');
const { _checkIsHttpToken: isToken } = require('_http_common');

const sensitiveHeaders = Symbol('sensitiveHeaders');
const MARK = '\uffff'; // no octet: stands behind each name and each value on their way to native code

const SINGLE = new Set([':status', ':method', ':authority', ':scheme', ':path', ':protocol', 'access-control-allow-credentials',
  'access-control-max-age', 'access-control-request-method', 'age', 'authorization', 'content-encoding', 'content-language',
  'content-length', 'content-location', 'content-md5', 'content-range', 'content-type', 'date', 'dnt', 'etag', 'expires', 'from',
  'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-modified', 'location',
  'max-forwards', 'proxy-authorization', 'range', 'referer', 'retry-after', 'tk', 'upgrade-insecure-requests', 'user-agent',
  'x-content-type-options']);
const OF_CONNECTION = new Set(['connection', 'upgrade', 'http2-settings', 'keep-alive', 'proxy-connection', 'transfer-encoding']);
// The pseudo fields that each kind of head may have.
const PSEUDO = { request: new Set([':status', ':method', ':authority', ':scheme', ':path', ':protocol']),
  response: new Set([':status']), trailers: new Set() };

const isOfConnection = (name, value) =>
  OF_CONNECTION.has(name) || (name === 'te' && value !== 'trailers' && !(Array.isArray(value) && value.length === 1 && value[0] === 'trailers'));

class Writer {
  pseudo = '';
  rest = '';
  count = 0;
  seen = new Set();

  constructor(kind, sensitive, strict) {
    this.allowed = PSEUDO[kind];
    this.sensitive = new Set((sensitive ?? []).map((name) => `${name}`.toLowerCase()));
    this.strict = strict;
  }

  one(name, value) {
    const text = `${value}`;
    if (text.includes(MARK)) throw new codes.ERR_INVALID_CHAR('header content', name);
    const line = `${this.sensitive.has(name) ? '\t' : ''}${name}${MARK}${text}${MARK}`;
    if (name[0] === ':') this.pseudo += line;
    else this.rest += line;
    this.count++;
  }

  field(given, value) {
    if (value === undefined || given === '') return;
    const name = given.toLowerCase();
    let many = Array.isArray(value) ? value : undefined;
    if (many?.length === 0) return;
    if (many?.length === 1) [[value], many] = [many, undefined];
    if (SINGLE.has(name)) {
      if ((many || this.seen.has(name)) && this.strict) throw new codes.ERR_HTTP2_HEADER_SINGLE_VALUE(name);
      this.seen.add(name);
    }
    if (name[0] === ':') {
      if (!this.allowed.has(name)) throw new codes.ERR_HTTP2_INVALID_PSEUDOHEADER(name);
    } else {
      if (name.includes(' ') || name.includes(MARK)) throw new codes.ERR_INVALID_HTTP_TOKEN('Header name', name);
      if (isOfConnection(name, value)) throw new codes.ERR_HTTP2_INVALID_CONNECTION_HEADERS(name);
    }
    for (const each of many ?? [value]) this.one(name, each);
  }
}

// [text, how many fields] of an object, or of an array of names and values.
function toText(headers, kind, { strict = true } = {}) {
  const writer = new Writer(kind, headers[sensitiveHeaders], strict);
  if (Array.isArray(headers)) for (let i = 0; i + 1 < headers.length; i += 2) writer.field(`${headers[i]}`, headers[i + 1]);
  else for (const name of Object.keys(headers)) writer.field(name, headers[name]);
  return [writer.pseudo + writer.rest, writer.count];
}

// [headers, [name, value, …]] of the text that came.
function fromText(text) {
  const raw = text.split('\0');
  raw.pop();
  const headers = { __proto__: null };
  const sensitive = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i][0] === '\t') {
      raw[i] = raw[i].slice(1);
      sensitive.push(raw[i]);
    }
    add(headers, raw[i], raw[i + 1]);
  }
  headers[sensitiveHeaders] = sensitive;
  return [headers, raw];
}

function add(headers, name, value) {
  const before = headers[name];
  if (name === ':status') value |= 0;
  if (before === undefined) headers[name] = name === 'set-cookie' ? [value] : value;
  else if (SINGLE.has(name)) return; // the first one counts
  else if (name === 'set-cookie') before.push(value);
  else headers[name] += `${name === 'cookie' ? ';' : ','} ${value}`;
}

// A list of names and values as an object: what is there twice has both.
function objectOf(list) {
  const headers = { __proto__: null };
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [name, value] = [list[i], list[i + 1]];
    if (headers[name] === undefined) headers[name] = value;
    else headers[name] = [].concat(headers[name], value);
  }
  if (list[sensitiveHeaders] !== undefined) headers[sensitiveHeaders] = list[sensitiveHeaders];
  return headers;
}

function checkName(name) {
  if (typeof name !== 'string' || name === '' || (name[0] !== ':' && !isToken(name))) throw new codes.ERR_INVALID_HTTP_TOKEN('Header name', name);
}

module.exports = { sensitiveHeaders, toText, fromText, objectOf, checkName, isOfConnection };
