// setTimeout of sessions and streams: 'timeout' after a time in which nothing was read or sent.
'use strict';

const { codes } = require('internal/errors');
const { validateFunction, validateNumber } = require('internal/validators');

const kTimer = Symbol('timeout');

// moved(): a number that changes while something is still on its way.
function mix(Class, moved) {
  Object.defineProperties(Class.prototype, {
    setTimeout: { configurable: true, writable: true, enumerable: false, value: function(msecs, callback) {
      if (this.destroyed) return this;
      validateNumber(msecs, 'msecs');
      if (msecs < 0 || !Number.isFinite(msecs)) throw new codes.ERR_OUT_OF_RANGE('msecs', 'a non-negative finite number', msecs);
      if (callback !== undefined) validateFunction(callback, 'callback');
      this.timeout = msecs;
      stop(this);
      if (msecs === 0) {
        if (callback) this.removeListener('timeout', callback);
        return this;
      }
      this[kTimer] = setTimeout(() => onTime(this, moved), msecs).unref();
      if (callback) this.once('timeout', callback);
      return this;
    } },
  });
}

function onTime(self, moved) {
  if (self.destroyed) return;
  const now = moved(self);
  if (now !== 0 && now !== self[kTimer].moved) {
    self[kTimer].moved = now;
    self[kTimer].refresh();
    return;
  }
  self.emit('timeout');
}

function stop(self) {
  clearTimeout(self[kTimer]);
  self[kTimer] = null;
}

module.exports = { mix, stop, refresh: (self) => { self[kTimer]?.refresh(); } };
