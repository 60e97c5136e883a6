// The head of a message that goes out: its fields in the order that they were given, and what Node adds to them.
'use strict';

const { codes, hideStackFrames } = require('internal/errors');
const { CRLF, chunkExpression, _checkIsHttpToken: isToken, _checkInvalidHeaderChar: isInvalid } = require('_http_common');

const kOutHeaders = Symbol('kOutHeaders');
const kUniqueHeaders = Symbol('kUniqueHeaders');
const closeExpression = /(?:^|\W)close(?:$|\W)/i;

let date; // of this second
function utcDate() {
  if (date === undefined) {
    const now = new Date();
    date = now.toUTCString();
    setTimeout(() => { date = undefined; }, 1000 - now.getMilliseconds()).unref();
  }
  return date;
}

const validateHeaderName = hideStackFrames((name, label) => {
  if (typeof name !== 'string' || !name || !isToken(name)) throw new codes.ERR_INVALID_HTTP_TOKEN(label || 'Header name', name);
});
const validateHeaderValue = hideStackFrames((name, value) => {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (isInvalid(value)) throw new codes.ERR_INVALID_CHAR('header content', name);
});

// Fields that say how the message is framed.
const notes = {
  __proto__: null,
  'connection'(message, state, value) {
    state.connection = true;
    message._removedConnection = false;
    if (closeExpression.test(value)) message._last = true;
    else message.shouldKeepAlive = true;
  },
  'transfer-encoding'(message, state, value) {
    state.encoding = true;
    message._removedTE = false;
    if (chunkExpression.test(value)) message.chunkedEncoding = true;
  },
  'content-length'(message, state, value) {
    state.length = true;
    message._contentLength = +value;
    message._removedContLen = false;
  },
  'date'(message, state) { state.date = true; },
  'expect'(message, state) { state.expect = true; },
  'trailer'(message, state) { state.trailer = true; },
  'keep-alive'(message) { message._defaultKeepAlive = false; },
};

// Names that were looked at before: name -> { key, note }.
const known = new Map();
const MOST_KNOWN = 512;

function lookAt(name) {
  validateHeaderName(name);
  const key = name.toLowerCase();
  const seen = { key, note: notes[key] };
  if (known.size < MOST_KNOWN) known.set(name, seen);
  return seen;
}

function addField(message, state, name, value) {
  const { key, note } = known.get(name) ?? lookAt(name);
  if (Array.isArray(value)) {
    if ((value.length < 2 || key !== 'cookie') && !message[kUniqueHeaders]?.has(key)) {
      for (const one of value) addLine(message, state, name, one, note);
      return;
    }
    value = value.join('; ');
  }
  addLine(message, state, name, value, note);
}

function addLine(message, state, name, value, note) {
  validateHeaderValue(name, value);
  state.header += `${name}: ${value}\r\n`;
  if (note !== undefined) note(message, state, value);
}

// What writeHead takes, or what setHeader has kept.
function addFields(message, state, headers) {
  if (headers === message[kOutHeaders]) {
    for (const key in headers) addField(message, state, headers[key][0], headers[key][1]);
  } else if (!Array.isArray(headers)) {
    for (const name of Object.keys(headers)) addField(message, state, name, headers[name]);
  } else if (headers.length > 0 && Array.isArray(headers[0])) {
    for (const [name, value] of headers) addField(message, state, name, value);
  } else {
    if (headers.length % 2 !== 0) throw new codes.ERR_INVALID_ARG_VALUE('headers', headers);
    for (let i = 0; i < headers.length; i += 2) addField(message, state, headers[i], headers[i + 1]);
  }
}

function storeHeader(message, firstLine, headers) {
  const state = { connection: false, length: false, encoding: false, date: false, expect: false, trailer: false, header: firstLine };
  if (headers) addFields(message, state, headers);
  if (message.sendDate && !state.date) state.header += `Date: ${utcDate()}\r\n`;
  // 204 and 304 have no body, whatever their fields say.
  if (message.chunkedEncoding && (message.statusCode === 204 || message.statusCode === 304)) {
    message.chunkedEncoding = false;
    message.shouldKeepAlive = false;
  }
  addConnection(message, state);
  addFraming(message, state);
  // A trailer can only follow chunks.
  if (message.chunkedEncoding !== true && state.trailer) throw new codes.ERR_HTTP_TRAILER_INVALID();
  message._header = state.header + CRLF;
  message._headerSent = false;
  if (state.expect) message._send('');
}

function addConnection(message, state) {
  if (message._removedConnection) {
    message._last = !message.shouldKeepAlive;
    return;
  }
  if (state.connection) return;
  const keeps = message.shouldKeepAlive && (state.length || message.useChunkedEncodingByDefault || message.agent);
  if (message.maxRequestsOnConnectionReached) state.header += 'Connection: close\r\n';
  else if (!keeps) {
    message._last = true;
    state.header += 'Connection: close\r\n';
  } else {
    state.header += 'Connection: keep-alive\r\n';
    if (message._keepAliveTimeout && message._defaultKeepAlive) {
      const most = message._maxRequestsPerSocket > 0 ? `, max=${message._maxRequestsPerSocket}` : '';
      state.header += `Keep-Alive: timeout=${Math.floor(message._keepAliveTimeout / 1000)}${most}\r\n`;
    }
  }
}

function addFraming(message, state) {
  if (state.length || state.encoding) return;
  if (!message._hasBody) message.chunkedEncoding = false;
  else if (!message.useChunkedEncodingByDefault) message._last = true;
  else if (!state.trailer && !message._removedContLen && typeof message._contentLength === 'number') {
    state.header += `Content-Length: ${message._contentLength}\r\n`;
  } else if (!message._removedTE) {
    state.header += 'Transfer-Encoding: chunked\r\n';
    message.chunkedEncoding = true;
  }
}

module.exports = { storeHeader, utcDate, validateHeaderName, validateHeaderValue, kOutHeaders, kUniqueHeaders };
