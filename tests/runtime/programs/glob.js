// fs.glob in its three forms, with folders, links, exclusions and entries; path.matchesGlob.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'glob-'));
for (const file of ['a/b/c.js', 'a/b/d.ts', 'a/e.js', 'f.js', '.hidden/g.js']) {
  fs.mkdirSync(path.join(cwd, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(cwd, file), '');
}
fs.symlinkSync('a', path.join(cwd, 'link'));
const show = (pattern, options) => console.log(JSON.stringify(pattern), fs.globSync(pattern, { cwd, ...options }).sort().join(' '));

for (const pattern of ['*', '**/*.js', 'a/**', 'a/*/', './a/*.js', '{a,link}/e.js', ['f.js', 'a/b/*.ts'], '.hidden/*', 'a/b/../e.js', 'no/**']) show(pattern);
show('**/*.js', { exclude: ['a/b/**'] });
show('**', { exclude: (name) => name === 'a' });
console.log(fs.globSync('a/*', { cwd, withFileTypes: true }).map((one) => `${one.name} ${one.isDirectory()} ${path.relative(cwd, one.parentPath)}`).sort().join(', '));
for (const [file, pattern] of [['a/b.js', 'a/*.js'], ['a/b.js', '*.js'], ['a/b/c', 'a/**'], ['abc', 'a[bx]c']]) console.log(file, pattern, path.matchesGlob(file, pattern));

fs.glob('*.js', { cwd }, async (error, found) => {
  console.log(error, found);
  const items = [];
  for await (const item of fs.promises.glob('a/b/*', { cwd })) items.push(item);
  console.log(items.sort());
  fs.rmSync(cwd, { recursive: true });
});
