// What moves, what is copied, what is shared.
'use strict';
const { Worker, isMainThread, parentPort, workerData, MessageChannel, BroadcastChannel } = require('worker_threads');
const { once } = require('events');

if (!isMainThread) {
  const { port, shared } = workerData;
  const cells = new Int32Array(shared);
  Atomics.wait(cells, 1, 0, 1);
  parentPort.once('message', ({ buffer, view }) => {
    new Uint8Array(buffer)[0] = 42;
    parentPort.postMessage({ buffer, sum: view.reduce((a, b) => a + b) }, [buffer]);
    port.postMessage('over the port');
    port.close();
    for (let i = 0; i < 1000; i++) Atomics.add(cells, 0, 1);
    Atomics.store(cells, 1, 7);
    Atomics.notify(cells, 1);
    const channel = new BroadcastChannel('news');
    channel.postMessage('to all');
    channel.close();
  });
} else main();

async function main() {
  const { port1, port2 } = new MessageChannel();
  const shared = new SharedArrayBuffer(8);
  const cells = new Int32Array(shared);
  const news = new BroadcastChannel('news');
  const heard = new Promise((resolve) => { news.onmessage = (event) => { resolve(event.data); news.close(); }; });
  const worker = new Worker(__filename, { workerData: { port: port2, shared }, transferList: [port2] });
  const exited = once(worker, 'exit');
  const buffer = new ArrayBuffer(8);
  const view = new Uint16Array([1, 2, 3]);
  worker.postMessage({ buffer, view }, [buffer]);
  console.log('moved', buffer.byteLength, 'copied', view.length);
  const [answer] = await once(worker, 'message');
  console.log(answer.buffer.byteLength, new Uint8Array(answer.buffer)[0], answer.sum);
  console.log('broadcast', await heard);
  await exited;
  port1.on('message', (message) => console.log(message)).on('close', () => console.log('port closed'));
  console.log(cells[0], cells[1], shared.byteLength, Object.prototype.toString.call(shared), shared instanceof SharedArrayBuffer);
  console.log(structuredClone({ a: new Uint8Array([1, 2]), b: [new Date(5)], c: 'ü', d: -0, e: [, 1] }));
  const moved = new Uint8Array(4);
  const clone = structuredClone(moved, { transfer: [moved.buffer] });
  console.log(moved.length, clone.length);
}
