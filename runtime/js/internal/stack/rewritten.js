// Where on a line of an ES module's source something is that internal/modules/transform has moved: both lines in tokens, and
// what the transform makes of a name taken for the name.
'use strict';

const AHEAD = 40; // tokens of the source that were taken out

function tokensOf(line) {
  const tokens = [];
  for (const { 0: text, index } of line.matchAll(/[\p{ID_Continue}$]+|\S/gu)) tokens.push({ text, start: index, isName: false });
  return tokens;
}

// How many tokens from `i` on stand for an imported name: __i0.b, (0,__i0.b), __ns(0).
function importAt(tokens, i) {
  const is = (offset, text) => tokens[i + offset]?.text === text;
  if (/^__i\d+$/.test(tokens[i].text) && is(1, '.')) return 3;
  if (is(0, '(') && is(1, '0') && is(2, ',') && tokens[i + 3] !== undefined && importAt(tokens, i + 3) === 3 && is(6, ')')) return 7;
  return is(0, '__ns') && is(1, '(') && is(3, ')') ? 4 : 0;
}

function namesJoined(tokens) {
  const joined = [];
  for (let i = 0; i < tokens.length;) {
    const length = importAt(tokens, i);
    joined.push(length > 0 ? { text: '', start: tokens[i].start, isName: true } : tokens[i]);
    i += Math.max(length, 1);
  }
  return joined;
}

const fits = (made, source) => (made.isName ? /^[\p{ID_Start}$_]/u.test(source.text) : made.text === source.text);

// The place on `original` of the place `at` on `made`.
exports.originalPlace = function originalPlace(made, original, at) {
  const source = tokensOf(original);
  let place = at;
  let j = 0;
  for (const token of namesJoined(tokensOf(made))) {
    if (token.start > at) break;
    let ahead = 0;
    while (ahead < AHEAD && j + ahead < source.length && !fits(token, source[j + ahead])) ahead += 1;
    if (ahead === AHEAD || j + ahead >= source.length || (token.isName && ahead > 0)) continue;
    j += ahead;
    place = source[j].start + (token.isName ? 0 : at - token.start);
    j += 1;
  }
  return place;
};
