// The bytes of responses: framing, keep-alive, pipelining, trailers, expectations, bad requests.
'use strict';
const http = require('http');
const net = require('net');

const server = http.createServer((req, res) => {
  if (req.url === '/plain') {
    res.writeHead(200, 'Fine', { 'Content-Type': 'text/plain', 'X-List': ['1', '2'] });
    res.end('plain');
  } else if (req.url === '/chunks') {
    res.write('one');
    res.write('two');
    res.addTrailers({ 'X-Sum': 'abc' });
    res.end('three');
  } else if (req.url === '/none') {
    res.writeHead(204).end();
  } else if (req.url === '/slow') {
    setTimeout(() => res.end('slow'), 20);
  } else if (req.url === '/buffer') {
    res.setHeader('Content-Length', 3);
    res.write(Buffer.from('abc'));
    res.end();
  } else if (req.url === '/echo') {
    req.pipe(res);
  } else if (req.url === '/trailers') {
    req.resume().on('end', () => res.end(JSON.stringify([req.trailers, req.rawTrailers])));
  } else if (req.url === '/error') {
    try { res.setHeader('bad name', 1); } catch (e) { res.write(`${e.code}: ${e.message}\n`); }
    try { res.setHeader('x', 'y'); } catch (e) { res.write(`${e.code}: ${e.message}\n`); }
    try { res.writeHead(99); } catch (e) { res.write(`${e.code}: ${e.message}\n`); }
    res.end();
  } else res.end(JSON.stringify([req.headers, req.headersDistinct]));
});

function exchange(bytes) {
  return new Promise((resolve) => {
    const socket = net.connect(server.address().port);
    let out = '';
    socket.setEncoding('latin1').on('data', (chunk) => { out += chunk; });
    socket.on('close', () => resolve(out.replace(/Date: [^\r]*/g, 'Date: now')));
    socket.on('error', () => {});
    socket.write(bytes);
  });
}

const CASES = [
  'GET /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'HEAD /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /plain HTTP/1.0\r\n\r\n',
  'GET /plain HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /chunks HTTP/1.0\r\n\r\n',
  'GET /chunks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /buffer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /plain HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
  'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  'POST /trailers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\na\r\n0\r\nX-End: yes\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  'POST /echo HTTP/1.1\r\nHost: x\r\nExpect: something\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  'GET /error HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /headers HTTP/1.1\r\nHost: x\r\nA: 1\r\na: 2  \r\nCookie: a=b\r\nCookie: c=d\r\nSet-Cookie: x\r\nAge: 1\r\nAge: 2\r\nEmpty:\r\nConnection: close\r\n\r\n',
  'GET /nohost HTTP/1.1\r\n\r\n',
  'rubbish\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nLong: ${'x'.repeat(20000)}\r\n\r\n`,
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
];

server.listen(0, async () => {
  for (const bytes of CASES) {
    console.log('>', JSON.stringify(bytes.slice(0, 60)));
    console.log(JSON.stringify(await exchange(bytes)));
  }
  server.close();
});
