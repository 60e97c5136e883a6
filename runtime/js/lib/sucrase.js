'use strict';
module.exports = require('sucrase');
