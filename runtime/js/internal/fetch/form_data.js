// FormData, and its way into multipart bytes and back.
'use strict';

const { Buffer, Blob, File } = require('buffer');

class FormData {
  #entries = [];

  constructor(form = undefined) {
    if (form !== undefined) throw new TypeError("FormData constructor: Argument 1 could not be converted to: undefined.");
  }

  static #value(value, filename) {
    if (!(value instanceof Blob)) return `${value}`.toWellFormed();
    if (value instanceof File && filename === undefined) return value;
    return new File([value], filename ?? 'blob', { type: value.type, lastModified: value.lastModified });
  }

  append(name, value, filename) {
    this.#entries.push([`${name}`.toWellFormed(), FormData.#value(value, filename)]);
  }

  set(name, value, filename) {
    const key = `${name}`;
    const entry = [key, FormData.#value(value, filename)];
    const at = this.#entries.findIndex(([other]) => other === key);
    this.#entries = this.#entries.filter(([other], i) => other !== key || i === at);
    if (at < 0) this.#entries.push(entry);
    else this.#entries[at] = entry;
  }

  delete(name) {
    this.#entries = this.#entries.filter(([other]) => other !== `${name}`);
  }

  get(name) {
    return this.#entries.find(([other]) => other === `${name}`)?.[1] ?? null;
  }

  getAll(name) {
    return this.#entries.filter(([other]) => other === `${name}`).map(([, value]) => value);
  }

  has(name) {
    return this.#entries.some(([other]) => other === `${name}`);
  }

  * entries() {
    yield* this.#entries.map(([name, value]) => [name, value]);
  }

  * keys() {
    for (const [name] of this.#entries) yield name;
  }

  * values() {
    for (const [, value] of this.#entries) yield value;
  }

  forEach(callback, self = undefined) {
    for (const [name, value] of this.#entries) callback.call(self, value, name, this);
  }
}
Object.defineProperty(FormData.prototype, Symbol.iterator, { value: FormData.prototype.entries, writable: true, configurable: true });
Object.defineProperty(FormData.prototype, Symbol.toStringTag, { value: 'FormData', configurable: true });

const escaped = (name) => name.replace(/\r\n?|\n/g, '\r\n').replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');

// { parts of a Blob, type }
function encode(form) {
  const boundary = `----formdata-${require('internal/crypto/random').randomUUID()}`;
  const parts = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
    if (typeof value === 'string') parts.push(`${head}\r\n\r\n${value.replace(/\r?\n|\r/g, '\r\n')}\r\n`);
    else parts.push(`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`, value, '\r\n');
  }
  parts.push(`--${boundary}--\r\n`);
  return { parts, type: `multipart/form-data; boundary=${boundary}` };
}

function decode(bytes, type) {
  const form = new FormData();
  const [kind] = type.split(';');
  if (kind.trim().toLowerCase() === 'application/x-www-form-urlencoded') {
    for (const [name, value] of new URLSearchParams(bytes.toString())) form.append(name, value);
    return form;
  }
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/i.exec(type);
  if (!/^multipart\/form-data$/i.test(kind.trim()) || !boundary) {
    throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
  }
  const mark = Buffer.from(`--${boundary[1] ?? boundary[2].trim()}`);
  let at = bytes.indexOf(mark);
  const bad = () => { throw new TypeError('Failed to parse body as FormData.'); };
  if (at < 0) bad();
  for (;;) {
    at += mark.length;
    if (bytes.toString('latin1', at, at + 2) === '--') return form;
    const end = bytes.indexOf('\r\n\r\n', at);
    const next = end < 0 ? -1 : bytes.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), end + 2);
    if (next < 0) bad();
    const head = bytes.toString('utf8', at + 2, end);
    const unescape = (text) => text?.replace(/%0D/gi, '\r').replace(/%0A/gi, '\n').replace(/%22/g, '"');
    const name = unescape(/;\s*name="([^"]*)"/i.exec(head)?.[1]);
    const filename = unescape(/;\s*filename="([^"]*)"/i.exec(head)?.[1]);
    if (name === undefined) bad();
    const body = bytes.subarray(end + 4, Math.max(next, end + 4));
    if (filename === undefined) form.append(name, body.toString());
    else form.append(name, new File([body], filename, { type: /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? 'text/plain' }));
    at = next + 2;
  }
}

module.exports = { FormData, encode, decode };
