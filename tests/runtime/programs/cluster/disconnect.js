// Workers that are told to go, killed, or fail.
'use strict';
const cluster = require('cluster');
const net = require('net');

if (cluster.isWorker) {
  if (process.env.MODE === 'fail') setTimeout(() => process.exit(3), 10);
  else net.createServer((socket) => socket.end('hi')).listen(0, '127.0.0.1');
} else {
  const run = (mode, then) => new Promise((resolve) => {
    const worker = cluster.fork({ MODE: mode });
    if (mode !== 'pair') worker.on('disconnect', () => console.log(mode, 'disconnected'));
    worker.on('exit', (code, signal) => { console.log(mode, code, signal, worker.exitedAfterDisconnect); resolve(); });
    worker.on('listening', ({ port, address, addressType }) => {
      console.log(mode, port > 0, address, addressType);
      then?.(worker);
    });
  });
  (async () => {
    await run('goodbye', (worker) => worker.disconnect());
    await run('killed', (worker) => worker.kill());
    await run('destroyed', (worker) => worker.process.kill('SIGKILL'));
    await run('fail');
    const both = [run('pair'), run('pair')];
    let listening = 0;
    cluster.on('listening', () => { if (++listening === 2) cluster.disconnect(() => console.log('all disconnected')); });
    cluster.removeAllListeners('exit');
    await Promise.all(both);
    console.log(Object.keys(cluster.workers).length);
  })();
}
