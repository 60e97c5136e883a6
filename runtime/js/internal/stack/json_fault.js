// V8's words for a text that JSON.parse has refused: read once more, up to the fault.
'use strict';

const CONTEXT = 10; // characters shown on either side of what was not expected
const SPECIAL = new Set(['NaN', 'Infinity', 'undefined', '[object Object]']); // what is often given by mistake
const LITERALS = { t: 'true', f: 'false', n: 'null' };

// Thrown, and no error: nobody takes a stack of it.
class Fault {
  constructor(words) { this.words = words; }
}

function where(text, at) {
  const lines = text.slice(0, at).split(/\r\n|\n|\r/);
  return `in JSON at position ${at} (line ${lines.length} column ${lines.at(-1).length + 1})`;
}

function unexpected(text, at) {
  if (at >= text.length) return 'Unexpected end of JSON input';
  if (text[at] === '"') return `Unexpected string ${where(text, at)}`;
  if (/[-\d]/.test(text[at])) return `Unexpected number ${where(text, at)}`;
  if (SPECIAL.has(text)) return `"${text}" is not valid JSON`;
  const token = `Unexpected token '${text[at]}', `;
  if (text.length <= 2 * CONTEXT) return `${token}"${text}" is not valid JSON`;
  const isNearStart = at < CONTEXT;
  const isNearEnd = !isNearStart && at >= text.length - CONTEXT;
  const shown = text.slice(isNearStart ? 0 : at - CONTEXT, isNearEnd ? text.length : at + CONTEXT);
  return `${token}${isNearStart ? '' : '...'}"${shown}"${isNearEnd ? '' : '...'} is not valid JSON`;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }
  // Ends the reading with what is wrong here.
  refuse(words) {
    throw new Fault(words === undefined ? unexpected(this.text, this.at) : `${words} ${where(this.text, this.at)}`);
  }
  blank() {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at += 1;
    return this.text[this.at];
  }
  value() {
    const char = this.blank();
    if (char === '{') return this.object();
    if (char === '[') return this.array();
    if (char === '"') return this.string();
    if (char !== undefined && /[-\d]/.test(char)) return this.number();
    for (const expected of LITERALS[char] ?? '') {
      if (this.text[this.at] !== expected) this.refuse();
      this.at += 1;
    }
    if (!Object.hasOwn(LITERALS, char)) this.refuse();
  }
  object() {
    this.at += 1;
    if (this.blank() === '}') return void (this.at += 1);
    for (let first = true; ; first = false) {
      if (this.blank() !== '"') this.refuse(first ? "Expected property name or '}'" : 'Expected double-quoted property name');
      this.string();
      if (this.blank() !== ':') this.refuse("Expected ':' after property name");
      this.at += 1;
      this.value();
      const char = this.blank();
      if (char !== ',' && char !== '}') this.refuse("Expected ',' or '}' after property value");
      this.at += 1;
      if (char === '}') return;
    }
  }
  array() {
    this.at += 1;
    if (this.blank() === ']') return void (this.at += 1);
    for (;;) {
      this.value();
      const char = this.blank();
      if (char !== ',' && char !== ']') this.refuse("Expected ',' or ']' after array element");
      this.at += 1;
      if (char === ']') return;
    }
  }
  string() {
    for (this.at += 1; ; this.at += 1) {
      const char = this.text[this.at];
      if (char === '"') return void (this.at += 1);
      if (char === undefined) this.refuse('Unterminated string');
      if (char < ' ') this.refuse('Bad control character in string literal');
      if (char === '\\') this.escape();
    }
  }
  escape() {
    const char = this.text[this.at += 1];
    if (char === undefined) this.refuse('Unterminated string');
    if (char !== 'u') return /["\\/bfnrt]/.test(char) ? undefined : this.refuse('Bad escaped character');
    for (let i = 0; i < 4; i++) if (!/[\da-fA-F]/.test(this.text[this.at += 1] ?? '')) this.refuse('Bad Unicode escape');
  }
  digits(words) {
    if (!/\d/.test(this.text[this.at] ?? '')) this.refuse(words);
    while (/\d/.test(this.text[this.at] ?? '')) this.at += 1;
  }
  number() {
    if (this.text[this.at] === '-') {
      this.at += 1;
      if (!/\d/.test(this.text[this.at] ?? '')) this.refuse('No number after minus sign');
    }
    if (this.text[this.at] === '0') {
      this.at += 1;
      if (/\d/.test(this.text[this.at] ?? '')) this.refuse();
    } else {
      this.digits();
    }
    if (this.text[this.at] === '.') {
      this.at += 1;
      this.digits('Unterminated fractional number');
    }
    if (/[eE]/.test(this.text[this.at] ?? '')) {
      this.at += /[-+]/.test(this.text[this.at + 1] ?? '') ? 2 : 1;
      this.digits('Exponent part is missing a number');
    }
  }
}

// The fault of a text; undefined when this finds none.
exports.jsonFault = function jsonFault(text) {
  const reader = new Reader(text);
  try {
    reader.value();
    if (reader.blank() === undefined) return undefined;
    return `Unexpected non-whitespace character after JSON at position ${where(text, reader.at).slice('in JSON at position '.length)}`;
  } catch (fault) {
    return fault instanceof Fault ? fault.words : undefined;
  }
};
