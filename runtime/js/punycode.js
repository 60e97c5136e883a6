'use strict';

module.exports = require('lib/punycode');
