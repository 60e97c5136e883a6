// A message to a thread that is no relative, and what its sender is told; what else a parent may ask of a worker.
import { BroadcastChannel, MessageChannel, SHARE_ENV, Worker, markAsUncloneable, postMessageToThread, threadId } from 'node:worker_threads';
import { once } from 'node:events';

const code = async (promise) => {
  try {
    await promise;
    return 'delivered';
  } catch (error) {
    return error.code;
  }
};

const grandparent = new Worker(`
  const { Worker, parentPort } = require('worker_threads');
  const child = new Worker(\`
    const { parentPort } = require('worker_threads');
    process.on('workerMessage', ({ port, text }, from) => {
      if (text === 'throw') throw new Error(text);
      port.postMessage([text.toUpperCase(), from]);
    });
    parentPort.postMessage('ready');
    parentPort.on('message', () => process.exit(3));
  \`, { eval: true });
  child.on('message', () => parentPort.postMessage(child.threadId));
  child.on('exit', (code) => parentPort.postMessage(['exit', code]));
  parentPort.on('message', () => child.postMessage('end'));
`, { eval: true, name: 'upper' });
const [target] = await once(grandparent, 'message');

const { port1, port2 } = new MessageChannel();
console.log(await code(postMessageToThread(target, { port: port1, text: 'hello' }, [port1])));
console.log(await once(port2, 'message'));
port2.close();
console.log(await code(postMessageToThread(target, { text: 'throw' })));
console.log(await code(postMessageToThread(threadId, 1)));
console.log(await code(postMessageToThread(grandparent.threadId, 1)));
console.log(await code(postMessageToThread(9999, 1)));

const before = await grandparent.cpuUsage();
const since = await grandparent.cpuUsage(before);
console.log(since.user >= 0, since.system >= 0, grandparent.threadName);
grandparent.postMessage('end');
console.log((await once(grandparent, 'message'))[0]);
console.log(await code(postMessageToThread(target, { text: 'late' })));
await grandparent.terminate();
console.log(grandparent.threadName, await code(grandparent.cpuUsage()));

const sharing = new Worker('process.env.FROM_WORKER = "seen"', { eval: true, env: SHARE_ENV });
await once(sharing, 'exit');
console.log(process.env.FROM_WORKER);

const refused = { a: 1 };
markAsUncloneable(refused);
try {
  structuredClone(refused);
} catch (error) {
  console.log(error.name);
}
const blob = structuredClone(new Blob(['text'], { type: 'text/plain' }));
console.log(blob.type, await blob.text());
try {
  new Worker('', { eval: true, execArgv: ['--title=x'] });
} catch (error) {
  console.log(error.code);
}

const channel = new BroadcastChannel('named');
console.log(channel);
channel.close();
const pair = new MessageChannel();
pair.port1.on('foo', (value) => console.log('foo:', value));
pair.port1.emit('foo', 'bar');
const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
pair.port1.on('message', (module) => {
  console.log(module instanceof WebAssembly.Module, WebAssembly.Module.exports(module));
  pair.port1.close();
});
pair.port2.postMessage(new WebAssembly.Module(bytes));
