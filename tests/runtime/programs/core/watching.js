// fs.watch, fs.watchFile and fs.promises.watch tell of what happens below a folder.
'use strict';
const fs = require('fs');
const path = require('path');
const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'watching-'));
const at = (name) => path.join(folder, name);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const seen = new Set();

(async () => {
  const watcher = fs.watch(folder, (type, name) => seen.add(`${type} ${name}`));
  fs.mkdirSync(at('below'));
  const deep = fs.watch(folder, { recursive: true });
  deep.on('change', (type, name) => seen.add(`deep ${type} ${name}`));
  await pause(50);
  fs.writeFileSync(at('a'), '1');
  fs.appendFileSync(at('a'), '2');
  fs.writeFileSync(at('below/b'), '1');
  await pause(100);
  for (const word of ['rename a', 'change a', 'rename below', 'deep rename a', 'deep rename below/b']) console.log(word, seen.has(word));
  watcher.on('close', () => console.log('closed'));
  watcher.close();
  deep.close();
  try {
    fs.watch(at('nothing'));
  } catch (error) {
    console.log(error.code, error.syscall, error.message.replace(folder, ''));
  }

  await new Promise((resolve) => {
    fs.watchFile(at('a'), { interval: 20 }, (now, before) => {
      console.log('watchFile', now.size, before.size);
      fs.unwatchFile(at('a'));
      resolve();
    });
    setTimeout(() => fs.appendFileSync(at('a'), '345'), 60);
  });

  const stop = new AbortController();
  setTimeout(() => fs.writeFileSync(at('c'), ''), 30);
  try {
    for await (const event of fs.promises.watch(folder, { signal: stop.signal })) {
      console.log(event.eventType, event.filename);
      stop.abort();
    }
  } catch (error) {
    console.log(error.name, error.code);
  }
  fs.rmSync(folder, { recursive: true });
})();
