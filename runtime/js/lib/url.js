'use strict';
module.exports = require('url/');
