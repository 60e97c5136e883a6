// Work of the processor in a thread and in a process, while the loop's timers keep their time.
'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const { fork } = require('child_process');

function sum(n) {
  let total = 0;
  for (let i = 0; i < n; i++) total += i % 7;
  return total;
}

if (!isMainThread) parentPort.postMessage(sum(workerData));
else if (process.argv[2] === 'child') process.on('message', (n) => { process.send(sum(n)); process.disconnect(); });
else {
  let ticks = 0;
  const timer = setInterval(() => { ticks++; }, 5);
  const n = 2e7;
  const inThread = new Promise((resolve, reject) => new Worker(__filename, { workerData: n }).on('message', resolve).on('error', reject));
  const inProcess = new Promise((resolve) => {
    const child = fork(__filename, ['child']);
    child.on('message', resolve);
    child.send(n);
  });
  Promise.all([inThread, inProcess]).then(([a, b]) => {
    console.log(a === sum(n), b === a, 'the loop went on:', ticks > 1);
    clearInterval(timer);
  });
}
