// What fs, process and require say of odd uses: files that come later, arguments of the wrong kind, warnings.
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'made-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));
const say = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, String(error.message).split('\n')[0].replaceAll(folder, 'FOLDER'));
  }
};
const file = path.join(folder, 'late.json');
say('before', () => require(file));
fs.writeFileSync(file, '[1]');
say('after', () => require(file));

say('close', () => fs.close('3'));
say('fchmod', () => fs.fchmod(1, '123x'));
say('read position', () => fs.readSync(0, Buffer.alloc(1), 0, 1, 2n ** 63n));
say('read options', () => fs.readSync(0, Buffer.alloc(1), 'x'));
say('flush', () => fs.writeFileSync(file, 'x', { flush: 1 }));
say('cp options', () => fs.cpSync(file, folder, () => {}));
say('cp pair', () => fs.cpSync(file, folder, { dereference: true, verbatimSymlinks: true }));
say('rmdir', () => fs.rmdirSync(file, { recursive: true }));
say('stream', () => fs.createWriteStream(file, { fs: { ...fs, writev: 'no' } }));
say('setuid', () => process.setuid('no such user'));
say('setgroups', () => process.setgroups([{}]));
say('execve', () => process.execve(123));
say('thread', () => typeof process.threadCpuUsage().user);
say('instance', () => process instanceof process.constructor);
process.removeAllListeners('warning');
process.on('warning', (warning) => console.log('warning', warning.name, warning.code, warning.message.split('\n')[0]));
setTimeout(() => {}, NaN);
setTimeout(() => {}, -1);
fs.existsSync({});
const { duplexPair } = require('stream');
const [left, right] = duplexPair();
right.on('data', (chunk) => console.log('pair', chunk.toString()));
left.end('over');
