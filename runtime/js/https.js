// https: http over tls, which is loaded when a connection or a server is made.
'use strict';

const { Agent: HttpAgent } = require('_http_agent');
const { ClientRequest } = require('_http_client');
const { setup, mix, _connectionListener } = require('_http_server');
const lazy = require('internal/lazy');

const NAME_OPTIONS = ['ca', 'cert', 'clientCertEngine', 'ciphers', 'key', 'pfx', 'rejectUnauthorized', 'servername', 'minVersion',
  'maxVersion', 'secureProtocol', 'crl', 'honorCipherOrder', 'ecdhCurve', 'dhparam', 'secureOptions', 'sessionIdContext', 'sigalgs', 'privateKeyIdentifier', 'privateKeyEngine'];

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  options = { __proto__: null, ...options };
  options.defaultPort ??= 443;
  options.protocol ??= 'https:';
  HttpAgent.call(this, options);
  this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
  this._sessionCache = { map: {}, list: [] };
}
Object.setPrototypeOf(Agent.prototype, HttpAgent.prototype);
Object.setPrototypeOf(Agent, HttpAgent);

Agent.prototype.createConnection = function createConnection(port, host, options) {
  const given = [port, host, options].find((one) => one !== null && typeof one === 'object') ?? {};
  const merged = { ...given };
  if (typeof port === 'number') merged.port = port;
  if (typeof host === 'string') merged.host = host;
  const key = merged._agentKey;
  if (key && merged.session === undefined) merged.session = this._getSession(key);
  const socket = require('tls').connect(merged);
  if (key) {
    socket.on('session', (session) => this._cacheSession(key, session));
    socket.once('close', (failed) => { if (failed) this._evictSession(key); });
  }
  return socket;
};

// A connection takes up what the last one to the same server was given; the oldest are forgotten.
Agent.prototype._getSession = function(key) { return this._sessionCache.map[key]; };
Agent.prototype._cacheSession = function(key, session) {
  if (this.maxCachedSessions === 0) return;
  const { map, list } = this._sessionCache;
  if (map[key] === undefined) {
    if (list.length >= this.maxCachedSessions) delete map[list.shift()];
    list.push(key);
  }
  map[key] = session;
};
Agent.prototype._evictSession = function(key) {
  const { map, list } = this._sessionCache;
  const at = list.indexOf(key);
  if (at < 0) return;
  list.splice(at, 1);
  delete map[key];
};

// Connections that differ in how they trust are not shared.
Agent.prototype.getName = function(options = {}) {
  let name = HttpAgent.prototype.getName.call(this, options);
  for (const key of NAME_OPTIONS) {
    name += ':';
    const value = options[key];
    if (value !== undefined && (key !== 'servername' || value !== options.host)) name += value;
  }
  return name;
};

let agent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });

function request(...args) {
  let options = {};
  if (typeof args[0] === 'string') options = require('url').urlToHttpOptions(new URL(args.shift()));
  else if (args[0] instanceof URL) options = require('url').urlToHttpOptions(args.shift());
  if (args[0] && typeof args[0] !== 'function') Object.assign(options, args.shift());
  options._defaultAgent = module.exports.globalAgent;
  return new ClientRequest(options, ...args);
}

function get(...args) {
  const made = request(...args);
  made.end();
  return made;
}

function makeServer() {
  const tls = require('tls');
  function Server(options, listener) {
    if (!(this instanceof Server)) return new Server(options, listener);
    if (typeof options === 'function') [listener, options] = [options, {}];
    options = { ALPNProtocols: ['http/1.1'], noDelay: true, ...options };
    tls.Server.call(this, options, _connectionListener);
    setup(this, options);
    this.httpAllowHalfOpen = false;
    if (listener) this.on('request', listener);
    this.on('tlsClientError', (error, socket) => {
      if (!this.emit('clientError', error, socket)) socket.destroy(error);
    });
  }
  Object.setPrototypeOf(Server.prototype, tls.Server.prototype);
  Object.setPrototypeOf(Server, tls.Server);
  mix(Server, tls.Server);
  return Server;
}

module.exports = {
  Agent, get, request,
  createServer: (options, listener) => new module.exports.Server(options, listener),
};
Object.defineProperty(module.exports, 'globalAgent', {
  configurable: true, enumerable: true, get: () => agent, set(value) { agent = value; },
});
lazy.define(module.exports, 'Server', makeServer, true);
