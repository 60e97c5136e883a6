// CommonJS: Module, require, and their hooks: what every program needs; cjs_rest is the rest. A file goes from the disk
// into the engine in one native call, unless somebody has put an own _compile or extension in the way.
'use strict';

const builtin = require('internal/modules/builtin');
const resolver = require('internal/modules/resolve');
const world = require('internal/world');
const lazy = require('internal/lazy');
const files = native('module');
const rest = () => require('internal/modules/cjs_rest');

const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'];

function dirname(path) {
  const at = path.lastIndexOf('/');
  return at > 0 ? path.slice(0, at) : '/';
}

// path.resolve, which explains itself where there is no current folder.
function absolute(path) {
  const found = files.absolute(path);
  return typeof found === 'string' ? found : require('path').resolve(path);
}

function Module(id = '', parent) {
  this.id = id;
  this.path = dirname(id);
  Object.defineProperty(this, 'exports', { value: {}, writable: true, enumerable: true, configurable: true });
  setParent(this, parent);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

const state = { main: undefined, isPreloading: false };
const parents = new WeakMap();
function setParent(module, parent) {
  parents.set(module, parent);
  if (parent?.children && !parent.children.includes(module)) parent.children.push(module);
}

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
Module.globalPaths = [];
Module.wrapper = WRAPPER;
Module.wrap = (script) => Module.wrapper[0] + script + Module.wrapper[1];
Module.Module = Module;

Object.defineProperty(Module.prototype, 'constructor', { value: Module, configurable: true, enumerable: false, writable: true });
Object.defineProperty(Module.prototype, 'parent', {
  get() { return parents.get(this); },
  set(value) { parents.set(this, value); },
});
Object.defineProperty(Module.prototype, 'isPreloading', { get: () => state.isPreloading });
lazy.define(Module, 'builtinModules', () => builtin.list(), true);
Module.isBuiltin = (id) => builtin.isBuiltin(id);
for (const name of ['_initPaths', '_resolveLookupPaths', '_findPath', '_preloadModules', 'createRequire', 'syncBuiltinESMExports',
  'findSourceMap', 'SourceMap', 'register', 'registerHooks', 'enableCompileCache', 'getCompileCacheDir', 'flushCompileCache',
  'constants', 'stripTypeScriptTypes', 'findPackageJSON', '_debug', '_stat', '_readPackage']) {
  lazy.define(Module, name, () => rest().statics[name], true);
}


Module._nodeModulePaths = function _nodeModulePaths(from) {
  from = absolute(from);
  const paths = [];
  for (let at = from; ; at = dirname(at)) {
    if (!at.endsWith('/node_modules')) paths.push(at === '/' ? '/node_modules' : `${at}/node_modules`);
    if (at === '/') return paths;
  }
};

function isRelative(request) {
  return request[0] === '.' && (request.length === 1 || request[1] === '/' ||
    (request[1] === '.' && (request.length === 2 || request[2] === '/')));
}

function tryFrom(request, parentFile) {
  resolver.setExtensions(Object.keys(Module._extensions));
  return resolver.resolve(false, request, parentFile);
}

Module._resolveFilename = function _resolveFilename(request, parent, isMain, options) {
  const name = builtin.nameOf(request);
  if (name !== undefined) return request;
  if (options?.paths !== undefined) return rest().resolveIn(request, parent, options.paths);
  const from = parent?.filename ?? (parent?.path && parent.path !== '.' ? `${parent.path}/` : `${absolute('.')}/`);
  const found = tryFrom(request, from);
  if (found.path === undefined || found.format === 'builtin') return rest().resolveElsewhere(request, parent, from, found);
  resolved = found;
  return found.path;
};

let resolved; // the last answer, whose format load() asks for

// What is required a second time from the same folder is found without the resolver.
const relative = new Map();

Module._load = function _load(request, parent, isMain) {
  let key;
  if (parent) {
    key = `${parent.path}\0${request}`;
    const filename = relative.get(key);
    if (filename !== undefined) {
      const cached = Module._cache[filename];
      if (cached !== undefined) return exportsOf(cached, parent);
      relative.delete(key);
    }
  }
  const name = builtin.nameOf(request);
  if (name !== undefined && (request.startsWith('node:') || Module._cache[request] === undefined)) return require(name);
  const filename = Module._resolveFilename(request, parent, isMain);
  const cached = Module._cache[filename];
  if (cached !== undefined) return exportsOf(cached, parent);
  const isBuiltin = builtin.nameOf(filename);
  if (isBuiltin !== undefined) return require(isBuiltin);
  const module = new Module(filename, parent);
  if (isMain) {
    process.mainModule = module;
    module.id = '.';
    state.main = module;
  }
  Module._cache[filename] = module;
  if (key !== undefined) relative.set(key, filename);
  let failed = true;
  try {
    module.load(filename);
    failed = false;
  } finally {
    if (failed) {
      delete Module._cache[filename];
      if (key !== undefined) relative.delete(key);
      const at = parent?.children?.indexOf(module) ?? -1;
      if (at >= 0) parent.children.splice(at, 1);
    }
  }
  return module.exports;
};

function exportsOf(cached, parent) {
  if (parent?.children && !parent.children.includes(cached)) parent.children.push(cached);
  return cached.exports;
}

function extensionOf(filename) {
  const name = filename.slice(filename.lastIndexOf('/') + 1);
  for (let at = name.indexOf('.', 1); at > 0; at = name.indexOf('.', at + 1)) {
    const extension = name.slice(at);
    if (Module._extensions[extension]) return extension;
  }
  return '.js';
}

Module.prototype.load = function load(filename) {
  this.filename = filename;
  this.paths ??= Module._nodeModulePaths(dirname(filename));
  Module._extensions[extensionOf(filename)](this, filename);
  this.loaded = true;
};

Module.prototype.require = function(id) {
  if (typeof id !== 'string' || id === '') rest().refuse(id);
  return Module._load(id, this, false);
};

function makeRequire(module) {
  const fn = function require(path) {
    return module.require(path);
  };
  fn.resolve = function resolve(request, options) {
    require('internal/validators').validateString(request, 'request');
    return Module._resolveFilename(request, module, false, options);
  };
  fn.resolve.paths = function paths(request) {
    require('internal/validators').validateString(request, 'request');
    return Module._resolveLookupPaths(request, module);
  };
  fn.main = state.main;
  fn.extensions = Module._extensions;
  fn.cache = Module._cache;
  return fn;
}

function fileError(errno, path) {
  return require('internal/errors').uvException({ errno, syscall: 'open', path });
}

function runCompiled(module, fn, filename) {
  world.wrapped.set(filename, fn);
  return Reflect.apply(fn, module.exports, [module.exports, makeRequire(module), module, filename, dirname(filename)]);
}

Module.prototype._compile = function _compile(content, filename, format) {
  return rest().compile(this, content, filename, format);
};
const ownCompile = Module.prototype._compile;

function readText(filename) {
  const text = files.readText(filename);
  if (typeof text === 'number') throw fileError(text, filename);
  return text;
}

// "module", "commonjs", or undefined when package.json does not tell.
function typeOf(filename) {
  if (filename.endsWith('.cjs')) return 'commonjs';
  if (filename.endsWith('.mjs')) return 'module';
  const found = resolved?.path === filename ? resolved : resolver.resolve(false, filename, filename);
  if (found.format === 'module') return 'module';
  return found.typeless || found.path === undefined ? undefined : 'commonjs';
}

// 115: s, the end of .ts, .mts and .cts
const isTypeScript = (filename) => filename.charCodeAt(filename.length - 1) === 115 && /\.[cm]?ts$/.test(filename);

Module._extensions['.js'] = function(module, filename) {
  if (isTypeScript(filename)) return rest().loadTypeScript(module, filename);
  const type = typeOf(filename);
  if (type === 'module' || module._compile !== ownCompile || Module.wrapper !== WRAPPER) {
    return module._compile(readText(filename), filename, type);
  }
  let fn;
  try {
    fn = files.compileFile(filename) ?? rest().compileCached(filename);
  } catch (error) {
    return rest().loadByError(module, filename, type, error);
  }
  if (typeof fn === 'number') throw fileError(fn, filename);
  runCompiled(module, fn, filename);
};

Module._extensions['.json'] = function(module, filename) {
  const text = readText(filename);
  try {
    module.exports = JSON.parse(text);
  } catch (error) {
    error.message = `${filename}: ${error.message}`;
    throw error;
  }
};

Module._extensions['.node'] = (module, filename) => rest().refuseAddon(filename);

Module.runMain = function runMain() {
  const path = absolute(process.argv[1]);
  const found = tryFrom(path, path);
  if (found.path === undefined && found.code !== 'MODULE_NOT_FOUND') throw resolver.errorOf(found);
  const filename = found.path ?? Module._resolveFilename(path, null, true);
  process.argv[1] = path;
  if ((found.format === 'module' && !found.typeless) || filename.endsWith('.mjs') || filename.endsWith('.wasm')) {
    return require('internal/modules/esm').runMain(filename);
  }
  return Module._load(filename, null, true);
};

module.exports = {
  Module, state, parents, WRAPPER, dirname, isRelative, tryFrom, typeOf, makeRequire, readText, runCompiled,
  runMain: () => Module.runMain(),
};
