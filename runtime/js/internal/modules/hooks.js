// module.registerHooks: functions between a specifier and its URL (resolve), and between a URL and its text (load), for
// require and import alike. The last registered is asked first; each asks the next, down to what Node does by itself.
// CommonJS goes through here by a Module._load of ours, ES modules because esm.js asks `active()`.
'use strict';

const builtin = require('internal/modules/builtin');
const resolver = require('internal/modules/resolve');
const world = require('internal/world');
const { codes } = require('internal/errors');
const { fileURLToPath, pathToHref } = require('internal/url');
const { Module } = require('internal/modules/cjs');

const USUAL = { import: ['node', 'import', 'module-sync', 'node-addons'], require: ['require', 'node', 'module-sync', 'node-addons'] };
const hooks = []; // { resolve, load }
const more = new Map(); // conditions, as one text -> a resolver that knows them

function wrong(what, name, property, value) {
  return new codes.ERR_INVALID_RETURN_PROPERTY_VALUE(what, name, property, value);
}

// One chain: name is "resolve" or "load"; validate() looks at what each hook gives.
function run(name, subject, context, last, validate) {
  const list = hooks.filter((one) => one[name] !== undefined);
  const step = (i, value, given) => {
    if (i < 0) return last(value, given);
    let asked = false;
    const next = (nextValue, nextContext) => {
      asked = true;
      return step(i - 1, nextValue, nextContext === undefined ? given : { ...given, ...nextContext });
    };
    const result = list[i][name](value, given, next);
    if (result === null || typeof result !== 'object') throw new codes.ERR_INVALID_RETURN_VALUE('an object', name, result);
    if (!asked && result.shortCircuit !== true) throw wrong('true', name, 'shortCircuit', result.shortCircuit);
    validate(result, given);
    return result;
  };
  return step(list.length - 1, subject, context);
}

function checkResolved({ url }) {
  if (typeof url !== 'string') throw wrong('a URL string', 'resolve', 'url', url);
}

function checkLoaded(result, { format }) {
  const { source } = result;
  if ((result.format ?? format) === 'builtin') return;
  if (typeof source === 'string' || ArrayBuffer.isView(source) || require('internal/types').isAnyArrayBuffer(source)) return;
  throw wrong('a string, an ArrayBuffer, or a TypedArray', 'load', 'source', source);
}

const textOf = (source) => (typeof source === 'string' ? source : new TextDecoder().decode(source));

// A resolution with conditions that are not the usual ones, or undefined.
function resolveWith(specifier, parent, kind, conditions) {
  if (conditions === undefined || conditions === null) return undefined;
  if (!Array.isArray(conditions)) throw new codes.ERR_INVALID_ARG_VALUE('conditions', conditions, 'should be an array');
  const extra = conditions.filter((one) => !USUAL[kind].includes(one) && !world.options.conditions?.includes(one));
  if (extra.length === 0) return undefined;
  const key = [...new Set(extra)].sort().join('\0');
  if (!more.has(key)) more.set(key, resolver.open(undefined, [...extra, ...world.options.conditions ?? []]));
  const found = more.get(key).resolve(kind === 'import', specifier, parent);
  if (found.path === undefined) throw resolver.errorOf(found);
  return found;
}

function contextOf(kind, parentURL, importAttributes) {
  return { conditions: [...USUAL[kind], ...world.options.conditions ?? []], importAttributes, parentURL };
}

const FORMATS = { '.cjs': 'commonjs', '.mjs': 'module', '.json': 'json', '.wasm': 'wasm', '.cts': 'commonjs-typescript', '.mts': 'module-typescript' };

// What the name of a file and its package tell of its format; undefined when only its text does.
function formatOf(path) {
  const extension = /\.\w+$/.exec(path)?.[0];
  if (extension === '.js' || extension === '.ts') {
    const found = resolver.resolve(true, pathToHref(path), path);
    if (found.typeless || found.path === undefined) return undefined;
    return `${found.format === 'module' ? 'module' : 'commonjs'}${extension === '.ts' ? '-typescript' : ''}`;
  }
  return FORMATS[extension];
}

// --- require

const plainLoad = Module._load;
let installed = false;

