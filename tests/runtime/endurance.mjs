// node endurance.mjs CPM [RUNS] [ROUNDS]: on demand, not part of any suite. Starts and ends a hello world and a program with a
// timer and files RUNS times each (10,000), then eight workers ROUNDS times (1,000); counts how they ended. Exit code 1
// when one ended otherwise than by 0, or printed something else.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const [cpm, runs = '10000', rounds = '1000'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'cpm-endurance-'));
const programs = {
  hello: "console.log('hello');",
  'timer and files': `const fs = require('fs'); const file = __filename + '.' + process.pid;
    setTimeout(() => fs.writeFile(file, 'x', () => fs.readFile(file, 'utf8', (error, text) => {
      fs.unlinkSync(file); console.log(error ?? text === 'x' ? 'hello' : 'lost'); })), 1);`,
  workers: `const { Worker } = require('worker_threads'); let rounds = +process.argv[2], failed = 0;
    const one = () => new Promise((done) => new Worker("require('worker_threads').parentPort.postMessage(1)", { eval: true })
      .on('error', (error) => { failed++; console.error(error); }).on('exit', (code) => { failed += code !== 0; done(); }));
    (async () => { while (rounds-- > 0) await Promise.all(Array.from({ length: 8 }, one)); console.log(failed ? failed + ' failed' : 'hello'); })();`,
};

function once(file, args) {
  return new Promise((done) => {
    const child = spawn(cpm, ['node', file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => { text += chunk; });
    child.on('close', (code, signal) => done(signal ?? (code === 0 && text !== 'hello\n' ? `wrong output ${text}` : code)));
  });
}

async function many(name, count, args = []) {
  const file = join(folder, `${name.replaceAll(' ', '_')}.js`);
  writeFileSync(file, programs[name]);
  const ends = {};
  let left = count;
  const begin = performance.now();
  const lane = async () => {
    while (left-- > 0) {
      const end = await once(file, args);
      ends[end] = (ends[end] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  console.log(`${name}: ${JSON.stringify(ends)} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  if (Object.keys(ends).join() !== '0') process.exitCode = 1;
}

await many('hello', +runs);
await many('timer and files', +runs);
if (+rounds > 0) await many('workers', 1, [rounds]);
rmSync(folder, { recursive: true, force: true });
