// The builtins that programs may ask for: what Node has, as far as this runtime has it.
'use strict';

const SCHEMED = new Set(['sea', 'sqlite', 'test', 'test/reporters']);

const isHidden = (name) => name.startsWith('internal/') || name.startsWith('lib/');
const known = new Map(); // name -> whether there is such a builtin

function has(name) {
  let answer = known.get(name);
  if (answer === undefined) known.set(name, answer = !isHidden(name) && native('builtins').has(name));
  return answer;
}

function strip(id) {
  return id.startsWith('node:') ? id.slice(5) : id;
}

// The name of the builtin that a specifier means, or undefined.
exports.nameOf = function nameOf(specifier) {
  const name = strip(specifier);
  if (!has(name) || (SCHEMED.has(name) && name === specifier)) return undefined;
  return name;
};
exports.load = (name) => require(name);
exports.get = function get(id) {
  require('internal/validators').validateString(id, 'id');
  const name = exports.nameOf(id);
  return name === undefined ? undefined : require(name);
};
exports.isBuiltin = (id) => typeof id === 'string' && exports.nameOf(id) !== undefined;
exports.list = () => native('builtins').names().filter((name) => !isHidden(name))
  .map((name) => (SCHEMED.has(name) ? `node:${name}` : name));
