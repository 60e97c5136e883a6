// Columns on lines of an ES module that imported names stand on.
import assert, { equal as same } from 'node:assert';
import * as path from 'node:path';

const column = (fn) => { try { fn(); } catch (error) { return /stack_of_module\.mjs:(\d+:\d+)/.exec(error.stack)[1]; } };
console.log(column(() => assert.deepEqual([1], [2])), column(() => same(1, 2)), column(() => assert(path.sep === 'x')));
console.log(column(() => { assert.ok(same); path.join(1); }), column(() => { if (same) throw new Error(path.sep); })); export const last = column(() => null.x);
console.log(last);
