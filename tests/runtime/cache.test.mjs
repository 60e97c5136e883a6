// The caches of transformed modules and of compiled code: filled by the first run, used by the next, and of no harm when
// they are damaged.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const cpm = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'cpm-cache-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'a.mjs'), 'import { b } from "./b.mjs"; import c from "./c.cjs"; console.log(b, await c());');
writeFileSync(join(folder, 'b.mjs'), 'export const b = 1;');
writeFileSync(join(folder, 'c.cjs'), 'module.exports = async () => (await import("./b.mjs")).b + 1;');

const env = { ...process.env, NODE_OPTIONS: '', CPM_RUNTIME_CACHE: join(folder, 'cache') };
const run = (name = 'a.mjs') => execFileSync(cpm, ['node', join(folder, name)], { encoding: 'utf8', env });
const files = (kind) => readdirSync(join(folder, 'cache'), { recursive: true }).filter((name) => name.startsWith(kind))
  .map((name) => join(folder, 'cache', name)).filter((file) => statSync(file).isFile());
const kept = () => files('runtime-');
const compiled = () => files('compiled-');

test('a run fills the cache and the next one takes from it', () => {
  assert.equal(run(), '1 2\n');
  assert.equal(kept().length, 3);
  const before = kept().map((file) => statSync(file).mtimeMs);
  assert.equal(run(), '1 2\n');
  assert.deepEqual(kept().map((file) => statSync(file).mtimeMs), before);
});

test('a file of the cache that is cut or changed is made again', () => {
  const whole = kept().map((file) => readFileSync(file, 'utf8'));
  const damages = [(file) => truncateSync(file, 30), (file) => writeFileSync(file, ''), (file, text) => writeFileSync(file, text.replace('(', '{')),
    (file, text) => writeFileSync(file, text.replace(/\n.*\n/, '\nnothing\n'))];
  for (const damage of damages) {
    kept().forEach((file, i) => damage(file, whole[i]));
    assert.equal(run(), '1 2\n');
    assert.deepEqual(kept().map((file) => readFileSync(file, 'utf8')), whole);
  }
});

// Whatever the engine compiles of it must be the text's own: lines, source, values, more than ASCII.
const long = (mark) => `const filler = '${'-'.repeat(5000)}';
function twice(x) { return 2 * x; } function later(x) { return x + '${mark}'; } const lines = () => new Error('e').stack.split('\\n')[1];
console.log(twice(21), later.toString().length, filler.length, /long\\.js:2/.test(lines()), process.argv[2] ? later(1) : '');
`;
const runLong = (...args) => execFileSync(cpm, ['node', join(folder, 'long.js'), ...args], { encoding: 'utf8', env });

test('compiled code is kept, grows with what later runs compile, and follows the text', (t) => {
  for (const mark of ['a', '\u4f60']) {
    writeFileSync(join(folder, 'long.js'), long(mark));
    const expected = `42 ${36 + mark.length} 5000 true`;
    rmSync(join(folder, 'cache'), { recursive: true, force: true });
    for (let i = 0; i < 3; i++) assert.equal(runLong(), `${expected} \n`);
    if (compiled().length === 0) return t.skip('this engine takes no compiled code');
    const before = compiled().map((file) => statSync(file).mtimeMs);
    assert.equal(runLong(), `${expected} \n`);
    assert.deepEqual(compiled().map((file) => statSync(file).mtimeMs), before);
    assert.equal(runLong('more'), `${expected} 1${mark}\n`);
    assert.equal(runLong('more'), `${expected} 1${mark}\n`);
  }
});

test('compiled code that is cut or changed on the disk is made again', () => {
  const damages = [(file) => truncateSync(file, 100), (file) => writeFileSync(file, ''),
    (file, bytes) => writeFileSync(file, Buffer.alloc(bytes.length)), (file, bytes) => writeFileSync(file, bytes.fill(7, bytes.length >> 1))];
  for (const damage of damages) {
    const sizes = compiled().map((file) => statSync(file).size);
    for (const file of compiled()) damage(file, readFileSync(file));
    assert.match(runLong(), /^42 /);
    assert.match(runLong('more'), /^42 .* 1\u4f60\n$/);
    assert.equal(compiled().length, sizes.length);
    assert.ok(compiled().every((file) => readFileSync(file, 'latin1').startsWith('cpmbc2\n')));
  }
});
