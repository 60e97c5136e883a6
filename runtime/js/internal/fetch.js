// fetch, Request and Response over http and https.
'use strict';

const { Headers } = require('internal/fetch/headers');
const { FormData } = require('internal/fetch/form_data');
const { extract, streamOf, cloneBody, mixin, state } = require('internal/fetch/body');
const kInspect = Symbol.for('nodejs.util.inspect.custom');

const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const MOST_REDIRECTS = 20;
const FIELDS = { cache: 'default', credentials: 'same-origin', integrity: '', keepalive: false, mode: 'cors', redirect: 'follow',
  referrer: 'about:client', referrerPolicy: '' };

function methodOf(value) {
  const text = `${value}`;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)) throw new TypeError(`'${text}' is not a valid HTTP method.`);
  if (/^(CONNECT|TRACE|TRACK)$/i.test(text)) throw new TypeError(`'${text}' HTTP method is unsupported.`);
  return METHODS.has(text.toUpperCase()) ? text.toUpperCase() : text;
}

function urlOf(input) {
  let url;
  try {
    url = new URL(input);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${input}`, { cause });
  }
  if (url.username || url.password) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${url}`);
  return url;
}

class Request {
  constructor(input, init = {}) {
    if (arguments.length === 0) throw new TypeError("Request constructor: 1 argument required, but only 0 present.");
    init ??= {};
    const from = input instanceof Request ? input[state] : undefined;
    const own = this[state] = {
      url: from ? from.url : urlOf(input), method: from?.method ?? 'GET', headers: new Headers(init.headers ?? from?.headers),
      body: null, used: false, duplex: init.duplex,
    };
    Object.defineProperty(this, state, { enumerable: false });
    for (const name of Object.keys(FIELDS)) own[name] = init[name] ?? from?.[name] ?? FIELDS[name];
    if (init.method !== undefined) own.method = methodOf(init.method);
    const signal = init.signal === undefined ? from?.signal : init.signal;
    if (signal !== undefined && signal !== null && !('aborted' in Object(signal))) {
      throw new TypeError('Request constructor: Expected signal ("' + signal + '") to be an instance of AbortSignal.');
    }
    own.signal = signal ?? new AbortController().signal;
    const hasOwn = init.body !== undefined && init.body !== null;
    if ((hasOwn || from?.body) && (own.method === 'GET' || own.method === 'HEAD')) {
      throw new TypeError('Request with GET/HEAD method cannot have body.');
    }
    if (hasOwn) {
      own.body = extract(init.body);
      if (own.body.length === null && init.duplex === undefined) {
        throw new TypeError('RequestInit: duplex option is required when sending a body.');
      }
      if (own.body.type !== null && !own.headers.has('content-type')) own.headers.set('content-type', own.body.type);
    } else if (from?.body) {
      if (from.used) throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
      own.body = from.body;
      from.used = true;
    }
  }

  get url() { return this[state].url.href; }
  get method() { return this[state].method; }
  get headers() { return this[state].headers; }
  get signal() { return this[state].signal; }
  get destination() { return ''; }
  get duplex() { return 'half'; }

  clone() {
    const copy = new Request(this.url, { ...this[state], body: undefined, signal: this.signal });
    copy[state].body = cloneBody(this[state]);
    return copy;
  }

  [kInspect](depth, options, inspect) {
    const { method, url, headers, signal } = this;
    return `Request ${inspect({ method, url, headers, signal }, { ...options, depth: depth - 1 })}`;
  }
}
for (const name of Object.keys(FIELDS)) {
  Object.defineProperty(Request.prototype, name, { get() { return this[state][name]; }, enumerable: true, configurable: true });
}

// The ports of other protocols, which the standard does not let a page talk to.
const BAD_PORTS = new Set(('1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 ' +
  '137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 ' +
  '3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080').split(' '));

const NO_BODY = new Set([101, 103, 204, 205, 304]);

