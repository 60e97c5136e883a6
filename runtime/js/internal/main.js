// What the command line asks for: { start, beforeExit, exit }.
'use strict';

const world = require('internal/world');
const system = native('process');

// A parent that wants to talk has left us the descriptor of a channel.
function openChannel() {
  const fd = system.getEnv('NODE_CHANNEL_FD');
  if (fd === undefined) return;
  const { _forkChild } = require('child_process');
  const mode = process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  delete process.env.NODE_CHANNEL_FD;
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  _forkChild(Number(fd), mode);
}

// A primary has forked us, and listens for us.
function joinCluster() {
  const id = system.getEnv('NODE_UNIQUE_ID');
  if (id === undefined) return;
  const role = require('internal/cluster/role');
  if (!process.connected) return;
  role.isWorker = true;
  role.id = Number(id);
  delete process.env.NODE_UNIQUE_ID;
  require('cluster')._setupWorker();
}

function start() {
  openChannel();
  joinCluster();
  const first = process.argv[1];
  // The common case needs no reading of options.
  if (first !== undefined && first[0] !== '-' && !system.getEnv('NODE_OPTIONS')) return require('internal/modules/cjs').runMain();
  require('internal/options').parse();
  require('internal/run').run();
}

function beforeExit() {
  if (!world.hasProcess) return;
  process.emit('beforeExit', +process.exitCode || 0);
}

function exit() {
  if (!world.hasProcess) return 0;
  if (world.pending !== undefined && process.exitCode === undefined) {
    system.write(2, `Warning: Detected unsettled top-level await at ${world.pending}\n`);
    process.exitCode = 13;
  }
  process._exiting = true;
  try {
    process.emit('exit', +process.exitCode || 0);
  } catch (error) {
    require('internal/uncaught').uncaught(error); // ends the process, unless a listener takes it
  }
  return +process.exitCode || 0;
}

// On a thread of its own, with the port to its parent.
function startWorker(port) {
  require('internal/worker/child').start(port);
}

module.exports = { start, startWorker, beforeExit, exit };
