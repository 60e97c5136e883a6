// A server tells of requests, connections and its end; it shuts down after a while.
'use strict';
const http = require('http');

const log = (...args) => console.log(...args);
const server = http.createServer();
server.on('connection', () => log('connection'));
server.on('request', (req, res) => {
  log('request', req.method, req.url, req.httpVersion, req.headers['x-number'], req.rawHeaders.length % 2);
  res.setHeader('X-Answer', ['a', 'b']);
  res.statusCode = 201;
  let body = '';
  req.setEncoding('utf8');
  req.on('data', (chunk) => { body += chunk; });
  req.on('end', () => {
    log('body', body, req.complete);
    res.end(`you said ${body}`);
  });
  req.on('close', () => log('request closed'));
  res.on('finish', () => log('finish'));
  res.on('close', () => log('response closed'));
});
server.on('close', () => log('server closed'));
server.listen(0, () => {
  const { port } = server.address();
  log('listening', server.listening);
  const req = http.request({ port, method: 'POST', path: '/x?y=1', agent: false, headers: { 'X-Number': 1 } }, (res) => {
    log('response', res.statusCode, res.statusMessage, res.headers['x-answer'], res.headers['transfer-encoding'], res.headers['content-length'], res.headers.connection);
    res.on('data', (chunk) => log('data', String(chunk)));
    res.on('end', () => log('end', res.complete));
    res.on('close', () => {
      log('close');
      setTimeout(() => {
        log('shutting down');
        server.close(() => log('no more connections', server.listening));
      }, 50);
    });
  });
  req.write('hello ');
  req.end('world');
});
