// util.inspect and util.format, by node-inspect-extracted, with the engine's knowledge of promises and proxies.
'use strict';

module.exports = require('lib/inspect');
