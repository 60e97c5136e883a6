// Whether this process is a worker of a cluster; internal/main finds out.
'use strict';

exports.isWorker = false;
exports.id = 0;
