// `using` and `await using`: in which order things are opened and closed, and what becomes of two errors.
const log = [];
class R { constructor(n){this.n=n; log.push('open '+n)} [Symbol.dispose](){ log.push('close '+this.n)} async [Symbol.asyncDispose](){ await null; log.push('aclose '+this.n)} }
function f(x) { 'use strict'; using a = new R('a'), b = new R('b'); return log.length + x; } // tail
console.log(f(1));
async function g() { await using c = new R('c'); { using d = new R('d'); } log.push('in g'); for (using e of [new R('e1'), new R('e2')]) { if (e.n == 'e2') break; log.push(e.n) } for (await using q of [new R('q')]) log.push('body') }
g().then(() => { console.log(log.join());
try { using x = { [Symbol.dispose]() { throw new Error('one') } }; throw new Error('two'); } catch (e) { console.log(e.name, e.error.message, e.suppressed.message, e instanceof SuppressedError); }
const s = new DisposableStack(); s.use(new R('s')); s.defer(() => console.log('deferred')); s.adopt(1, (v) => console.log('adopted', v)); s.dispose(); console.log(s.disposed, String(s));
});
