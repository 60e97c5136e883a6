// Files: at once, by callback, by promise, as streams; and the errors.
const fs = require('fs');
const os = require('os');
const path = require('path');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'files-'));
const file = path.join(folder, 'a.txt');
fs.writeFileSync(file, 'h\u00e9llo\n'.repeat(3));
console.log(fs.readFileSync(file, 'utf8'), fs.statSync(file).size, fs.existsSync(path.join(folder, 'none')));
for (const call of [() => fs.readFileSync('/none'), () => fs.readdirSync('/none'), () => fs.rmdirSync('/none'), () => fs.mkdirSync(folder),
  () => fs.renameSync('/none', '/none2'), () => fs.openSync(file, 'wx'), () => fs.readFileSync(folder), () => fs.rmSync(folder)]) {
  try {
    call();
  } catch (error) {
    console.log(error.message.replaceAll(folder, 'FOLDER'), error.code, error.errno, error.syscall);
  }
}
fs.mkdirSync(path.join(folder, 'd/e/f'), { recursive: true });
fs.writeFileSync(path.join(folder, 'd/e/g'), '');
console.log(fs.readdirSync(folder, { recursive: true }).sort());
console.log(fs.readdirSync(path.join(folder, 'd/e'), { withFileTypes: true }).map((one) => [one.name, one.isDirectory(), one.isFile()]));
(async () => {
  const handle = await fs.promises.open(file);
  console.log((await handle.read(Buffer.alloc(4), 0, 4, 0)).bytesRead, (await handle.readFile('utf8')).length);
  await handle.close();
  const parts = [];
  for await (const part of fs.createReadStream(file, { start: 2, end: 9, highWaterMark: 3 })) parts.push(part.length);
  console.log(parts);
  await require('stream/promises').pipeline(fs.createReadStream(file), fs.createWriteStream(`${file}2`));
  console.log(fs.readFileSync(`${file}2`).equals(fs.readFileSync(file)));
  await fs.promises.readFile('/none').catch((error) => console.log(error.message));
  await fs.promises.rm(folder, { recursive: true });
  console.log(fs.existsSync(folder));
})();
