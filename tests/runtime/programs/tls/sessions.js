// What tls knows of a connection: sessions that are taken up again, names, protocols, keys, exported material, tickets.
'use strict';
const tls = require('tls');
const fs = require('fs');
const path = require('path');
const { once } = require('events');

const read = (name) => fs.readFileSync(path.join(__dirname, name));
const key = read('key.pem');
const cert = read('cert.pem');
const keyLines = [];

async function connect(server, options) {
  const socket = tls.connect({ port: server.address().port, rejectUnauthorized: false, ...options });
  const sessions = [];
  socket.on('session', (session) => sessions.push(session));
  socket.on('keylog', (line) => keyLines.push(`${line}`.split(' ')[0]));
  await once(socket, 'secureConnect');
  const peer = socket.getPeerCertificate();
  const x509 = socket.getPeerX509Certificate();
  const more = { bits: peer.bits, exponent: peer.exponent, modulus: typeof peer.modulus, own: x509?.subject === x509?.issuer,
    material: socket.exportKeyingMaterial(16, 'a label', Buffer.from('with')).length, finished: socket.getFinished().length > 0,
    ephemeral: socket.getEphemeralKeyInfo().type };
  const facts = { reused: socket.isSessionReused(), protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
  const [greeting] = await once(socket, 'data');
  facts.greeting = `${greeting}`;
  const session = sessions.at(-1);
  socket.end();
  await once(socket, 'close');
  return { facts, more, session };
}

async function main() {
  const server = tls.createServer({ key, cert, ALPNProtocols: ['one', 'two'], maxVersion: 'TLSv1.2' }, (socket) => {
    socket.end(`${socket.servername} ${socket.alpnProtocol}`);
  });
  server.addContext('*.example.org', { key, cert });
  server.on('tlsClientError', (error) => console.log('server', error.code));
  await once(server.listen(0), 'listening');

  const first = await connect(server, { servername: 'a.example.org', ALPNProtocols: ['two'] });
  console.log(first.facts, first.more);
  const second = await connect(server, { servername: 'a.example.org', ALPNProtocols: ['two'], session: first.session });
  console.log(second.facts);
  server.setTicketKeys(Buffer.alloc(48, 7));
  console.log(server.getTicketKeys().equals(Buffer.alloc(48, 7)), (await connect(server, { session: first.session })).facts.reused);
  console.log([...new Set(keyLines)]);
  for (const options of [{ minVersion: 'TLSv1.3' }, { ciphers: 'no such' }, { ciphers: 1 }, { secureProtocol: 'SSLv3_method' },
    { minVersion: 'TLSv1.2', secureProtocol: 'TLSv1_2_method' }]) {
    try {
      const socket = tls.connect({ port: server.address().port, rejectUnauthorized: false, ...options });
      await once(socket, 'secureConnect');
      socket.destroy();
    } catch (error) {
      console.log(Object.keys(options).join(), error.code ?? error.message);
    }
  }
  const names = { subjectaltname: 'DNS:"good.example.org\\u0000.evil.example.com", DNS:*.example.com', subject: {} };
  for (const host of ['good.example.org', 'a.example.com', 'a.b.example.com']) console.log(host, tls.checkServerIdentity(host, names)?.code);
  server.close();
}
main();
