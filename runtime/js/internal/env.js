// process.env: an object whose writes reach the environment of the process, as text.
'use strict';

const system = native('process');

function load(values = {}) {
  for (const line of system.env()) {
    const at = line.indexOf('=');
    if (at > 0) values[line.slice(0, at)] = line.slice(at + 1);
  }
  return values;
}

const toText = (value) => (typeof value === 'string' ? value : require('internal/validators').toText(value));

// write(name, text or undefined) tells the process.
function guarded(values, write) {
  const traps = {
    set(target, name, value) {
      if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      target[name] = toText(value);
      write(name, target[name]);
      return true;
    },
    defineProperty(target, name, descriptor) {
      const { ERR_INVALID_OBJECT_DEFINE_PROPERTY } = require('internal/errors').codes;
      if ('get' in descriptor || 'set' in descriptor) {
        throw new ERR_INVALID_OBJECT_DEFINE_PROPERTY(
          "'process.env' does not accept an accessor(getter/setter) descriptor");
      }
      if ('value' in descriptor) {
        if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
          throw new ERR_INVALID_OBJECT_DEFINE_PROPERTY(
            "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
        }
        target[name] = toText(descriptor.value);
        write(name, target[name]);
      }
      return true;
    },
    deleteProperty(target, name) {
      if (typeof name === 'string') {
        delete target[name];
        write(name, undefined);
      }
      return true;
    },
  };
  return { env: new Proxy(values, traps), traps };
}

let live; // the process's own environment, and its traps

exports.make = function make() {
  live = guarded(load(), (name, text) => system.setEnv(name, text));
  return live.env;
};

// From now on another thread may write to the environment too: it is read anew each time.
exports.share = function share() {
  if (live === undefined || live.traps.get !== undefined) return;
  const refresh = (target) => {
    for (const name of Object.keys(target)) delete target[name];
    return load(target);
  };
  for (const name of ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor']) {
    live.traps[name] = (target, ...args) => Reflect[name](refresh(target), ...args);
  }
};
// A worker's: its own copy.
exports.makeCopy = (values) => guarded(values, () => {}).env;

const LINE = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*?('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`|[^#\r\n]*)\s*(?:#.*)?$/gm;

// The text of a .env file to an object.
exports.parse = function parse(text) {
  const out = {};
  for (const [, name, raw] of text.replace(/\r\n?/g, '\n').matchAll(LINE)) {
    let value = raw.trim();
    const quote = value[0];
    if (value.length > 1 && (quote === '"' || quote === "'" || quote === '`') && value.endsWith(quote)) {
      value = value.slice(1, -1);
      if (quote === '"') value = value.replace(/\\n/g, '\n');
    }
    out[name] = value;
  }
  return out;
};

exports.loadFile = function loadFile(path = '.env', optional = false) {
  const text = native('module').readText(require('internal/url').toPathIfURL(path));
  if (typeof text === 'number') {
    if (optional) return;
    if (process.argv.length >= 0 && require('internal/options').get('env-file')?.includes(path)) {
      native('process').write(2, `${process.execPath}: ${path}: not found\n`);
      native('process').end(9);
    }
    throw require('internal/errors').uvException({ errno: text, syscall: 'open', path });
  }
  const values = exports.parse(text);
  for (const name of Object.keys(values)) process.env[name] ??= values[name];
};
