// A Console of one's own: what it refuses, that its writes may fail, and that the global one is one.
'use strict';
const { Console } = require('console');
const { Writable } = require('stream');

console.log(console instanceof Console, {} instanceof Console);
for (const options of [{ colorMode: 'x' }, { groupIndentation: 1001 }, { inspectOptions: 1 }, { inspectOptions: { colors: true }, colorMode: true }]) {
  try {
    new Console({ stdout: process.stdout, ...options });
  } catch (error) {
    console.log(error.code, error.message);
  }
}
const broken = new Writable({ write(chunk, encoding, done) { setImmediate(done, new Error('broken')); } });
const quiet = new Console(broken, broken, true);
quiet.log('lost');
console.log(quiet.log.name, quiet.warn.name);
console.table(() => {});
setTimeout(() => console.log('still here'), 20);
