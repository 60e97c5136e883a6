// Whoever only reads the constructor of a promise has not handled it, also where contexts are carried.
const { AsyncLocalStorage } = require('async_hooks'); const als = new AsyncLocalStorage();
process.on('unhandledRejection', (e) => console.log('unhandled', e.message));
const a = Promise.reject(new Error('read after')); a.constructor;
let r; const b = new Promise((_, no) => { r = no; }); b.constructor; setTimeout(() => r(new Error('read before')), 5);
const c = Promise.reject(new Error('handled')); c.catch(() => console.log('caught')); c.constructor;
als.run(1, async () => { try { await Promise.reject(new Error('awaited')); } catch (e) { console.log(e.message, als.getStore()); } await null; console.log(als.getStore()); try { await new Promise((_, no) => setTimeout(no, 10, new Error('later'))); } catch (e) { console.log(e.message, als.getStore()); } });
const d = Promise.reject(new Error('all')); Promise.all([d]).catch((e) => console.log('all', e.message)); require('util').inspect(d);
({}).constructor; Object.create(Promise.prototype).constructor;
