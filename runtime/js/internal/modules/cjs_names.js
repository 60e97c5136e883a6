// The names that a CommonJS file exports, as far as its text tells: npm's cjs-module-lexer, and what it re-exports.
'use strict';

const builtin = require('internal/modules/builtin');
const resolver = require('internal/modules/resolve');
const files = native('module');

function commonjsNames(file, seen, given) {
  const names = new Set();
  if (seen.has(file)) return names;
  seen.add(file);
  if (given === undefined && /\.(json|node)$/.test(file)) return names;
  let text = given ?? files.readText(file);
  if (typeof text !== 'string') return names;
  if (given === undefined && /\.c?ts$/.test(file)) text = require('internal/modules/typescript').strip(text, file);
  const lexer = require('lib/cjs_lexer');
  if (!lexer.isReady) {
    lexer.isReady = true;
    lexer.initSync?.();
  }
  let found;
  try {
    found = lexer.parse(text);
  } catch {
    return names;
  }
  for (const name of found.exports) names.add(name);
  for (const request of found.reexports) {
    const name = builtin.nameOf(request);
    if (name !== undefined) {
      for (const key of Object.keys(builtin.load(name))) names.add(key);
      continue;
    }
    const target = resolver.resolve(false, request, file);
    if (target.path !== undefined && target.format !== 'module') {
      for (const one of commonjsNames(target.path, seen, undefined)) names.add(one);
    }
  }
  return names;
}

// text: what stands in the place of the file's own, or undefined.
exports.namesOf = (file, text) => commonjsNames(file, new Set(), text);
