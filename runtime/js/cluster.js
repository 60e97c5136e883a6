// cluster: the primary's face, or a worker's, by who has started this process.
'use strict';

module.exports = require(require('internal/cluster/role').isWorker ? 'internal/cluster/child' : 'internal/cluster/primary');
