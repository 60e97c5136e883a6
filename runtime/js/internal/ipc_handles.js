// What can be sent between processes, as { send(channel, message, object, options) → native handle, got(channel, message,
// native, emit) }; and the sockets of a server that other processes have, which it counts and waits for.
'use strict';

const EventEmitter = require('events');
const { codes } = require('internal/errors');

// The server's side of its sockets in one process.
class SentSockets extends EventEmitter {
  constructor(target, key) {
    super();
    this.target = target;
    this.key = key;
    target.once('exit', () => this.emit('exit', this));
  }
  #ask(cmd, answer, swallowErrors, callback) {
    const { target, key } = this;
    if (!target.connected) return void callback(null, {});
    const done = (message) => {
      target.removeListener('internalMessage', onReply);
      target.removeListener('disconnect', onGone);
      callback(null, message);
    };
    const onReply = (message) => { if (message.cmd === answer && message.key === key) done(message); };
    const onGone = () => done({});
    target.once('disconnect', onGone);
    target.on('internalMessage', onReply);
    target._send({ cmd, key }, undefined, { swallowErrors });
  }
  close(callback) { this.#ask('NODE_SOCKET_NOTIFY_CLOSE', 'NODE_SOCKET_ALL_CLOSED', true, callback); }
  getConnections(callback) {
    this.#ask('NODE_SOCKET_GET_COUNT', 'NODE_SOCKET_COUNT', false, (error, message) => callback(error, message?.count ?? 0));
  }
}

// The other side.
class GotSockets extends EventEmitter {
  #count = 0;
  constructor(target, key) {
    super();
    const answer = (message) => { if (target.connected) target._send({ ...message, key }, undefined, { swallowErrors: true }); };
    const onEmpty = () => answer({ cmd: 'NODE_SOCKET_ALL_CLOSED' });
    target.on('internalMessage', (message) => {
      if (message.key !== key) return;
      if (message.cmd === 'NODE_SOCKET_GET_COUNT') answer({ cmd: 'NODE_SOCKET_COUNT', count: this.#count });
      else if (message.cmd === 'NODE_SOCKET_NOTIFY_CLOSE') {
        if (this.#count === 0) onEmpty();
        else this.once('empty', onEmpty);
      }
    });
  }
  add(socket) {
    this.#count++;
    socket.once('close', () => { if (--this.#count === 0) this.emit('empty'); });
  }
}

function listFor(channel, Kind, key, onNew) {
  const name = `${Kind.name}:${key}`;
  let list = channel.socketLists.get(name);
  if (list === undefined) {
    channel.socketLists.set(name, list = new Kind(channel.target, key));
    onNew?.(list);
  }
  return list;
}

function sendSocket(channel, message, socket, options) {
  const handle = socket._handle;
  if (!handle) return null;
  // What is read from here on is the other process's.
  handle.reading = false;
  handle.readStop();
  const { server } = socket;
  if (server && server._connectionKey !== undefined) {
    message.key = server._connectionKey;
    listFor(channel, SentSockets, message.key, (list) => server._setupWorker(list));
    if (!options.keepOpen) {
      server._connections--;
      socket._server = null;
    }
  }
  if (!options.keepOpen) {
    handle.onread = () => {};
    socket._handle = null;
    socket.setTimeout(0);
  }
  return handle;
}

exports.kinds = {
  'net.Native': { send: (channel, message, handle) => handle, got: (channel, message, native, emit) => emit(native) },
  'dgram.Native': { send: (channel, message, handle) => handle, got: (channel, message, native, emit) => emit(native) },
  'net.Server': {
    send: (channel, message, server) => server._handle,
    got(channel, message, native, emit) {
      const server = new (require('net').Server)();
      server.listen(native, () => emit(server));
    },
  },
  'net.Socket': {
    isGivenAway: true,
    send: sendSocket,
    got(channel, message, native, emit) {
      const socket = new (require('net').Socket)({ handle: native, readable: true, writable: true });
      if (message.key) listFor(channel, GotSockets, message.key).add(socket);
      emit(socket);
    },
  },
  'dgram.Socket': {
    send(channel, message, socket) {
      message.dgramType = socket.type;
      return require('dgram')._handleOf(socket);
    },
    got(channel, message, native, emit) {
      const socket = require('dgram').createSocket(message.dgramType);
      socket.bind(native, () => emit(socket));
    },
  },
};

// The name of what may be sent.
exports.kindOf = function kindOf(sendable) {
  const net = require('net');
  if (sendable instanceof net.Socket) return 'net.Socket';
  if (sendable instanceof net.Server) return 'net.Server';
  if (typeof sendable.readStart === 'function') return 'net.Native';
  if (typeof sendable.receiveStart === 'function') return 'dgram.Native';
  if (sendable instanceof require('dgram').Socket) return 'dgram.Socket';
  throw new codes.ERR_INVALID_HANDLE_TYPE();
};
