// The stacks of disposers: moved, used when they are closed, and without a word of their insides.
const s = new DisposableStack(); s.defer(()=>console.log('a')); const t = s.move(); console.log(s.disposed, t.disposed); t.use({[Symbol.dispose](){console.log('b')}}); try { s.defer(()=>{}) } catch (e) { console.log(e.name) } t.dispose(); s.dispose();
(async () => { const q = new AsyncDisposableStack(); q.use({ async [Symbol.asyncDispose]() { console.log('async') } }); q.use(null); await q.disposeAsync(); console.log(q.disposed, Object.keys(q)); })();
