// The structured clone algorithm to bytes and back: what messages, structuredClone and v8.serialize stand on.
// A value is a tag and what belongs to it; an object that was written before is its number.
'use strict';

const types = require('internal/types');
const { Buffer } = require('buffer');

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const VIEWS = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
  'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array', 'DataView'];
const SHORT = 32;
const kClone = Symbol.for('cpm.clone'); // a method of what can be made anew of [the builtin that does, plain data]
const REVIVERS = ['internal/blob', 'internal/block_list', 'internal/wasm', 'internal/dom_exception',
  'internal/histogram'];

const T = {};
['undefined', 'null', 'true', 'false', 'int', 'double', 'bigint', 'latin1', 'utf16', 'ref', 'object', 'array', 'sparse', 'end', 'date',
  'regexp', 'map', 'set', 'error', 'boxed', 'bytes', 'moved', 'shared', 'view', 'port', 'host', 'hole', 'buffer', 'platform'].forEach((name, i) => { T[name] = i; });

const uncloneable = new WeakSet();
let hasUncloneable = false;
function markUncloneable(value) {
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return; // nobody can keep those from being cloned
  uncloneable.add(value);
  hasUncloneable = true;
}

function refuse(value) {
  let text;
  try {
    text = typeof value === 'symbol' || typeof value === 'function' ? String(value) : `#<${value?.constructor?.name ?? 'Object'}>`;
  } catch {
    text = '#<Object>';
  }
  throw new DOMException(`${text} could not be cloned.`, 'DataCloneError');
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

class Writer {
  // transfer: objects -> how they go ({ tag, index }); hosts: a list for what only this world can keep, or undefined;
  // keepsBuffers: whether a Buffer stays one, as v8.serialize has it.
  constructor(transfer, hosts, keepsBuffers) {
    this.transfer = transfer;
    this.hosts = hosts;
    this.keepsBuffers = keepsBuffers;
    this.shared = [];
    this.seen = new Map();
    this.bytes = Buffer.allocUnsafeSlow(512);
    this.at = 0;
  }

  room(count) {
    if (this.at + count <= this.bytes.length) return;
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + count));
    bigger.set(this.bytes.subarray(0, this.at));
    this.bytes = bigger;
  }

  tag(tag) {
    if (this.at === this.bytes.length) this.room(1);
    this.bytes[this.at++] = tag;
  }

  uint(value) {
    this.room(4);
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.at += 4;
  }

  double(value) {
    this.room(8);
    scratch.setFloat64(0, value, true);
    this.bytes.set(scratchBytes, this.at);
    this.at += 8;
  }

  string(text) {
    const { length } = text;
    if (length < SHORT) {
      this.room(5 + length);
      const start = this.at + 5;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 255) break;
        this.bytes[start + i] = code;
      }
      if (i === length) {
        this.tag(T.latin1);
        this.uint(length);
        this.at += length;
        return;
      }
    }
    // eslint-disable-next-line no-control-regex
    const plain = length >= SHORT && !/[^\x00-\xff]/.test(text);
    const size = plain ? length : 2 * length;
    this.tag(plain ? T.latin1 : T.utf16);
    this.uint(length);
    this.room(size);
    this.bytes.write(text, this.at, size, plain ? 'latin1' : 'utf16le');
    this.at += size;
  }

  raw(view) {
    this.uint(view.byteLength);
    this.room(view.byteLength);
    this.bytes.set(view, this.at);
    this.at += view.byteLength;
  }

  value(value) {
    switch (typeof value) {
      case 'undefined': return this.tag(T.undefined);
      case 'boolean': return this.tag(value ? T.true : T.false);
      case 'string': return this.string(value);
      case 'bigint':
        this.tag(T.bigint);
        return this.string(value.toString(16));
      case 'number':
        if ((value | 0) === value && !Object.is(value, -0)) {
          this.tag(T.int);
          return this.uint(value);
        }
        this.tag(T.double);
        return this.double(value);
      case 'object': return value === null ? this.tag(T.null) : this.object(value);
      default: return refuse(value);
    }
  }

  object(value) {
    const number = this.seen.get(value);
    if (number !== undefined) {
      this.tag(T.ref);
      this.uint(number);
      return;
    }
    if (hasUncloneable && uncloneable.has(value)) refuse(value);
    this.seen.set(value, this.seen.size);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) this.plain(value);
    else if (Array.isArray(value)) this.array(value);
    else this.exotic(value);
  }

  plain(value) {
    const way = this.transfer?.get(value);
    if (way !== undefined) return this.moved(way);
    if (types.isProxy(value)) refuse(value);
    this.tag(T.object);
    this.members(value, Object.keys(value));
  }

  members(value, keys) {
    for (const key of keys) {
      if (!Object.hasOwn(value, key)) continue; // a getter has removed it
      this.string(key);
      this.value(value[key]);
    }
    this.tag(T.end);
  }

  array(value) {
    const { length } = value;
    const keys = Object.keys(value);
    if (keys.length === length && (length === 0 || keys[length - 1] === `${length - 1}`)) {
      this.tag(T.array);
      this.uint(length);
      for (let i = 0; i < length; i++) this.value(value[i]);
      return;
    }
    this.tag(T.sparse);
    this.uint(length);
    this.members(value, keys);
  }

  moved({ tag, index }) {
    this.tag(tag);
    this.uint(index);
  }

  exotic(value) {
    const way = this.transfer?.get(value);
    if (way !== undefined) return this.moved(way);
    if (types.isBoxedPrimitive(value)) {
      if (types.isSymbolObject(value)) refuse(value);
      this.tag(T.boxed);
      return this.value(value.valueOf());
    }
    if (types.isDate(value)) {
      this.tag(T.date);
      return this.double(value.getTime());
    }
    if (types.isRegExp(value)) {
      this.tag(T.regexp);
      this.string(value.source);
      return this.string(value.flags);
    }
    if (types.isMap(value)) return this.entries(T.map, [...value].flat());
    if (types.isSet(value)) return this.entries(T.set, [...value]);
    if (types.isNativeError(value) && typeof value[kClone] !== 'function') return this.error(value);
    if (types.isSharedArrayBuffer(value)) return this.sharedBuffer(value);
    if (types.isArrayBuffer(value)) {
      this.tag(T.bytes);
      return this.raw(new Uint8Array(value));
    }
    if (ArrayBuffer.isView(value)) return this.view(value);
    this.other(value);
  }

  entries(tag, list) {
    this.tag(tag);
    this.uint(list.length);
    for (const one of list) this.value(one);
  }

  view(view) {
    if (this.keepsBuffers && Buffer.isBuffer(view)) {
      this.tag(T.buffer);
      return this.raw(view);
    }
    this.tag(T.view);
    this.tag(types.isDataView(view) ? VIEWS.length - 1 : VIEWS.indexOf(Object.prototype.toString.call(view).slice(8, -1)));
    this.uint(view.byteOffset);
    this.uint(types.isDataView(view) ? view.byteLength : view.length);
    this.value(view.buffer);
  }

  error(error) {
    this.tag(T.error);
    let { name } = error;
    if (!Object.hasOwn(ERRORS, name)) name = 'Error';
    this.string(name);
    const own = (key) => (Object.hasOwn(error, key) && error[key] !== undefined ? `${error[key]}` : undefined);
    this.value(own('message'));
    this.value(typeof error.stack === 'string' ? error.stack : undefined);
    this.tag(Object.hasOwn(error, 'cause') ? T.true : T.false);
    if (Object.hasOwn(error, 'cause')) this.value(error.cause);
  }

  sharedBuffer(buffer) {
    const box = require('internal/shared_memory').boxOf(buffer);
    if (box === undefined) return this.host(buffer);
    this.tag(T.shared);
    this.uint(this.shared.length);
    this.shared.push(box);
  }

  host(value) {
    if (this.hosts === undefined) refuse(value);
    this.tag(T.host);
    this.uint(this.hosts.length);
    this.hosts.push(value);
  }

  wasm(value) {
    if (Object.prototype.toString.call(value) !== '[object WebAssembly.Module]') return undefined;
    return require('internal/wasm').clone(value);
  }

  platform([id, data]) {
    this.tag(T.platform);
    this.uint(REVIVERS.indexOf(id));
    this.value(data);
  }

  other(value) {
    const parts = typeof value[kClone] === 'function' ? value[kClone]() : this.wasm(value);
    if (parts !== undefined) return this.platform(parts);
    if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef || types.isProxy(value) ||
        types.isGeneratorObject(value)) refuse(value);
    if (isPort(value)) throw new DOMException('Object that needs transfer was found in message but not listed in transferList', 'DataCloneError');
    this.tag(T.object);
    this.members(value, Object.keys(value));
  }
}

