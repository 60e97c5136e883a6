// The linker of ES modules: records as the specification has them, over the generator functions that
// internal/modules/transform makes. A record's `members` is what importers read through (getters only); its public
// namespace object is made when somebody asks for it.
'use strict';

const builtin = require('internal/modules/builtin');
const resolver = require('internal/modules/resolve');
const { codes } = require('internal/errors');
const { pathToHref } = require('internal/url');
const { evaluate } = require('internal/modules/evaluation');
const { Record, synthetic, commonjsRecord, jsonRecord } = require('internal/modules/records');
const files = native('module');

const then = Promise.prototype.then;
const records = new Map(); // url (and type, for JSON) -> record
const targets = new Map(); // folder and specifier -> what resolve found

const transform = () => require('internal/modules/transform');

function builtinRecord(name) {
  const url = `node:${name}`;
  const known = records.get(url);
  if (known) return known;
  const record = new Record(url, undefined);
  records.set(url, record);
  const exports = builtin.load(name);
  const names = new Map();
  for (const key of Object.keys(exports)) if (key !== 'default') names.set(key, () => exports[key]);
  names.set('default', () => exports);
  return synthetic(record, names, undefined);
}

function wasmRecord(record, bytes) {
  const module = new WebAssembly.Module(bytes);
  const requests = [...new Set(WebAssembly.Module.imports(module).map((one) => one.module))];
  const names = new Map();
  let instance;
  for (const { name } of WebAssembly.Module.exports(module)) names.set(name, () => instance.exports[name]);
  synthetic(record, names, () => {
    const imports = {};
    requests.forEach((request, i) => { imports[request] = record.dependencies[i].members; });
    instance = new WebAssembly.Instance(module, imports);
  });
  record.requests = requests.map((specifier) => ({ specifier, attributes: {} }));
  record.dependencies = record.requests.map((request) => load(resolve(request.specifier, record, request.attributes), request.attributes, record));
  for (const one of record.dependencies) {
    link(one);
    complete(one);
  }
  return record;
}

let hooks; // internal/modules/hooks, once it is used
exports.setHooks = (given) => { hooks = given; };

// Where a specifier of a record leads: { url, file, format } or { builtin }.
function resolve(specifier, record, attributes = {}) {
  if (!hooks?.active()) return resolvePlain(specifier, record);
  const { url, format } = hooks.resolveForImport(specifier, record.url, record.file ?? `${process.cwd()}/`, attributes,
    (given) => resolvePlain(given, record));
  if (url.startsWith('node:')) return { ...resolvePlain(url, record), url };
  return /^(file|data):/.test(url) ? { ...resolvePlain(url, record), url, hookFormat: format } : { url, hookFormat: format };
}

function resolvePlain(specifier, record) {
  const name = builtin.nameOf(specifier);
  if (name !== undefined) return { builtin: name };
  if (specifier.startsWith('data:')) return { url: specifier, format: 'data' };
  const from = record.file ?? `${process.cwd()}/`;
  const key = `${from.slice(0, from.lastIndexOf('/'))}\0${specifier}`;
  let target = targets.get(key);
  if (target === undefined) targets.set(key, target = locate(specifier, from));
  return target;
}

function locate(specifier, from) {
  const found = resolver.resolve(true, specifier, from);
  if (found.path === undefined) throw failure(found, specifier);
  if (found.format === 'builtin') throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(specifier); // one that is not here yet
  if (/^[a-z][a-z0-9+.-]+:/i.test(found.path) && !found.path.startsWith('/')) {
    throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(found.path.slice(0, found.path.indexOf(':') + 1));
  }
  return { url: `${pathToHref(found.path)}${found.query ?? ''}`, file: found.path, format: found.format, typeless: found.typeless };
}

function failure(found, specifier) {
  const error = resolver.errorOf(found);
  if (found.code === 'ERR_MODULE_NOT_FOUND' && /^(\.|\/|file:)/.test(specifier)) {
    const path = /'([^']*)'/.exec(found.message)?.[1];
    if (path?.startsWith('/')) error.url = pathToHref(path);
  }
  return error;
}

function readText(file) {
  const text = files.readText(file);
  if (typeof text === 'number') throw require('internal/errors').uvException({ errno: text, syscall: 'open', path: file });
  return text;
}

function checkAttributes(target, attributes, format) {
  for (const key of Object.keys(attributes)) {
    if (key !== 'type') throw new codes.ERR_IMPORT_ATTRIBUTE_UNSUPPORTED(key, attributes[key], target.url);
    if (attributes.type !== 'json') {
      throw new codes.ERR_IMPORT_ATTRIBUTE_UNSUPPORTED('type', attributes.type, target.url);
    }
  }
  if (format === 'json' && attributes.type !== 'json') {
    throw new codes.ERR_IMPORT_ATTRIBUTE_MISSING(target.url, 'type', 'json');
  }
  if (format !== 'json' && attributes.type === 'json') {
    throw new codes.ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE(target.url, 'json');
  }
}

