// Workers: messages both ways, data, environment, exits, errors, streams, evaluation.
'use strict';
const { Worker, isMainThread, parentPort, workerData, threadId, MessageChannel, receiveMessageOnPort, setEnvironmentData, getEnvironmentData } =
  require('worker_threads');
const { once } = require('events');

if (!isMainThread) {
  const { mode } = workerData;
  if (mode === 'echo') {
    parentPort.on('message', (message) => {
      if (message === 'end') return parentPort.close();
      return parentPort.postMessage({ echo: message, threadId: threadId > 0, env: process.env.MARK, argv: process.argv.slice(2), given: getEnvironmentData('key') });
    });
  } else if (mode === 'exit') {
    process.on('exit', (code) => parentPort.postMessage(`exiting ${code}`));
    setTimeout(() => process.exit(5), 10);
  } else if (mode === 'throw') {
    throw Object.assign(new TypeError('bad thing'), { code: 'E_BAD', detail: { x: 1 } });
  } else if (mode === 'reject') {
    Promise.reject(new Error('rejected'));
  } else if (mode === 'loop') {
    parentPort.postMessage('looping');
    for (;;);
  } else if (mode === 'print') {
    console.log('from the worker');
    process.stdin.on('data', (chunk) => console.log('stdin', String(chunk))).on('end', () => console.log('stdin ended'));
  } else if (mode === 'fib') {
    const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
    parentPort.postMessage(fib(workerData.n));
  }
} else main();

async function main() {
  setEnvironmentData('key', 'value');
  const echo = new Worker(__filename, { workerData: { mode: 'echo' }, env: { MARK: 'x' }, argv: ['a', 1] });
  echo.on('online', () => console.log('online'));
  echo.postMessage({ list: [1, 'ü', null, undefined, 2n], map: new Map([[{ a: 1 }, new Set([1])]]), date: new Date(0), re: /x/gi, err: new RangeError('r') });
  const [answer] = await once(echo, 'message');
  answer.echo.err = `${answer.echo.err.name} ${answer.echo.err.message}`;
  console.log(answer);
  echo.postMessage('end');
  console.log('exit', ...await once(echo, 'exit'));

  const exit = new Worker(__filename, { workerData: { mode: 'exit' } });
  exit.on('message', (message) => console.log(message));
  console.log('exit', ...await once(exit, 'exit'));

  for (const mode of ['throw', 'reject']) {
    const worker = new Worker(__filename, { workerData: { mode } });
    worker.on('error', (error) => console.log(mode, error instanceof Error, error.name, error.message, error.code, error.detail));
    const [code] = await once(worker, 'exit').catch((error) => [error.message]);
    console.log(code);
  }

  const loop = new Worker(__filename, { workerData: { mode: 'loop' } });
  await once(loop, 'message');
  console.log('terminate', await loop.terminate());

  const print = new Worker(__filename, { workerData: { mode: 'print' }, stdin: true, stdout: true });
  print.stdin.end('input');
  let out = '';
  print.stdout.on('data', (chunk) => { out += chunk; });
  await once(print, 'exit');
  console.log(JSON.stringify(out));

  const results = await Promise.all([10, 15, 20].map((n) => once(new Worker(__filename, { workerData: { mode: 'fib', n } }), 'message')));
  console.log(results.flat());

  const evaluated = new Worker("const { parentPort, workerData } = require('worker_threads'); parentPort.postMessage(workerData * 2)", { eval: true, workerData: 21 });
  console.log(...await once(evaluated, 'message'));

  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ a: 1 });
  console.log(receiveMessageOnPort(port2), receiveMessageOnPort(port2));
  port1.close();
  for (const bad of [['relative.js'], [5], ['x', { eval: true, env: 5 }]]) {
    try { new Worker(...bad); } catch (error) { console.log(error.name, error.code); }
  }
  try { port2.postMessage(() => {}); } catch (error) { console.log(error.name, error.message); }
  try { new Worker(__filename, { workerData: Symbol('x') }); } catch (error) { console.log(error.name, error.message); }
}
