// A cluster of two: requests are answered by both in turn, and it shuts down gracefully.
'use strict';
const cluster = require('cluster');
const http = require('http');

if (cluster.isPrimary) primary();
else worker();

function worker() {
  const server = http.createServer((req, res) => {
    if (req.url === '/slow') setTimeout(() => res.end('slow is done'), 200);
    else res.end(`worker ${cluster.worker.id}`);
  });
  server.listen(0);
  process.on('message', (message) => {
    if (message === 'stop') {
      server.close(() => process.send('closed', () => cluster.worker.disconnect()));
    } else process.send({ pong: message.ping, id: cluster.worker.id });
  });
}

function get(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ port, path, agent: false }, (res) => {
      let text = '';
      res.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text));
    }).on('error', reject);
  });
}

function primary() {
  cluster.setupPrimary({ args: ['x'] });
  const count = {};
  const note = (name) => { count[name] = (count[name] ?? 0) + 1; };
  const ports = [];
  for (const name of ['fork', 'online', 'disconnect']) cluster.on(name, () => note(name));
  cluster.on('message', (worker, message) => { note(message === 'closed' ? 'closed' : 'message'); void worker; });
  cluster.on('exit', (worker, code, signal) => {
    console.log('exit', code, signal, worker.exitedAfterDisconnect, worker.isDead());
    if (Object.keys(cluster.workers).length === 0) console.log('all gone', count);
  });
  cluster.on('listening', async (worker, address) => {
    ports.push(address.port);
    if (ports.length < 2) return;
    console.log('one port', ports[0] === ports[1], Object.keys(cluster.workers));
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await get(ports[0], '/'));
    console.log(answers.sort());
    for (const one of Object.values(cluster.workers)) {
      one.send({ ping: 1 });
      await new Promise((resolve) => one.once('message', (message) => { console.log(message.pong, message.id === one.id); resolve(); }));
    }
    const slow = get(ports[0], '/slow');
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const one of Object.values(cluster.workers)) one.send('stop');
    console.log(await slow);
  });
  cluster.fork();
  cluster.fork({ EXTRA: 1 });
}
