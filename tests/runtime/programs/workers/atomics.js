// Threads that wait for each other on shared memory.
'use strict';
const { Worker, isMainThread, workerData } = require('worker_threads');

if (!isMainThread) {
  const cells = new Int32Array(workerData);
  for (let i = 0; i < 100; i++) {
    while (Atomics.load(cells, 0) !== 1) Atomics.wait(cells, 0, 0);
    Atomics.add(cells, 1, 1);
    Atomics.store(cells, 0, 0);
    Atomics.notify(cells, 0);
  }
} else {
  const cells = new Int32Array(new SharedArrayBuffer(16));
  const worker = new Worker(__filename, { workerData: cells.buffer });
  worker.on('exit', (code) => console.log('exit', code));
  for (let i = 0; i < 100; i++) {
    Atomics.store(cells, 0, 1);
    Atomics.notify(cells, 0);
    while (Atomics.load(cells, 0) !== 0) Atomics.wait(cells, 0, 1);
  }
  console.log('count', cells[1]);
  console.log(Atomics.wait(cells, 2, 0, 10), Atomics.wait(cells, 2, 1, 10), Atomics.notify(cells, 2));
}
