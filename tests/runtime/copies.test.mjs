// Copies of the engine: made by the fourth start, used from then on, and left alone when something is wrong with them.
import test from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const cpm = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'cpm-copies-'));
const cache = join(folder, 'cache');
test.after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'a.js'), `
const engines = require('fs').readFileSync('/proc/self/maps', 'utf8').match(/\\S*libjavascriptcore\\S*/g);
console.log(engines.every((path) => path.startsWith(process.env.CPM_RUNTIME_CACHE)) ? 'copy' : 'plain');`);
writeFileSync(join(folder, 'late.js'), `
console.log(new Intl.NumberFormat('de').format(1234.5), 'I'.toLocaleLowerCase('tr'), 'e\\u0301'.normalize('NFC').length,
  /\\p{Lu}/u.test('\\u00c4'), new SharedArrayBuffer(8).byteLength, process.env.JSC_useSharedArrayBuffer,
  require('zlib').gunzipSync(require('zlib').gzipSync('z')).toString(), new Date(0).toLocaleDateString('en', { timeZone: 'UTC' }));`);

const { LD_PRELOAD, LD_LIBRARY_PATH, ...plainEnv } = process.env;
const env = { ...plainEnv, NODE_OPTIONS: '', CPM_RUNTIME_CACHE: cache };
const run = (name = 'a.js', more = {}) => execFileSync(cpm, ['node', join(folder, name)], { encoding: 'utf8', env: { ...env, ...more } });
const home = () => join(cache, readdirSync(cache).find((name) => name.startsWith('engine-')));
const copies = () => readdirSync(home()).filter((name) => name.startsWith('lib')).map((name) => join(home(), name));
const has = (t) => {
  if (existsSync(cache) && readdirSync(cache).some((name) => name.startsWith('engine-')) && copies().length > 0) return true;
  t.skip('this build makes no copies');
  return false;
};
const make = () => {
  rmSync(cache, { recursive: true, force: true });
  for (let i = 0; i < 4; i++) assert.equal(run(), 'plain\n');
};

test('the fourth start makes copies of the engine, and the fifth runs on them', (t) => {
  make();
  if (!has(t)) return;
  assert.equal(run(), 'copy\n');
  assert.equal(statSync(home()).mode & 0o777, 0o700);
});

test('what a copy loads late is there when it is called', (t) => {
  if (!has(t)) return;
  assert.equal(run('late.js'), '1.234,5 \u0131 1 true 8 undefined z 1/1/1970\n');
});

test('copies that somebody else could have written are not used', (t) => {
  if (!has(t)) return;
  for (const path of [copies()[0], home(), cache]) {
    const { mode } = statSync(path);
    chmodSync(path, mode | 0o022);
    assert.equal(run(), 'plain\n');
    chmodSync(path, mode);
    assert.equal(run(), 'copy\n');
  }
});

test('what the environment tells the linker to load goes before the copies', (t) => {
  if (!has(t)) return;
  assert.equal(run('a.js', { LD_LIBRARY_PATH: folder }), 'plain\n');
  assert.equal(run(), 'copy\n');
});

test('a copy that is cut is made again', (t) => {
  if (!has(t)) return;
  truncateSync(copies()[0], 4096);
  assert.equal(run(), 'plain\n');
  assert.equal(run(), 'copy\n');
});

test('a copy that the linker does not take is removed, and the system\'s engine is used', (t) => {
  if (!has(t)) return;
  for (const path of copies()) writeFileSync(path, Buffer.alloc(statSync(path).size));
  for (let i = 0; i < 5; i++) assert.equal(run(), 'plain\n');
  assert.deepEqual(copies(), []);
});

test('a cache that cannot be written changes nothing', () => {
  assert.equal(run('a.js', { CPM_RUNTIME_CACHE: '/proc/nowhere' }), 'plain\n');
});

test('what was not used for a month is removed from the cache, and nothing that is not the runtime\'s', () => {
  make();
  const old = ['compiled-0/a', 'runtime-1/esm/b', 'engine-1/c', 'other/d'];
  for (const name of [...old, 'compiled-0/new', 'runtime-0/new']) {
    mkdirSync(join(cache, name, '..'), { recursive: true });
    writeFileSync(join(cache, name), 'x');
  }
  for (const name of old) utimesSync(join(cache, name), 1e9, 1e9);
  rmSync(join(cache, 'pruned'), { force: true });
  writeFileSync(join(folder, 'b.js'), `console.log(1); // ${'-'.repeat(2000)}`);
  run('b.js'); // keeps something new
  assert.deepEqual([...old, 'engine-1', 'runtime-1', 'compiled-0/new', 'runtime-0/new'].filter((name) => existsSync(join(cache, name))),
    ['other/d', 'compiled-0/new', 'runtime-0/new']);
});
