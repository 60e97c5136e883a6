// How a socket finds the other side: names looked up, addresses tried one after the other.
'use strict';

const { codes, exceptionWithHostPort } = require('internal/errors');
const { validateFunction, validateNumber, validatePort, validateString } = require('internal/validators');
const { isIP, isIPv6 } = require('internal/net/address');
const context = require('internal/context');
const system = native('net');

const kHandle = '_handle';

function checkPort(options) {
  const { port } = options;
  if (port === undefined) throw new codes.ERR_MISSING_ARGS(['options', 'port', 'path']);
  if (typeof port !== 'number' && typeof port !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.port', ['number', 'string'], port);
  }
  validatePort(port, 'Port');
}

function checkBlockList(value, name) {
  const { BlockList } = require('internal/block_list');
  if (!BlockList.isBlockList(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'net.BlockList', value);
}

function connectTo(socket, { path, address, port, localAddress, localPort, onFailure, blockList }) {
  if (blockList?.check(address, `ipv${isIP(address)}`)) return void process.nextTick(onFailure ?? ((error) => socket.destroy(error)), new codes.ERR_IP_BLOCKED(address));
  const handle = socket[kHandle];
  const fail = (errno) => {
    const error = path ? exceptionWithHostPort(errno, 'connect', path)
      : exceptionWithHostPort(errno, 'connect', address, port, localAddress && `${localAddress}:${localPort ?? 0}`);
    if (onFailure) return onFailure(error);
    socket.destroy(error);
  };
  if (localAddress || localPort) {
    const errno = handle.bind(localAddress ?? (isIPv6(address) ? '::' : '0.0.0.0'), localPort ?? 0, 0);
    if (errno < 0) return void socket.destroy(exceptionWithHostPort(errno, 'bind', localAddress, localPort));
  }
  const done = context.bind((status) => {
    if (socket.destroyed) return;
    if (status < 0) return fail(status);
    afterConnect(socket);
  });
  const errno = path ? handle.connect(path, done) : handle.connect(address, port, done);
  if (errno < 0) process.nextTick(fail, errno);
}

function afterConnect(socket) {
  socket.connecting = false;
  socket._sockname = null;
  if (socket._noDelay) socket[kHandle].setNoDelay?.(true);
  if (socket._keepAlive[0]) socket[kHandle].setKeepAlive?.(...socket._keepAlive);
  socket._unrefTimer();
  socket.emit('connect');
  socket.emit('ready');
  if (socket.readable && !socket.isPaused()) socket.read(0);
}

// init(socket): readies the handle that a further try makes.
function lookupAndConnect(socket, options, init) {
  if (options.host !== undefined && options.host !== null) validateString(options.host, 'options.host');
  const host = options.host || 'localhost';
  const port = options.port | 0;
  const { localAddress, localPort, blockList } = options;
  if (blockList !== undefined) checkBlockList(blockList, 'options.blockList');
  if (localAddress && !isIP(localAddress)) throw new codes.ERR_INVALID_IP_ADDRESS(localAddress);
  if (localPort) validateNumber(localPort, 'options.localPort');
  socket._host = host;
  if (isIP(host)) {
    process.nextTick(() => {
      if (socket.connecting) connectTo(socket, { address: host, port, localAddress, localPort, blockList });
    });
    return;
  }
  if (options.lookup !== undefined && options.lookup !== null) validateFunction(options.lookup, 'options.lookup');
  const lookup = options.lookup ?? require('dns').lookup;
  const found = (error, list, family) => {
    if (!socket.connecting) return;
    if (error) {
      socket.emit('lookup', error, undefined, undefined, host);
      process.nextTick(() => socket.destroy(error));
      return;
    }
    const all = Array.isArray(list) ? list : [{ address: list, family }];
    for (const one of all) socket.emit('lookup', null, one.address, one.family, host);
    const wrong = all.find((one) => !isIP(one.address) || (one.family !== 4 && one.family !== 6));
    if (wrong !== undefined) return void process.nextTick(() => socket.destroy(badAddress(wrong, host, port)));
    tryEach(socket, all, port, { localAddress, localPort, blockList, init });
  };
  lookup(host, { family: options.family, hints: options.hints ?? 0, all: true, order: options.order }, found);
}

function badAddress({ address, family }, host, port) {
  if (!isIP(address)) return new codes.ERR_INVALID_IP_ADDRESS(address);
  return Object.assign(new codes.ERR_INVALID_ADDRESS_FAMILY(family, host, port), { host, port });
}

// One address after the other until one answers.
function tryEach(socket, list, port, { init, ...options }) {
  const errors = [];
  const next = (i) => {
    if (!socket.connecting) return;
    const { address } = list[i];
    if (i > 0) {
      const old = socket[kHandle];
      socket[kHandle] = system.tcp();
      init(socket);
      old.close();
    }
    connectTo(socket, { address, port, ...options, onFailure(error) {
      errors.push(error);
      if (i + 1 < list.length) return next(i + 1);
      if (errors.length === 1) return socket.destroy(errors[0]);
      const all = new AggregateError(errors);
      all.code = errors[0].code;
      socket.destroy(all);
    } });
  };
  next(0);
}

module.exports = { checkPort, checkBlockList, connectTo, lookupAndConnect };
