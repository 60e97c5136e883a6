// http: servers and clients. The parts are the builtins that Node has under these names, too.
'use strict';

const { Agent, globalAgent } = require('_http_agent');
const { ClientRequest } = require('_http_client');
const { methods } = require('_http_common');
const { IncomingMessage } = require('_http_incoming');
const { OutgoingMessage, validateHeaderName, validateHeaderValue } = require('_http_outgoing');
const { STATUS_CODES, Server, ServerResponse, _connectionListener } = require('_http_server');
const lazy = require('internal/lazy');

let agent = globalAgent;

function request(url, options, callback) {
  return new ClientRequest(url, options, callback);
}

function get(url, options, callback) {
  const made = request(url, options, callback);
  made.end();
  return made;
}

module.exports = {
  _connectionListener,
  METHODS: [...methods].sort(),
  STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, Server, ServerResponse,
  createServer: (options, listener) => new Server(options, listener),
  validateHeaderName, validateHeaderValue, get, request,
  setMaxIdleHTTPParsers(max) {
    require('internal/validators').validateInteger(max, 'max', 1); // parsers here are not kept
  },
};
Object.defineProperty(module.exports, 'maxHeaderSize', {
  configurable: true, enumerable: true,
  get: () => Number(require('internal/options').get('max-http-header-size')) || 16 * 1024,
});
Object.defineProperty(module.exports, 'globalAgent', {
  configurable: true, enumerable: true,
  get: () => agent,
  set(value) {
    agent = value;
    require('_http_agent').globalAgent = value;
  },
});
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) lazy.define(module.exports, name, () => globalThis[name], true);
