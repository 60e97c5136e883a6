// Agents: reuse of connections, limits, and what a client sees when something fails.
'use strict';
const http = require('http');

let connections = 0;
const server = http.createServer((req, res) => {
  if (req.url === '/drop') return req.socket.destroy();
  if (req.url === '/half') {
    res.writeHead(200, { 'Content-Length': 100 });
    res.write('half');
    return setTimeout(() => req.socket.destroy(), 20);
  }
  if (req.url === '/never') return undefined;
  res.setHeader('X-Connection', req.headers.connection);
  res.end(req.url);
});
server.on('connection', () => { connections++; });

function get(options) {
  return new Promise((resolve, reject) => {
    const req = http.get({ port: server.address().port, ...options }, (res) => {
      let body = '';
      res.setEncoding('utf8').on('data', (chunk) => { body += chunk; });
      res.on('end', () => resolve([res.statusCode, body, res.headers['x-connection'], req.reusedSocket]));
      res.on('error', (error) => reject(error));
      res.on('aborted', () => console.log('aborted'));
    });
    req.on('error', reject);
    req.on('timeout', () => { console.log('timeout'); req.destroy(new Error('too late')); });
  });
}
const tell = (promise) => promise.then((value) => console.log(...value), (error) => console.log(error.code, error.message));

server.listen(0, async () => {
  const agent = new http.Agent({ keepAlive: true });
  await tell(get({ path: '/1', agent }));
  await tell(get({ path: '/2', agent }));
  await tell(get({ path: '/3', agent }));
  console.log('connections', connections, Object.keys(agent.freeSockets).length, agent.totalSocketCount);
  agent.destroy();
  await tell(get({ path: '/4', agent: false }));
  const one = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await Promise.all(['/a', '/b', '/c'].map((path) => tell(get({ path, agent: one }))));
  one.destroy();
  console.log('connections', connections);
  await tell(get({ path: '/drop', agent: false }));
  await tell(get({ path: '/half', agent: false }));
  await tell(get({ path: '/never', agent: false, timeout: 50 }));
  await tell(get({ path: '/x', port: 1, agent: false }));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  await tell(get({ path: '/never', agent: false, signal: controller.signal }));
  for (const bad of [{ path: '/a b' }, { protocol: 'ftp:' }, { method: 'a b' }, { headers: { 'a b': 1 } }, { headers: { a: '\n' } }, { agent: 1 }]) {
    try { http.get(bad); } catch (error) { console.log(error.name, error.code, error.message); }
  }
  console.log(http.STATUS_CODES[418], http.METHODS.includes('M-SEARCH'), http.globalAgent.keepAlive, http.maxHeaderSize);
  for (const name of ['good', 'b ad', '']) try { http.validateHeaderName(name); } catch (error) { console.log(error.code, error.message); }
  server.close(() => console.log('closed'));
  server.closeAllConnections();
});
