// Headers, as the Fetch standard has them: names in lower case, sorted, set-cookie one by one.
'use strict';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const kInspect = Symbol.for('nodejs.util.inspect.custom');

const trim = (value) => value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');

function checkName(name, method) {
  const text = `${name}`;
  if (!NAME.test(text)) throw new TypeError(`Headers.${method}: "${text}" is an invalid header name.`);
  return text.toLowerCase();
}

function checkValue(value, method) {
  const text = trim(`${value}`);
  if (/[\0\r\n]/.test(text) || /[^\0-\xff]/.test(text)) throw new TypeError(`Headers.${method}: "${text}" is an invalid header value.`);
  return text;
}

class Headers {
  #map = new Map(); // name -> value, or a list of set-cookie's
  #isFrozen = false;

  constructor(init = undefined) {
    if (init === undefined) return;
    if (init === null || typeof init !== 'object') {
      throw new TypeError("Headers constructor: init given is not one of sequence<sequence<ByteString>>, record<ByteString, ByteString>.");
    }
    if (typeof init[Symbol.iterator] === 'function') {
      for (const pair of init) {
        const both = [...pair];
        if (both.length !== 2) throw new TypeError('Headers constructor: expected name/value pair to be length 2, found ' + both.length + '.');
        this.append(both[0], both[1]);
      }
    } else for (const name of Reflect.ownKeys(init)) this.append(name, init[name]);
  }

  static freeze(headers) {
    headers.#isFrozen = true;
    return headers;
  }

  #change() {
    if (this.#isFrozen) throw new TypeError('immutable');
  }

  append(name, value) {
    const key = checkName(name, 'append');
    const text = checkValue(value, 'append');
    this.#change();
    const before = this.#map.get(key);
    if (key === 'set-cookie') this.#map.set(key, [...before ?? [], text]);
    else this.#map.set(key, before === undefined ? text : `${before}${key === 'cookie' ? '; ' : ', '}${text}`);
  }

  set(name, value) {
    const key = checkName(name, 'set');
    const text = checkValue(value, 'set');
    this.#change();
    this.#map.set(key, key === 'set-cookie' ? [text] : text);
  }

  delete(name) {
    const key = checkName(name, 'delete');
    this.#change();
    this.#map.delete(key);
  }

  get(name) {
    const value = this.#map.get(checkName(name, 'get'));
    if (value === undefined) return null;
    return Array.isArray(value) ? value.join(', ') : value;
  }

  has(name) {
    return this.#map.has(checkName(name, 'has'));
  }

  getSetCookie() {
    return [...this.#map.get('set-cookie') ?? []];
  }

  * entries() {
    for (const name of [...this.#map.keys()].sort()) {
      const value = this.#map.get(name);
      if (!Array.isArray(value)) yield [name, value];
      else for (const one of value) yield [name, one];
    }
  }

  * keys() {
    for (const [name] of this.entries()) yield name;
  }

  * values() {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback, self = undefined) {
    if (typeof callback !== 'function') throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'Function'.");
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }

  [kInspect](depth, options, inspect) {
    return `Headers ${inspect(Object.fromEntries(this.entries()), { ...options, depth: depth - 1 })}`;
  }
}
Headers.prototype[Symbol.iterator] = Headers.prototype.entries;
Object.defineProperty(Headers.prototype, Symbol.iterator, { enumerable: false });
Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: 'Headers', configurable: true });
for (const name of ['append', 'delete', 'get', 'has', 'set', 'getSetCookie', 'keys', 'values', 'entries', 'forEach']) {
  Object.defineProperty(Headers.prototype, name, { enumerable: true });
}

module.exports = { Headers };
