// One line that is edited on a terminal: keys, history, completion, and how it is drawn.
'use strict';

const { positionText, moveText, CLEAR_DOWN } = require('internal/readline/callbacks');
const { stringWidth } = require('internal/readline/width');

const MOST_KILLED = 32;

// Where the word begins that ends at `at`, and where the next one ends.
function wordLeft(line, at) {
  const before = [...line.slice(0, at)].reverse().join('');
  return at - /^\s*(?:[^\w\s]+|\w+)?/.exec(before)[0].length;
}
function wordRight(line, at) {
  return at + /^(?:\s+|[^\w\s]+|\w+)\s*/.exec(line.slice(at))?.[0].length || line.length;
}
const charLeft = (line, at) => at - (at > 1 && line.codePointAt(at - 2) > 0xffff ? 2 : 1);
const charRight = (line, at) => at + (line.codePointAt(at) > 0xffff ? 2 : 1);

class Editor {
  constructor(rl) {
    this.rl = rl;
    this.rows = 0; // above the cursor
    this.historyAt = -1;
    this.kept = ''; // what was written before history was looked at
    this.undo = [];
    this.redo = [];
    this.killed = [];
    this.sawReturnAt = 0;
  }

  // --- Drawing

  place(text) {
    const columns = this.rl.columns;
    let offset = 0;
    let rows = 0;
    for (const char of text.replace(/\x1b\[[\d;]*[a-zA-Z]/g, '')) { // eslint-disable-line no-control-regex
      if (char === '\n') {
        rows += Math.ceil(offset / columns) || 1;
        offset = 0;
      } else if (char === '\t') offset += this.rl.tabSize - (offset % this.rl.tabSize);
      else {
        const width = stringWidth(char);
        if (width === 2 && (offset + 1) % columns === 0) offset++;
        offset += width;
      }
    }
    rows += columns === Infinity ? 0 : Math.floor(offset / columns);
    return { rows, cols: columns === Infinity ? offset : offset % columns };
  }
  position() { return this.place(this.rl._prompt + this.rl.line.slice(0, this.rl.cursor)); }

  out(text) { if (text !== '') this.rl._writeToOutput(text); }

  refresh() {
    const { rl } = this;
    const line = rl._prompt + rl.line;
    const all = this.place(line);
    const cursor = this.position();
    if (this.rows > 0) this.out(moveText(0, -this.rows));
    this.out(positionText(0));
    this.out(CLEAR_DOWN);
    this.out(line);
    if (all.cols === 0 && all.rows > 0) this.out(' ');
    this.out(positionText(cursor.cols));
    if (all.rows > cursor.rows) this.out(moveText(0, cursor.rows - all.rows));
    this.rows = cursor.rows;
  }

  clear() {
    this.moveTo(this.rl.line.length);
    this.out('\r\n');
    this.rl.line = '';
    this.rl.cursor = 0;
    this.rows = 0;
  }

  // --- Changing

  remember() {
    this.undo.push([this.rl.line, this.rl.cursor]);
    if (this.undo.length > 100) this.undo.shift();
    this.redo = [];
  }
  set(line, cursor) {
    this.rl.line = line;
    this.rl.cursor = cursor;
    this.refresh();
  }
  replace(from, to, text = '') {
    if (from === to && text === '') return '';
    this.remember();
    const { line } = this.rl;
    this.set(line.slice(0, from) + text + line.slice(to), from + text.length);
    return line.slice(from, to);
  }
  kill(from, to) {
    const text = this.replace(from, to);
    if (text !== '') this.killed.unshift(text);
    this.killed.length = Math.min(this.killed.length, MOST_KILLED);
  }
  insert(text) {
    const { rl } = this;
    this.remember();
    if (rl.cursor < rl.line.length) {
      this.set(rl.line.slice(0, rl.cursor) + text + rl.line.slice(rl.cursor), rl.cursor + text.length);
      return;
    }
    const before = this.position();
    rl.line += text;
    rl.cursor += text.length;
    const after = this.position();
    if (before.rows < after.rows || after.cols === 0) this.refresh();
    else this.out(text);
  }
  moveTo(at) {
    const { rl } = this;
    const before = this.position();
    rl.cursor = Math.max(0, Math.min(at, rl.line.length));
    const after = this.position();
    if (before.rows === after.rows) this.out(moveText(after.cols - before.cols, 0));
    else this.refresh();
    this.rows = after.rows;
  }
  step(from, to) {
    const last = from.pop();
    if (last === undefined) return;
    to.push([this.rl.line, this.rl.cursor]);
    this.set(...last);
  }

  finish() {
    const { rl } = this;
    this.moveTo(rl.line.length);
    this.out('\r\n');
    const { line } = rl;
    this.addHistory(line);
    rl.line = '';
    rl.cursor = 0;
    this.rows = 0;
    this.undo = [];
    this.redo = [];
    rl._onLine(line);
  }

  // --- History

  addHistory(line) {
    const { rl } = this;
    this.historyAt = -1;
    this.kept = '';
    if (rl.historySize === 0 || line.trim() === '') return;
    if (rl.history[0] === line) return;
    if (rl.removeHistoryDuplicates && rl.history.includes(line)) rl.history.splice(rl.history.indexOf(line), 1);
    rl.history.unshift(line);
    if (rl.history.length > rl.historySize) rl.history.length = rl.historySize;
    rl.emit('history', rl.history);
  }
  // Only lines that begin with what stood there.
  turn(by) {
    const { rl } = this;
    if (this.historyAt < 0) this.kept = rl.line;
    let at = this.historyAt + by;
    while (at >= 0 && at < rl.history.length && (!rl.history[at].startsWith(this.kept) || rl.history[at] === rl.line)) at += by;
    if (at >= rl.history.length) return;
    this.historyAt = Math.max(-1, at);
    const line = at < 0 ? this.kept : rl.history[at];
    this.set(line, line.length);
  }

  // --- Completion

  complete(again) {
    const { rl } = this;
    const head = rl.line.slice(0, rl.cursor);
    const done = (error, result) => {
      if (error) return void this.out(`Tab completion error: ${require('internal/inspect').inspect(error)}`);
      const [found, part] = result ?? [[], ''];
      if (!found || found.length === 0) return;
      const filled = found.filter((one) => one !== '');
      const prefix = filled.reduce((a, b) => {
        let i = 0;
        while (i < a.length && a[i] === b[i]) i++;
        return a.slice(0, i);
      }, filled[0] ?? '');
      if (prefix.startsWith(part) && prefix.length > part.length) return this.insert(prefix.slice(part.length));
      if (again && filled.length > 1) this.show(filled);
    };
    if (rl.completer.length === 2) return rl.completer(head, done);
    try {
      Promise.resolve(rl.completer(head)).then((result) => done(null, result), done);
    } catch (error) {
      done(error);
    }
  }
  show(list) {
    const width = Math.max(...list.map((one) => stringWidth(one))) + 2;
    const perLine = Math.max(1, Math.floor(this.rl.columns / width)) || list.length;
    let text = '\r\n';
    list.forEach((one, i) => {
      text += one;
      text += (i + 1) % perLine === 0 || i + 1 === list.length ? '\r\n' : ' '.repeat(width - stringWidth(one));
    });
    this.out(`${text}\r\n`);
    this.refresh();
  }

  // --- Keys

  write(data, key) {
    if (key) return this.onKey(data, key);
    if (data === null || data === undefined) return;
    const lines = `${data}`.split(/\r\n|\n|\r/);
    lines.forEach((line, i) => {
      if (line !== '') this.insert(line);
      if (i + 1 < lines.length) this.finish();
    });
  }

  onKey(text, key = {}) {
    const { rl } = this;
    const before = this.previous;
    this.previous = key;
    if (key.name === 'escape') return;
    const name = `${key.ctrl ? 'C-' : ''}${key.meta ? 'M-' : ''}${key.name}`;
    const bound = bindings[name];
    if (bound !== undefined) bound(this, rl, before);
    else if (typeof text === 'string' && text !== '' && !key.ctrl && !key.meta && text.charCodeAt(0) >= 32) this.write(text);
  }
}

function suspend(editor, rl) {
  if (rl.listenerCount('SIGTSTP') > 0) return rl.emit('SIGTSTP');
  process.once('SIGCONT', () => {
    if (rl.paused) return;
    rl.pause();
    rl.resume();
    rl._setRawMode(true);
    editor.refresh();
  });
  rl._setRawMode(false);
  process.kill(process.pid, 'SIGTSTP');
}

const toEnd = (e, rl) => e.moveTo(rl.line.length);
const toStart = (e) => e.moveTo(0);
const left = (e, rl) => { if (rl.cursor > 0) e.moveTo(charLeft(rl.line, rl.cursor)); };
const right = (e, rl) => { if (rl.cursor < rl.line.length) e.moveTo(charRight(rl.line, rl.cursor)); };
const eraseLeft = (e, rl) => { if (rl.cursor > 0) e.replace(charLeft(rl.line, rl.cursor), rl.cursor); };
const eraseRight = (e, rl) => {
  const to = charRight(rl.line, rl.cursor);
  if (rl.cursor >= rl.line.length) return;
  e.replace(rl.cursor, to);
};
const killWordLeft = (e, rl) => e.kill(wordLeft(rl.line, rl.cursor), rl.cursor);
const killWordRight = (e, rl) => {
  const { cursor } = rl;
  e.kill(cursor, wordRight(rl.line, cursor));
};
const previous = (e) => e.turn(1);
const next = (e) => e.turn(-1);

const bindings = {
  'C-c'(e, rl) {
    if (rl.listenerCount('SIGINT') > 0) rl.emit('SIGINT');
    else rl.close();
  },
  'C-d'(e, rl) {
    if (rl.cursor === 0 && rl.line === '') rl.close();
    else eraseRight(e, rl);
  },
  'C-z': suspend,
  'return'(e) {
    e.sawReturnAt = Date.now();
    e.finish();
  },
  'enter'(e, rl) {
    if (e.sawReturnAt === 0 || Date.now() - e.sawReturnAt > rl.crlfDelay) e.finish();
    e.sawReturnAt = 0;
  },
  'tab'(e, rl, before) {
    if (typeof rl.completer === 'function') e.complete(before?.name === 'tab');
    else e.insert('\t');
  },
  'backspace': eraseLeft, 'C-h': eraseLeft, 'delete': eraseRight,
  'left': left, 'C-b': left, 'right': right, 'C-f': right,
  'home': toStart, 'C-a': toStart, 'end': toEnd, 'C-e': toEnd,
  'up': previous, 'C-p': previous, 'down': next, 'C-n': next,
  'C-u': (e, rl) => {
    const { line, cursor } = rl;
    e.kill(0, cursor);
    rl.line = line.slice(cursor);
    e.moveTo(0);
  },
  'C-k': (e, rl) => e.kill(rl.cursor, rl.line.length),
  'C-w': killWordLeft, 'C-backspace': killWordLeft, 'M-backspace': killWordLeft,
  'M-d': killWordRight, 'M-delete': killWordRight, 'C-delete': killWordRight,
  'C-left': (e, rl) => e.moveTo(wordLeft(rl.line, rl.cursor)), 'M-b': (e, rl) => e.moveTo(wordLeft(rl.line, rl.cursor)),
  'C-right': (e, rl) => e.moveTo(wordRight(rl.line, rl.cursor)), 'M-f': (e, rl) => e.moveTo(wordRight(rl.line, rl.cursor)),
  'C-y': (e, rl) => { if (e.killed.length > 0) e.replace(rl.cursor, rl.cursor, e.killed[0]); },
  'C-l': (e) => {
    e.out(positionText(0, 0));
    e.out(CLEAR_DOWN);
    e.rows = 0;
    e.refresh();
  },
};

module.exports = { Editor };