// The text and kind behind a data: URL.
function readData(url) {
  const match = /^data:([^,;]*)((?:;[^,]*?)*?)(;base64)?,(.*)$/s.exec(url);
  if (!match) throw new codes.ERR_INVALID_URL();
  const format = { 'text/javascript': 'module', 'application/json': 'json', 'application/wasm': 'wasm' }[match[1]];
  if (!format) throw new codes.ERR_UNKNOWN_MODULE_FORMAT(match[1], url);
  const body = match[3] ? require('buffer').Buffer.from(match[4], 'base64') : decodeURIComponent(match[4]);
  return { format, body: format === 'wasm' ? body : `${body}` };
}

// A file whose package does not say what it is, decided by its syntax.
function isModuleText(text) {
  return /\b(?:import|export|await)\b/.test(text) && transform().isModule(text);
}

function formatOf(target, text) {
  const { file, format, typeless } = target;
  if (/\.[cm]?ts$/.test(file)) return 'typescript';
  if (format === 'commonjs' && typeless && isModuleText(text())) return 'module';
  if (format === undefined || format === null) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    if (dot > 0) throw new codes.ERR_UNKNOWN_FILE_EXTENSION(name.slice(dot), file);
    return isModuleText(text()) ? 'module' : 'commonjs';
  }
  return format;
}

function load(target, attributes, parent) {
  if (target.builtin !== undefined && hooks?.loads()) hooks.loadText(target.url ?? `node:${target.builtin}`, 'builtin', 'import');
  if (target.builtin !== undefined) return builtinRecord(target.builtin);
  const key = attributes.type === 'json' ? `${target.url}\0json` : target.url;
  const known = records.get(key);
  if (known) return known;
  const record = new Record(target.url, target.file);
  records.set(key, record);
  try {
    fillRecord(record, target, attributes, parent);
  } catch (error) {
    records.delete(key);
    throw error;
  }
  return record;
}

// The text that hooks give for a module, of which they may say what it is.
function fillHooked(record, target, attributes) {
  const { format, source } = hooks.loadText(target.url, target.hookFormat, 'import', attributes);
  const text = () => hooks.textOf(source);
  const kind = format ?? (isModuleText(text()) ? 'module' : 'commonjs');
  checkAttributes(target, attributes, kind);
  switch (kind) {
    case 'json': return jsonRecord(record, text());
    case 'wasm': return wasmRecord(record, source);
    case 'module': return sourceRecord(record, text());
    case 'module-typescript': return sourceRecord(record, require('internal/modules/typescript').strip(text(), record.file));
    case 'commonjs': return commonjsRecord(record, text());
    case 'commonjs-typescript': return commonjsRecord(record, require('internal/modules/typescript').strip(text(), record.file));
    default: throw new codes.ERR_UNKNOWN_MODULE_FORMAT(format, target.url);
  }
}

function fillRecord(record, target, attributes) {
  if (hooks?.loads() || target.file === undefined && target.format !== 'data') return fillHooked(record, target, attributes);
  if (target.format === 'data') {
    const { format, body } = readData(target.url);
    checkAttributes(target, attributes, format);
    if (format === 'json') return jsonRecord(record, body);
    if (format === 'wasm') return wasmRecord(record, body);
    return sourceRecord(record, body);
  }
  let kept;
  const text = () => (kept ??= readText(target.file));
  const format = formatOf(target, text);
  checkAttributes(target, attributes, format);
  switch (format) {
    case 'module': return sourceRecord(record, kept);
    case 'typescript': return typescriptRecord(record, target, text);
    case 'json': return jsonRecord(record, text());
    case 'wasm': return wasmRecord(record, require('fs').readFileSync(target.file));
    default: return commonjsRecord(record);
  }
}

function typescriptRecord(record, target, text) {
  const { strip } = require('internal/modules/typescript');
  const change = (source) => strip(source, record.file);
  const isModule = target.format === 'module' || (target.typeless && isModuleText(change(text())));
  return isModule ? sourceRecord(record, undefined, 'mts', change) : commonjsRecord(record);
}

// [what the transform tells, the generator function]; from the cache when the text is known there.
function compile(record, text, kind, change = (source) => source) {
  if (text === undefined) {
    const cached = require('internal/modules/cache').load(record.file, record.url, kind);
    if (cached.made !== undefined) return cached.made;
    const made = transform().transform(change(cached.text), record.url);
    require('internal/modules/cache').store(cached.key, made, kind);
    return [made, files.evaluate(made.code, record.url)];
  }
  const made = transform().transform(text, record.url);
  return [made, files.evaluate(made.code, record.url)];
}

