// What a listener of 'exit' or of 'uncaughtException' throws, and the code that the program ends with.
const { spawnSync } = require('child_process');

const cases = {
  'at the end': `process.on('exit', () => { throw new Error('in exit'); })`,
  'after process.exit': `process.on('exit', () => { throw new Error('in exit'); }); process.exit(3)`,
  'after an error': `process.on('exit', () => { throw new Error('in exit'); }); throw new Error('first')`,
  'taken by a listener': `process.on('uncaughtException', (e) => console.log('caught', e.message));
    process.on('exit', (code) => { console.log('exit', code); throw new Error('in exit'); })`,
  'taken after process.exit': `process.on('uncaughtException', (e) => console.log('caught', e.message));
    process.on('exit', (code) => { console.log('exit', code); throw new Error('in exit'); });
    setTimeout(() => process.exit(4))`,
  'thrown by who takes errors': `process.on('uncaughtException', (e) => { throw new Error('second'); });
    process.on('exit', (code) => console.log('exit', code)); throw new Error('first')`,
  'another code': `process.on('exit', (code) => { console.log(code, process.exitCode); process.exitCode = 9; }); throw new Error('first')`,
  'process.exit in the listener': `process.on('exit', () => process.exit(11)); throw new Error('first')`,
  'a number': `process.exitCode = 5; process.on('exit', () => { throw 7; })`,
};

for (const name of Object.keys(cases)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', cases[name]], { encoding: 'utf8' });
  const said = stderr.split('\n').filter((line) => /^(Error|\d)/.test(line));
  console.log(`${name}:`, status, stdout.split('\n').filter(Boolean), said);
}
