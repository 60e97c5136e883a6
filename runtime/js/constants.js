'use strict';

const { signals, errno, priority, dlopen, fs } = require('internal/constants');

module.exports = Object.assign(Object.create(null), dlopen, errno, priority, signals, fs);