function sourceRecord(record, text, kind, change) {
  const [made, make] = compile(record, text, kind, change);
  world.evaluated.set(record.url, make);
  record.requests = made.imports;
  record.stars = made.stars;
  record.names = made.names;
  record.hasAwait = made.hasAwait;
  for (const [name, request, imported] of made.indirect) record.indirect.set(name, [request, imported]);
  record.dependencies = made.imports.map((one) => load(resolve(one.specifier, record, one.attributes), one.attributes, record));
  record.generator = make(
    (getters) => { for (const name of Object.keys(getters)) record.local.set(name, getters[name]); },
    metaOf(record),
    (specifier, options) => importFrom(specifier, record, options),
    (i) => namespaceOf(record.dependencies[i]),
    ...record.dependencies.map((one) => one.members));
  return record;
}

async function* iterateSync(iterable) {
  yield* iterable;
}

// What the generator is given as __meta: import.meta itself is made when it is asked for.
function metaOf(record) {
  let meta;
  return {
    get meta() { return (meta ??= makeMeta(record)); },
    scope: () => require('internal/dispose').scope(),
    iterate(value) {
      const method = value[Symbol.asyncIterator];
      return method ? Reflect.apply(method, value, []) : iterateSync(value);
    },
  };
}

function makeMeta(record) {
  const meta = Object.create(null);
  if (record.file !== undefined) {
    meta.dirname = record.file.slice(0, record.file.lastIndexOf('/')) || '/';
    meta.filename = record.file;
  }
  meta.main = record.isMain === true;
  meta.resolve = function(specifier, parent) {
    void parent;
    const name = builtin.nameOf(`${specifier}`);
    if (name !== undefined) return `node:${name}`;
    try {
      const target = resolve(`${specifier}`, record);
      return target.builtin !== undefined ? `node:${target.builtin}` : target.url;
    } catch (error) {
      if (error.code === 'ERR_MODULE_NOT_FOUND' && error.url) return error.url;
      throw error;
    }
  };
  meta.url = record.url;
  return meta;
}

function link(record) {
  if (record.status !== 'new') return;
  record.status = 'linking';
  record.generator.next();
  for (const one of record.dependencies) link(one);
  record.status = 'linked';
}

function exportNames(record, seen = new Set()) {
  if (seen.has(record)) return [];
  seen.add(record);
  const names = new Set([...record.local.keys(), ...record.indirect.keys()]);
  for (const i of record.stars) {
    for (const name of exportNames(record.dependencies[i], seen)) if (name !== 'default') names.add(name);
  }
  return names;
}

const AMBIGUOUS = Symbol('ambiguous');

// ResolveExport: a getter, null, or AMBIGUOUS.
function resolveExport(record, name, seen = []) {
  if (seen.some(([one, key]) => one === record && key === name)) return null;
  seen.push([record, name]);
  const indirect = record.indirect.get(name);
  if (indirect) return resolveExport(record.dependencies[indirect[0]], indirect[1], seen);
  const getter = record.local.get(name);
  if (getter) return getter;
  if (name === 'default') return null;
  let found = null;
  for (const i of record.stars) {
    const one = resolveExport(record.dependencies[i], name, seen);
    if (one === AMBIGUOUS) return one;
    if (one === null) continue;
    if (found !== null && found !== one) return AMBIGUOUS;
    found = one;
  }
  return found;
}

function completeOne(record) {
  record.isComplete = true;
  for (const name of exportNames(record)) {
    const getter = resolveExport(record, name);
    if (getter === null || getter === AMBIGUOUS) continue;
    record.resolved.set(name, getter);
    Object.defineProperty(record.members, name, { get: getter, enumerable: true });
  }
}

function missing(record, index, name) {
  const { specifier } = record.requests[index];
  const dependency = record.dependencies[index];
  if (dependency.isCommonJS) {
    return new SyntaxError(`Named export '${name}' not found. The requested module '${specifier}' is a CommonJS module, ` +
      'which may not support all module.exports as named exports.\nCommonJS modules can always be imported via the ' +
      `default export, for example using:\n\nimport pkg from '${specifier}';\nconst { ${name} } = pkg;\n`);
  }
  return new SyntaxError(resolveExport(dependency, name) === AMBIGUOUS
    ? `The requested module '${specifier}' contains conflicting star exports for name '${name}'`
    : `The requested module '${specifier}' does not provide an export named '${name}'`);
}

