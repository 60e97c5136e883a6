// Whom a client trusts; a server that is not trusted is told nothing.
'use strict';
const fs = require('fs');
const https = require('https');
const path = require('path');
const tls = require('tls');

const key = fs.readFileSync(path.join(__dirname, 'key.pem'));
const cert = fs.readFileSync(path.join(__dirname, 'cert.pem'));

const bundled = tls.getCACertificates('bundled');
console.log(bundled === tls.rootCertificates, Object.isFrozen(bundled), tls.getCACertificates('extra') instanceof Array);
for (const wrong of ['x', ['x'], [1]]) {
  try {
    tls.setDefaultCACertificates(wrong);
  } catch (error) {
    console.log(error.code);
  }
}

let requests = 0;
const server = https.createServer({ key, cert }, (request, response) => {
  requests++;
  response.end('hello');
});
server.on('tlsClientError', () => {});

const ask = () => new Promise((resolve) => {
  const options = { port: server.address().port, host: 'localhost', agent: new https.Agent(), checkServerIdentity: () => undefined };
  https.get(options, (response) => response.resume().on('end', () => resolve(response.statusCode)))
    .on('error', (error) => resolve(error.code));
});

server.listen(0, async () => {
  tls.setDefaultCACertificates([]);
  console.log(await ask());
  tls.setDefaultCACertificates([cert, cert]);
  console.log(tls.getCACertificates().length, await ask());
  console.log('requests:', requests);
  server.close();
});
