// Signals as events of the process: watched while somebody listens.
'use strict';

const { signals } = require('internal/constants');
const { errnoException } = require('internal/errors');

const watched = new Map();

exports.start = function start(name) {
  const number = signals[name];
  if (number === undefined || watched.has(name)) return;
  const handle = native('spawn').watchSignal(number);
  if (typeof handle === 'number') throw errnoException(handle, 'uv_signal_start');
  handle.onsignal = require('internal/context').bind(() => process.emit(name, name, number));
  watched.set(name, handle);
};

exports.stop = function stop(name) {
  watched.get(name)?.close();
  watched.delete(name);
};
