// Warnings that are given once.
'use strict';

const warned = new Set();
exports.warnOnce = function warnOnce(key, text, code) {
  if (warned.has(key)) return;
  warned.add(key);
  if (code) process.emitWarning(text, 'DeprecationWarning', code);
  else process.emitWarning(text);
};
