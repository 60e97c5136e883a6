// The tree of tests and how it runs. A test's children run one after another, or `concurrency` at a time; results are
// told in the order of declaration. The root ends when the loop has nothing left to do.
'use strict';

const { validateAbortSignal, validateFunction, validateNumber, validateObject, validateUint32 } = require('internal/validators');
const { codes, AbortError } = require('internal/errors');
const { setTimeout, clearTimeout } = require('internal/timers');

const TIMEOUT_MAX = 2 ** 31 - 1;
const noop = () => {};

class TestFailure extends Error {
  constructor(cause, failureType) {
    const text = cause?.message ?? cause;
    super(typeof text === 'string' ? text : require('internal/inspect').inspect(text));
    this.code = 'ERR_TEST_FAILURE';
    this.failureType = failureType;
    this.cause = cause;
  }
}

const failure = (text, type) => new TestFailure(text, type);

function checkTimeout(timeout, name) {
  if (timeout != null && timeout !== Infinity) validateNumber(timeout, name, 0, TIMEOUT_MAX);
}

function concurrencyOf(value, inherited) {
  switch (typeof value) {
    case 'number':
      validateUint32(value, 'options.concurrency', true);
      return value;
    case 'boolean':
      return value ? Math.max(1, require('os').availableParallelism() - 1) : 1;
    default:
      if (value != null) throw new codes.ERR_INVALID_ARG_TYPE('options.concurrency', ['boolean', 'number'], value);
      return inherited;
  }
}

class Node {
  subtests = [];
  hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
  pending = [];
  active = 0;
  told = 0; // so many subtests have been reported
  state = 'waiting'; // 'running', 'done'
  error = null;
  diagnostics = [];
  passed = false;
  #begun = 0;
  #beforeRan = undefined;

  constructor(parent, kind, { name, options, fn }) {
    const { skip, todo, only, timeout, signal, concurrency, plan } = options;
    validateFunction(fn, 'fn');
    checkTimeout(timeout, 'options.timeout');
    validateAbortSignal(signal, 'options.signal');
    if (plan !== undefined) require('internal/validators').validateInteger(plan, 'options.plan', 0);
    Object.assign(this, { parent, kind, name, fn, only, skip, todo });
    this.concurrency = concurrencyOf(concurrency, kind === 'suite' || kind === 'test' ? parent.kind === 'suite' ? parent.concurrency : 1 : 1);
    this.expectFailure = options.expectFailure;
    this.timeout = timeout ?? parent?.timeout ?? Infinity;
    this.nesting = parent === undefined ? -1 : parent.nesting + 1;
    this.planned = plan;
    this.controller = new AbortController();
    this.outerSignal = signal;
    this.done = Promise.withResolvers();
  }

  get fullName() {
    return this.parent?.parent === undefined ? this.name : `${this.parent.fullName} > ${this.name}`;
  }

  get context() {
    const { TestContext, SuiteContext } = require('internal/test/context');
    return this.made ??= this.kind === 'suite' ? new SuiteContext(this) : new TestContext(this);
  }

  hook(when, fn, options = {}) {
    validateFunction(fn, 'fn');
    if (options !== undefined) validateObject(options, 'options');
    checkTimeout(options?.timeout, 'options.timeout');
    this.hooks[when].push({ fn, timeout: options?.timeout ?? Infinity, signal: options?.signal });
    if (when === 'before' && this.#beforeRan !== undefined) {
      this.#beforeRan = this.#beforeRan.then(() => this.runHook(this.hooks.before.at(-1), this.context, when));
      this.#beforeRan.catch(noop);
    }
  }

  add(child) {
    this.subtests.push(child);
    if (this.state === 'done') {
      child.fail(failure('test could not be started because its parent finished', 'parentAlreadyFinished'));
      child.finish();
    } else {
      this.pending.push(child);
      if (this.kind !== 'suite' || this.state === 'running') this.pump();
    }
    return child.done.promise;
  }

  pump() {
    while (this.active < this.concurrency && this.pending.length > 0) {
      const child = this.pending.shift();
      this.active++;
      child.run().then(() => {
        this.active--;
        this.pump();
        if (this.active === 0 && this.pending.length === 0) this.drained?.();
      });
    }
  }