function resolveForRequire(request, parent, isMain) {
  const parentURL = parent?.filename ? pathToHref(parent.filename) : undefined;
  const last = (specifier, { conditions }) => {
    const name = builtin.nameOf(specifier);
    if (name !== undefined) return { url: `node:${name}`, format: 'builtin' };
    const path = resolveWith(specifier, parent?.filename ?? `${process.cwd()}/`, 'require', conditions)?.path ??
      Module._resolveFilename(specifier, parent, isMain);
    return builtin.nameOf(path) === undefined ? { url: pathToHref(path), format: formatOf(path) } : { url: `node:${path}`, format: 'builtin' };
  };
  return run('resolve', request, contextOf('require', parentURL, {}), last, checkResolved);
}

// The usual text of a URL.
function readSource(url, { format }, isText) {
  if (url.startsWith('node:')) return { source: null, format: 'builtin' };
  if (!url.startsWith('file:')) throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(new URL(url).protocol);
  const path = fileURLToPath(url);
  const source = require('fs').readFileSync(path, isText ? 'utf8' : undefined);
  return { source, format: format ?? formatOf(path) };
}

function loadText(url, format, kind, importAttributes = {}) {
  const context = { ...contextOf(kind, undefined, importAttributes), format };
  delete context.parentURL;
  return run('load', url, context, (given, now) => readSource(given, now, kind === 'require'), checkLoaded);
}

function compile(module, filename, { format, source }) {
  if (format === 'json') {
    module.exports = JSON.parse(textOf(source));
    return;
  }
  let text = textOf(source);
  if (format?.endsWith('-typescript')) text = require('internal/modules/typescript').strip(text, filename);
  const kind = format?.replace('-typescript', '');
  if (kind !== undefined && kind !== null && kind !== 'commonjs' && kind !== 'module') throw new codes.ERR_UNKNOWN_MODULE_FORMAT(format, filename);
  module._compile(text, filename, kind ?? undefined);
}

function loadHooked(request, parent, isMain) {
  if (hooks.length === 0) return Reflect.apply(plainLoad, this, [request, parent, isMain]);
  const { url, format } = resolveForRequire(request, parent, isMain);
  if (url.startsWith('node:')) {
    const id = url.slice(5);
    loadText(url, 'builtin', 'require');
    if (builtin.nameOf(url) === undefined) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(url);
    return builtin.load(id);
  }
  const filename = url.startsWith('file:') ? fileURLToPath(url) : url;
  const cached = Module._cache[filename];
  if (cached !== undefined) return cached.exports;
  const module = new Module(filename, parent);
  Module._cache[filename] = module;
  try {
    module.filename = filename;
    module.paths = Module._nodeModulePaths(module.path);
    if (url.startsWith('file:') && !hooks.some((one) => one.load)) module.load(filename);
    else compile(module, filename, loadText(url, format, 'require'));
    module.loaded = true;
  } catch (error) {
    delete Module._cache[filename];
    throw error;
  }
  return module.exports;
}

// --- import

// Where a specifier leads: { url, format }. `plain` is the resolution without hooks: { builtin } or { url, format }.
function resolveForImport(specifier, parentURL, parentFile, attributes, plain) {
  const last = (given, { conditions, parentURL: from }) => {
    const other = builtin.nameOf(given) === undefined ? resolveWith(given, parentFile, 'import', conditions) : undefined;
    if (other !== undefined) return { url: pathToHref(other.path), format: formatOf(other.path) };
    const target = plain(given, from);
    return target.builtin === undefined ? { url: target.url, format: target.file === undefined ? undefined : formatOf(target.file) }
      : { url: `node:${target.builtin}`, format: 'builtin' };
  };
  return run('resolve', specifier, contextOf('import', parentURL, attributes), last, checkResolved);
}

function registerHooks(options) {
  const { validateFunction, validateObject } = require('internal/validators');
  validateObject(options, 'hooks');
  const { resolve, load } = options;
  if (resolve !== undefined && resolve !== null) validateFunction(resolve, 'hooks.resolve');
  if (load !== undefined && load !== null) validateFunction(load, 'hooks.load');
  const own = { resolve: resolve ?? undefined, load: load ?? undefined };
  hooks.push(own);
  if (!installed) {
    installed = true;
    Module._load = loadHooked;
    require('internal/modules/esm').setHooks(module.exports);
  }
  return {
    deregister() {
      const at = hooks.indexOf(own);
      if (at >= 0) hooks.splice(at, 1);
    },
  };
}

module.exports = {
  registerHooks, resolveForImport, loadText, textOf,
  active: () => hooks.length > 0,
  loads: () => hooks.some((one) => one.load),
};
