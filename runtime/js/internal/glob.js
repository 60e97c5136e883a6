// Patterns of paths, as npm's minimatch reads them.
'use strict';

const { Minimatch, GLOBSTAR } = require('lib/minimatch');

const optionsOf = (windows) => ({ platform: windows ? 'win32' : 'linux', windowsPathsNoEscape: true, nonegate: true, nocomment: true,
  optimizationLevel: 2, nocaseMagicOnly: true });

const make = (pattern, windows = false) => new Minimatch(pattern, optionsOf(windows));

exports.matches = (path, pattern, windows) => make(pattern, windows).match(path);
exports.make = make;
exports.GLOBSTAR = GLOBSTAR;
