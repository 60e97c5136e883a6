// Errors of another context have stacks like ours, and its own prepareStackTrace.
'use strict';
const vm = require('vm');
const context = vm.createContext({ console });
const stack = vm.runInContext('class Own extends Error {} function f() { return new Own("m"); } f().stack', context, 'there.js');
console.log(stack.split('\n')[0], /^ {4}at f \(there\.js:1:\d+\)$/.test(stack.split('\n')[1]));
console.log(vm.runInContext('Error.prepareStackTrace = (e, frames) => frames[0].getFileName(); const o = {}; Error.captureStackTrace(o); o.stack', context, 'there.js'));
console.log(new Error('here').stack.split('\n')[0], vm.runInContext('new TypeError("x") instanceof Error', context), vm.runInContext('new Error("x")', context) instanceof Error);
