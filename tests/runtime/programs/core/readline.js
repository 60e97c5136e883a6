// Lines out of streams: ends of lines, questions, iteration, editing on what says that it is a terminal.
'use strict';
const readline = require('readline');
const promises = require('readline/promises');
const { PassThrough, Readable } = require('stream');

async function main() {
  const input = new PassThrough();
  const rl = readline.createInterface({ input, crlfDelay: Infinity });
  const lines = [];
  rl.on('line', (line) => lines.push(line));
  input.write('one\ntw');
  input.write('o\r');
  input.write('\nthree\r\nfour\u2028five\n\nüml');
  input.end('aut');
  await new Promise((resolve) => rl.on('close', resolve));
  console.log(lines, rl.terminal, rl.closed);

  const collected = [];
  for await (const line of readline.createInterface({ input: Readable.from(['a\nb\n', 'c']) })) collected.push(line);
  console.log(collected);

  const ask = new PassThrough();
  const out = new PassThrough();
  const q = promises.createInterface({ input: ask, output: out });
  setTimeout(() => ask.write('blue\n'), 5);
  console.log(await q.question('colour? '), JSON.stringify(String(out.read())));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  await q.question('again? ', { signal: controller.signal }).catch((error) => console.log(error.name, error.code));
  q.close();

  const tty = new PassThrough();
  tty.isTTY = true;
  tty.setRawMode = (mode) => { tty.isRaw = mode; };
  const screen = new PassThrough();
  screen.columns = 80;
  const edit = readline.createInterface({ input: tty, output: screen, terminal: true, historySize: 5, prompt: '$ ',
    completer: (line) => [['hello', 'help'].filter((one) => one.startsWith(line)), line] });
  const typed = [];
  edit.on('line', (line) => typed.push(line));
  edit.prompt();
  for (const keys of ['abc', '\x1b[D', 'X', '\r', 'first word', '\x17', 'second', '\r', '\x1b[A', '!', '\r', 'hel', '\t', '\r', 'gone', '\x15', 'kept', '\x01', '>', '\x05', '<', '\x7f', '\r',
    '\x1b[A\x1b[A', '\r']) {
    tty.write(keys);
    await new Promise(setImmediate);
  }
  console.log(typed);
  console.log(edit.history);
  edit.write('by code');
  edit.write(null, { ctrl: true, name: 'u' });
  edit.write('done\n');
  console.log(typed.at(-1), edit.getPrompt(), edit.line === '');
  edit.close();

  const keys = [];
  const raw = new PassThrough();
  readline.emitKeypressEvents(raw);
  raw.on('keypress', (text, key) => keys.push([text, key.name, key.ctrl, key.meta, key.shift]));
  raw.write('aB\x03\x1b[A\x1b[1;5C\x1bx\x1b[3~\r ');
  await new Promise(setImmediate);
  console.log(keys);

  const cursor = new PassThrough();
  readline.cursorTo(cursor, 1, 2);
  readline.moveCursor(cursor, -1, 2);
  readline.clearLine(cursor, 0);
  readline.clearScreenDown(cursor);
  console.log(JSON.stringify(String(cursor.read())));
}
main();
