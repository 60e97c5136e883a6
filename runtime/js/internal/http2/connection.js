// A native session between a socket's bytes and what its Http2Session is told. What is to be sent is collected until the
// program has had its turn (an immediate), and waits while the socket's buffer is full.
'use strict';

const { uncaught } = require('internal/uncaught');
const { NghttpError, codes } = require('internal/http2/errors');
const system = native('http2');

// In the order of native code's enum cpm_h2_call.
const CALLS = ['onHeaders', 'onData', 'onEnd', 'onStreamClose', 'onSettings', 'onPing', 'onGoaway', 'onAltsvc', 'onOrigin', 'onNotSent',
  'onTrailers', 'onDrained', 'onPriority'];
// The options in the order of enum cpm_h2_limit, each with what it is when it is not given.
const MEGABYTE = 2 ** 20;

function limitsOf(options, isServer) {
  const fields = Math.max(options.maxHeaderListPairs ?? 128, isServer ? 4 : 1);
  return [options.maxDeflateDynamicTableSize ?? -1, options.maxReservedRemoteStreams ?? 200, options.maxSendHeaderBlockLength ?? -1,
    options.peerMaxConcurrentStreams ?? 100, options.paddingStrategy ?? 0, fields,
    (options.maxSessionMemory ?? 10) * MEGABYTE, Math.max(options.maxSettings ?? 32, 1), options.maxSessionInvalidFrames ?? 1000,
    options.maxSessionRejectedStreams ?? 100, options.strictFieldWhitespaceValidation === false ? 0 : 1];
}

class Connection {
  constructor(session, socket, isServer, options) {
    this.session = session;
    this.socket = socket;
    this.full = false; // the socket's buffer is
    this.scheduled = false;
    this.working = false; // native code is, and calls us
    this.sent = 0; // bytes
    this.pendingBytes = 0; // not yet in the system's hands
    this.onceDone = null;
    this.waiting = null; // [bytes, from] that are read when the program has had its turn
    const calls = CALLS.map((name) => (a, b, c, d, e) => {
      try {
        session[name](a, b, c, d, e);
      } catch (error) {
        uncaught(error);
      }
    });
    this.native = system.open(isServer, limitsOf(options, isServer), calls);
    this.onBytes = (bytes) => this.feed(bytes);
    this.onDrain = () => {
      this.full = false;
      this.flush();
    };
  }

  start() {
    this.socket.on('data', this.onBytes);
    if (this.socket.readableFlowing === false) process.nextTick(() => this.socket.resume());
    this.schedule();
  }

  feed(bytes) {
    if (this.native === null || this.onceDone) return;
    this.session.touch();
    if (this.waiting !== null) this.waiting.push([bytes, 0]);
    else this.parse(bytes, 0);
  }

  // Behind data come ticks and promise jobs, as behind every call from the loop.
  parse(bytes, from) {
    this.working = true;
    const result = system.feed(this.native, bytes, from);
    this.working = false;
    this.flush();
    if (typeof result === 'object') {
      (this.waiting ??= []).unshift([bytes, result[0]]);
      queueMicrotask(() => process.nextTick(() => this.parseOn()));
    } else if (result !== 0) this.session.onFault(typeof result === 'string' ? new codes[result]() : new NghttpError(result));
  }

  parseOn() {
    if (this.native === null || this.onceDone) return;
    const [bytes, from] = this.waiting.shift();
    const rest = this.waiting;
    this.waiting = null;
    this.parse(bytes, from);
    if (this.waiting !== null) this.waiting.push(...rest);
    else for (const [more] of rest) this.feed(more);
  }

  schedule() {
    if (this.scheduled || this.native === null) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  flush() {
    if (this.working || this.native === null) return;
    let bytes;
    while (!this.full || this.onceDone) {
      this.working = true;
      bytes = system.take(this.native);
      this.working = false;
      if (typeof bytes !== 'object') break;
      this.write(bytes);
    }
    if (this.onceDone) this.finish();
    else if (typeof bytes === 'number') this.session.onFault(new NghttpError(bytes));
  }

  write(bytes) {
    if (this.socket.destroyed || !this.socket.writable) return;
    this.sent += bytes.length;
    this.pendingBytes += bytes.length;
    const { length } = bytes;
    const good = this.socket.write(bytes, () => {
      this.pendingBytes -= length;
      this.session.touch();
    });
    if (!good && !this.full && !this.onceDone) {
      this.full = true;
      this.socket.once('drain', this.onDrain);
    }
  }

  // Sends what is left with a GOAWAY of that code; then does nothing more, and calls back.
  end(code, callback) {
    if (this.native === null) return callback();
    this.onceDone = callback;
    if (!this.socket.destroyed) system.terminate(this.native, code);
    if (!this.working) this.flush();
    else this.finishLater();
  }

  // Native code is at work below us: feed() flushes when it is done, take() does not.
  finishLater() {
    setImmediate(() => { if (this.onceDone) this.flush(); });
  }

  finish() {
    const callback = this.onceDone;
    this.onceDone = null;
    system.end(this.native);
    this.native = null;
    this.socket.removeListener('data', this.onBytes);
    this.socket.removeListener('drain', this.onDrain);
    callback();
  }
}

module.exports = { Connection };
