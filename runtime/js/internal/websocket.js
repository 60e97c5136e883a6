// WebSocket as browsers have it, over npm's ws.
'use strict';

const { Event, EventTarget, defineHandler } = require('internal/event_target');
const { MessageEvent } = require('internal/message_event');

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];
const [CONNECTING, OPEN] = STATES.keys();
const ABNORMAL = 1006;
const MOST_REASON = 123;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

class CloseEvent extends Event {
  #wasClean;
  #code;
  #reason;
  constructor(type, options = undefined) {
    super(type, options);
    this.#wasClean = Boolean(options?.wasClean);
    this.#code = options?.code ?? 0;
    this.#reason = options?.reason === undefined ? '' : `${options.reason}`;
  }
  get wasClean() { return this.#wasClean; }
  get code() { return this.#code; }
  get reason() { return this.#reason; }
}
Object.defineProperty(CloseEvent.prototype, Symbol.toStringTag, { value: 'CloseEvent', configurable: true });

class ErrorEvent extends Event {
  #error;
  constructor(type, error) {
    super(type);
    this.#error = error;
  }
  get error() { return this.#error; }
  get message() { return this.#error?.message ?? ''; }
}

const syntax = (message) => new DOMException(message, 'SyntaxError');

function addressOf(text) {
  let url;
  try {
    url = new URL(`${text}`);
  } catch (error) {
    throw syntax(error);
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  else if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw syntax(`Expected a ws: or wss: protocol, got ${url.protocol}`);
  if (url.hash || url.href.endsWith('#')) throw syntax('Got fragment');
  return url;
}

function protocolsOf(value) {
  const list = typeof value === 'string' ? [value] : [...value ?? []].map((one) => `${one}`);
  const lower = list.map((one) => one.toLowerCase());
  if (new Set(lower).size !== list.length || !list.every((one) => TOKEN.test(one))) throw syntax('Invalid Sec-WebSocket-Protocol value');
  return list;
}

class WebSocket extends EventTarget {
  #socket;
  #url;
  #binaryType = 'blob';
  #opened = false;
  #failure; // told when the socket is closed

  constructor(url, protocols = []) {
    if (arguments.length === 0) throw new TypeError('WebSocket constructor: 1 argument required, but only 0 present.');
    super();
    const options = typeof protocols === 'string' || protocols?.[Symbol.iterator] ? { protocols } : protocols ?? {};
    this.#url = addressOf(url);
    const Native = require('lib/ws');
    const list = protocolsOf(options.protocols);
    const socket = this.#socket = new Native(this.#url, list, { headers: Object.fromEntries(new Headers(options.headers)), maxRedirects: 0 });
    socket.binaryType = 'nodebuffer';
    socket.on('open', () => {
      this.#opened = true;
      this.dispatchEvent(new Event('open'));
    });
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('error', (error) => { this.#failure = error; });
    socket.on('close', (code, reason) => this.#onClose(code, reason.toString()));
  }

  #onMessage(data, isBinary) {
    let value = data;
    if (!isBinary) value = data.toString();
    else if (this.#binaryType === 'blob') value = new Blob([data]);
    else value = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    this.dispatchEvent(new MessageEvent('message', { data: value, origin: this.#url.origin }));
  }

  #onClose(code, reason) {
    if (this.#failure || code === ABNORMAL) this.dispatchEvent(new ErrorEvent('error', this.#failure));
    this.dispatchEvent(new CloseEvent('close', { wasClean: this.#opened && code !== ABNORMAL, code, reason }));
  }

  get url() { return this.#url.href; }
  get readyState() { return this.#socket.readyState; }
  get protocol() { return this.#socket.protocol; }
  get extensions() { return this.#socket.extensions; }
  get bufferedAmount() { return this.#socket.bufferedAmount; }
  get binaryType() { return this.#binaryType; }
  set binaryType(value) { this.#binaryType = value === 'arraybuffer' ? value : 'blob'; }

  send(data) {
    if (arguments.length === 0) throw new TypeError('WebSocket.send: 1 argument required, but only 0 present.');
    const state = this.#socket.readyState;
    if (state === CONNECTING) throw new DOMException('Sent before connected.', 'InvalidStateError');
    if (data instanceof Blob) return void data.arrayBuffer().then((bytes) => this.send(bytes));
    if (!ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer)) data = `${data}`;
    if (state === OPEN) this.#socket.send(data);
  }

  close(code = undefined, reason = undefined) {
    if (code !== undefined) {
      code = Math.max(0, Math.min(65535, Math.trunc(code) || 0));
      if (code !== 1000 && (code < 3000 || code > 4999)) throw new DOMException('invalid code', 'InvalidAccessError');
    }
    const length = reason === undefined ? 0 : Buffer.byteLength(`${reason}`);
    if (length > MOST_REASON) throw syntax(`Reason must be less than 123 bytes; received ${length}`);
    if (reason !== undefined) this.#socket.close(code ?? 1000, `${reason}`);
    else this.#socket.close(code);
  }
}
STATES.forEach((name, value) => {
  for (const object of [WebSocket, WebSocket.prototype]) Object.defineProperty(object, name, { value, enumerable: true });
});
for (const name of ['open', 'error', 'close', 'message']) defineHandler(WebSocket.prototype, name);
Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });

module.exports = { WebSocket, CloseEvent };
