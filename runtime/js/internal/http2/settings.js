// Settings: what programs give and get, and the numbers that cross the wire.
'use strict';

const { Buffer } = require('buffer');
const { codes } = require('internal/http2/errors');
const { validateObject } = require('internal/validators');

const MOST = 2 ** 32 - 1;
const MOST_CUSTOM = 10;
// name -> [number, least, most]
const NUMBERS = { headerTableSize: [1, 0, MOST], maxConcurrentStreams: [3, 0, MOST], initialWindowSize: [4, 0, MOST],
  maxFrameSize: [5, 16384, 2 ** 24 - 1], maxHeaderListSize: [6, 0, MOST], maxHeaderSize: [6, 0, MOST] };
const FLAGS = { enablePush: 2, enableConnectProtocol: 8 };

const refuse = (Kind, name, value, min, max) => Object.assign(new Kind(name, value), { actual: value, min, max });

function checkNumber(name, value, least, most) {
  if (value === undefined) return;
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw refuse(codes.ERR_HTTP2_INVALID_SETTING_VALUE.RangeError, name, value, least, most);
  }
}

function checkCustom(custom) {
  const entries = Object.entries(custom);
  if (entries.length > MOST_CUSTOM) throw new codes.ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  for (const [key, value] of entries) {
    checkNumber('customSettings:id', Number(key), 0, 0xffff);
    checkNumber('customSettings:value', Number(value), 0, MOST);
  }
}

function validate(settings) {
  if (settings === undefined) return;
  for (const [name, [, least, most]] of Object.entries(NUMBERS)) checkNumber(name, settings[name], least, most);
  for (const name of Object.keys(FLAGS)) {
    if (settings[name] !== undefined && typeof settings[name] !== 'boolean') {
      throw refuse(codes.ERR_HTTP2_INVALID_SETTING_VALUE, name, settings[name]);
    }
  }
  if (settings.customSettings !== undefined) checkCustom(settings.customSettings);
}

// [number, value, …], the numbers ascending.
function toPairs(settings) {
  const pairs = new Map();
  for (const [name, [id]] of Object.entries(NUMBERS)) if (settings[name] !== undefined) pairs.set(id, settings[name]);
  for (const [name, id] of Object.entries(FLAGS)) if (settings[name] !== undefined) pairs.set(id, Number(settings[name]));
  const sorted = [...pairs].sort(([a], [b]) => a - b);
  const custom = Object.entries(settings.customSettings ?? {}).map(([id, value]) => [Number(id), Number(value)]);
  return [...sorted, ...custom.filter(([id]) => !pairs.has(id))].flat();
}

function fromPairs(pairs, settings = {}) {
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [id, value] = [pairs[i], pairs[i + 1]];
    const names = Object.keys(NUMBERS).filter((name) => NUMBERS[name][0] === id);
    const flag = Object.keys(FLAGS).find((name) => FLAGS[name] === id);
    if (flag) settings[flag] = value !== 0;
    else if (names.length === 0) (settings.customSettings ??= {})[id] = value;
    for (const name of names) settings[name] = value;
  }
  return settings;
}

function getPackedSettings(settings = {}) {
  validateObject(settings, 'settings', { allowFunction: false });
  validate(settings);
  const pairs = toPairs(settings);
  const packed = Buffer.alloc(pairs.length * 3);
  for (let i = 0, at = 0; i < pairs.length; i += 2) {
    at = packed.writeUInt16BE(pairs[i], at);
    packed.writeUInt32BE(pairs[i + 1], at);
    at += 4;
  }
  return packed;
}

// The elements of any view are bytes, whatever their width.
function bytesOf(view) {
  if (view instanceof DataView) return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return Uint8Array.from(view);
}

function getUnpackedSettings(buf, options = {}) {
  if (!ArrayBuffer.isView(buf) || buf.length === undefined) throw new codes.ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray'], buf);
  if (buf.length % 6 !== 0) throw new codes.ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH();
  const bytes = Buffer.from(bytesOf(buf));
  const pairs = [];
  for (let at = 0; at < bytes.length; at += 6) pairs.push(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
  const settings = fromPairs(pairs);
  if (options?.validate) validate(settings);
  return settings;
}

const getDefaultSettings = () => ({
  __proto__: null, headerTableSize: 4096, enablePush: true, initialWindowSize: 65535, maxFrameSize: 16384,
  maxConcurrentStreams: MOST, maxHeaderSize: 65535, maxHeaderListSize: 65535, enableConnectProtocol: false,
});

module.exports = { validate, toPairs, fromPairs, getPackedSettings, getUnpackedSettings, getDefaultSettings };