  // When no child runs or waits.
  idle() {
    if (this.active === 0 && this.pending.length === 0) return undefined;
    return new Promise((resolve) => { this.drained = resolve; });
  }

  beforeOnce() {
    return this.#beforeRan ??= this.parent === undefined || this.kind !== 'root' ? this.runHooks('before', this.context) : this.runHooks('before', null);
  }

  async runHook({ fn, timeout, signal }, context, when) {
    try {
      await limited(() => invoke(fn, context), timeout, signal);
    } catch (error) {
      const wrapped = error instanceof TestFailure ? error : new TestFailure(error, 'hookFailed');
      wrapped.failureType = 'hookFailed';
      if (error instanceof TestFailure) wrapped.message = `failed running ${when} hook`;
      throw wrapped;
    }
  }

  async runHooks(when, context) {
    for (const hook of this.hooks[when]) await this.runHook(hook, context, when);
  }

  // beforeEach from the root inward, afterEach outward.
  async around(when) {
    const chain = [];
    for (let at = this.parent; at !== undefined; at = at.parent) chain.unshift(at);
    if (when === 'afterEach') chain.reverse();
    for (const one of chain) await one.runHooks(when, this.context);
  }

  async run() {
    this.state = 'running';
    this.#begun = performance.now();
    if (this.error === null) {
      if (this.isSkipped()) this.passed = true;
      else if (this.kind === 'suite') await this.runSuite();
      else await this.runTest();
    }
    this.finish();
  }

  isSkipped() {
    for (let at = this; at !== undefined; at = at.parent) if (at.skip) return true;
    return false;
  }

  async runTest() {
    const outer = running;
    try {
      if (this.outerSignal?.aborted) throw failure(this.outerSignal.reason ?? new AbortError(), 'testAborted');
      await this.parent.beforeOnce();
      await this.around('beforeEach');
      running = this;
      if (this.planned !== undefined) this.context.plan(this.planned);
      await limited(() => invoke(this.fn, this.context), this.timeout, this.outerSignal);
      await this.idle();
      await this.context._finish();
      const failed = this.subtests.filter((one) => !one.passed && !one.todo).length;
      if (failed > 0) this.fail(failure(`${failed} subtest${failed > 1 ? 's' : ''} failed`, 'subtestsFailed'));
      this.pass();
    } catch (error) {
      this.fail(error instanceof TestFailure ? error : new TestFailure(error, 'testCodeFailure'));
    } finally {
      running = outer === this ? undefined : outer;
    }
    await this.cleanUp(() => this.around('afterEach'));
    await this.cleanUp(() => this.runHooks('after', this.context));
    this.made?._restore();
    this.controller.abort();
  }

  async cleanUp(hooks) {
    try {
      await hooks();
    } catch (error) {
      this.fail(error);
    }
  }

  // A suite's function has run when it was declared: what it declared runs now.
  async runSuite() {
    try {
      await this.built;
      if (this.buildError !== undefined) throw new TestFailure(this.buildError, 'testCodeFailure');
      if (this.pending.length > 0 && this.pending.some((one) => !one.isSkipped())) {
        for (let at = this.parent; at !== undefined; at = at.parent) await at.beforeOnce();
        await this.beforeOnce();
      }
      await limited(() => { this.pump(); return this.idle(); }, this.timeout, this.outerSignal);
      const failed = this.subtests.filter((one) => !one.passed && !one.todo).length;
      if (failed > 0) this.fail(failure(`${failed} subtest${failed > 1 ? 's' : ''} failed`, 'subtestsFailed'));
      this.pass();
    } catch (error) {
      this.fail(error instanceof TestFailure ? error : new TestFailure(error, 'testCodeFailure'));
      for (const one of this.pending.splice(0)) {
        one.fail(this.error);
        one.finish();
      }
    }
    if (this.subtests.some((one) => !one.isSkipped())) await this.cleanUp(() => this.runHooks('after', this.context));
    this.controller.abort();
  }

  pass() {
    if (this.error === null) this.passed = true;
    if (this.error === null && this.expectFailure) this.fail(failure('test was expected to fail but passed', 'expectedFailure'));
  }

