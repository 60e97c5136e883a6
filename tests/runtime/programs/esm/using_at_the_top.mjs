import fs from 'node:fs';
export let after = 1;
await using fh = { [Symbol.asyncDispose]() { console.log('closed', after) } };
console.log(typeof fs.readFileSync, typeof fh);
