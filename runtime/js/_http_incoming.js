// A message that comes in: a request on a server, a response on a client. Its fields are cut out of
// the text that the parser gave when somebody first looks at them.
'use strict';

const { Readable, finished } = require('stream');
const { cut } = require('_http_common');

const kHead = Symbol('head');
const kRaw = Symbol('rawHeaders');
const kHeaders = Symbol('headers');
const kHeadersDistinct = Symbol('headersDistinct');
const kTail = Symbol('tail');
const kRawTrailers = Symbol('rawTrailers');
const kTrailers = Symbol('trailers');
const kTrailersDistinct = Symbol('trailersDistinct');
const kLimit = Symbol('limit');

// Most requests have no body and nobody reads them: they become streams when somebody looks.
function IncomingMessage(socket) {
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this[kHead] = undefined;
  this[kRaw] = undefined;
  this[kHeaders] = undefined;
  this[kLimit] = -1;
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = '';
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consumed = false;
  this._dumped = false;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

Object.defineProperty(IncomingMessage.prototype, '_readableState', {
  configurable: true,
  get() {
    if (this === IncomingMessage.prototype) return undefined;
    const { socket } = this;
    Readable.call(this, socket ? { highWaterMark: socket.readableHighWaterMark, autoDestroy: true } : undefined);
    this._readableState.readingMore = true;
    if (this.complete) this.push(null);
    if (this._dumped) this.resume();
    return this._readableState;
  },
  set(value) {
    Object.defineProperty(this, '_readableState', { value, writable: true, configurable: true, enumerable: true });
  },
});
const isStream = (message) => Object.hasOwn(message, '_readableState');
// No more bytes come.
IncomingMessage.prototype._complete = function() {
  this.complete = true;
  if (isStream(this)) this.push(null);
};

// The parser's text: url or status words, then name, value, … At most `limit` fields are kept.
IncomingMessage.prototype._takeHead = function(text, limit) {
  const end = text.indexOf('\n');
  this[kHead] = text.slice(end + 1);
  this[kLimit] = limit;
  return text.slice(0, end);
};
IncomingMessage.prototype._takeTrailers = function(text) { this[kTail] = text; };

// How fields that come twice are joined: '' is the first one only.
const joins = { 'set-cookie': null, cookie: '; ' };
for (const name of ['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host',
  'if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer',
  'retry-after', 'server', 'user-agent']) joins[name] = '';
Object.setPrototypeOf(joins, null);

IncomingMessage.prototype._addHeaderLine = function(field, value, dest) {
  const name = field.toLowerCase();
  const old = Object.hasOwn(dest, name) ? dest[name] : undefined;
  const join = joins[name];
  if (join === null) {
    if (old !== undefined) old.push(value);
    else dest[name] = [value];
  } else if (old === undefined) dest[name] = value;
  else if (join === undefined) dest[name] = `${old}, ${value}`;
  else if (join !== '') dest[name] = `${old}${join}${value}`;
  else if (this.joinDuplicateHeaders) dest[name] = `${old}, ${value}`;
};
IncomingMessage.prototype._addHeaderLines = function(list, count) {
  const dest = this.complete ? this.trailers : this.headers;
  for (let i = 0; i < count; i += 2) this._addHeaderLine(list[i], list[i + 1], dest);
};

function joined(message, raw) {
  const dest = {};
  for (let i = 0; i < raw.length; i += 2) message._addHeaderLine(raw[i], raw[i + 1], dest);
  return dest;
}

function distinct(raw) {
  const dest = { __proto__: null };
  for (let i = 0; i < raw.length; i += 2) (dest[raw[i].toLowerCase()] ??= []).push(raw[i + 1]);
  return dest;
}

function define(name, key, get) {
  Object.defineProperty(IncomingMessage.prototype, name, {
    configurable: true, enumerable: false,
    get() { return this[key] ??= get(this); },
    set(value) { this[key] = value; },
  });
}
define('rawHeaders', kRaw, (message) => {
  const text = message[kHead];
  message[kHead] = undefined;
  if (!text) return [];
  const fields = cut(text);
  const limit = message[kLimit];
  return limit > 0 && fields.length > 2 * limit ? fields.slice(0, 2 * limit) : fields;
});
define('headers', kHeaders, (message) => joined(message, message.rawHeaders));
define('headersDistinct', kHeadersDistinct, (message) => distinct(message.rawHeaders));
define('rawTrailers', kRawTrailers, (message) => (message[kTail] ? cut(message[kTail]) : []));
define('trailers', kTrailers, (message) => joined(message, message.rawTrailers));
define('trailersDistinct', kTrailersDistinct, (message) => distinct(message.rawTrailers));

Object.defineProperty(IncomingMessage.prototype, 'connection', {
  configurable: true,
  get() { return this.socket; },
  set(value) { this.socket = value; },
});

IncomingMessage.prototype.setTimeout = function(msecs, callback) {
  if (callback) this.on('timeout', callback);
  this.socket.setTimeout(msecs);
  return this;
};

IncomingMessage.prototype._read = function() {
  if (!this._consumed) {
    this._readableState.readingMore = false;
    this._consumed = true;
  }
  // The socket stands still while nobody reads the message.
  if (this.socket?.readable) resumeSocket(this.socket);
};

function resumeSocket(socket) {
  if (socket._paused || !socket._handle) return;
  if (socket._httpRead) socket._httpRead(true);
  else socket.resume?.();
}

// A message that was destroyed before its end takes the connection along.
IncomingMessage.prototype._destroy = function(error, callback) {
  if (!this.readableEnded || !this.complete) {
    this.aborted = true;
    this.emit('aborted');
  }
  if (this.socket && !this.socket.destroyed && this.aborted) {
    this.socket.destroy(error);
    const done = (e) => {
      if (e?.code === 'ERR_STREAM_PREMATURE_CLOSE') e = null;
      onError(this, e ?? error, callback);
    };
    const cleanup = finished(this.socket, (e) => {
      cleanup?.();
      done(e);
    });
  } else process.nextTick(onError, this, error, callback);
};

// Nobody is told of the error who did not ask.
function onError(message, error, callback) {
  callback(message.listenerCount('error') === 0 ? null : error);
}

// Reads what is left and throws it away.
IncomingMessage.prototype._dump = function() {
  if (this._dumped) return;
  this._dumped = true;
  if (!isStream(this)) return;
  this.removeAllListeners('data');
  this.resume();
};

module.exports = { IncomingMessage };
