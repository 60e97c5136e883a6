// readline's Interface: lines out of a stream; on a terminal through an editor (internal/readline/editor).
'use strict';

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { codes, AbortError } = require('internal/errors');
const { validateAbortSignal, validateArray, validateNumber, validateString } = require('internal/validators');
const { emitKeypressEvents } = require('internal/readline/keys');
const { Editor } = require('internal/readline/editor');

const LINE_END = /\r\n|\n|\r(?!\n)/g;
const CRLF_DELAY = 100;

function readArguments(input, output, completer, terminal) {
  if (input?.input !== undefined) return { ...input };
  return { input, output, completer, terminal };
}

function readOptions(self, options) {
  const { history, historySize = 30, tabSize = 8, prompt, signal, completer } = options;
  if (completer !== undefined && typeof completer !== 'function') throw new codes.ERR_INVALID_ARG_VALUE('completer', completer);
  if (history !== undefined) validateArray(history, 'history');
  validateNumber(historySize, 'historySize', 0);
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  self.history = history === undefined ? [] : [...history];
  self.historySize = historySize;
  self.removeHistoryDuplicates = Boolean(options.removeHistoryDuplicates);
  self.crlfDelay = options.crlfDelay ? Math.max(CRLF_DELAY, options.crlfDelay) : CRLF_DELAY;
  self.escapeCodeTimeout = options.escapeCodeTimeout ?? 500;
  self.tabSize = tabSize;
  self.completer = completer;
  self.setPrompt(prompt ?? '> ');
}

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  EventEmitter.call(this);
  const options = readArguments(input, output, completer, terminal);
  this.line = '';
  this.cursor = 0;
  this.closed = false;
  this.paused = false;
  this._questionCallback = null;
  this._sawReturnAt = 0;
  this._lineBuffer = '';
  this.input = options.input;
  this.output = options.output;
  readOptions(this, options);
  this.terminal = options.terminal !== undefined && options.terminal !== null ? Boolean(options.terminal) : Boolean(this.output?.isTTY);
  if (this.terminal) this._editor = new Editor(this);
  Object.defineProperty(this, '_editor', { enumerable: false });
  listen(this);
  if (options.signal) closeOnAbort(this, options.signal);
  if (this.terminal) this.emit('history', this.history);
  this.input.resume();
}
Object.setPrototypeOf(Interface.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Interface, EventEmitter);

function closeOnAbort(self, signal) {
  const onAbort = () => self.close();
  if (signal.aborted) process.nextTick(onAbort);
  else {
    signal.addEventListener('abort', onAbort, { once: true });
    self.once('close', () => signal.removeEventListener('abort', onAbort));
  }
}

function listen(self) {
  const { input, output } = self;
  const onEnd = () => {
    if (self.terminal) {
      if (self.line.length > 0) self.emit('line', self.line);
    } else {
      const rest = self._lineBuffer + self._decoder.end();
      self._lineBuffer = '';
      if (rest !== '') self._onLine(rest);
    }
    self.close();
  };
  const onError = (error) => self.emit('error', error);
  input.on('error', onError);
  input.on('end', onEnd);
  let stop;
  if (self.terminal) {
    emitKeypressEvents(input, self);
    const onKey = (text, key) => self._editor.onKey(text, key);
    const onResize = () => self._editor.refresh();
    input.on('keypress', onKey);
    self._setRawMode(true);
    output?.on('resize', onResize);
    stop = () => {
      input.removeListener('keypress', onKey);
      output?.removeListener('resize', onResize);
      self._setRawMode(false);
    };
  } else {
    self._decoder = new StringDecoder('utf8');
    const onData = (bytes) => self._normalWrite(bytes);
    input.on('data', onData);
    stop = () => input.removeListener('data', onData);
  }
  self.once('close', () => {
    stop();
    input.removeListener('error', onError);
    input.removeListener('end', onEnd);
  });
}

