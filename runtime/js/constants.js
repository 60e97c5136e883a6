'use strict';

const { signals, errno, priority, dlopen, fs } = require('internal/constants');

module.exports = Object.assign({}, dlopen, errno, priority, signals, fs);
