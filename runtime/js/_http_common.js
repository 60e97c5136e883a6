// What the two sides of HTTP share: names and values of fields, and the parser of native/http.
'use strict';

const system = native('http');

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/;

const methods = system.methods;
// The bits of a head.
const KEEP_ALIVE = 1;
const UPGRADE = 2;
const COMPLETE = 4;

// The fields of a head that came as one text: [first, name, value, …].
function cut(text) {
  const fields = text.split('\n');
  fields.pop();
  return fields;
}

// handlers: [head, body, end, read], called with the parser as `this`.
function newParser(isResponse, options, handlers) {
  const http = require('http');
  return system.parser(isResponse, options.maxHeaderSize || http.maxHeaderSize, Boolean(options.insecureHTTPParser), handlers);
}

// Whether parsing has failed: an error as Node makes it, or undefined.
function parseError(status, bytes) {
  if (typeof status === 'number' || status === undefined) return undefined;
  const error = new Error(`Parse Error: ${status.reason}`);
  error.code = status.code;
  error.reason = status.reason;
  error.bytesParsed = status.bytesParsed;
  if (bytes) error.rawPacket = Object.setPrototypeOf(bytes, require('buffer').Buffer.prototype);
  return error;
}

module.exports = {
  methods, KEEP_ALIVE, UPGRADE, COMPLETE, cut, newParser, parseError,
  CRLF: '\r\n',
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  _checkIsHttpToken: (value) => token.test(value),
  _checkInvalidHeaderChar: (value) => invalidValue.test(value),
};
