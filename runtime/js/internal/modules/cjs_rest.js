// What programs seldom ask of CommonJS: a text that is compiled otherwise, look-ups of their own, the statics of Module.
'use strict';

const { Module, state, parents, WRAPPER, isRelative, tryFrom, typeOf, makeRequire, runCompiled, readText, dirname } = require('internal/modules/cjs');
const builtin = require('internal/modules/builtin');
const resolver = require('internal/modules/resolve');
const lazy = require('internal/lazy');
const files = native('module');

const statics = {};

statics._initPaths = function _initPaths() {
  const home = process.env.HOME;
  const paths = [require('path').resolve(process.execPath, '..', '..', 'lib', 'node')];
  if (home) paths.unshift(`${home}/.node_modules`, `${home}/.node_libraries`);
  const nodePath = process.env.NODE_PATH;
  if (nodePath) paths.unshift(...nodePath.split(':').filter(Boolean));
  Module.globalPaths = paths;
};

statics._resolveLookupPaths = function _resolveLookupPaths(request, parent) {
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

// In the folders of options.paths, in their order.
function resolveIn(request, parent, paths) {
  if (!Array.isArray(paths)) {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('options.paths', paths);
  }
  for (const path of paths) {
    const folder = require('path').resolve(path);
    const found = tryFrom(request, `${folder}/`);
    if (found.path !== undefined) return found.path;
  }
  throw notFound(request, parent);
}

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

// A file that has come since the resolver looked for it.
function madeSince(request, from) {
  if (!isRelative(request) && request[0] !== '/') return undefined;
  const path = require('path').resolve(dirname(from), request);
  if (!['', ...Object.keys(Module._extensions)].some((extension) => files.kind(path + extension) >= 0)) return undefined;
  resolver.forget();
  return tryFrom(request, from).path;
}

// What the resolver has not found beside the parent, or what is no file: a path, or an error.
function resolveElsewhere(request, parent, from, found) {
  if (found.format === 'builtin') throw notFound(request, parent); // one that is not here yet
  if (found.code !== 'MODULE_NOT_FOUND') throw resolver.errorOf(found);
  if (request.startsWith('node:')) throw new (require('internal/errors').codes.ERR_UNKNOWN_BUILTIN_MODULE)(request);
  const elsewhere = madeSince(request, from) ?? lookInPaths(request, parent, from);
  if (elsewhere !== undefined) return elsewhere;
  const error = notFound(request, parent);
  if (found.message?.includes('Please verify')) error.message = found.message;
  throw error;
}

statics._findPath = function _findPath(request, paths) {
  const list = request[0] === '/' ? [''] : paths ?? [];
  for (const path of list) {
    const found = tryFrom(path ? `${require('path').resolve(path)}/${request}` : request, `${process.cwd()}/`);
    if (found.path !== undefined) return found.path;
  }
  return false;
};

// require() of what is no name.
function refuse(id) {
  require('internal/validators').validateString(id, 'id');
  throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('id', id, 'must be a non-empty string');
}

function refuseAddon(filename) {
  const error = new Error(`Module did not self-register: '${filename}'. This runtime loads no native addons.`);
  error.code = 'ERR_DLOPEN_FAILED';
  throw error;
}

// Turns import() into a call of ours; the text stays as it is where there is none.
function withImports(text, filename) {
  return require('internal/modules/esm').rewriteImports(text, filename);
}

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

// The functions behind import() and `using`, without the linker until they are called.
function defineImport() {
  const key = Symbol.for('cpm.import');
  if (Object.hasOwn(globalThis, key)) return;
  const value = (file) => (specifier, options) => require('internal/modules/esm').importFrom(specifier, file, options);
  Object.defineProperty(globalThis, key, { value, enumerable: false });
  Object.defineProperty(globalThis, Symbol.for('cpm.using'), { value: () => require('internal/dispose').scope(), enumerable: false });
}

function compileText(text, filename) {
  if (text.startsWith('#!')) text = `//${text}`;
  if (/\bimport\s*(?:\/[/*][\s\S]*?)?\(/.test(text) || require('internal/modules/using').appears(text)) text = withImports(text, filename);
  return files.evaluate(Module.wrapper[0] + text + Module.wrapper[1], filename);
}

// Whether the file is an ES module by its syntax, though nothing else says so.
function isModuleSyntax(error, text, filename) {
  return error instanceof SyntaxError && /\b(import|export|await)\b/.test(text) &&
    require('internal/modules/esm').looksLikeModule(text, filename);
}

function loadAsModule(module, filename, text) {
  module.exports = require('internal/modules/esm').requireModule(filename, text, module === state.main);
}

// A script that has failed for its `using` alone, or undefined.
function compileUsing(filename, text) {
  if (!require('internal/modules/using').appears(text)) return undefined;
  try {
    return compileCached(filename);
  } catch {
    return undefined;
  }
}

// A file that is no script, as it seems: an ES module, or an error.
function loadByError(module, filename, type, error) {
  const text = readText(filename);
  const fn = type === 'module' ? undefined : compileUsing(filename, text);
  if (fn !== undefined) return runCompiled(module, fn, filename);
  if (type === 'commonjs' || !isModuleSyntax(error, text, filename)) throw error;
  return loadAsModule(module, filename, text);
}

// Module.prototype._compile
function compile(module, content, filename, format) {
  if (format === 'module') return loadAsModule(module, filename, content);
  let fn;
  try {
    fn = compileText(content, filename);
  } catch (error) {
    if (format === 'commonjs' || !isModuleSyntax(error, content, filename)) throw error;
    return loadAsModule(module, filename, content);
  }
  return runCompiled(module, fn, filename);
}

statics._preloadModules = function _preloadModules(list) {
  state.isPreloading = true;
  const parent = new Module('internal/preload', null);
  parent.paths = Module._nodeModulePaths(process.cwd());
  parent.path = process.cwd();
  for (const id of list) parent.require(id);
  state.isPreloading = false;
};

statics.createRequire = function createRequire(filename) {
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

statics.syncBuiltinESMExports = () => require('internal/modules/esm').syncBuiltins();
statics.findSourceMap = () => undefined;
statics.SourceMap = class SourceMap { constructor(payload) { this.payload = payload; } };
statics.register = (...args) => require('internal/modules/hooks').register(...args);
statics.registerHooks = (...args) => require('internal/modules/hooks').registerHooks(...args);
statics.enableCompileCache = () => ({ status: 3 });
statics.getCompileCacheDir = () => undefined;
statics.flushCompileCache = () => {};
statics.constants = Object.freeze({ compileCacheStatus: Object.freeze({ FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }) });
statics.stripTypeScriptTypes = (...args) => require('internal/modules/typescript').stripTypeScriptTypes(...args);
statics.findPackageJSON = (...args) => require('internal/modules/package_json').find(...args);
statics._debug = () => {};
statics._stat = (path) => files.kind(path);
statics._readPackage = () => undefined;

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
    lazy.define(globalThis, id, () => require(id));
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
  statics, resolveIn, resolveElsewhere, refuse, refuseAddon, compileCached, loadTypeScript, loadByError, compile, evaluateMain,
  checkSyntax, defineImport,
};
