// http2 is not spoken here. What programs look up in passing is there; who opens a session is told so.
'use strict';

const { codes } = require('internal/errors');

const HEADERS = ['status', 'method', 'authority', 'scheme', 'path', 'protocol'];
const FIELDS = ['accept', 'accept-encoding', 'accept-language', 'age', 'allow', 'authorization', 'cache-control', 'connection',
  'content-disposition', 'content-encoding', 'content-length', 'content-type', 'cookie', 'date', 'etag', 'expect', 'forwarded', 'host',
  'if-match', 'if-modified-since', 'if-none-match', 'keep-alive', 'last-modified', 'link', 'location', 'origin', 'range', 'referer',
  'retry-after', 'server', 'set-cookie', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'vary', 'via'];
const ERRORS = ['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED',
  'FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED'];

const constants = {};
const upper = (name) => name.toUpperCase().replaceAll('-', '_');
for (const name of HEADERS) constants[`HTTP2_HEADER_${upper(name)}`] = `:${name}`;
for (const name of FIELDS) constants[`HTTP2_HEADER_${upper(name)}`] = name;
ERRORS.forEach((name, code) => { constants[`NGHTTP2_${name}`] = code; });
for (const name of require('http').METHODS) constants[`HTTP2_METHOD_${upper(name)}`] = name;
for (const [code, words] of Object.entries(require('http').STATUS_CODES)) {
  constants[`HTTP_STATUS_${upper(words.replaceAll("'", '').replaceAll(' ', '_'))}`] = Number(code);
}

const refuse = (name) => ({ [name]() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`http2.${name}`); } })[name];

class Http2ServerRequest {}
class Http2ServerResponse {}

module.exports = {
  connect: refuse('connect'), constants, createServer: refuse('createServer'), createSecureServer: refuse('createSecureServer'),
  getDefaultSettings: refuse('getDefaultSettings'), getPackedSettings: refuse('getPackedSettings'),
  getUnpackedSettings: refuse('getUnpackedSettings'), performServerHandshake: refuse('performServerHandshake'),
  sensitiveHeaders: Symbol('sensitiveHeaders'), Http2ServerRequest, Http2ServerResponse,
};
