// Messages of DNS: a question to bytes, an answer to records. Everything read is bounded by the message; a name that
// points in circles, or out of it, makes the whole a bad answer.
'use strict';

const { Buffer } = require('buffer');

const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35, TLSA: 52, ANY: 255, CAA: 257 };
const MOST_JUMPS = 64;

class BadAnswer extends Error {}
const bad = () => { throw new BadAnswer('bad answer'); };

// undefined for what is no name.
function nameBytes(name) {
  const labels = name.replace(/\.$/, '').split('.').filter((label, i, all) => label !== '' || all.length > 1);
  const parts = [];
  for (const label of labels) {
    const bytes = Buffer.from(label, 'latin1');
    if (bytes.length === 0 || bytes.length > 63) return undefined;
    parts.push(Buffer.from([bytes.length]), bytes);
  }
  parts.push(Buffer.alloc(1));
  const all = Buffer.concat(parts);
  return all.length > 255 ? undefined : all;
}

function question(id, name, type) {
  const bytes = nameBytes(name);
  if (bytes === undefined) return undefined;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x0100, 2); // recursion is wanted
  head.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(TYPES[type], 0);
  tail.writeUInt16BE(1, 2);
  return Buffer.concat([head, bytes, tail]);
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }
  need(count) { if (this.at + count > this.end) bad(); }
  u8() {
    this.need(1);
    return this.bytes[this.at++];
  }
  u16() {
    this.need(2);
    this.at += 2;
    return this.bytes.readUInt16BE(this.at - 2);
  }
  u32() {
    this.need(4);
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }
  take(count) {
    this.need(count);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  text() { return this.take(this.u8()).toString('latin1'); }

  name() {
    const labels = [];
    let { at } = this;
    let after; // where reading goes on, once a pointer was followed
    for (let jumps = 0; ;) {
      if (at >= this.bytes.length) bad();
      const length = this.bytes[at];
      if (length >= 0xc0) {
        if (++jumps > MOST_JUMPS || at + 1 >= this.bytes.length) bad();
        after ??= at + 2;
        at = ((length & 0x3f) << 8) | this.bytes[at + 1];
        continue;
      }
      if (length > 63 || at + 1 + length > this.bytes.length) bad();
      at += 1 + length;
      if (length === 0) break;
      labels.push(this.bytes.toString('latin1', at - length, at));
      if (labels.length > 128) bad();
    }
    this.at = after ?? at;
    if (this.at > this.end) bad();
    return labels.join('.');
  }
}

function ipv6(bytes) {
  const words = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
  return new URL(`http://[${words}]`).hostname.slice(1, -1);
}

const texts = (reader) => {
  const entries = [];
  while (reader.at < reader.end) entries.push(reader.text());
  return entries;
};

// The rest of a record: what resolveAny shows of it.
const read = {
  A: (reader, ttl) => ({ address: [...reader.take(4)].join('.'), ttl }),
  AAAA: (reader, ttl) => ({ address: ipv6(reader.take(16)), ttl }),
  NS: (reader) => ({ value: reader.name() }),
  CNAME: (reader) => ({ value: reader.name() }),
  PTR: (reader) => ({ value: reader.name() }),
  MX: (reader) => {
    const priority = reader.u16();
    return { exchange: reader.name(), priority };
  },
  TXT: (reader) => ({ entries: texts(reader) }),
  SRV: (reader) => ({ priority: reader.u16(), weight: reader.u16(), port: reader.u16(), name: reader.name() }),
  SOA: (reader) => ({ nsname: reader.name(), hostmaster: reader.name(), serial: reader.u32(), refresh: reader.u32(),
    retry: reader.u32(), expire: reader.u32(), minttl: reader.u32() }),
  NAPTR: (reader) => ({ order: reader.u16(), preference: reader.u16(), flags: reader.text(), service: reader.text(),
    regexp: reader.text(), replacement: reader.name() }),
  TLSA: (reader) => {
    const [certUsage, selector, match] = [reader.u8(), reader.u8(), reader.u8()];
    const bytes = reader.take(reader.end - reader.at);
    return { certUsage, selector, match, data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
  },
  CAA: (reader) => {
    const critical = reader.u8();
    return { critical, [reader.text()]: reader.take(reader.end - reader.at).toString('latin1') };
  },
};
const names = new Map(Object.entries(TYPES).map(([name, number]) => [number, name]));

function record(reader) {
  const domain = reader.name();
  const type = names.get(reader.u16());
  reader.u16(); // class
  const ttl = reader.u32();
  const length = reader.u16();
  reader.need(length);
  const whole = reader.end;
  reader.end = reader.at + length;
  const value = Object.hasOwn(read, type ?? '') ? { domain, type, value: read[type](reader, ttl) } : undefined;
  reader.at = reader.end;
  reader.end = whole;
  return value;
}

// { id, code, isCut, name, records: [{ domain, type, value }] }, or undefined for a bad answer.
function answer(bytes) {
  const reader = new Reader(bytes);
  try {
    const id = reader.u16();
    const flags = reader.u16();
    if ((flags & 0x8000) === 0) return undefined;
    const [questions, answers] = [reader.u16(), reader.u16()];
    reader.take(4);
    let name = '';
    for (let i = 0; i < questions; i++) {
      name = reader.name();
      reader.take(4);
    }
    const records = [];
    for (let i = 0; i < answers; i++) records.push(record(reader));
    return { id, code: flags & 15, isCut: (flags & 0x0200) !== 0, name, records: records.filter(Boolean) };
  } catch (error) {
    if (error instanceof BadAnswer) return undefined;
    throw error;
  }
}

module.exports = { TYPES, question, answer };
