// TLS: servers and clients of tls and https with a certificate that is made for the test.
'use strict';
const fs = require('fs');
const https = require('https');
const path = require('path');
const tls = require('tls');

const key = fs.readFileSync(path.join(__dirname, 'key.pem'));
const cert = fs.readFileSync(path.join(__dirname, 'cert.pem'));

const seen = [];
function tlsEcho() {
  return new Promise((resolve) => {
    const server = tls.createServer({ key, cert, ALPNProtocols: ['h2', 'echo'] }, (socket) => {
      seen.push('server', socket.authorized, socket.encrypted, socket.alpnProtocol, socket.servername, socket.getProtocol());
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    server.listen(0, () => {
      const { port } = server.address();
      const socket = tls.connect({ port, ca: cert, servername: 'localhost', ALPNProtocols: ['echo'] }, () => {
        console.log('client', socket.authorized, socket.authorizationError, socket.alpnProtocol, socket.getProtocol(), socket.getCipher().name);
        const peer = socket.getPeerCertificate();
        console.log(peer.subject.CN, peer.subject.O, peer.subjectaltname, peer.fingerprint256.length, peer.raw.length > 100);
        const big = Buffer.alloc(300000, 'x');
        let got = 0;
        socket.on('data', (chunk) => {
          got += chunk.length;
          if (got === big.length + 5) socket.end();
        });
        socket.on('close', (hadError) => {
          console.log('echoed', got, hadError, ...seen);
          server.close(resolve);
        });
        socket.write('hello');
        socket.write(big);
      });
    });
  });
}

function refused(options) {
  return new Promise((resolve) => {
    const server = tls.createServer({ key, cert }, (socket) => { socket.on('error', () => {}); socket.end('hi'); });
    server.on('tlsClientError', () => {});
    server.listen(0, () => {
      const socket = tls.connect({ port: server.address().port, ...options }, () => console.log('connected', socket.authorized, socket.authorizationError));
      socket.on('error', (error) => console.log('refused', error.code));
      socket.on('close', () => server.close(resolve));
      socket.resume();
    });
  });
}

function overHttps() {
  return new Promise((resolve) => {
    const server = https.createServer({ key, cert }, (req, res) => {
      let body = '';
      req.on('data', (chunk) => { body += chunk; }).on('end', () => res.end(`${req.method} ${req.url} ${body} ${req.socket.encrypted}`));
    });
    server.listen(0, () => {
      const agent = new https.Agent({ keepAlive: true, ca: cert });
      const ask = (pathname, body) => new Promise((done, fail) => {
        const req = https.request({ host: 'localhost', port: server.address().port, path: pathname, method: body ? 'POST' : 'GET', agent }, (res) => {
          let text = '';
          res.on('data', (chunk) => { text += chunk; }).on('end', () => done([res.statusCode, text, req.reusedSocket]));
        });
        req.on('error', fail);
        req.end(body);
      });
      (async () => {
        console.log(await ask('/one'));
        console.log(await ask('/two', 'x'.repeat(5)));
        agent.destroy();
        await new Promise((done) => https.get({ host: 'localhost', port: server.address().port, agent: false }).on('error', (error) => { console.log(error.code); done(); }));
        server.close(resolve);
      })();
    });
  });
}

(async () => {
  await tlsEcho();
  await refused({});
  await refused({ rejectUnauthorized: false });
  await refused({ ca: cert, servername: 'example.org' });
  await refused({ ca: cert, servername: 'localhost', maxVersion: 'TLSv1.2' });
  await overHttps();
  console.log(tls.checkServerIdentity('a.example.org', { subject: { CN: 'x' }, subjectaltname: 'DNS:*.example.org' }),
    tls.checkServerIdentity('b.org', { subject: { CN: 'x' }, subjectaltname: 'DNS:*.example.org' }).code);
})();
