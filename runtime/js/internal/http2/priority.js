// RFC 9113 has done away with priorities: who asks for one is told, once.
'use strict';

let told = false;
exports.warn = function warn(words) {
  if (told) return;
  told = true;
  process.emitWarning(words, 'DeprecationWarning', 'DEP0194');
};
