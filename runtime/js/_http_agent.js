// Connections that outlive a request: kept by name (host, port, address), lent, and waited for.
'use strict';

const EventEmitter = require('events');
const net = require('net');
const context = require('internal/context');
const { validateNumber, validateOneOf, validateString } = require('internal/validators');

const kOnKeylog = Symbol('onkeylog');
const kRequestContext = Symbol('context');

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.options = { __proto__: null, ...options };
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || 'http:';
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  this.options.path = null;
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  this.agentKeepAliveTimeoutBuffer = this.options.agentKeepAliveTimeoutBuffer ?? 1000;
  validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
  if (this.maxTotalSockets !== undefined) validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
  else this.maxTotalSockets = Infinity;
  this.on('free', (socket, opts) => onFree(this, socket, opts));
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

// A request is done with its socket: the next takes it, or it waits, or it ends.
function onFree(agent, socket, options) {
  const name = agent.getName(options);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const waiting = agent.requests[name];
  if (waiting && waiting.length > 0) {
    const request = waiting.shift();
    if (waiting.length === 0) delete agent.requests[name];
    setRequestSocket(agent, request, socket);
    return;
  }
  const request = socket._httpMessage;
  if (!request || !request.shouldKeepAlive || !agent.keepAlive) {
    socket.destroy();
    return;
  }
  const free = agent.freeSockets[name] || [];
  const busy = agent.sockets[name]?.length ?? 0;
  if (agent.totalSocketCount > agent.maxTotalSockets || busy + free.length > agent.maxSockets ||
      free.length >= agent.maxFreeSockets || !agent.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  agent.freeSockets[name] = free;
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  socket.once('error', onFreeError);
  free.push(socket);
}

function onFreeError(error) {
  void error;
  this.destroy();
  this.emit('agentRemove');
}

Agent.prototype.createConnection = net.createConnection;

Agent.prototype.getName = function(options = {}) {
  let name = `${options.host || 'localhost'}:`;
  if (options.port) name += options.port;
  name += ':';
  if (options.localAddress) name += options.localAddress;
  if (options.family === 4 || options.family === 6) name += `:${options.family}`;
  if (options.socketPath) name += `:${options.socketPath}`;
  return name;
};

// The old form names host, port and address.
Agent.prototype.addRequest = function(request, options, port, localAddress) {
  if (typeof options === 'string') options = { __proto__: null, host: options, port, localAddress };
  options = { __proto__: null, ...options, ...this.options };
  if (options.socketPath) options.path = options.socketPath;
  normalizeServerName(options, request);
  const name = this.getName(options);
  this.sockets[name] ||= [];
  const socket = takeFree(this, name);
  const busy = (this.freeSockets[name]?.length ?? 0) + this.sockets[name].length;
  if (socket) {
    this.reuseSocket(socket, request);
    setRequestSocket(this, request, socket);
    this.sockets[name].push(socket);
  } else if (busy < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
    this.createSocket(request, options, (error, made) => {
      if (error) request.onSocket(made, error);
      else setRequestSocket(this, request, made);
    });
  } else {
    request[kRequestContext] = context.current;
    request._agentOptions = options;
    (this.requests[name] ||= []).push(request);
  }
};

function takeFree(agent, name) {
  const free = agent.freeSockets[name];
  if (!free) return undefined;
  while (free.length > 0 && free[0].destroyed) free.shift();
  const socket = agent.scheduling === 'fifo' ? free.shift() : free.pop();
  if (free.length === 0) delete agent.freeSockets[name];
  return socket;
}

// TLS asks for the host of the Host field.
function normalizeServerName(options, request) {
  if (options.servername || options.servername === '') return;
  options.servername = options.host;
  if (!request) return;
  const host = request.getHeader?.('host');
  if (!host) return;
  validateString(host, 'options.headers.host');
  if (host.startsWith('[')) options.servername = host.slice(1, host.indexOf(']') < 0 ? undefined : host.indexOf(']'));
  else [options.servername] = host.split(':', 1);
  if (net.isIP(options.servername)) options.servername = '';
}

Agent.prototype.createSocket = function(request, options, callback) {
  options = { __proto__: null, ...options, ...this.options };
  if (options.socketPath) options.path = options.socketPath;
  normalizeServerName(options, request);
  const name = this.getName(options);
  options._agentKey = name;
  options.encoding = null;
  let called = false;
  const created = (error, socket) => {
    if (called) return;
    called = true;
    if (error) return callback(error);
    (this.sockets[name] ||= []).push(socket);
    this.totalSocketCount++;
    installListeners(this, socket, options);
    callback(null, socket);
  };
  if (this.keepAlive) {
    options.keepAlive = this.keepAlive;
    options.keepAliveInitialDelay = this.keepAliveMsecs;
  }
  const made = this.createConnection(options, created);
  if (made) created(null, made);
};

function installListeners(agent, socket, options) {
  const onSocketFree = () => agent.emit('free', socket, options);
  const onSocketClose = () => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  };
  // Only who is idle is ended by a timeout of the agent.
  const onSocketTimeout = () => {
    for (const free of Object.values(agent.freeSockets)) if (free.includes(socket)) return socket.destroy();
  };
  const onRemove = () => {
    agent.removeSocket(socket, options);
    socket.removeListener('close', onSocketClose);
    socket.removeListener('free', onSocketFree);
    socket.removeListener('timeout', onSocketTimeout);
    socket.removeListener('agentRemove', onRemove);
  };
  socket.on('free', onSocketFree);
  socket.on('close', onSocketClose);
  socket.on('timeout', onSocketTimeout);
  socket.on('agentRemove', onRemove);
  if (agent[kOnKeylog]) socket.on('keylog', agent[kOnKeylog]);
}

