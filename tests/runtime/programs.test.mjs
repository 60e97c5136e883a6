// Each program of programs/ prints on cpm what it prints on node, and ends with the same code: 0, or the number that
// stands in X.code. X.out is what node printed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cpm = process.argv[2];
const cache = mkdtempSync(join(tmpdir(), 'cpm-programs-'));
test.after(() => rmSync(cache, { recursive: true, force: true }));
const folder = join(dirname(fileURLToPath(import.meta.url)), 'programs');

// A build with the address sanitizer keeps what was freed, so that no program's memory would stay flat.
const ASAN_OPTIONS = [process.env.ASAN_OPTIONS, 'quarantine_size_mb=1', 'thread_local_quarantine_size_kb=16'].filter(Boolean).join(':');

function run(file) {
  return new Promise((resolve) => {
    execFile(cpm, ['node', join(folder, file)], { cwd: dirname(join(folder, file)), timeout: 60000, env: { ...process.env, ASAN_OPTIONS, NODE_OPTIONS: '', XDG_CACHE_HOME: cache } },
      (error, stdout, stderr) => resolve({ code: error ? error.code ?? error.signal : 0, stdout, stderr }));
  });
}

for (const file of readdirSync(folder, { recursive: true }).filter((name) => /\.[cm]?[jt]s$/.test(name)).sort()) {
  const base = join(folder, file.replace(/\.[cm]?[jt]s$/, ''));
  if (!existsSync(`${base}.out`)) continue; // a part of another program
  test(`${file.replace(/\.[cm]?[jt]s$/, '').replaceAll(/[_/]/g, ' ')} prints what node prints`, async () => {
    const { code, stdout, stderr } = await run(file);
    const wanted = existsSync(`${base}.code`) ? Number(readFileSync(`${base}.code`, 'utf8')) : 0;
    assert.equal(stdout, readFileSync(`${base}.out`, 'utf8'), stderr);
    assert.equal(code, wanted, stderr);
  });
}
