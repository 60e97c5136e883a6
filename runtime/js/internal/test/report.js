// Tells results in the order of declaration: the form of Node's "spec" reporter, or TAP with --test-reporter=tap.
'use strict';

const { inspect } = require('internal/inspect');

const COLORS = { green: 32, red: 31, blue: 34, gray: 90 };
const UNDONE = 'todo'.toUpperCase(); // TAP's directive
let paint;

function color(name, text) {
  paint ??= require('internal/colors').shouldColor(process.stdout);
  return paint ? `\x1b[${COLORS[name]}m${text}\x1b[39m` : text;
}

const write = (text) => process.stdout.write(text);
const indent = (text, by) => text.replace(/^(?=.)/gm, by);
const isTap = () => require('internal/options').get('test-reporter')?.at(-1) === 'tap';
const isSuite = (test) => test.kind === 'suite' || test.subtests.length > 0;
const causeOf = (error) => (error.code === 'ERR_TEST_FAILURE' && error.cause instanceof Error ? error.cause : error.message);

function wordOf(test) {
  const [skip, todo] = [test.skip, test.todo].map((one) => (one === true ? '' : one));
  if (test.skip) return ` # ${skip || 'SKIP'}`;
  if (test.todo) return ` # ${todo || UNDONE}`;
  return '';
}

function specLine(test) {
  const failed = !test.passed && !test.todo;
  const [sign, paintIt] = test.skip ? ['\uFE63', 'gray'] : failed ? ['\u2716', 'red'] : test.passed ? ['\u2714', 'green'] : ['\u26A0', 'blue'];
  return color(paintIt, `${sign} ${test.name}`) + color('gray', ` (${test.duration.toFixed(6).replace(/\.?0+$/, '')}ms)`) +
    color(paintIt, wordOf(test));
}

const spec = {
  start() {},
  open(test, pad) { write(`${pad}\u25B6 ${test.name}\n`); },
  result(test, number, pad) {
    write(`${pad}${specLine(test)}\n`);
    for (const note of test.diagnostics) write(`${pad}${color('blue', `\u2139 ${note}`)}\n`);
  },
  end(root, counts, failed) {
    for (const note of root.diagnostics) write(`${color('blue', `\u2139 ${note}`)}\n`);
    for (const [name, value] of Object.entries(counts)) write(`${color('blue', `\u2139 ${name} ${value}`)}\n`);
    if (failed.length === 0) return;
    write(`\n${color('red', '\u2716 failing tests:')}\n`);
    for (const test of failed) {
      const { file, line, column } = test.location ?? {};
      if (file !== undefined) write(`\ntest at ${require('path').relative(process.cwd(), file)}:${line}:${column}`);
      const cause = causeOf(test.error);
      write(`\n${specLine(test)}\n${indent(typeof cause === 'string' ? `'${cause}'` : inspect(cause), '  ')}\n`);
    }
  },
};

const escapeTap = (text) => String(text).replace(/[\\#]/g, '\\$&').replace(/\n/g, '\\n');

const tap = {
  start() { write('TAP version 13\n'); },
  open(test, pad) { write(`${pad}# Subtest: ${escapeTap(test.name)}\n`); },
  result(test, number, pad) {
    if (!isSuite(test)) tap.open(test, pad);
    else write(`${pad}    1..${test.subtests.length}\n`);
    const word = test.skip ? ` # SKIP${test.skip === true ? '' : ` ${escapeTap(test.skip)}`}` :
      test.todo ? ` # ${UNDONE}${test.todo === true ? '' : ` ${escapeTap(test.todo)}`}` : '';
    write(`${pad}${test.passed ? 'ok' : 'not ok'} ${number} - ${escapeTap(test.name)}${word}\n${pad}  ---\n${pad}  duration_ms: ${test.duration}\n`);
    write(`${pad}  type: '${test.kind}'\n`);
    if (test.error !== null) {
      write(`${pad}  failureType: '${test.error.failureType}'\n${pad}  error: |-\n${indent(String(test.error.message), `${pad}    `)}\n`);
      write(`${pad}  code: 'ERR_TEST_FAILURE'\n`);
    }
    write(`${pad}  ...\n`);
    for (const note of test.diagnostics) write(`${pad}# ${escapeTap(note)}\n`);
  },
  end(root, counts) {
    write(`1..${root.subtests.length}\n`);
    for (const note of root.diagnostics) write(`# ${escapeTap(note)}\n`);
    for (const [name, value] of Object.entries(counts)) write(`# ${name} ${value}\n`);
  },
};

let begun = false;
function reporter() {
  const one = isTap() ? tap : spec;
  if (!begun) {
    begun = true;
    one.start();
  }
  return one;
}

function openOnce(test, pad) {
  if (test.opened) return;
  test.opened = true;
  reporter().open(test, pad);
}

// Tells what can be told: a child when it has ended and all before it are told.
exports.flush = function flush(parent) {
  while (parent.told < parent.subtests.length) {
    const child = parent.subtests[parent.told];
    if (child.state === 'waiting') return;
    const pad = (isTap() ? '    ' : '  ').repeat(child.nesting);
    if (child.subtests.some((one) => one.state === 'done')) openOnce(child, pad);
    flush(child);
    if (child.state !== 'done' || child.told < child.subtests.length) return;
    reporter().result(child, parent.told + 1, pad);
    parent.told++;
  }
};

function leaves(node, list = []) {
  for (const one of node.subtests) {
    list.push(one);
    leaves(one, list);
  }
  return list;
}

// Returns whether a test has failed.
exports.summary = function summary(root) {
  const all = leaves(root);
  const tests = all.filter((one) => one.kind === 'test');
  const cancelled = (one) => ['cancelledByParent', 'testAborted', 'testTimeoutFailure', 'parentAlreadyFinished'].includes(one.error?.failureType);
  const plain = tests.filter((one) => !one.skip && !one.todo);
  const failed = all.filter((one) => !one.passed && !one.todo && !one.skip);
  reporter().end(root, {
    tests: tests.length,
    suites: all.length - tests.length,
    pass: plain.filter((one) => one.passed).length,
    fail: plain.filter((one) => !one.passed && !cancelled(one)).length,
    cancelled: plain.filter((one) => !one.passed && cancelled(one)).length,
    skipped: tests.filter((one) => one.skip).length,
    todo: tests.filter((one) => one.todo && !one.skip).length,
    duration_ms: performance.now() - root.begun,
  }, failed.filter((one) => one.error?.failureType !== 'subtestsFailed'));
  return failed.length > 0 || root.failed === true;
};