Agent.prototype.removeSocket = function(socket, options) {
  const name = this.getName(options);
  const lists = [this.sockets];
  if (!socket.writable) lists.push(this.freeSockets);
  for (const list of lists) {
    const at = list[name]?.indexOf(socket) ?? -1;
    if (at < 0) continue;
    list[name].splice(at, 1);
    if (list[name].length === 0) delete list[name];
  }
  serveNext(this, name, options);
};

// There is room for a request that waits.
function serveNext(agent, name, options) {
  let request = agent.requests[name]?.[0];
  if (!request) {
    for (const other of Object.keys(agent.requests)) {
      if (agent.sockets[other]?.length) continue;
      [request] = agent.requests[other];
      options = request?._agentOptions ?? options;
      break;
    }
  }
  if (!request || !options) return;
  if ((agent.sockets[agent.getName(options)]?.length ?? 0) >= agent.maxSockets || agent.totalSocketCount >= agent.maxTotalSockets) return;
  agent.createSocket(request, options, (error, made) => {
    if (error) request.onSocket(made, error);
    else made.emit('free');
  });
}

Agent.prototype.keepSocketAlive = function(socket) {
  socket.setKeepAlive(true, this.keepAliveMsecs);
  socket.unref();
  let timeout = this.options.timeout || 0;
  const hint = socket._httpMessage?.res && socket._httpMessage._keepAliveHint;
  if (hint !== undefined && hint !== null && hint !== false) {
    const most = hint * 1000 - this.agentKeepAliveTimeoutBuffer;
    if (most <= 0) return false;
    if (timeout === 0 || most < timeout) timeout = most;
  }
  if (socket.timeout !== timeout) socket.setTimeout(timeout);
  return true;
};
Agent.prototype.reuseSocket = function(socket, request) {
  socket.removeListener('error', onFreeError);
  request.reusedSocket = true;
  socket.ref();
};
Agent.prototype.destroy = function() {
  for (const set of [this.freeSockets, this.sockets]) {
    for (const list of Object.values(set)) for (const socket of [...list]) socket.destroy();
  }
};

function setRequestSocket(agent, request, socket) {
  const before = context.current;
  context.current = request[kRequestContext] ?? before;
  request.onSocket(socket);
  context.current = before;
  const agentTimeout = agent.options.timeout || 0;
  if (request.timeout === undefined || request.timeout === agentTimeout) return;
  socket.setTimeout(request.timeout);
}

module.exports = {
  Agent,
  globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
};
