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
  const make = startup[id] ?? compile(id);
  const module = { exports: {}, id };
  cache.set(id, module);
  make(module.exports, requireBuiltin, module, native, process);
  return module.exports;
}

// What is no part of the first text may use the process object.
function compile(id) {
  setUpProcess();
  const make = builtins.compile(id);
  if (make === undefined) throw new Error(`No such built-in module: ${id}`);
  return make;
}

const world = requireBuiltin('internal/world');

function setUpProcess() {
  if (world.hasProcess) return;
  world.hasProcess = true;
  requireBuiltin('internal/process').setup(process);
}

// The engine does not have them yet.
for (const name of ['dispose', 'asyncDispose']) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}

natives.set('loop', loop);
natives.set('builtins', builtins);
natives.set('loaded', cache);
process.argv = native('process').argv;
requireBuiltin('internal/globals').setup(globalThis, () => {
  setUpProcess();
  return process;
});

return requireBuiltin('internal/main');
