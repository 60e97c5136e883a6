// The cursor's moves, as escape sequences written to a stream.
'use strict';

const { codes } = require('internal/errors');
const { validateFunction } = require('internal/validators');

const CSI = (text) => `\x1b[${text}`;

function write(stream, text, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || text === '') {
    if (typeof callback === 'function') process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

function positionText(x, y) {
  if (Number.isNaN(x)) throw new codes.ERR_INVALID_ARG_VALUE('x', x);
  if (Number.isNaN(y)) throw new codes.ERR_INVALID_ARG_VALUE('y', y);
  if (typeof x !== 'number') throw new codes.ERR_INVALID_CURSOR_POS();
  return typeof y !== 'number' ? CSI(`${x + 1}G`) : CSI(`${y + 1};${x + 1}H`);
}

function moveText(dx, dy) {
  let text = '';
  if (dx < 0) text += CSI(`${-dx}D`);
  else if (dx > 0) text += CSI(`${dx}C`);
  if (dy < 0) text += CSI(`${-dy}A`);
  else if (dy > 0) text += CSI(`${dy}B`);
  return text;
}

const clearText = (direction) => CSI(direction < 0 ? '1K' : direction > 0 ? '0K' : '2K');

module.exports = {
  positionText, moveText, clearText, CLEAR_DOWN: CSI('0J'),
  cursorTo(stream, x, y, callback) {
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (typeof y === 'function') [callback, y] = [y, undefined];
    if (stream === null || stream === undefined || (typeof x !== 'number' && typeof y !== 'number')) {
      if (Number.isNaN(x) || Number.isNaN(y)) positionText(x, y);
      if (typeof callback === 'function') process.nextTick(callback, null);
      return true;
    }
    return write(stream, positionText(x, y), callback);
  },
  moveCursor: (stream, dx, dy, callback) => write(stream, moveText(dx, dy), callback),
  clearLine: (stream, direction, callback) => write(stream, clearText(direction), callback),
  clearScreenDown: (stream, callback) => write(stream, CSI('0J'), callback),
};
