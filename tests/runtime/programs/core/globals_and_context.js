// console, AsyncLocalStorage, structuredClone, vm, parseArgs, web streams.
console.table([{a:1,b:'x'},{a:2}]); console.count(); console.assert(false,'no'); console.group('g'); console.dir({x:1}); console.groupEnd();
const {AsyncLocalStorage}=require('async_hooks'); const als=new AsyncLocalStorage(); als.run({id:1},()=>{ setTimeout(()=>console.log('timer',als.getStore()),1); process.nextTick(()=>console.log('tick',als.getStore())); Promise.resolve().then(()=>console.log('then',als.getStore())); require('fs').stat('.',()=>console.log('fs',als.getStore())); });
console.log(structuredClone({a:new Map([[1,new Set([2])]]),d:new Date(0)}));
const vm=require('vm'); const c=vm.createContext({x:2}); console.log(vm.runInContext('y = x*21; x++; y',c), c); console.log(vm.runInNewContext('a+1',{a:1}), vm.isContext(c));
console.log(require('util').parseArgs({args:['-f','--bar','b'],options:{foo:{type:'boolean',short:'f'},bar:{type:'string'}}}));
new ReadableStream({start(c){c.enqueue('a');c.close()}}).getReader().read().then(console.log);
console.log(require('util').styleText('red','x',{validateStream:false}), process.memoryUsage().rss>0);
