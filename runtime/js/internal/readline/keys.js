// Keys out of the bytes that a terminal sends: 'keypress' events (text, { sequence, name, ctrl, meta, shift }).
'use strict';

const { StringDecoder } = require('string_decoder');

const kDecoder = Symbol('keypress-decoder');
const kRest = Symbol('keypress-rest');
const ESCAPE = '\x1b';
const ESCAPE_TIMEOUT = 500;

// What stands behind ESC [ or ESC O.
const NAMES = {
  A: 'up', B: 'down', C: 'right', D: 'left', E: 'clear', F: 'end', H: 'home', P: 'f1', Q: 'f2', R: 'f3', S: 'f4', Z: 'tab',
  '1~': 'home', '2~': 'insert', '3~': 'delete', '4~': 'end', '5~': 'pageup', '6~': 'pagedown', '7~': 'home', '8~': 'end',
  '11~': 'f1', '12~': 'f2', '13~': 'f3', '14~': 'f4', '15~': 'f5', '17~': 'f6', '18~': 'f7', '19~': 'f8', '20~': 'f9', '21~': 'f10',
  '23~': 'f11', '24~': 'f12', '200~': 'paste-start', '201~': 'paste-end', a: 'up', b: 'down', c: 'right', d: 'left', e: 'clear',
  '2$': 'insert', '3$': 'delete', '5$': 'pageup', '6$': 'pagedown', '7$': 'home', '8$': 'end',
  '2^': 'insert', '3^': 'delete', '5^': 'pageup', '6^': 'pagedown', '7^': 'home', '8^': 'end',
};

// eslint-disable-next-line no-control-regex
const SEQUENCE = /^\x1b(\x1b?)(?:(O)(\d*)([A-Za-z])|\[(\[?)(?:(\d+)(?:;(\d+))?([~^$])|(?:(\d+);)?(\d+)?([A-Za-z])))/;

// { key, length } of what stands at the beginning; null when more has to come.
function readKey(text) {
  if (text[0] !== ESCAPE) {
    const char = String.fromCodePoint(text.codePointAt(0));
    return { key: plain(char), length: char.length };
  }
  if (text.length === 1) return null;
  const found = SEQUENCE.exec(text);
  if (found) return { key: sequence(found), length: found[0].length };
  // eslint-disable-next-line no-control-regex
  if (/^\x1b\x1b?(?:O\d*|\[\[?[\d;]*)$/.test(text)) return null;
  if (text[1] === ESCAPE) return { key: { sequence: ESCAPE + ESCAPE, name: 'escape', ctrl: false, meta: true, shift: false }, length: 2 };
  const char = String.fromCodePoint(text.codePointAt(1));
  const key = plain(char);
  return { key: { ...key, sequence: ESCAPE + char, meta: true }, length: 1 + char.length };
}

function sequence([all, second, , , letter, , number, modifier1, end, , modifier2, letter2]) {
  const code = letter ?? (number !== undefined ? number + end : letter2);
  const modifier = Number(modifier1 ?? modifier2 ?? 1) - 1;
  const key = { sequence: all, name: NAMES[code] ?? 'undefined', ctrl: Boolean(modifier & 4) || end === '^', meta: Boolean(modifier & 10) || second === ESCAPE,
    shift: Boolean(modifier & 1) || end === '$' || (letter2 !== undefined && /[a-eZ]/.test(letter2)), code: `${letter !== undefined ? 'O' : '['}${code}` };
  return key;
}

function plain(char) {
  const key = { sequence: char, name: undefined, ctrl: false, meta: false, shift: false };
  const code = char.charCodeAt(0);
  if (char === '\r') key.name = 'return';
  else if (char === '\n') key.name = 'enter';
  else if (char === '\t') key.name = 'tab';
  else if (char === '\b' || char === '\x7f') key.name = 'backspace';
  else if (char === ' ') key.name = 'space';
  else if (char === ESCAPE) key.name = 'escape';
  else if (code <= 0x1a) {
    key.name = String.fromCharCode(code + 96);
    key.ctrl = true;
  } else if (/^[0-9A-Za-z]$/.test(char)) {
    key.name = char.toLowerCase();
    key.shift = /^[A-Z]$/.test(char);
  }
  return key;
}

function emitKeys(stream, text) {
  let rest = (stream[kRest] ?? '') + text;
  while (rest !== '') {
    const found = readKey(rest);
    if (found === null) break;
    const sequenceText = rest.slice(0, found.length);
    rest = rest.slice(found.length);
    stream.emit('keypress', found.key.code === undefined && !found.key.meta ? sequenceText : undefined, found.key);
  }
  stream[kRest] = rest;
}

function emitKeypressEvents(stream, iface = {}) {
  if (stream[kDecoder]) return;
  stream[kDecoder] = new StringDecoder('utf8');
  stream[kRest] = '';
  let timer;
  const flush = () => {
    const rest = stream[kRest];
    stream[kRest] = '';
    if (rest === ESCAPE) stream.emit('keypress', undefined, { sequence: ESCAPE, name: 'escape', ctrl: false, meta: true, shift: false });
  };
  const onData = (bytes) => {
    if (stream.listenerCount('keypress') === 0) {
      stream.removeListener('data', onData);
      stream.on('newListener', onNewListener);
      return;
    }
    const text = typeof bytes === 'string' ? bytes : stream[kDecoder].write(bytes);
    if (text === '') return;
    clearTimeout(timer);
    emitKeys(stream, text);
    if (stream[kRest] !== '') timer = setTimeout(flush, iface.escapeCodeTimeout ?? ESCAPE_TIMEOUT);
  };
  const onNewListener = (event) => {
    if (event !== 'keypress') return;
    stream.on('data', onData);
    stream.removeListener('newListener', onNewListener);
  };
  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onNewListener);
}

module.exports = { emitKeypressEvents };
