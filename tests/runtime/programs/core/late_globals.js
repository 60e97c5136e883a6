// Globals and their classes are whole at the first touch, in whatever order they are touched.
const fromEngine = (() => { try { null.x; } catch (error) { return error; } })();
class Own extends TypeError {}
const own = new Own('own');
console.log(fromEngine instanceof TypeError, fromEngine.constructor === TypeError, own instanceof Error);
console.log(own.stack.split('\n')[0], typeof own.stack.split('\n')[1]);
console.log(Error.stackTraceLimit, Object.getOwnPropertyDescriptor(globalThis, 'TypeError').value === TypeError);

function named() {}
named.constructor = 'mine';
console.log(named.constructor, (() => {}).constructor === Function, Function('return 7')());

console.log(globalThis.process === process, require('process') === process, setTimeout === require('timers').setTimeout);
console.log(require.main === module, process.mainModule === module, process.argv.length, module.paths.length > 0);

fetch = 1;
console.log(fetch, Object.getOwnPropertyDescriptor(globalThis, 'fetch').enumerable);
RangeError = Own;
console.log(new RangeError('r') instanceof TypeError);

const { createRequire, isBuiltin, _findPath } = require('module');
console.log(createRequire(__filename)('fs') === require('fs'), isBuiltin('fs'), _findPath('none', ['/none']));
queueMicrotask(() => console.log('microtask'));
process.on('exit', (code) => console.log('exit', code));
