// What the parts of a world tell each other without loading each other.
'use strict';

module.exports = {
  isWorker: false, // a thread's, not the process's first
  hasProcess: false, // the process object is set up; until then nobody can have touched it
  errors: {}, // the engine's own error classes, by name
  Function: undefined, // the engine's own
  engine: undefined, // { WebAssembly } of its own
  atomics: { wait: Atomics.wait, notify: Atomics.notify }, // the engine's own
  ticks: new Int32Array(3), // shared with the loop: a tick is scheduled, a rejection waits, a frame is left over
  options: Object.create(null), // of the command line and NODE_OPTIONS, as far as they were read
  pending: undefined, // the URL of the entry module that has not come to its end: a loop that ends before it leaves exit code 13
  wrapped: new Map(), // file -> its function: files whose first line begins with the wrapper of CommonJS
  evaluated: new Map(), // name -> text, or URL of an ES module -> its function: what else a stack may name
};
