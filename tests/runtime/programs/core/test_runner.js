// node:test: order of hooks and tests, subtests, plans, mocks. The reporter's words have times in them: they are not shown.
const { test, describe, it, before, after, beforeEach, afterEach, mock } = require('node:test');
const assert = require('node:assert');

const shown = [];
const write = process.stdout.write;
process.stdout.write = () => true;
process.on('exit', (code) => {
  process.stdout.write = write;
  console.log(shown.join('\n'));
  console.log('exit', code);
  process.exitCode = 0;
});

describe('a suite', () => {
  before(() => shown.push('before'));
  after(() => shown.push('after'));
  beforeEach((t) => shown.push(`beforeEach ${t.name}`));
  afterEach((t) => shown.push(`afterEach ${t.name}`));
  it('one', () => shown.push('one'));
  it('two', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    shown.push('two');
  });
  it.skip('three', () => shown.push('never'));
  describe('inner', () => {
    it('four', (t) => shown.push(t.fullName));
  });
});

test('a test has subtests', async (t) => {
  t.plan(2);
  t.after(() => shown.push('after of the test'));
  await t.test('inside', () => shown.push('inside'));
  t.assert.ok(true);
});

test('with a callback', (t, done) => setTimeout(done, 1));
test('a failure is expected', { todo: true }, () => { throw new Error('not yet'); });

test('stand-ins', (t) => {
  const object = { add(a, b) { return a + b; }, value: 1 };
  t.mock.method(object, 'add', (a, b) => a * b, { times: 1 });
  shown.push([object.add(3, 4), object.add(3, 4)].join());
  const spy = mock.fn((n) => n + 1);
  spy(1);
  spy.mock.mockImplementationOnce(() => 'once');
  shown.push([spy(2), spy(3), spy.mock.callCount(), spy.mock.calls[0].result].join());
  const property = t.mock.property(object, 'value', 7);
  shown.push([object.value, property.mock.accessCount()].join());
});

test('a failure', () => assert.strictEqual(1, 2));
shown.push('declared');
