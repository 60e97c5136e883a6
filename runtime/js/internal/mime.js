// util.MIMEType and MIMEParams, after the standard "MIME Sniffing".
'use strict';

const { codes } = require('internal/errors');

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
// eslint-disable-next-line no-control-regex
const NOT_QUOTED = /[^\t\x20-\x7e\x80-\xff]/;

const fail = (what, text, at) => { throw new codes.ERR_INVALID_MIME_SYNTAX(what, text, at); };
const lower = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function token(text, what) {
  const at = text.search(NOT_TOKEN);
  if (text === '' || at !== -1) fail(what, text, at);
  return lower(text);
}

const shown = (value) => (value !== '' && !NOT_TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`);

// [value, where it ends] of a quoted string that begins at `at`.
function readQuoted(text, at) {
  let value = '';
  for (at++; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  return [value, at];
}

// What is no parameter is left out; of two with one name the first counts.
function readParams(map, text) {
  for (let at = 0; at < text.length;) {
    at += /^[\t\n\r ]*/.exec(text.slice(at))[0].length;
    const name = /^[^;=]*/.exec(text.slice(at))[0];
    at += name.length;
    if (text[at] !== '=') {
      at++;
      continue;
    }
    at++;
    let value;
    if (text[at] === '"') [value, at] = readQuoted(text, at);
    else {
      value = /^[^;]*/.exec(text.slice(at))[0].replace(/[\t\n\r ]+$/, '');
      if (value === '') value = undefined;
    }
    const next = text.indexOf(';', at);
    at = next < 0 ? text.length : next + 1;
    const key = lower(name);
    if (value !== undefined && key !== '' && !NOT_TOKEN.test(key) && !NOT_QUOTED.test(value) && !map.has(key)) map.set(key, value);
  }
}

class MIMEParams {
  #map = new Map();
  delete(name) { this.#map.delete(`${name}`); }
  get(name) { return this.#map.get(`${name}`) ?? null; }
  has(name) { return this.#map.has(`${name}`); }
  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    const at = name.search(NOT_TOKEN);
    if (name === '' || at !== -1) fail('parameter name', name, at);
    const bad = value.search(NOT_QUOTED);
    if (bad !== -1) fail('parameter value', value, bad);
    this.#map.set(name, value);
  }
  * entries() { yield* this.#map.entries(); }
  * keys() { yield* this.#map.keys(); }
  * values() { yield* this.#map.values(); }
  toString() { return [...this.#map].map(([name, value]) => `${name}=${shown(value)}`).join(';'); }
  toJSON() { return this.toString(); }
  static read(text) {
    const params = new MIMEParams();
    readParams(params.#map, text);
    return params;
  }
}
const { read } = MIMEParams;
delete MIMEParams.read;
Object.defineProperty(MIMEParams.prototype, Symbol.iterator, { value: MIMEParams.prototype.entries, writable: true, configurable: true });

class MIMEType {
  #type;
  #subtype;
  #params;
  constructor(string) {
    string = require('internal/validators').toText(string);
    const text = string.replace(/^[\t\n\r ]+/, '');
    const slash = text.indexOf('/');
    const type = slash < 0 ? text : text.slice(0, slash);
    if (slash < 0 || type === '' || NOT_TOKEN.test(type)) fail('type', string, type.search(NOT_TOKEN));
    const end = text.indexOf(';', slash);
    const subtype = text.slice(slash + 1, end < 0 ? undefined : end).replace(/[\t\n\r ]+$/, '');
    if (subtype === '' || NOT_TOKEN.test(subtype)) fail('subtype', string, subtype.search(NOT_TOKEN));
    this.#type = lower(type);
    this.#subtype = lower(subtype);
    this.#params = read(end < 0 ? '' : text.slice(end + 1));
  }
  get type() { return this.#type; }
  set type(value) { this.#type = token(`${value}`, 'type'); }
  get subtype() { return this.#subtype; }
  set subtype(value) { this.#subtype = token(`${value}`, 'subtype'); }
  get essence() { return `${this.#type}/${this.#subtype}`; }
  get params() { return this.#params; }
  toString() {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
  toJSON() { return this.toString(); }
}

module.exports = { MIMEType, MIMEParams };
