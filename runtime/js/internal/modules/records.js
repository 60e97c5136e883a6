// What is known of a module, and the modules whose exports are known by name.
'use strict';

class Record {
  constructor(url, file) {
    this.url = url;
    this.file = file;
    this.status = 'new'; // linking, linked, evaluating, evaluated
    this.isSynthetic = false;
    this.local = new Map(); // name -> getter
    this.indirect = new Map(); // name -> [request, name]
    this.stars = [];
    this.requests = []; // { specifier, attributes }
    this.dependencies = [];
    this.names = [];
    this.hasAwait = false;
    this.members = Object.create(null);
    this.resolved = new Map(); // name -> getter
    this.isComplete = false; // resolved and members are filled
    this.namespace = undefined;
    this.error = undefined; // { reason }
    this.promise = undefined;
    this.evaluateSynthetic = undefined;
  }
}

// A module whose exports are known by name: CommonJS, JSON, a builtin.
function synthetic(record, names, evaluate) {
  record.isSynthetic = true;
  record.status = 'linked';
  record.evaluateSynthetic = evaluate;
  for (const [name, getter] of names) record.local.set(name, getter);
  return record;
}

function compileGiven(Module, filename, text) {
  if (Module._cache[filename] !== undefined) return Module._cache[filename].exports;
  const module = Module._cache[filename] = new Module(filename);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(module.path);
  module._compile(text, filename, 'commonjs');
  module.loaded = true;
  return module.exports;
}

// text: given by hooks, in the place of the file's.
function commonjsRecord(record, text) {
  const { Module } = require('internal/modules/cjs');
  let exports;
  const names = new Map();
  for (const name of require('internal/modules/cjs_names').namesOf(record.file, text)) {
    if (name === 'default') continue;
    names.set(name, () => (exports === null || exports === undefined ? undefined : exports[name]));
  }
  names.set('default', () => exports);
  names.set('module.exports', () => exports);
  record.isCommonJS = true;
  return synthetic(record, names, () => {
    if (text === undefined) exports = Module._load(record.file, undefined, record.isMain === true);
    else exports = compileGiven(Module, record.file ?? record.url, text);
  });
}

function jsonRecord(record, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    error.message = `${record.file ?? record.url}: ${error.message}`;
    throw error;
  }
  return synthetic(record, new Map([['default', () => value]]), undefined);
}

module.exports = { Record, synthetic, commonjsRecord, jsonRecord };
