// fetch with all that belongs to it, against a server of our own.
'use strict';
const http = require('http');
const zlib = require('zlib');

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost');
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    switch (url.pathname) {
      case '/json': return res.setHeader('content-type', 'application/json').end(JSON.stringify({ a: [1, 2], url: req.url }));
      case '/echo': return res.end(`${req.method} ${req.headers['content-type']} ${req.headers['content-length']} ${req.headers['x-own']} ${body}`);
      case '/headers': return res.end(['accept', 'accept-encoding', 'accept-language', 'connection', 'sec-fetch-mode', 'user-agent'].map((name) => `${name}: ${req.headers[name]}`).join('\n'));
      case '/form': return res.end(body.replace(/-{6}formdata-\S+|-{6}\S+formdata-\S+/g, 'B').replaceAll(/boundary/g, ''));
      case '/gzip': return res.setHeader('content-encoding', 'gzip').end(zlib.gzipSync('packed'));
      case '/br': return res.setHeader('content-encoding', 'br').end(zlib.brotliCompressSync('brotli'));
      case '/301': return res.writeHead(301, { location: '/echo' }).end();
      case '/307': return res.writeHead(307, { location: '/echo' }).end();
      case '/loop': return res.writeHead(302, { location: '/loop' }).end();
      case '/204': return res.writeHead(204).end();
      case '/404': return res.writeHead(404, { 'set-cookie': ['a=1', 'b=2'], 'x-two': ['1', '2'] }).end('none');
      case '/slow': return void res.write('begun');
      case '/multipart': return res.setHeader('content-type', req.headers['content-type']).end(body);
    }
    res.end();
  });
});

async function shown(name, fn) {
  try {
    console.log(name, await fn());
  } catch (error) {
    console.log(name, error.name, error.message, error.cause?.code ?? error.cause?.message);
  }
}

server.listen(0, '127.0.0.1', async () => {
  const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;
  await shown('json', async () => {
    const response = await fetch(at('/json?q'));
    return [response.ok, response.status, response.statusText, response.headers.get('Content-Type'), response.type, response.bodyUsed, await response.json(), response.bodyUsed];
  });
  await shown('twice', async () => {
    const response = await fetch(at('/json'));
    await response.text();
    return response.text();
  });
  await shown('headers', async () => (await fetch(at('/headers'))).text());
  await shown('post', async () => (await fetch(at('/echo'), { method: 'post', body: 'text', headers: { 'X-Own': 'y' } })).text());
  await shown('params', async () => (await fetch(at('/echo'), { method: 'PUT', body: new URLSearchParams({ a: '1 2', b: 'ü' }) })).text());
  await shown('bytes', async () => (await fetch(at('/echo'), { method: 'POST', body: new Uint8Array([65, 66]) })).text());
  await shown('blob', async () => (await fetch(at('/echo'), { method: 'POST', body: new Blob(['x', 'yz'], { type: 'a/b' }) })).text());
  await shown('stream', async () => (await fetch(at('/echo'), { method: 'POST', duplex: 'half', body: new Blob(['streamed']).stream() })).text());
  await shown('empty', async () => (await fetch(at('/echo'), { method: 'POST' })).text());
  await shown('get with a body', () => fetch(at('/echo'), { body: 'x' }));
  await shown('gzip', async () => (await fetch(at('/gzip'))).text());
  await shown('br', async () => (await fetch(at('/br'))).text());
  await shown('301', async () => {
    const response = await fetch(at('/301'), { method: 'POST', body: 'x' });
    return [response.redirected, response.url.slice(-5), await response.text()];
  });
  await shown('307', async () => (await fetch(at('/307'), { method: 'POST', body: 'x' })).text());
  await shown('loop', () => fetch(at('/loop')));
  await shown('manual', async () => (await fetch(at('/301'), { redirect: 'manual' })).status);
  await shown('error', () => fetch(at('/301'), { redirect: 'error' }));
  await shown('204', async () => [(await fetch(at('/204'))).body, await (await fetch(at('/204'))).text()]);
  await shown('404', async () => {
    const response = await fetch(at('/404'));
    return [response.ok, response.status, response.headers.getSetCookie(), response.headers.get('x-two'), await response.text()];
  });
  await shown('refused', () => fetch('http://127.0.0.1:1/'));
  await shown('url', () => fetch('nothing'));
  await shown('scheme', () => fetch('ftp://localhost/'));
  await shown('abort', () => fetch(at('/json'), { signal: AbortSignal.abort() }));
  await shown('timeout', async () => (await fetch(at('/slow'), { signal: AbortSignal.timeout(50) })).text());
  await shown('data', async () => {
    const response = await fetch('data:text/plain;base64,aGVsbG8=');
    return [response.headers.get('content-type'), await response.text()];
  });
  await shown('reader', async () => {
    let text = '';
    for await (const chunk of (await fetch(at('/json'))).body.pipeThrough(new TextDecoderStream())) text += chunk;
    return text.length;
  });
  await shown('form', async () => {
    const form = new FormData();
    form.append('a', '1\n2');
    form.append('f', new File(['content'], 'n.txt', { type: 'text/x' }));
    form.set('a2', 'ü');
    const back = await (await fetch(at('/multipart'), { method: 'POST', body: form })).formData();
    const file = back.get('f');
    return [[...back.keys()], back.get('a'), back.get('a2'), file.name, file.type, await file.text()];
  });
  server.closeAllConnections();
  server.close();

  await shown('Headers', () => {
    const headers = new Headers([['B', '2'], ['a', ' 1 '], ['b', '3']]);
    headers.append('set-cookie', 'x');
    headers.append('Set-Cookie', 'y');
    return [[...headers], headers.get('B'), headers.has('c'), headers.get('c'), headers.getSetCookie()];
  });
  await shown('Headers', () => new Headers({ 'bad name': 'x' }).get('x'));
  await shown('Response', async () => [await Response.json({ a: 1 }).text(), Response.json(1).headers.get('content-type'), Response.error().type, Response.redirect('http://a/b').headers.get('location')]);
  await shown('Response', async () => {
    const first = new Response('abc');
    const second = first.clone();
    return [await first.text(), await second.text(), Buffer.from(await new Response(new Uint8Array([1, 2])).arrayBuffer()).toString('hex')];
  });
  await shown('Response', () => new Response('x', { status: 600 }));
  await shown('Request', () => {
    const request = new Request('http://a/b?c', { method: 'patch', headers: { a: 'b' } });
    const copy = new Request(request, { method: 'delete' });
    return [request.method, request.url, copy.method, copy.headers.get('a'), request.redirect, request.credentials, request.signal.aborted];
  });
});
