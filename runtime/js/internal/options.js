// Node's command line and NODE_OPTIONS.
'use strict';

// name -> { short, kind, env }; kind: flag, value, list. env: allowed in NODE_OPTIONS.
const FLAG = 'flag';
const VALUE = 'value';
const LIST = 'list';
const known = {
  'version': { short: 'v', kind: FLAG, env: false },
  'help': { short: 'h', kind: FLAG, env: false },
  'eval': { short: 'e', kind: VALUE, env: false },
  'print': { short: 'p', kind: FLAG, env: false },
  'check': { short: 'c', kind: FLAG, env: false },
  'interactive': { short: 'i', kind: FLAG, env: false },
  'require': { short: 'r', kind: LIST },
  'import': { kind: LIST },
  'loader': { kind: LIST }, 'experimental-loader': { kind: LIST },
  'conditions': { short: 'C', kind: LIST },
  'env-file': { kind: LIST, env: false }, 'env-file-if-exists': { kind: LIST, env: false },
  'input-type': { kind: VALUE },
  'experimental-default-type': { kind: VALUE },
  'title': { kind: VALUE },
  'unhandled-rejections': { kind: VALUE },
  'stack-trace-limit': { kind: VALUE },
  'max-old-space-size': { kind: VALUE }, 'max-semi-space-size': { kind: VALUE },
  'max-http-header-size': { kind: VALUE },
  'stack-size': { kind: VALUE, env: false },
  'dns-result-order': { kind: VALUE },
  'icu-data-dir': { kind: VALUE }, 'openssl-config': { kind: VALUE },
  'disable-warning': { kind: LIST },
  'redirect-warnings': { kind: VALUE }, 'report-dir': { kind: VALUE }, 'diagnostic-dir': { kind: VALUE },
  'secure-heap': { kind: VALUE }, 'secure-heap-min': { kind: VALUE },
  'tls-cipher-list': { kind: VALUE }, 'tls-keylog': { kind: VALUE },
  'test-reporter': { kind: LIST }, 'test-reporter-destination': { kind: LIST }, 'test-name-pattern': { kind: LIST },
  'watch-path': { kind: LIST }, 'localstorage-file': { kind: VALUE }, 'experimental-config-file': { kind: VALUE },
  'trace-event-categories': { kind: VALUE }, 'trace-require-module': { kind: VALUE },
  'inspect-port': { kind: VALUE }, 'network-family-autoselection-attempt-timeout': { kind: VALUE },
};

const byShort = new Map();
for (const name of Object.keys(known)) if (known[name].short) byShort.set(known[name].short, name);

const values = require('internal/world').options;

const environmentText = () => (native('process').getEnv('NODE_OPTIONS') ?? '').trim();

function bad(message) {
  native('process').write(2, `${process.execPath}: ${message}\n`);
  native('process').end(9);
}

function take(name, value) {
  if (known[name]?.kind === LIST) (values[name] ??= []).push(value);
  else values[name] = value;
}

// Splits NODE_OPTIONS at blanks; double quotes keep them, \ keeps the next character.
function split(text) {
  const words = [];
  let word = '';
  let quoted = false;
  let begun = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && quoted) word += text[++i] ?? '';
    else if (c === '"') {
      quoted = !quoted;
      begun = true;
    } else if (c === ' ' && !quoted) {
      if (word || begun) words.push(word);
      word = '';
      begun = false;
    } else word += c;
  }
  if (word || begun) words.push(word);
  return words;
}

// Reads the options that args begin with; gives how many words they are.
function read(args, fromEnvironment) {
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--') return i + 1;
    if (arg === '-' || arg[0] !== '-') {
      if (fromEnvironment) bad(`${arg} is not allowed in NODE_OPTIONS`);
      return i;
    }
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
    let name = arg.startsWith('--') ? arg.slice(2, equals < 0 ? undefined : equals) : byShort.get(arg.slice(1));
    if (arg === '-pe') {
      values.print = true;
      name = 'eval';
    }
    if (name === undefined) bad(`bad option: ${arg}`);
    name = name.replaceAll('_', '-');
    const row = known[name];
    if (fromEnvironment && row?.env === false) bad(`${arg.split('=')[0]} is not allowed in NODE_OPTIONS`);
    if (row === undefined || row.kind === FLAG) {
      if (equals >= 0) take(name, arg.slice(equals + 1));
      else if (name.startsWith('no-') && name !== 'no-warnings' && name !== 'no-deprecation') values[name.slice(3)] = false;
      else take(name, true);
    } else if (equals >= 0) take(name, arg.slice(equals + 1));
    else if (i + 1 < args.length && (args[i + 1] === '-' || args[i + 1][0] !== '-' || name === 'eval')) take(name, args[++i]);
    else bad(`${arg} requires an argument`);
    // -p takes its text when one follows
    if (name === 'print' && values.eval === undefined && i + 1 < args.length && args[i + 1][0] !== '-') {
      values.eval = args[++i];
    }
  }
  return i;
}

function apply() {
  if (values['no-deprecation']) process.noDeprecation = true;
  if (values['throw-deprecation']) process.throwDeprecation = true;
  if (values['trace-deprecation']) process.traceDeprecation = true;
  if (values['trace-warnings']) process.traceProcessWarnings = true;
  if (values.warnings === false) values['no-warnings'] = true;
  if (values.title) process.title = values.title;
  if (values['stack-trace-limit']) Error.stackTraceLimit = +values['stack-trace-limit'];
  if (values['expose-gc']) globalThis.gc = function gc() { native('util').collect(); };
}

let parsed = false;


exports.parse = function parse() {
  parsed = true;
  const text = environmentText();
  if (text !== '') read(split(text), true);
  const args = process.argv.slice(1);
  const count = read(args, false);
  process.execArgv = args.slice(0, count);
  if (process.execArgv.at(-1) === '--') process.execArgv.pop();
  process.argv.splice(1, count);
  apply();
};

// A worker's: what its parent has read, or what it was given.
exports.adopt = function adopt(args) {
  parsed = true;
  read(args.map(String), false);
  apply();
};

exports.get = (name) => values[name];
exports.isParsed = () => parsed;

exports.allowedInEnvironment = function allowedInEnvironment() {
  const set = new Set();
  for (const name of Object.keys(known)) {
    if (known[name].env === false) continue;
    set.add(`--${name}`);
    if (known[name].short) set.add(`-${known[name].short}`);
  }
  return set;
};