const methods = {
  _setRawMode(mode) {
    const before = Boolean(this.input.isRaw);
    if (typeof this.input.setRawMode === 'function') this.input.setRawMode(mode);
    return before;
  },

  setPrompt(prompt) { this._prompt = prompt; },
  getPrompt() { return this._prompt; },
  prompt(preserveCursor) {
    if (this.paused) this.resume();
    if (this.terminal) {
      if (!preserveCursor) this.cursor = 0;
      this._editor.refresh();
    } else this._writeToOutput(this._prompt);
  },

  question(query, options, callback) {
    callback = typeof options === 'function' ? options : callback;
    const signal = typeof options === 'object' && options !== null ? options.signal : undefined;
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) return;
      const onAbort = () => this._cancelQuestion();
      signal.addEventListener('abort', onAbort, { once: true });
      const asked = callback;
      callback = (answer) => {
        signal.removeEventListener('abort', onAbort);
        return asked(answer);
      };
    }
    if (typeof callback !== 'function') return;
    if (this._questionCallback) return void this.prompt();
    this._oldPrompt = this._prompt;
    this.setPrompt(query);
    this._questionCallback = callback;
    this.prompt();
  },
  _cancelQuestion() {
    if (!this._questionCallback) return;
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    if (this.terminal) this._editor.clear();
  },

  _onLine(line) {
    if (!this._questionCallback) {
      this.emit('line', line);
      return;
    }
    const callback = this._questionCallback;
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    callback(line);
  },

  _writeToOutput(text) {
    validateString(text, 'stringToWrite');
    if (this.output !== null && this.output !== undefined) this.output.write(text);
  },

  // What comes from a stream that is no terminal: a CR and an LF that come apart are one end.
  _normalWrite(bytes) {
    if (bytes === undefined) return;
    let text = typeof bytes === 'string' ? bytes : this._decoder.write(bytes);
    if (this._sawReturnAt && Date.now() - this._sawReturnAt <= this.crlfDelay) {
      if (text.startsWith('\n')) text = text.slice(1);
      if (text !== '') this._sawReturnAt = 0;
    }
    const all = this._lineBuffer + text;
    const lines = all.split(LINE_END);
    if (lines.length > 1) this._sawReturnAt = all.endsWith('\r') ? Date.now() : 0;
    this._lineBuffer = lines.pop();
    for (const line of lines) this._onLine(line);
  },

  write(data, key) {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
    if (this.paused) this.resume();
    if (this.terminal) this._editor.write(data, key);
    else this._normalWrite(data);
  },

  pause() {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
    if (this.paused) return this;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  },
  resume() {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
    if (!this.paused) return this;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  },
  close() {
    if (this.closed) return;
    this.pause();
    this.closed = true;
    this.emit('close');
  },
  getCursorPos() { return this.terminal ? this._editor.position() : { rows: 0, cols: 0 }; },

  async *[Symbol.asyncIterator]() {
    const lines = [];
    let wake = () => {};
    const onLine = (line) => {
      lines.push(line);
      wake();
    };
    const onClose = () => wake();
    this.on('line', onLine);
    this.once('close', onClose);
    try {
      for (;;) {
        while (lines.length > 0) yield lines.shift();
        if (this.closed) return;
        await new Promise((resolve) => { wake = resolve; });
      }
    } finally {
      this.off('line', onLine);
      this.off('close', onClose);
      this.close();
    }
  },
};
for (const name of Reflect.ownKeys(methods)) {
  Object.defineProperty(Interface.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: false });
}
Interface.prototype[Symbol.dispose] = Interface.prototype.close;
Object.defineProperty(Interface.prototype, 'columns', { configurable: true, get() { return this.output?.columns || Infinity; } });

// question() that gives a promise.
function ask(self, query, options) {
  return new Promise((resolve, reject) => {
    let callback = resolve;
    const signal = options?.signal;
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) return reject(new AbortError(undefined, { cause: signal.reason }));
      const onAbort = () => {
        self._cancelQuestion();
        reject(new AbortError(undefined, { cause: signal.reason }));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      callback = (answer) => {
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
    }
    Interface.prototype.question.call(self, query, callback);
  });
}

module.exports = { Interface, ask };
