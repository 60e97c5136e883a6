// Datagrams: messages both ways, connected sockets, buffers in parts, errors, what the kernel gives and takes.
const dgram = require('dgram');
const { once } = require('events');

const show = (label, fn) => {
  try {
    console.log(label, fn());
  } catch (error) {
    console.log(label, error.name, error.code, error.message);
  }
};

async function main() {
  const server = dgram.createSocket('udp4', (message, from) => {
    console.log('server:', String(message), from.address, from.family, from.size, from.port > 0);
    server.send(`echo ${message}`, from.port, from.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const { address, family, port } = server.address();
  console.log(address, family, port > 0);

  const client = dgram.createSocket('udp4');
  client.send('one', port, '127.0.0.1', (error, bytes) => console.log('sent', error, bytes));
  console.log(String((await once(client, 'message'))[0]));
  client.send(Buffer.from('-two-'), 1, 3, port);
  console.log(String((await once(client, 'message'))[0]));
  client.send(['th', Buffer.from('re'), new Uint8Array([101])], port, 'localhost');
  console.log(String((await once(client, 'message'))[0]));

  client.connect(port);
  await once(client, 'connect');
  console.log(client.remoteAddress().port === port, client.remoteAddress().address);
  client.send([], (error, bytes) => console.log('sent', error, bytes));
  console.log(String((await once(client, 'message'))[0]));
  show('connected', () => client.send('x', port));
  client.disconnect();
  show('disconnected', () => client.remoteAddress());

  show('type', () => dgram.createSocket('tcp'));
  show('size', () => client.setRecvBufferSize(-1));
  show('port', () => client.send('x', 70000));
  show('value', () => client.send(5, port));
  show('range', () => client.send('abc', 1, 7, port));
  show('bound', () => client.bind());
  show('ttl', () => client.setTTL(16));
  show('loop', () => client.setMulticastLoopback(true));
  show('group', () => client.addMembership());
  show('group', () => client.addMembership('10.0.0.1'));
  show('interface', () => dgram.createSocket('udp4').setMulticastInterface('none'));
  show('buffer', () => dgram.createSocket('udp4').getRecvBufferSize());

  const second = dgram.createSocket('udp4');
  second.on('error', (error) => console.log(error.message.replace(/\d+$/, 'PORT'), error.code));
  second.bind(port, '127.0.0.1');
  await once(second, 'error').catch(() => {});
  second.close();

  const controller = new AbortController();
  const aborted = dgram.createSocket({ type: 'udp6', ipv6Only: true, signal: controller.signal });
  aborted.on('close', () => console.log('aborted'));
  controller.abort();

  client.close(() => console.log('client closed'));
  server.close(() => console.log('server closed'));
  show('closed', () => client.close());
}
main();
