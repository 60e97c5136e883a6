// V8's columns, where the source is at hand. The engine tells where the arguments of a call begin; V8 tells where the name of the
// callee does, or `new`, or the property that was read. And what of a frame only the source shows: that it constructs, and the
// name V8 gives to a function by what it is assigned to.
'use strict';

const { textOf } = require('internal/stack/names');
const { wrapped, evaluated } = require('internal/world');

const WRAPPER_LENGTH = 'function (exports, require, module, __filename, __dirname) { '.length;

const MOST = 16; // texts that are kept
const sources = new Map(); // file -> { text, lines }

const pathOf = (file) => (file.startsWith('file://') ? decodeURIComponent(file.slice(7).replace(/[?#].*$/s, '')) : file);

// What the engine was given: for a CommonJS file without the wrapper.
function evaluatedText(file) {
  const fn = wrapped.get(file);
  if (fn !== undefined) return textOf(fn).slice(WRAPPER_LENGTH);
  const found = evaluated.get(file);
  if (found !== undefined) return typeof found === 'string' ? found : `(${textOf(found)}`;
  return fileText(file);
}

function fileText(file) {
  const path = pathOf(file);
  const text = path.startsWith('/') ? native('module').readText(path) : undefined;
  return typeof text === 'string' ? text : '';
}

const isRewritten = (file) => typeof evaluated.get(file) === 'function';

// Files change: what was read is forgotten when the turn ends.
function forgetLater() {
  if (sources.size > 0) return;
  queueMicrotask(() => sources.clear());
}

function sourceOf(file, read = evaluatedText, key = file) {
  let source = sources.get(key);
  if (source !== undefined) return source;
  forgetLater();
  if (sources.size >= MOST) sources.delete(sources.keys().next().value);
  const text = read(file);
  source = { text, lines: text.split('\n') };
  sources.set(key, source);
  return source;
}

// The line and the place on it as the program's author has them.
function originalOf(file, line, at) {
  const text = sourceOf(file).lines[line - 1];
  if (text === undefined || at >= text.length || !isRewritten(file)) return { text, at };
  const original = sourceOf(file, fileText, `original ${file}`).lines[line - 1];
  return original === undefined ? { text, at } : { text: original, at: require('internal/stack/rewritten').originalPlace(text, original, at) };
}

const NAME = /[\p{ID_Continue}$\u200c\u200d]/u;

// Where the name that ends before `end` begins.
function nameStart(text, end) {
  let at = end;
  while (at > 0 && NAME.test(text[at - 1])) at -= 1;
  return at > 0 && at < end && text[at - 1] === '#' ? at - 1 : at;
}

// The start of "new a.b.C" whose last name begins at `start`, or -1.
function newStart(text, start) {
  const before = /(?:^|[^\p{ID_Continue}$.])new\s+(?:[\p{ID_Continue}$]+\s*\.\s*)*$/u.exec(text.slice(Math.max(0, start - 200), start));
  return before === null ? -1 : text.lastIndexOf('new', start - 1);
}

// The column (from 0) that V8 tells for the engine's `at`, with what is known by it.
function callAt(text, at) {
  let end = at;
  if (text[at] === '(' || text[at] === '`') {
    while (end > 0 && /\s/.test(text[end - 1])) end -= 1;
    if (text.slice(end - 2, end) === '?.') end -= 2;
    const start = nameStart(text, end);
    if (start === end) return { column: at, constructs: false };
    const made = newStart(text, start);
    return made >= 0 ? { column: made, constructs: true } : { column: start, constructs: text.slice(start, end) === 'super' };
  }
  if (text[at] === '.' && text[at + 1] !== '.') return { column: at + 1, constructs: false };
  if (text[at] === ' ' && NAME.test(text[at + 1] ?? '')) return { column: at + 1, constructs: false };
  if (text.startsWith('new ', at)) return { column: at, constructs: true };
  return { column: at, constructs: false };
}

// A variable that nobody has declared, which ends at `end`: V8 tells the operator behind it, or its `return`, or itself.
function variableAt(text, end) {
  const start = nameStart(text, end);
  const operator = /^\s*(?:[-+*/%<>&|^?]|[!=]=|instanceof\b|in\b)/.exec(text.slice(end));
  if (operator !== null) return end + /\S/.exec(operator[0]).index;
  const before = /\breturn\s+$/.exec(text.slice(0, start));
  return before !== null && /^\s*(?:[;}]|$)/.test(text.slice(end)) ? before.index : start;
}

// An error that the engine throws: V8 tells the property that was read, or the sign of the assignment.
function faultAt(text, at, isVariable) {
  if (isVariable) return variableAt(text, at);
  const access = /^\.\s*#?[\p{ID_Continue}$]+(\s*)(=(?![=>]))?/u.exec(text.slice(at, at + 200));
  if (access !== null && access[2] !== undefined) return at + access[0].length - 1;
  return callAt(text, at).column;
}

// Of frames, innermost first; what a frame's place shows of its callee goes to the frame before it.
exports.correct = function correct(frames, fault) {
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i];
    if (frame.native || !frame.line || !frame.column || frame.file === null || frame.file.startsWith('node:')) continue;
    const { text, at } = originalOf(frame.file, frame.line, frame.column - 1);
    if (text === undefined || at >= text.length) continue;
    const place = callAt(text, at);
    frame.column = 1 + (i === 0 && fault !== undefined ? faultAt(text, at, fault === 'variable') : place.column);
    if (i > 0 && place.constructs && !frames[i - 1].native) frames[i - 1].constructs = true;
  }
};

// "exports.f" of `exports.f = function () {…}`: V8's name of a function that has none.
exports.inferName = function inferName(frame) {
  const code = textOf(frame.fn);
  if (code === '' || frame.file === null || frame.file.startsWith('node:')) return '';
  const { text, lines } = sourceOf(frame.file);
  let end = 0;
  for (let i = 0; i < frame.line && i < lines.length; i++) end += lines[i].length + 1;
  const at = text.lastIndexOf(code, end);
  if (at < 0) return '';
  const before = text.slice(Math.max(0, at - 200), at);
  const target = code[0] === '{' ? /([\p{ID_Continue}$.]+)\s*=\s*async\s*(?:\([^()]*\)|[\p{ID_Continue}$]+)\s*=>\s*$/u.exec(before) :
    /([\p{ID_Continue}$.]+)\s*=\s*$/u.exec(before);
  return target === null ? '' : target[1].replace(/^this\./, '').replace('.prototype.', '.');
};
