// Console over two streams, and the rarer methods of the global one.
'use strict';

const { codes } = require('internal/errors');
const { inspect, formatWithOptions } = require('internal/inspect');

const kWrite = Symbol('write');

function duration(ms) {
  if (ms >= 3600000) return clock(ms, 3600000, 60000, 'h:mm');
  if (ms >= 60000) return clock(ms, 60000, 1000, 'm:ss');
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)}s`;
  return `${Number(ms.toFixed(3))}ms`;
}

function clock(ms, big, small, words) {
  const whole = Math.floor(ms / big);
  const rest = (ms % big) / small;
  const text = words === 'm:ss' ? rest.toFixed(3).padStart(6, '0') : `${String(Math.floor(rest)).padStart(2, '0')}:${((ms % small) / 1000).toFixed(0).padStart(2, '0')}`;
  return `${whole}:${text} (${words === 'm:ss' ? 'm:ss.mmm' : 'h:mm:ss'})`;
}

// eslint-disable-next-line no-control-regex
const length = (text) => [...text.replace(/\x1b\[\d+m/g, '')].reduce((sum, c) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(c) ? 2 : 1), 0);

function grid(head, columns) {
  const widths = head.map((name, i) => Math.max(length(name), ...columns[i].map(length)) + 2);
  const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const row = (cells) => `│${cells.map((cell, i) => ` ${cell}${' '.repeat(widths[i] - 1 - length(cell))}`).join('│')}│`;
  const count = Math.max(0, ...columns.map((column) => column.length));
  const lines = [rule('┌', '┬', '┐'), row(head), rule('├', '┼', '┤')];
  for (let i = 0; i < count; i++) lines.push(row(columns.map((column) => column[i] ?? '')));
  lines.push(rule('└', '┴', '┘'));
  return lines.join('\n');
}

const isPrimitive = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function');
const cell = (value) => inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: !isPrimitive(value) &&
  Object.keys(value).length > 2 ? -1 : 0 });

// [head, columns] of what console.table draws.
function tableOf(data, properties) {
  const isMap = data instanceof Map;
  const isSet = data instanceof Set;
  const iterates = isMap || isSet || /Iterator\]$/.test(Object.prototype.toString.call(data));
  const entries = isMap ? [...data] : iterates ? [...data].map((value, i) => [i, value]) : Object.keys(data).map((key) => [key, data[key]]);
  const head = [iterates ? '(iteration index)' : '(index)'];
  const index = [];
  const keys = new Map();
  const values = [];
  let hasPrimitives = false;
  if (isMap) {
    return [['(iteration index)', 'Key', 'Values'], [entries.map((_, i) => `${i}`), entries.map(([key]) => cell(key)), entries.map(([, value]) => cell(value))]];
  }
  entries.forEach(([key, value], i) => {
    index.push(`${key}`);
    if (isPrimitive(value) || typeof value === 'function') {
      hasPrimitives = true;
      values[i] = cell(value);
      return;
    }
    for (const name of properties ?? Object.keys(value)) {
      if (!keys.has(name)) keys.set(name, []);
      if (Object.hasOwn(value, name)) keys.get(name)[i] = cell(value[name]);
    }
  });
  head.push(...keys.keys());
  const columns = [index, ...keys.values()];
  if (hasPrimitives) {
    head.push('Values');
    columns.push(values);
  }
  return [head, columns.map((column) => Array.from({ length: index.length }, (_, i) => column[i] ?? ''))];
}

const methods = {
  log(...args) { this[kWrite](false, args); },
  warn(...args) { this[kWrite](true, args); },
  dir(object, options) {
    this[kWrite](false, [inspect(object, { customInspect: false, ...this._inspectOptions?.(false), ...options })], true);
  },
  time(label = 'default') {
    label = `${label}`;
    if (this._times.has(label)) return void process.emitWarning(`Label '${label}' already exists for console.time()`);
    this._times.set(label, process.hrtime());
  },
  timeEnd(label = 'default') { if (this._time(label, 'timeEnd', [])) this._times.delete(`${label}`); },
  timeLog(label = 'default', ...args) { this._time(label, 'timeLog', args); },
  trace: function trace(...args) {
    const error = { name: 'Trace', message: formatWithOptions({}, ...args) };
    Error.captureStackTrace(error, trace);
    this.error(error.stack.replace(/^.*$/m, error.message ? `Trace: ${error.message}` : 'Trace'));
  },
  assert(holds, ...args) {
    if (holds) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift(args.length > 0 ? 'Assertion failed:' : 'Assertion failed');
    this.warn(...args);
  },
  clear() { if (this._stdout?.isTTY && process.env.TERM !== 'dumb') this._stdout.write('\x1b[1;1H\x1b[0J'); },
  count(label = 'default') {
    label = `${label}`;
    const count = (this._counts.get(label) ?? 0) + 1;
    this._counts.set(label, count);
    this.log(`${label}: ${count}`);
  },
  countReset(label = 'default') {
    if (!this._counts.has(`${label}`)) return void process.emitWarning(`Count for '${label}' does not exist`);
    this._counts.delete(`${label}`);
  },
  group(...args) {
    if (args.length > 0) this.log(...args);
    this._indent += ' '.repeat(this._groupIndentation);
  },
  groupEnd() { this._indent = this._indent.slice(0, -this._groupIndentation); },
  table(data, properties) {
    if (properties !== undefined) require('internal/validators').validateArray(properties, 'properties');
    if (data === null || typeof data !== 'object') return this.log(data);
    this.log(grid(...tableOf(data, properties)));
  },
  dirxml(...args) { this.log(...args); },
  timeStamp() {},
  profile() {},
  profileEnd() {},
};

const hidden = (object, key, value) => Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: false });

function prepare(console) {
  hidden(console, '_times', new Map());
  hidden(console, '_counts', new Map());
  hidden(console, '_indent', '');
  hidden(console, '_time', function(label, name, args) {
    const begun = this._times.get(`${label}`);
    if (begun === undefined) {
      process.emitWarning(`No such label '${label}' for console.${name}()`);
      return false;
    }
    const [seconds, nanos] = process.hrtime(begun);
    const text = `${label}: ${duration(seconds * 1000 + nanos / 1e6)}`;
    if (args.length > 0) this.log(text, ...args);
    else this.log(text);
    return true;
  });
}

function checkOptions({ colorMode, inspectOptions, groupIndentation }) {
  const { validateInteger, validateObject, validateOneOf } = require('internal/validators');
  if (colorMode !== undefined) validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
  if (inspectOptions === undefined) return;
  validateObject(inspectOptions, 'options.inspectOptions');
  if (inspectOptions.colors !== undefined && colorMode !== undefined) {
    throw new codes.ERR_INCOMPATIBLE_OPTION_PAIR('options.inspectOptions.color', 'colorMode');
  }
}

function Console(options, stderr, ignoreErrors = true) {
  if (!new.target) return Reflect.construct(Console, [options, stderr, ignoreErrors]);
  if (!options || typeof options.write === 'function') options = { stdout: options, stderr, ignoreErrors };
  const { stdout, colorMode = 'auto', inspectOptions, groupIndentation = 2 } = options;
  const errors = options.stderr ?? stdout;
  if (!stdout || typeof stdout.write !== 'function') throw new codes.ERR_CONSOLE_WRITABLE_STREAM('stdout');
  if (!errors || typeof errors.write !== 'function') throw new codes.ERR_CONSOLE_WRITABLE_STREAM('stderr');
  checkOptions(options);
  prepare(this);
  hidden(this, '_stdout', stdout);
  hidden(this, '_stderr', errors);
  hidden(this, '_groupIndentation', groupIndentation);
  hidden(this, '_inspectOptions', (isError) => {
    const stream = isError ? errors : stdout;
    const colors = colorMode === 'auto' ? require('internal/colors').shouldColor(stream) : colorMode;
    return { colors, ...(inspectOptions instanceof Map ? inspectOptions.get(stream) : inspectOptions) };
  });
  hidden(this, kWrite, (isError, args, isPlain) => {
    const stream = isError ? errors : stdout;
    let text = isPlain ? args[0] : formatWithOptions(this._inspectOptions(isError), ...args);
    if (this._indent !== '') text = this._indent + text.replaceAll('\n', `\n${this._indent}`);
    if (options.ignoreErrors === false) return void stream.write(`${text}\n`);
    const ignore = () => {};
    stream.once?.('error', ignore);
    try {
      // What fails later is ignored as well, unless somebody listens.
      stream.write(`${text}\n`, (error) => {
        if (error && !stream._writableState?.errorEmitted && stream.listenerCount?.('error') === 0) stream.once('error', ignore);
      });
    } catch (error) {
      if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
    } finally {
      stream.removeListener?.('error', ignore);
    }
  });
  for (const name of Object.keys(Console.prototype)) {
    const method = this[name];
    this[name] = method.bind(this);
    Object.defineProperty(this[name], 'name', { value: method.name, configurable: true });
  }
}
Object.assign(Console.prototype, methods);
Console.prototype.debug = Console.prototype.info = methods.log;
Console.prototype.error = methods.warn;
Console.prototype.groupCollapsed = methods.group;

Object.defineProperty(Console, Symbol.hasInstance, {
  value: (value) => value === require('console') || Function.prototype[Symbol.hasInstance].call(Console, value),
});

// The rarer methods of the global console; they print through it, so that a patched log is seen.
const global = {};
for (const name of ['dir', 'dirxml', 'table', 'trace', 'assert', 'count', 'countReset', 'time', 'timeEnd', 'timeLog', 'timeStamp',
  'profile', 'profileEnd', 'clear']) {
  global[name] = (...args) => Reflect.apply(methods[name], state(), args);
}
global.context = () => new Console(process.stdout, process.stderr);
global.createTask = () => ({ run: (fn) => fn() });

let own;
function state() {
  if (own !== undefined) return own;
  const console = require('console');
  own = Object.create(console);
  prepare(own);
  hidden(own, kWrite, (isError, args) => console[isError ? 'error' : 'log']('%s', args[0]));
  Object.defineProperty(own, '_stdout', { get: () => process.stdout });
  return own;
}

module.exports = { Console, global };
