// A handle as net.Socket uses one, that ciphers what goes to the handle below and deciphers what comes from it.
'use strict';

const system = native('tls');

const EOF = -4095;
const EPROTO = -71;

class CipherHandle {
  constructor(raw, session, events) {
    this.raw = raw;
    this.session = session;
    this.events = events;
    this.secure = false;
    this.ended = false;
    this.reading = false;
    this.early = []; // written before the handshake is done
    this.onread = undefined;
    raw.onread = (count, bytes) => this.#onCipher(count, bytes);
    for (const name of ['setNoDelay', 'setKeepAlive', 'name', 'fileno']) {
      if (typeof raw[name] === 'function') this[name] = (...args) => raw[name](...args);
    }
    delete this.fileno; // the bytes below are not ours to hand out
  }

  start() {
    this.raw.readStart();
    this.#advance();
  }

  // Bytes that were read before the handle was ours.
  receive(bytes) { this.#onCipher(bytes.length, bytes); }

  #onCipher(count, bytes) {
    if (count > 0) {
      system.feed(this.session, bytes);
      this.#advance();
      return;
    }
    if (!this.secure) {
      const error = new Error('Client network socket disconnected before secure TLS connection was established');
      error.code = 'ECONNRESET';
      this.events.failed(error);
      return;
    }
    this.#end(count);
  }

  #advance() {
    if (!this.secure && !this.#handshake()) return;
    if (this.reading) this.#deliver();
    this.#flush();
    this.#tellNews();
  }

  // True when it is done.
  #handshake() {
    const status = system.handshake(this.session);
    if (status !== 1) this.#flush();
    if (typeof status === 'object') {
      this.events.failed(status);
      return false;
    }
    if (status === 2) this.#choose();
    if (status !== 1) return false;
    this.secure = true;
    if (!this.events.check()) return false;
    this.#flush();
    const { early } = this;
    this.early = [];
    for (const [data, callback] of early) {
      if (this.write(data, callback) === 0) callback(0);
    }
    this.events.secure();
    return this.raw !== null;
  }

  // The handshake waits until somebody has said which context it goes on with.
  #choose() {
    this.events.choose(system.askedName(this.session), system.offered(this.session), (error, context, protocols) => {
      if (this.raw === null) return;
      if (error) return void this.events.failed(error);
      system.choose(this.session, context, protocols);
      this.#advance();
    });
  }

  #tellNews() {
    const news = this.raw === null ? undefined : system.news(this.session);
    if (news !== undefined) this.events.news(news);
  }

  #deliver() {
    while (this.reading && this.raw !== null) {
      const bytes = system.read(this.session);
      this.#tellNews();
      if (bytes === undefined) return;
      if (bytes === null) return this.#end(EOF);
      if (bytes instanceof Error) return void this.events.failed(bytes);
      this.onread?.(bytes.length, bytes);
    }
  }

  #end(count) {
    if (this.ended) return;
    this.ended = true;
    this.onread?.(count, undefined);
  }

  #flush(callback) {
    const bytes = this.raw === null ? undefined : system.take(this.session);
    if (bytes === undefined) return 0;
    return this.raw.write(bytes, callback ?? (() => {}));
  }

  readStart() {
    this.reading = true;
    this.raw?.readStart();
    if (this.secure) process.nextTick(() => { if (this.reading && this.raw !== null) this.#deliver(); });
    return 0;
  }
  readStop() {
    this.reading = false;
    if (this.secure) this.raw?.readStop();
    return 0;
  }

  write(data, callback) {
    if (this.raw === null) return -9;
    if (!this.secure) {
      this.early.push([data, callback]);
      return 1;
    }
    for (const part of Array.isArray(data) ? data : [data]) {
      const result = system.write(this.session, part);
      if (result instanceof Error) {
        this.events.failed(result);
        return EPROTO;
      }
    }
    return this.#flush(callback);
  }

  shutdown(callback) {
    if (this.raw === null) return -9;
    if (this.secure) system.shutdown(this.session);
    this.#flush();
    return this.raw.shutdown(callback);
  }

  close(callback) {
    const { raw } = this;
    this.raw = null;
    if (raw === null) return;
    raw.onread = undefined;
    raw.close(() => callback?.());
  }
  reset(callback) {
    const { raw } = this;
    this.raw = null;
    raw?.[raw.reset ? 'reset' : 'close'](callback);
    return 0;
  }
  queued() { return this.raw?.queued?.() ?? 0; }
  ref() { this.raw?.ref(); }
  unref() { this.raw?.unref(); }
  hasRef() { return this.raw?.hasRef() ?? false; }
}

// A stream that is no socket of ours, as a handle.
function adaptStream(stream) {
  const handle = {
    onread: undefined,
    readStart() {
      stream.resume();
      return 0;
    },
    readStop() {
      stream.pause();
      return 0;
    },
    write(data, callback) {
      stream.write(Array.isArray(data) ? Buffer.concat(data) : data, (error) => callback(error ? -32 : 0));
      return 1;
    },
    shutdown(callback) {
      stream.end(() => callback(0));
      return 0;
    },
    close(callback) {
      stream.destroy();
      process.nextTick(() => callback?.());
    },
    ref() { stream.ref?.(); },
    unref() { stream.unref?.(); },
    hasRef: () => true,
    queued: () => stream.writableLength ?? 0,
  };
  stream.on('data', (bytes) => handle.onread?.(bytes.length, new Uint8Array(bytes)));
  stream.on('end', () => handle.onread?.(EOF, undefined));
  return handle;
}

module.exports = { CipherHandle, adaptStream };
