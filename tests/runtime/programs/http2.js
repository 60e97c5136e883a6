// A server and a client of HTTP/2: streams, trailers, pushes, files, settings, ping, errors and the request of http.
'use strict';
const http2 = require('http2');
const { once } = require('events');
const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = http2.constants;

const routes = {
  '/hello'(stream, headers) {
    stream.respond({ ':status': 200, 'content-type': 'text/plain', 'x-method': headers[':method'], 'set-cookie': ['a=1', 'b=2'] });
    stream.end('hello');
  },
  async '/echo'(stream) {
    stream.respond({ ':status': 201 });
    for await (const chunk of stream) stream.write(chunk);
    stream.end();
  },
  '/trailers'(stream) {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
    stream.end('body');
  },
  '/early'(stream) {
    stream.additionalHeaders({ ':status': 103, 'link': '</a.css>; rel=preload' });
    stream.respond({ ':status': 204 });
  },
  '/push'(stream) {
    stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
      pushed.respond({ ':status': 200 });
      pushed.end('pushed');
      stream.respond();
      stream.end('pushing');
    });
  },
  '/file'(stream) { stream.respondWithFile(__filename, { 'content-type': 'text/javascript' }, { offset: 3, length: 29 }); },
  '/none'(stream) { stream.respondWithFile('/does/not/exist', {}, { onError(error) { stream.respond({ ':status': 404, 'x-code': error.code }, { endStream: true }); } }); },
  '/refuse'(stream) {
    stream.on('error', (error) => console.log('server', error.code));
    stream.close(NGHTTP2_REFUSED_STREAM);
  },
  '/forbidden'(stream) {
    for (const headers of [{ 'connection': 'close' }, { ':path': '/' }]) {
      try { stream.respond(headers); } catch (error) { console.log('refused', error.code); }
    }
    stream.respond();
    stream.end();
  },
};

async function ask(client, headers, { body, ...options } = {}) {
  const request = client.request(headers, options);
  request.setEncoding('utf8');
  let text = '';
  request.on('headers', (early) => console.log('early', early[':status'], early.link));
  request.on('trailers', (trailers) => console.log('trailers', trailers['x-sum']));
  request.on('data', (chunk) => { text += chunk; });
  if (body !== undefined) request.end(body);
  const [response] = await once(request, 'response');
  if (!request.readableEnded) await once(request, 'end');
  delete response.date;
  return [JSON.stringify(response), text];
}

async function main() {
  const server = http2.createServer({ settings: { maxConcurrentStreams: 50 } });
  server.on('stream', (stream, headers) => routes[headers[':path']]?.(stream, headers));
  server.listen(0);
  const old = http2.createServer((request, response) => {
    response.setHeader('X-Version', request.httpVersion);
    response.writeHead(202, { 'x-url': request.url });
    request.pipe(response);
  }).listen(0);
  await once(server, 'listening');
  const client = http2.connect(`http://localhost:${server.address().port}`);
  await once(client, 'remoteSettings');
  console.log('settings', client.remoteSettings.maxConcurrentStreams, client.alpnProtocol, client.encrypted);
  const pushes = [];
  client.on('stream', (pushed, headers) => {
    pushed.on('push', (response) => pushes.push(headers[':path'], response[':status']));
    pushed.setEncoding('utf8').on('data', (chunk) => pushes.push(chunk));
  });

  console.log(...await ask(client, { ':path': '/hello' }));
  const large = 'x'.repeat(300000);
  const [head, echoed] = await ask(client, { ':path': '/echo', ':method': 'POST' }, { body: large });
  console.log(head, echoed === large);
  for (const path of ['/trailers', '/early', '/push', '/file', '/none', '/forbidden']) console.log(path, ...await ask(client, { ':path': path }));
  console.log('pushes', ...pushes);
  const second = http2.connect(`http://localhost:${old.address().port}`);
  console.log(...await ask(second, { ':path': '/compat?a', ':method': 'POST' }, { body: 'piped' }));
  second.close();
  old.close();

  const refused = client.request({ ':path': '/refuse' });
  const [error] = await once(refused, 'error');
  console.log(error.code, error.message, refused.rstCode === NGHTTP2_REFUSED_STREAM);
  const cancelled = client.request({ ':path': '/never' });
  cancelled.close(NGHTTP2_CANCEL);
  await once(cancelled, 'close');
  console.log('cancelled', cancelled.rstCode, cancelled.destroyed);
  const payload = await new Promise((resolve) => { client.ping(Buffer.from('12345678'), (failed, duration, bytes) => resolve([failed, duration >= 0, `${bytes}`])); });
  console.log('ping', ...payload);
  try { client.socket.write('x'); } catch (wrong) { console.log(wrong.code); }

  client.close();
  await once(client, 'close');
  server.close();
  await once(server, 'close');
  console.log('closed', client.destroyed, client.closed);
}
main();
