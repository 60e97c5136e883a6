// WebSocket against a server of few words: text, bytes, protocols, close codes, and what is refused.
const http = require('http');
const crypto = require('crypto');

// A frame of the server, whose payload is short.
const frame = (opcode, bytes) => Buffer.concat([Buffer.from([0x80 | opcode, bytes.length]), bytes]);

const server = http.createServer((request, response) => response.writeHead(403).end());
server.on('upgrade', (request, socket) => {
  const key = crypto.createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const protocol = request.headers['sec-websocket-protocol']?.split(',')[0];
  console.log('upgrade', request.url, request.headers['sec-websocket-version'], protocol);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n${
    protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    while (data.length >= 6) {
      const opcode = data[0] & 15;
      const length = data[1] & 127;
      const body = data.subarray(6, 6 + length).map((byte, i) => byte ^ data[2 + i % 4]);
      data = data.subarray(6 + length);
      if (opcode === 8) return socket.end(frame(8, body));
      if (String(body) === 'drop') return socket.destroy();
      socket.write(frame(opcode, body));
    }
  });
});

const shown = (event) => {
  if (event.type === 'close') return [event.code, event.reason, event.wasClean];
  if (event.type === 'message') return [event.data instanceof ArrayBuffer ? new Uint8Array(event.data) : event.data, event.origin.replace(/\d+$/, 'PORT')];
  return [];
};

function watch(socket, port) {
  return new Promise((resolve) => {
    for (const type of ['open', 'message', 'error', 'close']) {
      socket.addEventListener(type, (event) => {
        console.log(type, event.constructor.name, ...shown(event), 'state', socket.readyState);
        if (type === 'close') resolve();
      });
    }
  });
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const refused = (...args) => {
    try {
      new WebSocket(...args);
    } catch (error) {
      console.log(error.name, error.constructor.name);
    }
  };
  refused();
  refused('nothing');
  refused('ftp://localhost');
  refused('ws://localhost/#part');
  refused('ws://localhost', ['a', 'a']);

  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?x=1`, ['first', 'second']);
  console.log(socket.readyState, socket.url.replace(port, 'PORT'), socket.binaryType, JSON.stringify(socket.protocol), String(socket));
  try {
    socket.send('early');
  } catch (error) {
    console.log(error.name, error.message);
  }
  const done = watch(socket, port);
  socket.onopen = () => {
    console.log('protocol', socket.protocol);
    socket.binaryType = 'arraybuffer';
    socket.send('hello');
    socket.send(new Uint8Array([1, 2, 3]));
    socket.send('ünï');
  };
  let messages = 0;
  socket.onmessage = () => {
    if (++messages < 3) return;
    try {
      socket.close(1001);
    } catch (error) {
      console.log(error.name, error.message);
    }
    socket.close(3000, 'enough');
    console.log('closing', socket.readyState);
  };
  await done;
  socket.send('late');
  console.log(socket.bufferedAmount);

  const dropped = new WebSocket(`http://127.0.0.1:${port}/`);
  dropped.onopen = () => dropped.send('drop');
  await watch(dropped, port);

  console.log(WebSocket.OPEN, typeof CloseEvent);
  server.close();
  server.closeAllConnections();
});
