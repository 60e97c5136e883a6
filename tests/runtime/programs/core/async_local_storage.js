// AsyncLocalStorage across await, promises, timers, generators, resources and an http server.
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const { once } = require('events');
const http = require('http');
const { inspect } = require('util');
const { setTimeout: sleep } = require('timers/promises');

const storage = new AsyncLocalStorage();
const other = new AsyncLocalStorage();
const store = () => storage.getStore();

async function inner(name) {
  const seen = [store()];
  await null;
  seen.push(store());
  await sleep(2);
  seen.push(store());
  await Promise.resolve();
  seen.push(store());
  return `${name}: ${seen}`;
}

async function errors() {
  try {
    await Promise.reject(new Error('rejected'));
  } catch (error) {
    console.log('catch', error.message, store());
    await sleep(1);
    console.log('after catch', store());
  } finally {
    await 1;
    console.log('finally', store());
  }
}

async function nested() {
  await storage.run('deep', async () => {
    await 0;
    console.log('nested', store(), other.getStore());
    await other.run('second', async () => {
      await sleep(1);
      console.log('both', store(), other.getStore());
    });
    console.log('one', store(), other.getStore());
  });
  console.log('back', store());
  storage.run('ignored', () => {});
  await 'value';
  console.log('value', store());
  storage.exit(() => console.log('exit', store()));
  await { then(done) { console.log('thenable', store()); done(); } };
  console.log('after thenable', store());
}

async function* numbers() {
  for (let at = 0; at < 3; at++) {
    await sleep(1);
    yield `${at} ${store()}`;
  }
}

async function iterate() {
  for await (const one of numbers()) console.log('generator', one, store());
  for await (const one of [Promise.resolve('a'), 'b']) console.log('list', one, store());
}

async function entered() {
  await sleep(1);
  storage.enterWith('entered');
  await Promise.resolve();
  console.log('enterWith', store());
  setImmediate(() => console.log('immediate', store()));
  await new Promise(setImmediate);
  storage.enterWith('again');
  await 2;
  console.log('enterWith', store());
}

async function resources() {
  const resource = storage.run('of the resource', () => new AsyncResource('Thing'));
  await resource.runInAsyncScope(async () => {
    await sleep(1);
    console.log('resource', store());
  });
  const bound = storage.run('bound', () => AsyncResource.bind(async () => { await 0; return store(); }));
  console.log('bind', await bound(), store());
  const snapshot = storage.run('snapshot', () => AsyncLocalStorage.snapshot());
  console.log('snapshot', await snapshot(async () => { await sleep(1); return store(); }), store());
}

async function requests() {
  let arrived = 0;
  let open;
  const both = new Promise((resolve) => { open = resolve; });
  const server = http.createServer((request, response) => storage.run(request.url, async () => {
    if (++arrived === 2) open();
    await both; // each waits for the other
    const first = store();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    await null;
    response.end(`${first} ${store()} ${Buffer.concat(chunks)}`);
  }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const get = async (path) => {
    const request = http.request({ port: server.address().port, host: '127.0.0.1', path, method: 'POST' });
    request.end(`body of ${path}`);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return `${text} (${store()})`;
  };
  console.log(await Promise.all([storage.run('client a', get, '/a'), storage.run('client b', get, '/b')]));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }); // one socket, one request after another
  const heard = [];
  await Promise.all(['c', 'd'].map((name) => storage.run(name, () => new Promise((done) => {
    http.get({ port: server.address().port, host: '127.0.0.1', path: `/${name}`, agent }, (response) => {
      heard.push(`response ${store()}`);
      response.on('data', () => heard.push(`data ${store()}`)).on('end', () => done(heard.push(`end ${store()}`)));
    });
  }))));
  console.log(heard.join(', '));
  agent.destroy();
  server.close();
  await once(server, 'close');
}

function order() {
  const log = [];
  const step = async (name) => {
    for (let at = 0; at < 3; at++) {
      await (at === 1 ? undefined : Promise.resolve());
      log.push(`${name}${at}`);
    }
  };
  return storage.run('order', async () => {
    const all = [step('a'), Promise.resolve().then(() => log.push('then')).then(() => log.push('then2')), step('b')];
    queueMicrotask(() => log.push('microtask'));
    process.nextTick(() => log.push('tick'));
    await Promise.all(all);
    await Promise.resolve().finally(() => log.push('finally'));
    console.log(log.join(' '));
  });
}

function properties() {
  const promise = Promise.resolve(1);
  console.log(inspect(promise).split('{')[0], promise.constructor === Promise, Object.keys(Promise.prototype), Promise.resolve(promise) === promise);
  class Sub extends Promise {}
  const sub = Sub.resolve(2);
  console.log(inspect(sub).split('{')[0], sub.then(() => {}) instanceof Sub, sub.constructor === Sub);
  promise.constructor = Sub;
  console.log(Object.keys(promise), promise.then(() => {}) instanceof Sub);
}

(async () => {
  console.log(await Promise.all([1, 2, 3].map((name) => storage.run(name, inner, name))), store());
  await storage.run('errors', errors);
  await storage.run('outer', nested);
  await storage.run('iterate', iterate);
  await storage.run('resources', resources);
  await storage.run('before', entered);
  console.log('none', store());
  await requests();
  await order();
  properties();
  process.on('unhandledRejection', (error) => console.log('unhandled', error.message));
  inspect(Promise.reject(new Error('shown'))); // which handles nothing
  storage.run('unhandled', async () => { await sleep(1); throw new Error('thrown'); });
  storage.run('unhandled', async () => { await Promise.reject(new Error('nobody')); });
})();
