// Children: waited for, collected, spoken to.
const { execSync, spawnSync, exec, spawn, fork } = require('child_process');
const pick = ({ status, signal, stdout, stderr }) => ({ status, signal, stdout, stderr });
if (process.argv[2] === 'child') {
  process.send({ args: process.argv.slice(3) });
  process.on('message', (message) => {
    console.log('child got', message);
    process.disconnect();
    process.exitCode = 5;
  });
} else if (process.argv[2] === 'forked') {
  console.log('forked with', process.execArgv);
  process.disconnect();
} else {
  const text = `process.send ? console.log('the text again') : require('child_process').fork(${JSON.stringify(__filename)}, ['forked'])`;
  console.log(spawnSync(process.execPath, ['--no-warnings', '-e', text]).stdout.toString());
  console.log(execSync('echo hi').toString(), pick(spawnSync("sh", ["-c", "cat; echo err >&2; exit 3"], { input: "in" })));
  const slow = spawnSync('sleep', ['5'], { timeout: 50 });
  console.log(slow.signal, slow.error.code);
  exec('echo async; exit 2', (error, stdout) => {
    console.log('exec', error.code, stdout);
    spawn('cat').on('close', (code, signal) => {
      console.log('close', code, signal);
      spawn('/nonexistent').on('error', (error) => {
        console.log(error.message, error.code, error.path);
        const child = fork(__filename, ['child', 'a']);
        child.on('message', (message) => {
          console.log('parent got', message);
          child.send({ bye: 1 });
        });
        child.on('close', (code) => console.log('child ended', code));
      });
    }).stdin.end('x');
  });
}
