// CommonJS: Module, require, and their hooks. A file goes from the disk into the engine in one native
// call, unless somebody has put an own _compile or extension in the way.
'use strict';

const builtin = require('internal/modules/builtin');
const resolver = require('internal/modules/resolve');
const stack = require('internal/stack');
const files = native('module');

const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'];

function dirname(path) {
  const at = path.lastIndexOf('/');
  return at > 0 ? path.slice(0, at) : '/';
}

function Module(id = '', parent) {
  this.id = id;
  this.path = dirname(id);
  this.exports = {};
  setParent(this, parent);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

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
Object.defineProperty(Module.prototype, 'isPreloading', { get: () => preloading });
require('internal/lazy').define(Module, 'builtinModules', () => builtin.list(), true);

let preloading = false;

Module._nodeModulePaths = function _nodeModulePaths(from) {
  from = require('path').resolve(from);
  const paths = [];
  for (let at = from; ; at = dirname(at)) {
    if (!at.endsWith('/node_modules')) paths.push(at === '/' ? '/node_modules' : `${at}/node_modules`);
    if (at === '/') return paths;
  }
};

Module._initPaths = function _initPaths() {
  const home = process.env.HOME;
  const paths = [require('path').resolve(process.execPath, '..', '..', 'lib', 'node')];
  if (home) paths.unshift(`${home}/.node_modules`, `${home}/.node_libraries`);
  const nodePath = process.env.NODE_PATH;
  if (nodePath) paths.unshift(...nodePath.split(':').filter(Boolean));
  Module.globalPaths = paths;
};

function isRelative(request) {
  return request[0] === '.' && (request.length === 1 || request[1] === '/' ||
    (request[1] === '.' && (request.length === 2 || request[2] === '/')));
}

Module._resolveLookupPaths = function _resolveLookupPaths(request, parent) {
  if (builtin.nameOf(request) !== undefined) return null;
  if (!isRelative(request)) {
    const paths = [...(parent?.paths ?? []), ...Module.globalPaths];
    return paths.length > 0 ? paths : null;
  }
  if (!parent?.id || !parent.filename) return ['.', ...Module._nodeModulePaths('.'), ...Module.globalPaths];
  return [dirname(parent.filename)];
};

function requireStack(parent) {
  const list = [];
  for (let at = parent; at; at = parents.get(at)) list.push(at.filename || at.id);
  return list;
}

function notFound(request, parent) {
  const list = requireStack(parent);
  let message = `Cannot find module '${request}'`;
  if (list.length > 0) message += `\nRequire stack:\n- ${list.join('\n- ')}`;
  const error = new Error(message);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = list;
  return error;
}

function tryFrom(request, parentFile) {
  resolver.setExtensions(Object.keys(Module._extensions));
  return resolver.resolve(false, request, parentFile);
}

// In the folders of options.paths, in their order.
function resolveIn(request, parent, paths) {
  for (const path of paths) {
    const folder = require('path').resolve(path);
    const found = tryFrom(request, `${folder}/`);
    if (found.path !== undefined) return found.path;
  }
  throw notFound(request, parent);
}

Module._resolveFilename = function _resolveFilename(request, parent, isMain, options) {
  const name = builtin.nameOf(request);
  if (name !== undefined) return request;
  if (options?.paths !== undefined) {
    if (!Array.isArray(options.paths)) {
      throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('options.paths', options.paths);
    }
    return resolveIn(request, parent, options.paths);
  }
  const from = parent?.filename ?? (parent?.path && parent.path !== '.' ? `${parent.path}/` : `${process.cwd()}/`);
  const found = tryFrom(request, from);
  if (found.format === 'builtin') throw notFound(request, parent); // one that is not here yet
  if (found.path !== undefined) return found.path;
  if (found.code === 'MODULE_NOT_FOUND') {
    if (request.startsWith('node:')) throw new (require('internal/errors').codes.ERR_UNKNOWN_BUILTIN_MODULE)(request);
    const elsewhere = lookInPaths(request, parent, from);
    if (elsewhere !== undefined) return elsewhere;
    const error = notFound(request, parent);
    if (found.message?.includes('Please verify')) error.message = found.message;
    throw error;
  }
  throw resolver.errorOf(found);
};

// module.paths that a program has changed.
function lookInPaths(request, parent, from) {
  if (isRelative(request) || request[0] === '/' || !parent?.paths) return undefined;
  const usual = new Set(Module._nodeModulePaths(dirname(from)));
  for (const path of parent.paths) {
    if (usual.has(path)) continue;
    const found = tryFrom(`${require('path').resolve(path)}/${request}`, from);
    if (found.path !== undefined) return found.path;
  }
  return undefined;
}

Module._findPath = function _findPath(request, paths) {
  const list = request[0] === '/' ? [''] : paths ?? [];
  for (const path of list) {
    const found = tryFrom(path ? `${require('path').resolve(path)}/${request}` : request, `${process.cwd()}/`);
    if (found.path !== undefined) return found.path;
  }
  return false;
};

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
    mainModule = module;
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

let mainModule;

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
  require('internal/validators').validateString(id, 'id');
  if (id === '') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('id', id, 'must be a non-empty string');
  }
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
  fn.main = mainModule;
  fn.extensions = Module._extensions;
  fn.cache = Module._cache;
  return fn;
}

