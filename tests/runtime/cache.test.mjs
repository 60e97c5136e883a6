// The cache of transformed modules: filled by the first run, used by the next, and of no harm when it is damaged.
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

const run = () => execFileSync(cpm, ['node', join(folder, 'a.mjs')],
  { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', CPM_RUNTIME_CACHE: join(folder, 'cache') } });
const kept = () => readdirSync(join(folder, 'cache'), { recursive: true }).map((name) => join(folder, 'cache', name))
  .filter((file) => statSync(file).isFile());

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
