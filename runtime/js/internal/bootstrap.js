// The first text of a world: (builtins, loop) => { start, beforeExit, exit }. It evaluates only what
// every program needs (`startup`, which the build puts in front); all else is a getter that loads its builtin when it is first touched.
'use strict';

const cache = new Map();
const natives = new Map();
const process = {};

function native(name) {
  let object = natives.get(name);
  if (object === undefined) natives.set(name, object = builtins.native(name));
  return object;
}

function requireBuiltin(id) {
  const loaded = cache.get(id);
  if (loaded !== undefined) return loaded.exports;
  const make = startup[id] ?? builtins.compile(id);
  if (make === undefined) throw new Error(`No such built-in module: ${id}`);
  const module = { exports: {}, id };
  cache.set(id, module);
  make(module.exports, requireBuiltin, module, native, process);
  return module.exports;
}

// The engine does not have them yet.
for (const name of ['dispose', 'asyncDispose']) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}

natives.set('loop', loop);
natives.set('builtins', builtins);

requireBuiltin('internal/stack').install(globalThis);
requireBuiltin('internal/process').setup(process);
requireBuiltin('internal/globals').setup(globalThis, process);

return requireBuiltin('internal/main');
