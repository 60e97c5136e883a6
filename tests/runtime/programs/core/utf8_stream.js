// fs.Utf8Stream gathers lines, writes them in order, and opens its file anew.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'utf8-stream-'));
const file = path.join(folder, 'deep', 'log');
const show = (name) => console.log(JSON.stringify(fs.readFileSync(name, 'utf8')));

let busy = true;
const stream = new fs.Utf8Stream({
  dest: file, mkdir: true, minLength: 20,
  retryEAGAIN(error) {
    console.log('again:', error.code);
    return true;
  },
  fs: {
    write(...args) {
      if (!busy) return fs.write(...args);
      busy = false;
      process.nextTick(args.at(-1), Object.assign(new Error('busy'), { code: 'EAGAIN' }));
    },
  },
});
stream.on('ready', () => console.log('ready', stream.file === file));
stream.write('one\n');
stream.write('two with more than twenty\n');
stream.once('drain', () => {
  show(file);
  stream.write('short\n');
  stream.flushSync();
  show(file);
  fs.renameSync(file, `${file}.1`);
  stream.reopen();
  stream.once('drain', () => {
    stream.write('new file\n');
    stream.end();
  });
});
stream.on('finish', () => {
  show(file);
  fs.rmSync(folder, { recursive: true });
});
stream.on('close', () => console.log('close'));
