// A worker as both sides know it, and the messages between them: { cmd: 'NODE_CLUSTER', act, seq }, answered by { ack: seq }.
'use strict';

const EventEmitter = require('events');

function Worker(options) {
  if (!(this instanceof Worker)) return new Worker(options);
  EventEmitter.call(this);
  options = options !== null && typeof options === 'object' ? options : {};
  this.exitedAfterDisconnect = undefined;
  this.state = options.state || 'none';
  this.id = options.id | 0;
  if (options.process) {
    this.process = options.process;
    this.process.on('error', (code, signal) => this.emit('error', code, signal));
    this.process.on('message', (message, handle) => this.emit('message', message, handle));
  }
}
Object.setPrototypeOf(Worker.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Worker, EventEmitter);

Worker.prototype.kill = function(...args) { this.destroy(...args); };
Worker.prototype.send = function(...args) { return this.process.send(...args); };
Worker.prototype.isDead = function() { return this.process.exitCode !== null || this.process.signalCode !== null; };
Worker.prototype.isConnected = function() { return this.process.connected; };

const callbacks = new Map();
let seq = 0;

// False when the channel is gone.
function send(target, message, handle, callback) {
  if (!target.connected) return false;
  message = { cmd: 'NODE_CLUSTER', ...message, seq };
  if (typeof callback === 'function') callbacks.set(seq, callback);
  seq++;
  return target.send(message, handle);
}

// A listener of internalMessage: answers go to who waits for them, the rest to onMessage.
function receiver(worker, onMessage) {
  return function(message, handle) {
    if (message.cmd !== 'NODE_CLUSTER') return;
    let fn = onMessage;
    if (message.ack !== undefined) {
      const callback = callbacks.get(message.ack);
      if (callback !== undefined) {
        fn = callback;
        callbacks.delete(message.ack);
      }
    }
    fn.call(worker, message, handle);
  };
}

module.exports = { Worker, send, receiver };