function fileError(errno, path) {
  return require('internal/errors').uvException({ errno, syscall: 'open', path });
}

// Turns import() into a call of ours; the text stays as it is where there is none.
function withImports(text, filename) {
  return require('internal/modules/esm').rewriteImports(text, filename);
}

const isTypeScript = (filename) => filename.charCodeAt(filename.length - 1) === 115 && /\.[cm]?ts$/.test(filename);

// A file that may hold import(), or types: rewritten once, then taken from the cache. `change` makes the text that is
// compiled; when it gives undefined, so does this.
function compileCached(filename, kind = 'cjs', change = (text) => text) {
  const cache = require('internal/modules/cache');
  const found = cache.load(filename, filename, kind);
  defineImport();
  if (found.made !== undefined) return found.made[1];
  const text = change(found.text.startsWith('#!') ? `//${found.text}` : found.text);
  if (text === undefined) return undefined;
  const code = WRAPPER[0] + require('internal/modules/esm').rewriteImports(text, filename, '__filename') + WRAPPER[1];
  const fn = files.evaluate(code, filename);
  cache.store(found.key, { code }, kind);
  return fn;
}

function loadTypeScript(module, filename) {
  const { strip } = require('internal/modules/typescript');
  const type = typeOf(filename);
  let code;
  const fn = type === 'module' ? undefined : compileCached(filename, 'cts', (text) => {
    code = strip(text, filename);
    return type === undefined && require('internal/modules/esm').looksLikeModule(code) ? undefined : code;
  });
  if (fn === undefined) return loadAsModule(module, filename, code ?? strip(readText(filename), filename));
  runCompiled(module, fn, filename);
}

// The function behind import(), without the linker until it is called.
function defineImport() {
  const key = Symbol.for('cpm.import');
  if (Object.hasOwn(globalThis, key)) return;
  const value = (file) => (specifier, options) => require('internal/modules/esm').importFrom(specifier, file, options);
  Object.defineProperty(globalThis, key, { value, enumerable: false });
}

