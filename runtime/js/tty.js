// Terminals.
'use strict';

const net = require('net');
const { codes, errnoException } = require('internal/errors');
const system = native('net');

function checkFd(fd) {
  if (fd >> 0 !== fd || fd < 0) throw new codes.ERR_INVALID_FD(fd);
}

function open(fd) {
  checkFd(fd);
  const handle = system.tty(fd);
  if (typeof handle === 'number') {
    const error = errnoException(handle, 'uv_tty_init');
    error.name = 'SystemError';
    error.message = `TTY initialization failed: ${error.message}`;
    error.code = 'ERR_TTY_INIT_FAILED';
    throw error;
  }
  return handle;
}

function ReadStream(fd, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd, options);
  net.Socket.call(this, { highWaterMark: 0, handle: open(fd), manualStart: true, ...options });
  this.isRaw = false;
  this.isTTY = true;
}
Object.setPrototypeOf(ReadStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(ReadStream, net.Socket);
ReadStream.prototype.setRawMode = function(flag) {
  flag = Boolean(flag);
  const errno = this._handle?.setRawMode(flag);
  if (errno < 0) this.emit('error', errnoException(errno, 'setRawMode'));
  else this.isRaw = flag;
  return this;
};

function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  net.Socket.call(this, { handle: open(fd), manualStart: true, readable: false });
  this._handle.setBlocking(true);
  this._type = 'tty';
  const size = this._handle.size();
  if (typeof size !== 'number') [this.columns, this.rows] = size;
  process.on('SIGWINCH', this._refreshSize.bind(this));
}
Object.setPrototypeOf(WriteStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(WriteStream, net.Socket);
WriteStream.prototype.isTTY = true;
WriteStream.prototype._refreshSize = function() {
  const size = this._handle?.size();
  if (size === undefined || typeof size === 'number') return;
  if (size[0] === this.columns && size[1] === this.rows) return;
  [this.columns, this.rows] = size;
  this.emit('resize');
};
WriteStream.prototype.getWindowSize = function() { return [this.columns, this.rows]; };
WriteStream.prototype.getColorDepth = (env) => require('internal/colors').depth(env);
WriteStream.prototype.hasColors = function(count, env) {
  if (env === undefined && (count === undefined || (typeof count === 'object' && count !== null))) [env, count] = [count, 16];
  else require('internal/validators').validateInteger(count, 'count', 2);
  return count <= 2 ** this.getColorDepth(env);
};
for (const name of ['cursorTo', 'moveCursor', 'clearLine', 'clearScreenDown']) {
  WriteStream.prototype[name] = function(...args) { return require('readline')[name](this, ...args); };
}

module.exports = {
  isatty: (fd) => Number.isInteger(fd) && fd >= 0 && fd <= 2147483647 && native('process').kindOf(fd) === 'tty',
  ReadStream, WriteStream,
};
