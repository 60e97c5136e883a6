// cluster in the process that forks.
'use strict';

const EventEmitter = require('events');
const path = require('path');
const { Worker, send, receiver } = require('internal/cluster/worker');
const { RoundRobinHandle, SharedHandle } = require('internal/cluster/handles');

const SCHED_NONE = 1;
const SCHED_RR = 2;
const cluster = new EventEmitter();
const intercom = new EventEmitter(); // 'disconnect' when the last worker is gone
const handles = new Map();
let ids = 0;
let initialized = false;

module.exports = cluster;
Object.assign(cluster, {
  isWorker: false, isMaster: true, isPrimary: true, Worker, workers: {}, settings: {}, SCHED_NONE, SCHED_RR,
  schedulingPolicy: process.env.NODE_CLUSTER_SCHED_POLICY === 'none' ? SCHED_NONE : SCHED_RR,
});

cluster.setupPrimary = function(options) {
  const settings = {
    args: process.argv.slice(2), exec: process.argv[1], execArgv: process.execArgv, silent: false, ...cluster.settings, ...options,
  };
  cluster.settings = settings;
  if (initialized) return void process.nextTick(() => cluster.emit('setup', settings));
  initialized = true;
  process.nextTick(() => cluster.emit('setup', settings));
};
cluster.setupMaster = cluster.setupPrimary;

function createProcess(id, env) {
  const { fork } = require('child_process');
  const { settings } = cluster;
  return fork(settings.exec, settings.args, {
    cwd: settings.cwd, env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` }, serialization: settings.serialization,
    silent: settings.silent, windowsHide: settings.windowsHide, execPath: settings.execPath, execArgv: settings.execArgv,
    stdio: settings.stdio, gid: settings.gid, uid: settings.uid,
  });
}

function removeWorker(worker) {
  delete cluster.workers[worker.id];
  if (Object.keys(cluster.workers).length === 0) intercom.emit('disconnect');
}
function removeHandles(worker) {
  for (const [key, handle] of handles) if (handle.remove(worker)) handles.delete(key);
}

cluster.fork = function(env) {
  cluster.setupPrimary();
  const id = ++ids;
  const worker = new Worker({ id, process: createProcess(id, env) });
  worker.on('message', function(message, handle) { cluster.emit('message', this, message, handle); });
  worker.process.once('exit', (exitCode, signalCode) => {
    if (!worker.isConnected()) {
      removeHandles(worker);
      removeWorker(worker);
    }
    worker.exitedAfterDisconnect = Boolean(worker.exitedAfterDisconnect);
    worker.state = 'dead';
    worker.emit('exit', exitCode, signalCode);
    cluster.emit('exit', worker, exitCode, signalCode);
  });
  worker.process.once('disconnect', () => {
    removeHandles(worker);
    if (worker.isDead()) removeWorker(worker);
    worker.exitedAfterDisconnect = Boolean(worker.exitedAfterDisconnect);
    worker.state = 'disconnected';
    worker.emit('disconnect');
    cluster.emit('disconnect', worker);
  });
  worker.process.on('internalMessage', receiver(worker, onMessage));
  process.nextTick(() => cluster.emit('fork', worker));
  cluster.workers[worker.id] = worker;
  return worker;
};

cluster.disconnect = function(callback) {
  const list = Object.values(cluster.workers);
  if (list.length === 0) process.nextTick(() => intercom.emit('disconnect'));
  for (const worker of list) if (worker.isConnected()) worker.disconnect();
  if (typeof callback === 'function') intercom.once('disconnect', callback);
};

const acts = {
  online(worker) {
    worker.state = 'online';
    worker.emit('online');
    cluster.emit('online', worker);
  },
  listening(worker, message) {
    const info = { addressType: message.addressType, address: message.address, port: message.port, fd: message.fd };
    worker.state = 'listening';
    worker.emit('listening', info);
    cluster.emit('listening', worker, info);
  },
  exitedAfterDisconnect(worker, message) {
    worker.exitedAfterDisconnect = true;
    send(worker.process, { ack: message.seq });
  },
  queryServer,
  close(worker, message) {
    const handle = handles.get(message.key);
    if (handle?.remove(worker)) handles.delete(message.key);
  },
};

function onMessage(message) {
  acts[message.act]?.(this, message);
}

// A path of a socket has room for about 100 bytes.
function shortest(file) {
  const relative = path.relative(process.cwd(), file);
  return relative.length < file.length ? relative : file;
}

function queryServer(worker, message) {
  if (worker.exitedAfterDisconnect) return;
  const key = `${message.address}:${message.port}:${message.addressType}:${message.fd}:${message.index}`;
  let handle = handles.get(key);
  if (handle === undefined) {
    const address = message.addressType === -1 ? shortest(message.address) : message.address;
    const inTurn = cluster.schedulingPolicy === SCHED_RR && typeof message.addressType === 'number'; // datagrams are shared
    const Class = inTurn ? RoundRobinHandle : SharedHandle;
    handle = new Class(key, address, message);
    handles.set(key, handle);
  }
  handle.add(worker, (errno, reply, native) => {
    if (errno && handle.remove(worker)) handles.delete(key);
    send(worker.process, { errno, key, ack: message.seq, ...reply }, native);
  });
}

Worker.prototype.disconnect = function() {
  this.exitedAfterDisconnect = true;
  send(this.process, { act: 'disconnect' });
  removeHandles(this);
  removeWorker(this);
  return this;
};
Worker.prototype.destroy = function(signal) {
  this.process.kill(signal || 'SIGTERM');
};
