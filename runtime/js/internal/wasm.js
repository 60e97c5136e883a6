// WebAssembly whose modules remember their bytes: the engine cannot send a module to another world, so that it is
// compiled there again.
'use strict';

const { engine } = require('internal/world');
const { WebAssembly } = engine;
const kept = new WeakMap(); // module -> its bytes

function copyOf(source) {
  const view = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  return view.slice();
}

function keep(module, source) {
  kept.set(module, copyOf(source));
  return module;
}

const Module = new Proxy(WebAssembly.Module, {
  construct: (Target, args, newTarget) => keep(Reflect.construct(Target, args, newTarget === Module ? Target : newTarget), args[0]),
});
Object.defineProperty(WebAssembly.Module.prototype, 'constructor', { value: Module, writable: true, configurable: true, enumerable: false });

const { compile, instantiate } = WebAssembly;
const isModule = (value) => Object.prototype.toString.call(value) === '[object WebAssembly.Module]';

const hidden = (name, value) => Object.defineProperty(WebAssembly, name, { value, writable: true, configurable: true, enumerable: false });
hidden('Module', Module);
hidden('compile', function(source, ...rest) {
  return compile.call(WebAssembly, source, ...rest).then((module) => keep(module, source));
});
hidden('instantiate', function(source, ...rest) {
  const made = instantiate.call(WebAssembly, source, ...rest);
  if (isModule(source)) return made;
  return made.then((result) => {
    keep(result.module, source);
    return result;
  });
});

module.exports = {
  WebAssembly,
  clone: (module) => ['internal/wasm', kept.get(module)],
  revive: (bytes) => new Module(bytes),
  isModule: (value) => kept.has(value),
};
