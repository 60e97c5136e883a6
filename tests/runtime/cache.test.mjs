// The caches of transformed modules and of compiled code: filled by the first run, used by the next, and of no harm when
// they are damaged.
import test from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execFileSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';

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

// A runtime that was built for another engine: the name of that stands in it as a number.
function otherBuild(engine) {
  const libraries = dirname(dirname(execFileSync(cpm, ['node', '-p', 'process.execPath'], { encoding: 'utf8', env })));
  const root = join(folder, 'other'), place = join(root, relative(dirname(dirname(cpm)), libraries));
  cpSync(cpm, join(root, 'bin/cpm'), { dereference: true });
  cpSync(libraries, place, { recursive: true });
  rmSync(join(place, 'bin/node'));
  symlinkSync(join(root, 'bin/cpm'), join(place, 'bin/node'));
  const file = join(place, 'cpm-runtime.so'), bytes = readFileSync(file);
  const name = Buffer.from(engine, 'hex').reverse();
  let count = 0;
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1), count++) bytes[at] ^= 1;
  writeFileSync(file, bytes);
  return count > 0 ? join(root, 'bin/cpm') : undefined;
}

test('an engine that came after the build is tried once, and its code is kept when it takes it', (t) => {
  const home = readdirSync(join(folder, 'cache')).find((name) => name.startsWith('compiled-'));
  if (home === undefined) return t.skip('this engine takes no compiled code');
  const other = otherBuild(home.slice('compiled-'.length));
  if (other === undefined) return t.skip('the name of the engine is not found in the runtime');
  const runOther = () => execFileSync(other, ['node', join(folder, 'long.js')], { encoding: 'utf8', env });
  const marks = () => readdirSync(join(folder, 'cache', home)).filter((name) => !/-/.test(name));
  rmSync(join(folder, 'cache'), { recursive: true });
  assert.match(runOther(), /^42 /);
  assert.deepEqual(marks(), ['taken']);
  assert.equal(compiled().length, 1);
  for (let i = 0; i < 2; i++) assert.match(runOther(), /^42 /);
  assert.ok(compiled().length > 2);
  rmSync(join(folder, 'cache'), { recursive: true });
  rmSync(join(folder, 'other'), { recursive: true });
});
