'use strict';

const { Module } = require('internal/modules/cjs');

if (Module.globalPaths.length === 0) Module._initPaths();
module.exports = Module;