function isPort(value) {
  return require('internal/worker/port').isPort(value);
}

class Reader {
  constructor(bytes, parts) {
    this.bytes = Object.setPrototypeOf(bytes, Buffer.prototype);
    this.parts = parts; // { buffers, ports, shared, hosts }
    this.at = 0;
    this.seen = [];
  }

  uint() {
    const { bytes, at } = this;
    this.at += 4;
    return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0;
  }

  double() {
    scratchBytes.set(this.bytes.subarray(this.at, this.at + 8));
    this.at += 8;
    return scratch.getFloat64(0, true);
  }

  text(tag) {
    const length = this.uint();
    const start = this.at;
    if (tag === T.utf16) {
      this.at += 2 * length;
      return this.bytes.toString('utf16le', start, this.at);
    }
    this.at += length;
    if (length >= SHORT) return this.bytes.toString('latin1', start, this.at);
    let text = '';
    for (let i = start; i < this.at; i++) text += String.fromCharCode(this.bytes[i]);
    return text;
  }

  keep(value) {
    this.seen.push(value);
    return value;
  }

  value() {
    const tag = this.bytes[this.at++];
    switch (tag) {
      case T.undefined: return undefined;
      case T.null: return null;
      case T.true: return true;
      case T.false: return false;
      case T.int: return this.uint() | 0;
      case T.double: return this.double();
      case T.bigint: return this.bigint();
      case T.latin1: case T.utf16: return this.text(tag);
      case T.ref: return this.seen[this.uint()];
      case T.object: return this.members(this.keep({}));
      case T.array: return this.array();
      case T.sparse: return this.members(this.keep(new Array(this.uint())));
      default: return this.exotic(tag);
    }
  }

