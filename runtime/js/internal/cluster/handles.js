// A listening handle that workers have in common. Round robin: the primary accepts and hands connections out in turn.
// Shared: each worker gets the handle, and the kernel decides.
'use strict';

const net = require('net');
const { send } = require('internal/cluster/worker');

// The listening handle of a server of its own; a number when that cannot be.
function listen(address, query, done) {
  if (typeof query.addressType === 'string') {
    return done(require('dgram')._createSocketHandle(address, query.port, query.addressType, query.fd, query.flags));
  }
  const server = net.createServer();
  const options = { exclusive: true, backlog: query.backlog };
  if (query.addressType === -1) Object.assign(options, { path: address, readableAll: query.readableAll, writableAll: query.writableAll });
  else Object.assign(options, { port: query.port, host: address ?? undefined, ipv6Only: Boolean(query.flags & 1) });
  if (query.fd >= 0) Object.assign(options, { fd: query.fd });
  server.once('error', (error) => done(error.errno));
  server.once('listening', () => {
    const handle = server._handle;
    server._handle = null;
    done(handle);
  });
  server.listen(options);
}

class Common {
  constructor(key, address, query) {
    this.key = key;
    this.workers = new Map();
    this.handle = null;
    this.errno = 0;
    this.waiting = [];
    listen(address, query, (result) => {
      if (typeof result === 'number') this.errno = result;
      else {
        this.handle = result;
        this.opened();
      }
      for (const ready of this.waiting) ready();
      this.waiting = null;
    });
  }
  // answer(errno, reply, handle)
  add(worker, answer) {
    this.workers.set(worker.id, worker);
    const ready = () => {
      if (this.errno !== 0) return answer(this.errno, null);
      this.serve(worker, answer);
    };
    if (this.waiting === null) ready();
    else this.waiting.push(ready);
  }
  // True when that was the last.
  remove(worker) {
    if (!this.workers.delete(worker.id) || this.workers.size > 0) return false;
    this.handle?.close();
    this.handle = null;
    return true;
  }
  has(worker) { return this.workers.has(worker.id); }
  get name() { return this.handle.name?.(false); }
}

class RoundRobinHandle extends Common {
  free = new Map();
  connections = [];

  opened() {
    this.handle.onconnection = (status, connection) => {
      if (status < 0) return;
      this.connections.push(connection);
      const [first] = this.free;
      if (first === undefined) return;
      this.free.delete(first[0]);
      this.handOff(first[1]);
    };
  }

  serve(worker, answer) {
    answer(0, { sockname: this.name });
    this.handOff(worker);
  }

  remove(worker) {
    this.free.delete(worker.id);
    if (!super.remove(worker)) return false;
    for (const connection of this.connections) connection.close();
    this.connections = [];
    return true;
  }

  handOff(worker) {
    if (!this.has(worker)) return;
    const connection = this.connections.shift();
    if (connection === undefined) {
      this.free.set(worker.id, worker);
      return;
    }
    send(worker.process, { act: 'newconn', key: this.key }, connection, (reply) => {
      if (reply.accepted) connection.close();
      else {
        this.connections.push(connection);
        const [first] = this.free;
        if (first !== undefined) {
          this.free.delete(first[0]);
          this.handOff(first[1]);
        }
      }
      this.handOff(worker);
    });
  }
}

class SharedHandle extends Common {
  opened() {}
  serve(worker, answer) { answer(0, { shared: true }, this.handle); }
}

module.exports = { RoundRobinHandle, SharedHandle };
