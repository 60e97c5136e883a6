// Messages between processes: order behind a handle, 'advanced' values, sockets that a server counts, the channel's life.
const { fork } = require('child_process');
const { once } = require('events');
const dgram = require('dgram');
const net = require('net');

if (process.argv[2] === 'child') {
  process.on('message', (message, handle) => {
    if (message === 'end') return process.disconnect();
    if (handle instanceof net.Socket) {
      handle.end('from the child');
      return;
    }
    if (handle) return void handle.close(() => process.send({ got: handle.constructor.name }));
    process.send(message);
  });
  return;
}

async function advanced() {
  const child = fork(__filename, ['child'], { serialization: 'advanced' });
  const cycle = { name: 'cycle', big: 10n, map: new Map([[1, new Set(['a'])]]), date: new Date(0), bytes: Buffer.from('abc'), list: [undefined, -0] };
  cycle.self = cycle;
  child.send(cycle);
  const [got] = await once(child, 'message');
  console.log(got, got.self === got);
  try {
    child.send(Symbol('x'));
  } catch (error) {
    console.log(error.code, error.message);
  }
  child.send('end');
  console.log(await once(child, 'exit'));
}

async function handles() {
  const child = fork(__filename, ['child']);
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [socket] = await once(server, 'connection');
  console.log(child.send('first'), child.send('to you', socket), child.send('second'), child.send('third'));
  client.setEncoding('utf8');
  console.log(await once(client, 'data'), await once(child, 'message'));
  await once(client, 'close');

  const udp = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  await new Promise((resolve) => {
    child.on('message', (message) => {
      console.log('message', message);
      if (message.got) resolve();
    });
    child.send('a socket', udp);
  });
  udp.close();
  server.close();
  child.kill();
  await once(child, 'exit');
  console.log(child.connected, child.channel);
  child.once('error', (error) => console.log(error.code, error.message));
  console.log(child.send('late'));
}
advanced().then(handles);
