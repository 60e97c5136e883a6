// process.stdin, stdout and stderr, made when they are first touched.
'use strict';

const system = native('process');

exports.isTerminal = (fd) => system.kindOf(fd) === 'tty';

function describe(stream, fd) {
  Object.defineProperty(stream, 'fd', { value: fd, writable: true, configurable: true, enumerable: true });
  stream._type = { file: 'fs', tty: 'tty', pipe: 'pipe' }[system.kindOf(fd)] ?? 'pipe';
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  return stream;
}

// Files, terminals and pipes are written at once, as Node does on Linux.
function output(fd) {
  if (exports.isTerminal(fd)) {
    const { WriteStream } = require('tty');
    return describe(new WriteStream(fd), fd);
  }
  const { Writable } = require('stream');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, encoding, callback) {
      const errno = system.write(fd, typeof chunk === 'string' && encoding !== 'utf8' && encoding !== 'utf-8'
        ? require('buffer').Buffer.from(chunk, encoding) : chunk);
      callback(errno < 0 ? require('internal/errors').errnoException(errno, 'write') : null);
    },
    destroy(error, callback) { callback(error); },
  });
  describe(stream, fd);
  stream._destroy = function(error, callback) {
    callback(error);
    this._undestroy?.();
    if (!this._writableState.emitClose) process.nextTick(() => this.emit('close'));
  };
  return stream;
}

exports.stdout = () => output(1);
exports.stderr = () => output(2);

exports.stdin = function stdin() {
  const kind = system.kindOf(0);
  let stream;
  if (process.channel?.fd === 0) {
    const { Readable } = require('stream'); // it carries the messages of the parent
    stream = new Readable({ read() {} });
  } else if (kind === 'tty') stream = new (require('tty').ReadStream)(0);
  else if (kind === 'file') stream = require('fs').createReadStream(null, { fd: 0, autoClose: false });
  else if (kind === 'pipe' || kind === 'tcp') {
    stream = new (require('net').Socket)({ fd: 0, readable: true, writable: false, manualStart: true });
  } else {
    const { Readable } = require('stream');
    stream = new Readable({ read() {} });
    stream.push(null);
  }
  stream.fd = 0;
  if (stream._handle?.readStop) {
    stream._handle.reading = false;
    stream._readableState.reading = false;
    stream._handle.readStop();
  }
  stream.on('pause', () => process.nextTick(() => {
    if (!stream._handle?.reading || stream.readableFlowing) return; // another pipe has come
    stream._handle.reading = false;
    stream._readableState.reading = false; // the next resume() asks anew
    stream._handle.readStop();
  }));
  return stream;
};
