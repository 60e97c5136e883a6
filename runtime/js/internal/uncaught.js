// Errors that nobody caught: handed to the process's listeners, or printed as Node prints them.
'use strict';

const { translate, framesOf } = require('internal/stack');
const system = native('process');

const captures = [];
let capture = null;
let refusal = null; // makes the error of who may not set one

exports.setCapture = function setCapture(fn) {
  if (fn !== null && typeof fn !== 'function') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('fn', ['Function', 'null'], fn);
  }
  if (fn !== null && refusal !== null) throw refusal();
  if (fn !== null && capture !== null) {
    throw new (require('internal/errors').codes.ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET)();
  }
  capture = fn;
};
exports.hasCapture = () => capture !== null;
exports.addCapture = (fn) => { captures.push(fn); };
exports.refuseCapture = (makeError) => { refusal = makeError; };

// The line where it was thrown, with a caret below; '' when the file cannot be read.
function sourceLines(error) {
  let file = error.sourceURL;
  let line = error.line;
  let column = error.column;
  if (!(error instanceof SyntaxError) || !file) {
    const frame = framesOf(error).find((one) => !one.native && one.file && !one.file.startsWith('node:'));
    if (frame !== undefined) ({ file, line, column } = frame);
  }
  if (typeof file !== 'string' || !line) return '';
  const path = file.startsWith('file://') ? decodeURIComponent(file.slice(7)) : file;
  const text = path.startsWith('/') ? native('module').readText(path) : undefined;
  const source = typeof text === 'string' ? text.split('\n')[line - 1] : undefined;
  if (source === undefined) return `${file}:${line}\n`;
  const before = source.slice(0, Math.max(0, column - 1));
  const thrown = before.lastIndexOf('throw ');
  const at = thrown >= 0 ? thrown : Math.max(0, Math.min(column - 1, source.length));
  return `${file}:${line}\n${source}\n${before.slice(0, at).replace(/[^\t]/g, ' ')}^\n`;
}

function body(error) {
  const { inspect } = require('internal/inspect');
  if (error === null || (typeof error !== 'object' && typeof error !== 'function')) {
    return `${inspect(error)}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)`;
  }
  if (!(error instanceof Error)) return inspect(error);
  // The engine's own notes of where a text is no program.
  for (const key of ['line', 'column', 'sourceURL']) {
    if (Object.getOwnPropertyDescriptor(error, key)?.configurable) Object.defineProperty(error, key, { enumerable: false });
  }
  const stack = translate(error);
  if (typeof stack === 'string' && stack !== error.stack) {
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true, enumerable: false });
  }
  return inspect(error);
}

function print(error) {
  let text;
  try {
    const isObject = error !== null && typeof error === 'object';
    const head = isObject && error instanceof Error ? sourceLines(error) : 'Uncaught:\n';
    text = `${head}${head && isObject && error instanceof Error ? '\n' : ''}${body(error)}\n`;
  } catch {
    text = `Uncaught ${String(error)}\n`;
  }
  system.write(2, `${text}\nNode.js ${process.version}\n`);
}

// Whom an error is told that ends the program: a worker tells its parent.
let tell = print;
exports.tellTo = (fn) => { tell = fn; };

// True when somebody took the error; else the listeners of 'exit' have run.
function offer(error, origin = 'uncaughtException') {
  let taken = false;
  try {
    taken = captures.some((fn) => fn(error) === true);
    if (!taken && capture !== null) {
      capture(error);
      taken = true;
    }
    if (!taken) {
      process.emit('uncaughtExceptionMonitor', error, origin);
      taken = process.emit('uncaughtException', error, origin);
    }
  } catch (second) {
    tell(second);
    process.reallyExit(tell === print ? 7 : 1); // whom to ask has failed: no 'exit' either
  }
  if (taken) resume();
  else emitExit();
  return taken;
}

// Called by the loop. Returns when the error was taken.
function uncaught(error, origin) {
  if (typeof process._fatalException !== 'function') {
    if (tell === print) print(error);
    process.reallyExit(6); // somebody has taken away who asks
  }
  if (offer(error, origin)) return;
  tell(error);
  process.reallyExit(process.exitCode === undefined ? 1 : +process.exitCode || 0);
}

// The listeners of 'exit' run before the error is printed, and may choose another code.
function emitExit() {
  if (process._exiting) return;
  try {
    process._exiting = true;
    process.exitCode = 1;
    process.emit('exit', 1);
  } catch {
    // Nothing is left to tell it to.
  }
}

// Ticks that the throw left behind run from an immediate, as in Node.
function resume() {
  require('internal/context').current = undefined; // it was that of the throw until here
  const { setImmediate } = require('internal/timers');
  setImmediate(require('internal/ticks').resume);
}

function asError(reason) {
  if (reason instanceof Error) return reason;
  const { codes } = require('internal/errors');
  const { inspect } = require('internal/inspect');
  return new codes.ERR_UNHANDLED_REJECTION(typeof reason === 'string' ? reason : inspect(reason));
}

function warnOf(promise, reason) {
  const warning = new Error('Unhandled promise rejection. This error originated either by throwing inside of an ' +
    'async function without a catch block, or by rejecting a promise which was not handled with .catch(). To ' +
    'terminate the node process on unhandled promise rejection, use the CLI flag `--unhandled-rejections=strict` ' +
    '(see https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: 1)');
  warning.name = 'UnhandledPromiseRejectionWarning';
  process.emitWarning(reason instanceof Error ? reason.stack : String(reason), 'UnhandledPromiseRejectionWarning');
  process.emitWarning(warning);
}

exports.unhandled = function unhandled(promise, reason) {
  const mode = require('internal/options').get('unhandled-rejections') ?? 'throw';
  if (mode === 'strict') {
    uncaught(asError(reason), 'unhandledRejection');
    process.emit('unhandledRejection', reason, promise);
    return;
  }
  if (process.emit('unhandledRejection', reason, promise) && mode !== 'warn') return;
  if (mode === 'none') return;
  if (mode === 'warn' || mode === 'warn-with-error-codes') {
    warnOf(promise, reason);
    if (mode !== 'warn') process.exitCode = 1;
    return;
  }
  uncaught(asError(reason), 'unhandledRejection');
};

exports.offer = offer;
exports.uncaught = uncaught;
exports.print = print;