  fail(error) {
    if (this.expectFailure && error.failureType !== 'expectedFailure') {
      this.passed = true;
      return;
    }
    this.passed = false;
    this.error ??= error;
  }

  finish() {
    if (this.state === 'done') return;
    this.state = 'done';
    this.duration = this.#begun === 0 ? 0 : performance.now() - this.#begun;
    this.done.resolve();
    require('internal/test/report').flush(root);
  }
}

// A function with a second parameter is given a callback.
function invoke(fn, context) {
  if (fn.length < 2) return Reflect.apply(fn, context, [context]);
  return new Promise((resolve, reject) => {
    let called = false;
    const done = (error) => {
      if (called) throw failure('callback invoked multiple times', 'multipleCallbackInvocations');
      called = true;
      if (error) reject(error);
      else resolve();
    };
    const value = Reflect.apply(fn, context, [context, done]);
    if (value instanceof Promise) {
      value.catch(noop);
      reject(failure('passed a callback but also returned a Promise', 'callbackAndPromisePresent'));
    }
  });
}

// Runs until it is done, its time is up, or it is aborted.
function limited(work, timeout, signal) {
  const result = work();
  if (timeout === Infinity && signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const clock = timeout === Infinity ? undefined :
      setTimeout(() => reject(failure(`test timed out after ${timeout}ms`, 'testTimeoutFailure')), timeout);
    const abort = () => reject(failure(signal.reason ?? new AbortError(), 'testAborted'));
    signal?.addEventListener('abort', abort, { once: true });
    Promise.resolve(result).then(resolve, reject).finally(() => {
      clearTimeout(clock);
      signal?.removeEventListener('abort', abort);
    });
  });
}

let root;
let running; // the test whose function has been entered last
const building = [];

function begin() {
  if (root !== undefined) return root;
  root = new Node(undefined, 'root', { name: '<root>', options: {}, fn: noop });
  root.begun = performance.now();
  root.pump = noop; // until the file has been read
  setImmediate(() => {
    delete root.pump;
    root.state = 'running';
    root.pump();
  });
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);
  process.on('beforeExit', end);
  process.on('exit', () => {
    for (const one of open(root)) one.fail(failure('Promise resolution is still pending but the event loop has already resolved', 'cancelledByParent'));
    for (const one of open(root)) one.finish();
    summary();
  });
  return root;
}

// An error that nobody waited for belongs to the test that runs, or to the file.
function stray(error) {
  const at = running?.state === 'running' ? running : undefined;
  if (at !== undefined) {
    at.fail(new TestFailure(error, 'uncaughtException'));
    at.stop?.();
    return;
  }
  root.failed = true;
  root.diagnostics.push(`Error: A resource generated asynchronous activity after the test ended. This activity created the error "${
    error}" which triggered an uncaughtException event, caught by the test runner.`);
}

function open(node) {
  return node.subtests.flatMap((one) => [...open(one), ...(one.state === 'done' ? [] : [one])]);
}

let ending;
function end() {
  if (open(root).length > 0 && root.active > 0) return;
  ending ??= (async () => {
    try {
      if (root.subtests.length > 0) await root.runHooks('after', null);
    } catch (error) {
      root.failed = true;
      root.diagnostics.push(String(error));
    }
    summary();
  })();
}

let told = false;
function summary() {
  if (told) return;
  told = true;
  if (require('internal/test/report').summary(root)) process.exitCode = 1;
}

// The node that a call of test() or of a hook means: the suite that is being declared, or the test that runs.
const current = () => building.at(-1) ?? (running?.state === 'running' ? running : undefined);

function declare(parent, kind, parts) {
  const node = new Node(parent, kind, parts);
  node.location = require('internal/stack').callerFrame();
  if (kind === 'suite') build(node);
  return parent.add(node);
}

function build(node) {
  if (node.skip) return;
  building.push(node);
  try {
    const value = Reflect.apply(node.fn, node.context, [node.context]);
    if (typeof value?.then === 'function') node.built = value.then(noop, (error) => { node.buildError = error; });
  } catch (error) {
    node.buildError = error;
  } finally {
    building.pop();
  }
}

module.exports = { begin, declare, current, failure, TestFailure };
