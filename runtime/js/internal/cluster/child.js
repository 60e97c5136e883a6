// cluster in a worker: listening goes through the primary.
'use strict';

const EventEmitter = require('events');
const role = require('internal/cluster/role');
const { Worker, send, receiver } = require('internal/cluster/worker');

const cluster = new EventEmitter();
const handles = new Map(); // key -> what listens here
const indexes = new Map(); // how often an address was asked for

module.exports = cluster;
Object.assign(cluster, { isWorker: true, isMaster: false, isPrimary: false, worker: null, Worker, SCHED_NONE: 1, SCHED_RR: 2 });

const tell = (message, callback) => send(process, message, undefined, callback);

cluster._setupWorker = function() {
  const worker = new Worker({ id: role.id, process, state: 'online' });
  cluster.worker = worker;
  process.once('disconnect', () => {
    process.channel = null;
    worker.emit('disconnect');
    // The primary is gone: so are we, unless we have said goodbye.
    if (!worker.exitedAfterDisconnect) process.exit(0);
  });
  process.on('internalMessage', receiver(worker, onMessage));
  tell({ act: 'online' });
};

function onMessage(message, handle) {
  if (message.act === 'newconn') onConnection(message, handle);
  else if (message.act === 'disconnect') disconnect.call(this, true);
}

function onConnection(message, handle) {
  const local = handles.get(message.key);
  const server = local?.server;
  const isFull = typeof server?.maxConnections === 'number' && server._connections >= server.maxConnections;
  const accepted = local !== undefined && local.onconnection !== undefined && !isFull; // else another worker has it
  tell({ ack: message.seq, accepted });
  if (accepted) local.onconnection(0, handle);
  else handle?.close();
}

// query: { address, port, addressType, fd, flags, backlog }; done(errno, handle)
cluster._getServer = function(server, query, done) {
  if (query.port < 0 && typeof query.address === 'string') query = { ...query, address: require('path').resolve(query.address) };
  const name = [query.address, query.port, query.addressType, query.fd].join(':');
  const index = indexes.get(name) ?? 0;
  indexes.set(name, index + 1);
  send(process, { act: 'queryServer', ...query, index }, undefined, (reply, handle) => {
    if (reply.errno) return done(reply.errno, null);
    const local = reply.shared ? handle : facade(reply);
    if (reply.shared) {
      const close = handle.close;
      handle.close = function(...args) {
        tell({ act: 'close', key: reply.key });
        handles.delete(reply.key);
        return Reflect.apply(close, handle, args);
      };
    }
    local.server = server;
    handles.set(reply.key, local);
    done(0, local);
  });
  server.once('listening', () => {
    cluster.worker.state = 'listening';
    const address = server.address();
    tell({ act: 'listening', port: (address && address.port) || query.port, address: query.address, addressType: query.addressType, fd: query.fd });
  });
};

// What stands for the primary's handle: connections come as messages.
function facade({ key, sockname }) {
  let open = true;
  const timer = setInterval(() => {}, 2 ** 31 - 1); // holds the loop, as a handle does
  const handle = {
    listen: () => 0,
    close(callback) {
      if (!open) return;
      open = false;
      clearInterval(timer);
      tell({ act: 'close', key });
      handles.delete(key);
      if (typeof callback === 'function') process.nextTick(callback);
    },
    ref() { timer.ref(); },
    unref() { timer.unref(); },
    hasRef: () => open && timer.hasRef(),
  };
  if (sockname) handle.name = () => sockname;
  return handle;
}

// Servers close, and then the channel.
function disconnect(byPrimary) {
  this.exitedAfterDisconnect = true;
  let waiting = 1;
  const closed = () => {
    if (--waiting > 0) return;
    if (byPrimary) process.disconnect();
    else tell({ act: 'exitedAfterDisconnect' }, () => process.disconnect());
  };
  for (const handle of [...handles.values()]) {
    waiting++;
    if (handle.server) handle.server.close(closed);
    else handle.close(closed);
  }
  handles.clear();
  closed();
}

Worker.prototype.disconnect = function() {
  if (this.state === 'disconnecting' || this.state === 'destroying') return this;
  this.state = 'disconnecting';
  disconnect.call(this, false);
  return this;
};
Worker.prototype.destroy = function() {
  if (this.state === 'destroying') return;
  this.exitedAfterDisconnect = true;
  if (!this.isConnected()) process.exit(0);
  this.state = 'destroying';
  tell({ act: 'exitedAfterDisconnect' }, () => process.disconnect());
  process.once('disconnect', () => process.exit(0));
};
