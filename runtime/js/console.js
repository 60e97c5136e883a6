// The console. What is only text goes straight to its descriptor, as long as nobody has touched
// process.stdout or process.stderr; all else is formatted and written there.
'use strict';

const system = native('process');
const world = require('internal/world');
const lazy = require('internal/lazy');

function isPlain(value) {
  return typeof value === 'string' || (typeof value === 'number' && !Object.is(value, -0)) ||
    typeof value === 'boolean' || value === undefined || value === null;
}

// The line as util.format gives it, when that needs no look inside; else undefined.
function plain(args, fd) {
  const first = args[0];
  if (args.length === 1) return typeof first === 'string' ? first : undefined;
  if (typeof first !== 'string' || first.includes('%')) return undefined;
  let line = first;
  for (let i = 1; i < args.length; i++) {
    if (!isPlain(args[i]) || (typeof args[i] !== 'string' && isColoured(fd))) return undefined;
    line += ` ${args[i]}`;
  }
  return line;
}

let indent = '';

function untouched(name) {
  if (!world.hasProcess) return true;
  const own = Object.getOwnPropertyDescriptor(process, name);
  return own !== undefined && own.get !== undefined;
}

function colors(stream) {
  return Boolean(stream?.isTTY && (typeof stream.getColorDepth === 'function' ? stream.getColorDepth() > 2 : true));
}

function isColoured(fd) {
  return untouched(fd === 1 ? 'stdout' : 'stderr') ? require('internal/stdio').isTerminal(fd)
    : colors(fd === 1 ? process.stdout : process.stderr);
}

function format(fd, args) {
  return require('internal/inspect').formatWithOptions({ colors: isColoured(fd) }, ...args);
}

function print(fd, args) {
  let line = args.length === 0 ? '' : plain(args, fd) ?? format(fd, args);
  if (indent !== '') line = indent + line.replaceAll('\n', `\n${indent}`);
  const name = fd === 1 ? 'stdout' : 'stderr';
  if (untouched(name)) {
    system.write(fd, `${line}\n`);
    return;
  }
  const stream = process[name];
  const ignore = () => {};
  stream.once?.('error', ignore);
  try {
    stream.write(`${line}\n`);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
  } finally {
    stream.removeListener?.('error', ignore);
  }
}

const console = Object.create({});

const methods = {
  log(...args) { print(1, args); },
  warn(...args) { print(2, args); },
  error(...args) { print(2, args); },
  group(...args) {
    if (args.length > 0) console.log(...args);
    indent += '  ';
  },
  groupEnd() { indent = indent.slice(0, -2); },
};
Object.assign(console, methods);
console.info = console.log;
console.debug = console.log;
console.groupCollapsed = console.group;
for (const [alias, name] of [['info', 'info'], ['debug', 'debug'], ['groupCollapsed', 'groupCollapsed']]) {
  const of = { info: methods.log, debug: methods.log, groupCollapsed: methods.group }[alias];
  console[alias] = { [name](...args) { of(...args); } }[name];
}

for (const name of ['dir', 'dirxml', 'table', 'trace', 'assert', 'count', 'countReset', 'time', 'timeEnd', 'timeLog',
  'timeStamp', 'profile', 'profileEnd', 'context', 'createTask', 'clear']) {
  console[name] = { [name](...args) { return require('internal/console').global[name](...args); } }[name];
}
lazy.define(console, 'Console', () => require('internal/console').Console, true);
Object.defineProperty(console, Symbol.toStringTag, { value: 'console', configurable: true });

module.exports = console;
