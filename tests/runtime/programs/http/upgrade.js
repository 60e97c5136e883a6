// upgrade, connect, and 101 on the client's side.
'use strict';
const http = require('http');

const server = http.createServer((req, res) => res.end('plain'));
server.on('upgrade', (req, socket, head) => {
  console.log('upgrade', req.headers.upgrade, String(head));
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nfirst');
  socket.on('data', (chunk) => socket.end(`echo ${chunk}`));
});
server.on('connect', (req, socket) => {
  console.log('connect', req.url);
  socket.end('HTTP/1.1 200 OK\r\n\r\ntunnel');
});
server.listen(0, () => {
  const { port } = server.address();
  const req = http.request({ port, headers: { Connection: 'Upgrade', Upgrade: 'x' } });
  req.on('upgrade', (res, socket, head) => {
    console.log('upgraded', res.statusCode, String(head));
    socket.write('bytes');
    socket.on('data', (chunk) => console.log('data', String(chunk)));
    socket.on('end', () => connect(port));
  });
  req.end();
});
function connect(port) {
  const req = http.request({ port, method: 'CONNECT', path: 'example.org:80' });
  req.on('connect', (res, socket, head) => {
    let text = String(head);
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('end', () => {
      console.log('tunnel', res.statusCode, text);
      socket.end();
      server.close();
    });
  });
  req.end();
}