function compileText(text, filename) {
  if (text.startsWith('#!')) text = `//${text}`;
  if (/\bimport\s*(?:\/[/*][\s\S]*?)?\(/.test(text)) text = withImports(text, filename);
  return files.evaluate(Module.wrapper[0] + text + Module.wrapper[1], filename);
}

function runCompiled(module, fn, filename) {
  stack.addWrapped(filename);
  return Reflect.apply(fn, module.exports, [module.exports, makeRequire(module), module, filename, dirname(filename)]);
}

// Whether the file is an ES module by its syntax, though nothing else says so.
function isModuleSyntax(error, text, filename) {
  return error instanceof SyntaxError && /\b(import|export|await)\b/.test(text) &&
    require('internal/modules/esm').looksLikeModule(text, filename);
}

function loadAsModule(module, filename, text) {
  module.exports = require('internal/modules/esm').requireModule(filename, text, module === mainModule);
}

Module.prototype._compile = function _compile(content, filename, format) {
  if (format === 'module') return loadAsModule(this, filename, content);
  let fn;
  try {
    fn = compileText(content, filename);
  } catch (error) {
    if (format === 'commonjs' || !isModuleSyntax(error, content, filename)) throw error;
    return loadAsModule(this, filename, content);
  }
  return runCompiled(this, fn, filename);
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
  const found = resolver.resolve(false, filename, filename);
  if (found.format === 'module') return 'module';
  return found.typeless || found.path === undefined ? undefined : 'commonjs';
}

Module._extensions['.js'] = function(module, filename) {
  if (isTypeScript(filename)) return loadTypeScript(module, filename);
  const type = typeOf(filename);
  if (type === 'module') return module._compile(readText(filename), filename, 'module');
  if (module._compile !== ownCompile || Module.wrapper !== WRAPPER) {
    return module._compile(readText(filename), filename, type);
  }
  let fn;
  try {
    fn = files.compileFile(filename) ?? compileCached(filename);
  } catch (error) {
    const text = readText(filename);
    if (type !== 'commonjs' && isModuleSyntax(error, text, filename)) return loadAsModule(module, filename, text);
    throw error;
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

Module._extensions['.node'] = function(module, filename) {
  const error = new Error(`Module did not self-register: '${filename}'. This runtime loads no native addons.`);
  error.code = 'ERR_DLOPEN_FAILED';
  throw error;
};

Module.runMain = function runMain() {
  const path = require('path').resolve(process.argv[1]);
  const found = resolver.resolve(false, path, `${process.cwd()}/`);
  if (found.path === undefined && found.code !== 'MODULE_NOT_FOUND') throw resolver.errorOf(found);
  const filename = found.path ?? Module._resolveFilename(path, null, true);
  process.argv[1] = path;
  const extension = filename.slice(filename.lastIndexOf('.') + 1);
  if ((found.format === 'module' && !found.typeless) || extension === 'mjs') return require('internal/modules/esm').runMain(filename);
  if (extension === 'wasm') return require('internal/modules/esm').runMain(filename);
  return Module._load(filename, null, true);
};

Module._preloadModules = function _preloadModules(list) {
  preloading = true;
  const parent = new Module('internal/preload', null);
  parent.paths = Module._nodeModulePaths(process.cwd());
  parent.path = process.cwd();
  for (const id of list) parent.require(id);
  preloading = false;
};

Module.isBuiltin = (id) => builtin.isBuiltin(id);

Module.createRequire = function createRequire(filename) {
  const { codes } = require('internal/errors');
  let path = filename;
  if ((typeof filename === 'object' && filename !== null && filename.href) ||
      (typeof filename === 'string' && filename[0] !== '/')) {
    try {
      path = require('internal/url').fileURLToPath(filename);
    } catch {
      throw new codes.ERR_INVALID_ARG_VALUE('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
    }
  } else if (typeof filename !== 'string') {
    throw new codes.ERR_INVALID_ARG_VALUE('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  }
  const module = new Module(path);
  module.filename = path.endsWith('/') ? `${path}noop.js` : path;
  module.path = dirname(module.filename);
  module.paths = Module._nodeModulePaths(module.path);
  return makeRequire(module);
};

Module.syncBuiltinESMExports = () => require('internal/modules/esm').syncBuiltins();
Module.findSourceMap = () => undefined;
Module.SourceMap = class SourceMap { constructor(payload) { this.payload = payload; } };
Module.register = (...args) => require('internal/modules/hooks').register(...args);
Module.registerHooks = (...args) => require('internal/modules/hooks').registerHooks(...args);
Module.enableCompileCache = () => ({ status: 3 });
Module.getCompileCacheDir = () => undefined;
Module.flushCompileCache = () => {};
Module.constants = Object.freeze({ compileCacheStatus: Object.freeze({ FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }) });
Module.stripTypeScriptTypes = (...args) => require('internal/modules/typescript').stripTypeScriptTypes(...args);
Module.findPackageJSON = (...args) => require('internal/modules/package_json').find(...args);
Module._debug = () => {};
Module._stat = (path) => files.kind(path);
Module._readPackage = () => undefined;

// A text of -e: runs with require and module at hand, in the global scope.
function evaluateMain(text, name) {
  const module = new Module(name);
  module.filename = `${process.cwd()}/${name}`;
  module.path = process.cwd();
  module.paths = Module._nodeModulePaths(process.cwd());
  const fn = makeRequire(module);
  for (const [key, value] of Object.entries({ module, require: fn, exports: module.exports, __filename: name, __dirname: '.' })) {
    Object.defineProperty(globalThis, key, { value, writable: true, configurable: true, enumerable: false });
  }
  for (const id of builtin.list()) {
    if (id.includes(':') || id.includes('/') || id[0] === '_' || Object.hasOwn(globalThis, id)) continue;
    require('internal/lazy').define(globalThis, id, () => require(id));
  }
  if (/\bimport\s*\(/.test(text)) text = withImports(text, module.filename);
  try {
    return files.evaluate(text, name);
  } catch (error) {
    if (!isModuleSyntax(error, text, module.filename)) throw error;
    return require('internal/modules/esm').evaluate(text);
  }
}

function checkSyntax(text, path) {
  if (typeOf(path) === 'module') return require('internal/modules/esm').checkSyntax(text, path);
  try {
    compileText(text, path);
  } catch (error) {
    if (!isModuleSyntax(error, text, path)) throw error;
    require('internal/modules/esm').checkSyntax(text, path);
  }
}

module.exports = {
  Module, runMain: () => Module.runMain(), evaluateMain, checkSyntax, makeRequire, compileText, defineImport,
  mainModule: () => mainModule,
};
