// Lines of two texts beside each other: "  same", "+ only left", "- only right".
'use strict';

// Edits by a longest common subsequence: [kind, line], kind 0 same, 1 left, -1 right.
function edits(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  const out = a.slice(0, head).map((line) => [0, line]);
  if (left.length * right.length > 4000000) {
    out.push(...left.map((line) => [1, line]), ...right.map((line) => [-1, line]));
  } else {
    middle(left, right, out);
  }
  return out.concat(a.slice(a.length - tail).map((line) => [0, line]));
}

function middle(a, b, out) {
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] = a[i] === b[j] ? length[(i + 1) * width + j + 1] + 1
        : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push([0, a[i]]);
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || length[(i + 1) * width + j] >= length[i * width + j + 1])) out.push([1, a[i++]]);
    else out.push([-1, b[j++]]);
  }
}

// What assert prints: long runs of equal lines are left out.
exports.lines = function lines(a, b) {
  const list = edits(a, b);
  const out = [];
  for (let i = 0; i < list.length; i++) {
    const [kind, line] = list[i];
    if (kind !== 0) {
      out.push(`${kind > 0 ? '+' : '-'} ${line}`);
      continue;
    }
    let run = 1;
    while (list[i + run]?.[0] === 0) run++;
    const lines = list.slice(i, i + run).map(([, text]) => `  ${text}`);
    const first = i === 0 ? 1 : 2;
    const last = i + run === list.length ? 1 : 2;
    if (run > 5 + first) {
      out.push(...lines.slice(0, first), '...', ...lines.slice(-last));
    } else out.push(...lines);
    i += run - 1;
  }
  return out.join('\n');
};

exports.diff = function diff(a, b) {
  const list = (value, name) => {
    if (Array.isArray(value)) return value;
    require('internal/validators').validateString(value, name);
    return [...value];
  };
  const left = list(a, 'actual');
  const right = list(b, 'expected');
  return edits(left, right).every(([kind]) => kind === 0) ? [] : edits(right, left).map(([kind, value]) => [kind === 0 ? 0 : -kind, value]);
};
