// v8.serialize and back: what the structured clone algorithm keeps.
'use strict';
const v8 = require('v8');
const cycle = { name: 'a', list: [1, , 'ü', 2n ** 70n, -0, NaN] };
cycle.self = cycle;
const value = { cycle, map: new Map([[{ k: 1 }, new Set(['x'])]]), date: new Date(5), re: /a+/gi, view: new Uint16Array([1, 2]), error: new RangeError('r'), u: undefined, n: null };
const back = v8.deserialize(v8.serialize(value));
console.log(back.cycle.self === back.cycle, back.cycle.list, back.map, back.date, back.re, back.view, back.error.name, back.error.message, 'u' in back, back.n);
for (const wrong of [() => v8.serialize(() => 1), () => v8.serialize(Symbol('s')), () => v8.deserialize(Buffer.from([1, 2, 3])), () => v8.deserialize('x')]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.name, error.code, error.message.replace(/\s+/g, ' '));
  }
}