  bigint() {
    const text = this.value();
    return text[0] === '-' ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
  }

  array() {
    const length = this.uint();
    const array = this.keep([]);
    for (let i = 0; i < length; i++) array.push(this.value());
    return array;
  }

  members(object) {
    for (;;) {
      const tag = this.bytes[this.at++];
      if (tag === T.end) return object;
      const key = this.text(tag);
      const value = this.value();
      if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      else object[key] = value;
    }
  }

  exotic(tag) {
    switch (tag) {
      case T.date: return this.keep(new Date(this.double()));
      case T.regexp: return this.keep(new RegExp(this.value(), this.value()));
      case T.boxed: return this.later(() => Object(this.value()));
      case T.map: return this.map();
      case T.set: return this.set();
      case T.error: return this.error();
      case T.bytes: return this.keep(this.raw());
      case T.buffer: return this.keep(Buffer.from(this.raw()));
      case T.moved: return this.keep(this.parts.buffers[this.uint()]);
      case T.shared: return this.keep(this.parts.shared[this.uint()]);
      case T.port: return this.keep(this.parts.ports[this.uint()]);
      case T.host: return this.keep(this.parts.hosts[this.uint()]);
      case T.platform: return this.later(() => require(REVIVERS[this.uint()]).revive(this.value()));
      case T.view: return this.later(() => this.view());
      default: throw new DOMException('The message could not be deserialized.', 'DataCloneError');
    }
  }

  // What is made of values that have numbers of their own gets its number first.
  later(make) {
    const at = this.seen.push(undefined) - 1;
    const made = make();
    this.seen[at] = made;
    return made;
  }

  raw() {
    const length = this.uint();
    const start = this.bytes.byteOffset + this.at;
    this.at += length;
    return this.bytes.buffer.slice(start, start + length);
  }

  map() {
    const map = this.keep(new Map());
    for (let count = this.uint(); count > 0; count -= 2) map.set(this.value(), this.value());
    return map;
  }

  set() {
    const set = this.keep(new Set());
    for (let count = this.uint(); count > 0; count--) set.add(this.value());
    return set;
  }

  view() {
    const name = VIEWS[this.bytes[this.at++]];
    const offset = this.uint();
    const length = this.uint();
    const buffer = this.value();
    return new globalThis[name](buffer, offset, length);
  }

  error() {
    const Class = ERRORS[this.value()];
    const error = this.keep(Object.create(Class.prototype));
    const message = this.value();
    const stack = this.value();
    const made = new Class(message);
    if (message === undefined) delete made.message;
    this.seen[this.seen.indexOf(error)] = made;
    Object.defineProperty(made, 'stack', { value: stack, writable: true, configurable: true, enumerable: false });
    if (this.value()) {
      Object.defineProperty(made, 'cause', { value: this.value(), writable: true, configurable: true, enumerable: false });
    }
    return made;
  }
}

// { bytes, shared: [box] }. transfer: Map of object -> { tag, index }.
function serialize(value, transfer, hosts, keepsBuffers = false) {
  const writer = new Writer(transfer, hosts, keepsBuffers);
  writer.value(value);
  return { bytes: writer.bytes.subarray(0, writer.at), shared: writer.shared };
}

function deserialize(bytes, parts = {}) {
  return new Reader(bytes, parts).value();
}

module.exports = { serialize, deserialize, refuse, markUncloneable, MOVED: T.moved, PORT: T.port };
