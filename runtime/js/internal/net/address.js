// Whether a text is an address, and of which family.
'use strict';

const V4 = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)';
const v4 = new RegExp(`^(?:${V4}\\.){3}${V4}$`);

function isIPv4(value) {
  return v4.test(`${value}`);
}

function isIPv6(value) {
  let text = `${value}`;
  const zone = text.indexOf('%');
  if (zone >= 0) {
    if (!/^%[0-9a-zA-Z-.:]+$/.test(text.slice(zone))) return false;
    text = text.slice(0, zone);
  }
  const tail = /:([^:]*\.[^:]*)$/.exec(text);
  if (tail) {
    if (!isIPv4(tail[1])) return false;
    text = `${text.slice(0, -tail[1].length)}0:0`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

const isIP = (value) => (isIPv4(value) ? 4 : isIPv6(value) ? 6 : 0);

module.exports = { isIP, isIPv4, isIPv6 };
