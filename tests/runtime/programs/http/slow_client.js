// A file goes to a client that reads slowly: the stream waits for the socket, and memory stays flat.
'use strict';
const http = require('http');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const file = path.join(os.tmpdir(), `slow-client-${process.pid}`);
const SIZE = 256 * 1024 * 1024;
fs.closeSync(fs.openSync(file, 'w'));
fs.truncateSync(file, SIZE);
let waits = 0;
const server = http.createServer((req, res) => {
  res.setHeader('Content-Length', SIZE);
  const stream = fs.createReadStream(file);
  stream.on('pause', () => { waits++; });
  stream.pipe(res);
});
server.listen(0, () => {
  const socket = net.connect(server.address().port);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let got = 0;
  let chunks = 0;
  let top = 0;
  socket.on('data', (chunk) => {
    got += chunk.length;
    if (++chunks % 100 !== 0) return;
    top = Math.max(top, process.memoryUsage.rss());
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  socket.on('end', () => {
    server.close();
    fs.unlinkSync(file);
    console.log('all came', got > SIZE, 'the file waited', waits > 0, 'memory flat', top < 150e6);
  });
});