class Response {
  constructor(body = null, init = {}) {
    init ??= {};
    const status = init.status === undefined ? 200 : Number(init.status) & 0xffff;
    if (status < 200 || status > 599) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    const statusText = init.statusText === undefined ? '' : `${init.statusText}`;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(statusText)) throw new TypeError('Invalid statusText');
    const own = { status, statusText, headers: new Headers(init.headers), body: null, used: false, type: 'default', url: '', redirected: false };
    Object.defineProperty(this, state, { value: own, enumerable: false });
    if (body === null || body === undefined) return;
    if (NO_BODY.has(status)) throw new TypeError(`Response constructor: Invalid response status code ${status}`);
    own.body = extract(body);
    if (own.body.type !== null && !own.headers.has('content-type')) own.headers.set('content-type', own.body.type);
  }

  get type() { return this[state].type; }
  get url() { return this[state].url; }
  get redirected() { return this[state].redirected; }
  get status() { return this[state].status; }
  get ok() { return this.status >= 200 && this.status <= 299; }
  get statusText() { return this[state].statusText; }
  get headers() { return this[state].headers; }

  clone() {
    const copy = new Response();
    Object.assign(copy[state], this[state], { headers: new Headers(this.headers), body: cloneBody(this[state]) });
    return copy;
  }

  static error() {
    const made = new Response();
    Object.assign(made[state], { status: 0, type: 'error' });
    return made;
  }

  static json(data, init = {}) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const headers = new Headers(init?.headers);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new Response(text, { ...init, headers });
  }

  static redirect(url, status = 302) {
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Invalid status code ${status}`);
    return new Response(null, { status, headers: { location: new URL(url).href } });
  }

  [kInspect](depth, options, inspect) {
    const { status, statusText, headers, body, bodyUsed, ok, redirected, type, url } = this;
    return `Response ${inspect({ status, statusText, headers, body, bodyUsed, ok, redirected, type, url }, { ...options, depth: depth - 1 })}`;
  }
}

for (const Class of [Request, Response]) {
  mixin(Class);
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    if (name !== 'constructor') Object.defineProperty(Class.prototype, name, { enumerable: true });
  }
}

// The stream of a response, unpacked.
function unpacked(message, method) {
  if (method === 'HEAD' || NO_BODY.has(message.statusCode)) {
    message.resume();
    return null;
  }
  const zlib = () => require('zlib');
  let out = message;
  for (const coding of (message.headers['content-encoding'] ?? '').toLowerCase().split(',').map((one) => one.trim()).reverse()) {
    const { pipeline } = require('stream');
    const flush = { flush: 2, finishFlush: 2 };
    if (coding === 'gzip' || coding === 'x-gzip') out = pipeline(out, zlib().createGunzip(flush), () => {});
    else if (coding === 'deflate') out = pipeline(out, zlib().createInflate(flush), () => {});
    else if (coding === 'br') out = pipeline(out, zlib().createBrotliDecompress({ flush: 1, finishFlush: 1 }), () => {});
  }
  return require('stream').Readable.toWeb(out, { type: 'bytes' });
}

const DEFAULTS = [['accept', '*/*'], ['accept-language', '*'], ['sec-fetch-mode', 'cors'], ['user-agent', 'node'], ['accept-encoding', 'gzip, deflate']];

// One request on the wire: its IncomingMessage.
function send(own, url) {
  return new Promise((resolve, reject) => {
    const headers = Object.create(null);
    for (const [name, value] of own.headers) headers[name] = value;
    for (const [name, value] of DEFAULTS) headers[name] ??= value;
    headers.connection ??= 'keep-alive';
    if (own.body?.length !== null && own.body !== null) headers['content-length'] = String(own.body.length);
    else if (own.body === null && (own.method === 'POST' || own.method === 'PUT')) headers['content-length'] = '0';
    const { request } = require(url.protocol === 'https:' ? 'https' : 'http');
    const outgoing = request(url, { method: own.method, headers });
    const stop = () => {
      const error = own.signal.reason;
      reject(error);
      outgoing.destroy(error);
    };
    if (own.signal.aborted) return stop();
    own.signal.addEventListener('abort', stop, { once: true });
    outgoing.on('error', (error) => reject(own.signal.aborted ? own.signal.reason : new TypeError('fetch failed', { cause: error })));
    outgoing.on('response', (message) => {
      message.once('close', () => own.signal.removeEventListener('abort', stop));
      resolve(message);
    });
    if (own.body === null) outgoing.end();
    else if (own.body.stream === undefined) outgoing.end(own.body.bytes);
    else require('stream').Readable.fromWeb(streamOf(own)).on('error', (error) => outgoing.destroy(error)).pipe(outgoing);
  });
}

function follow(own, url, message) {
  const next = new URL(message.headers.location, url);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') throw new TypeError('fetch failed', { cause: new Error('URL scheme must be a HTTP(S) scheme') });
  const { statusCode } = message;
  if (((statusCode === 301 || statusCode === 302) && own.method === 'POST') || (statusCode === 303 && own.method !== 'GET' && own.method !== 'HEAD')) {
    own.method = 'GET';
    own.body = null;
    for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']) own.headers.delete(name);
  } else if (own.body?.stream !== undefined) {
    if (own.body.again === undefined) throw new TypeError('fetch failed', { cause: new Error('the body was a stream and cannot be sent again') });
    own.body.stream = own.body.again();
  }
  if (next.origin !== url.origin) for (const name of ['authorization', 'proxy-authorization', 'cookie', 'host']) own.headers.delete(name);
  return next;
}

function answer(fields, stream) {
  const response = new Response();
  Object.assign(response[state], { type: 'basic' }, fields);
  if (stream !== null) response[state].body = { stream, type: null, length: null };
  Headers.freeze(response.headers);
  return response;
}

function fetchData(url) {
  const match = /^data:([^,]*?)(;\s*base64)?,(.*)$/s.exec(url.href.replace(/#.*$/, ''));
  if (!match) throw new TypeError('fetch failed', { cause: new Error('invalid data: URL') });
  const text = decodeURIComponent(match[3].replace(/%(?![0-9a-f]{2})/gi, '%25'));
  const body = match[2] ? Buffer.from(text, 'base64') : Buffer.from(text);
  const headers = new Headers({ 'content-type': match[1] || 'text/plain;charset=US-ASCII' });
  return answer({ status: 200, statusText: 'OK', headers, url: url.href }, streamOf({ body: extract(body) }));
}

async function fetch(input, init = undefined) {
  if (arguments.length === 0) throw new TypeError("Failed to execute 'fetch' : 1 argument required, but only 0 present.");
  const own = { ...new Request(input, init)[state] };
  let { url } = own;
  if (own.signal.aborted) throw own.signal.reason;
  if (url.protocol === 'data:') return fetchData(url);
  if (url.protocol === 'blob:') {
    const blob = require('buffer').resolveObjectURL?.(url.href);
    if (blob === undefined) throw new TypeError('fetch failed', { cause: new Error('invalid blob: URL') });
    return answer({ status: 200, statusText: 'OK', headers: new Headers({ 'content-length': blob.size, 'content-type': blob.type }), url: url.href }, blob.stream());
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('fetch failed', { cause: new Error('unknown scheme') });
  for (let count = 0; ; count++) {
    if (BAD_PORTS.has(url.port)) throw new TypeError('fetch failed', { cause: new Error('bad port') });
    const message = await send(own, url);
    const isRedirect = [301, 302, 303, 307, 308].includes(message.statusCode) && message.headers.location !== undefined;
    if (isRedirect && own.redirect === 'error') throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
    if (isRedirect && own.redirect === 'follow') {
      message.resume();
      if (count === MOST_REDIRECTS) throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') });
      url = follow(own, url, message);
      continue;
    }
    const headers = new Headers();
    for (let i = 0; i < message.rawHeaders.length; i += 2) headers.append(message.rawHeaders[i], message.rawHeaders[i + 1]);
    return answer({ status: message.statusCode, statusText: message.statusMessage, headers, url: url.href.replace(/#.*$/, ''), redirected: count > 0 },
      unpacked(message, own.method));
  }
}

module.exports = { fetch, Headers, Request, Response, FormData };
