// The resolver behind require and import: Node's algorithm, in C, with what it remembers of the disk.
'use strict';

const USUAL = '.js\0.json\0.node';

let resolver;
let extensions = USUAL;

function open(list, conditions) {
  const { options } = require('internal/world');
  return native('module').openResolver({
    conditions: conditions ?? options.conditions,
    extensions: list,
    main: process.argv[1] ?? process.cwd(), // the index of a node_modules above it is used
    nodePath: native('process').getEnv('NODE_PATH'),
    preserveSymlinks: Boolean(options['preserve-symlinks']),
  });
}

// The resolver for the extensions that require knows now; another set makes another resolver.
function current() {
  if (resolver === undefined) resolver = open(undefined);
  return resolver;
}

exports.setExtensions = function setExtensions(list) {
  const text = list.join('\0');
  if (text === extensions) return;
  extensions = text;
  resolver = text === USUAL ? undefined : open(list);
};

exports.resolve = function resolve(isImport, specifier, parent) {
  const found = current().resolve(isImport, specifier, parent);
  return found;
};

exports.open = open;
exports.forget = () => resolver?.forget();

const SYNTAX = new Set(['ERR_INVALID_MODULE_SPECIFIER', 'ERR_INVALID_PACKAGE_TARGET', 'ERR_PACKAGE_PATH_NOT_EXPORTED',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED', 'ERR_INVALID_PACKAGE_CONFIG', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_MODULE_NOT_FOUND']);
const TYPE_ERRORS = new Set(['ERR_INVALID_MODULE_SPECIFIER', 'ERR_PACKAGE_IMPORT_NOT_DEFINED',
  'ERR_UNSUPPORTED_RESOLVE_REQUEST']);

// The resolver's answer as Node's error.
exports.errorOf = function errorOf({ code, message }) {
  const Base = TYPE_ERRORS.has(code) ? TypeError : Error;
  const error = new Base(message);
  error.code = code;
  if (SYNTAX.has(code)) error.stack = String(error.stack).replace(/^\w+/, (name) => `${name} [${code}]`);
  return error;
};