// Fills the members of all below, then sees that every imported name is there.
function complete(root) {
  const all = [];
  const collect = (record) => {
    if (record.isComplete) return;
    all.push(record);
    record.isComplete = true;
    for (const one of record.dependencies) collect(one);
  };
  collect(root);
  for (const record of all) completeOne(record);
  for (const record of all) {
    for (const [index, name] of record.names) {
      if (!record.dependencies[index].resolved.has(name)) {
        for (const one of all) one.isComplete = false;
        throw missing(record, index, name);
      }
    }
  }
}

const makeNamespace = (record, extra) => require('internal/modules/namespace').make(record.resolved, extra);

function namespaceOf(record) {
  return (record.namespace ??= makeNamespace(record));
}

function prepare(record) {
  link(record);
  complete(record);
}

function attributesOf(options) {
  const attributes = { ...options?.with };
  return attributes;
}

function importFrom(specifier, record, options) {
  return new Promise((resolvePromise, reject) => {
    const attributes = attributesOf(options);
    const found = load(resolve(`${specifier}`, record, attributes), attributes, record);
    prepare(found);
    const promise = evaluate(found);
    if (promise === undefined) resolvePromise(namespaceOf(found));
    else then.call(promise, () => resolvePromise(namespaceOf(found)), reject);
  });
}

const world = require('internal/world');

function start(make) {
  then.call(Promise.resolve(), () => {
    const record = make();
    record.isMain = true;
    world.pending = record.url;
    prepare(record);
    return evaluate(record);
  }).then(() => { world.pending = undefined; }, (error) => {
    world.pending = undefined;
    require('internal/uncaught').uncaught(error);
  });
}

exports.runMain = function runMain(filename) {
  start(() => {
    const found = resolver.resolve(true, pathToHref(filename), filename);
    const target = { url: pathToHref(filename), file: filename, format: found.format ?? 'module', typeless: found.typeless };
    if (target.format === 'commonjs') target.format = 'module';
    return load({ ...target, typeless: false }, {}, undefined);
  });
};

// A module that is no file.
exports.runURL = function runURL(url) {
  start(() => load(resolve(url, {}), {}, undefined));
};

exports.evaluate = function evaluateText(text) {
  const file = `${process.cwd()}/[eval1]`;
  start(() => {
    const record = new Record(pathToHref(file), file);
    return sourceRecord(record, text);
  });
};

exports.preload = function preload(list, done) {
  const parent = { file: `${process.cwd()}/` };
  (async () => {
    for (const one of list) await importFrom(one, parent);
  })().then(() => {
    process.nextTick(done);
  }, (error) => require('internal/uncaught').uncaught(error));
};

function waits(record, seen = new Set()) {
  if (seen.has(record)) return false;
  seen.add(record);
  return (record.hasAwait && record.status !== 'evaluated') || record.dependencies.some((one) => waits(one, seen));
}

// require() of an ES module.
exports.requireModule = function requireModule(filename, text, isMain) {
  if (isMain) {
    exports.runMain(filename);
    return {};
  }
  const url = pathToHref(filename);
  let record = records.get(url);
  if (record === undefined) {
    record = new Record(url, filename);
    records.set(url, record);
    try {
      sourceRecord(record, text);
    } catch (error) {
      records.delete(url);
      throw error;
    }
  }
  prepare(record);
  if (record.status === 'evaluating' && record.promise === undefined) {
    throw new codes.ERR_REQUIRE_CYCLE_MODULE(`Cannot require() ES Module ${filename} in a cycle.`);
  }
  if (waits(record)) throw new codes.ERR_REQUIRE_ASYNC_MODULE();
  evaluate(record);
  if (record.resolved.has('module.exports')) return record.resolved.get('module.exports')();
  if (!record.resolved.has('default') || record.resolved.has('__esModule')) return namespaceOf(record);
  return (record.required ??= makeNamespace(record, [['__esModule', () => true]]));
};

// Where a script's import() calls are resolved from is `filename`, or the expression `where`. A text without strings,
// comments, patterns and bodies, as tools give it to new Function, needs no parser.
exports.rewriteImports = function rewriteImports(text, filename, where = JSON.stringify(filename)) {
  require('internal/modules/cjs_rest').defineImport();
  const call = `globalThis[Symbol.for("cpm.import")](${where})`;
  if (!/['"`/{]/.test(text)) return text.replace(/(?<![\w$.#\\])import(?=\s*\()/g, () => call);
  return transform().rewriteImports(text, call);
};

exports.looksLikeModule = (text) => isModuleText(text);

exports.checkSyntax = (text, path) => { transform().transform(text, path); };

exports.syncBuiltins = () => {};

exports.importFrom = (specifier, file, options) => importFrom(specifier, { file }, options);
