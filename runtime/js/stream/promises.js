'use strict';

const { promises } = require('lib/streams');

module.exports = { finished: promises.finished, pipeline: promises.pipeline };
