// querystring: names and values as in a form.
'use strict';

const SAFE = /^[A-Za-z0-9\-_.!~*'()]*$/;

function unescapeBuffer(text) {
  const { Buffer } = require('buffer');
  const bytes = Buffer.from(text);
  const out = Buffer.alloc(bytes.length);
  let n = 0;
  for (let i = 0; i < bytes.length; i++) {
    const digits = bytes[i] === 37 ? bytes.toString('latin1', i + 1, i + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(digits)) {
      out[n++] = parseInt(digits, 16);
      i += 2;
    } else out[n++] = bytes[i];
  }
  return out.subarray(0, n);
}

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text).toString();
  }
}

function escape(value) {
  let text = value;
  if (typeof value !== 'string') text = typeof value === 'object' ? String(value) : `${value}`;
  if (SAFE.test(text)) return text;
  try {
    return encodeURIComponent(text);
  } catch {
    throw new (require('internal/errors').codes.ERR_INVALID_URI)();
  }
}

function primitive(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return '';
}

function stringify(object, separator, equals, options) {
  separator ||= '&';
  equals ||= '=';
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : querystring.escape;
  if (object === null || typeof object !== 'object') return '';
  const parts = [];
  for (const key of Object.keys(object)) {
    const name = encode(primitive(key)) + equals;
    const value = object[key];
    for (const one of Array.isArray(value) ? value : [value]) parts.push(name + encode(primitive(one)));
  }
  return parts.join(separator);
}

function parse(text, separator, equals, options) {
  const out = { __proto__: null };
  if (typeof text !== 'string' || text.length === 0) return out;
  separator = separator ? `${separator}` : '&';
  equals = equals ? `${equals}` : '=';
  let most = 1000;
  if (typeof options?.maxKeys === 'number') most = options.maxKeys > 0 ? options.maxKeys : Infinity;
  const own = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : querystring.unescape;
  const decode = (part) => {
    part = part.replaceAll('+', own === unescape ? ' ' : '%20');
    if (own === unescape && !part.includes('%')) return part;
    try {
      return own(part);
    } catch {
      return unescape(part);
    }
  };
  for (const part of text.split(separator)) {
    if (part === '') continue;
    if (most-- <= 0) break;
    const at = part.indexOf(equals);
    const name = decode(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? '' : decode(part.slice(at + equals.length));
    if (!(name in out)) out[name] = value;
    else if (Array.isArray(out[name])) out[name].push(value);
    else out[name] = [out[name], value];
  }
  return out;
}

const querystring = module.exports = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
