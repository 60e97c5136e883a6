// Explicit resource management: SuppressedError, the stacks of disposers, and the scope behind a block with `using`.
'use strict';

class SuppressedError extends Error {
  constructor(error, suppressed, message) {
    super(message);
    for (const [key, value] of [['error', error], ['suppressed', suppressed]]) {
      Object.defineProperty(this, key, { value, writable: true, configurable: true, enumerable: false });
    }
  }
}
Object.defineProperty(SuppressedError.prototype, 'name', { value: 'SuppressedError', writable: true, configurable: true, enumerable: false });

// What undoes the value, or undefined for nothing to undo.
function disposerOf(value, isAsync) {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' && typeof value !== 'function') throw new TypeError(`${String(value)} is not an object`);
  let method = isAsync ? value[Symbol.asyncDispose] : undefined;
  const isOwn = method !== undefined && method !== null;
  if (!isOwn) method = value[Symbol.dispose];
  if (typeof method !== 'function') throw new TypeError(`Property [Symbol.${isAsync ? 'asyncDispose' : 'dispose'}] is not a function`);
  if (isAsync && !isOwn) return () => { Reflect.apply(method, value, []); }; // its answer is not waited for
  return () => Reflect.apply(method, value, []);
}

class Failures {
  has = false;
  error = undefined;
  add(error) {
    this.error = this.has ? new SuppressedError(error, this.error, 'An error was suppressed during disposal') : error;
    this.has = true;
  }
  end() { if (this.has) throw this.error; }
}

function disposeAll(list, failures) {
  while (list.length > 0) {
    try {
      list.pop()();
    } catch (error) {
      failures.add(error);
    }
  }
  failures.end();
}

async function disposeAllAsync(list, failures) {
  while (list.length > 0) {
    try {
      await list.pop()();
    } catch (error) {
      failures.add(error);
    }
  }
  failures.end();
}

// One block: add() for each `using`, fail() when it threw, end() in any case.
class Scope {
  #list = [];
  #failures = new Failures();
  #isAsync = false;
  add(isAsync, value) {
    const dispose = disposerOf(value, isAsync);
    if (dispose !== undefined) this.#list.push(dispose);
    else if (isAsync) this.#list.push(() => {}); // waited for all the same
    this.#isAsync ||= isAsync;
    return value;
  }
  fail(error) { this.#failures.add(error); }
  end() { return (this.#isAsync ? disposeAllAsync : disposeAll)(this.#list, this.#failures); }
}

let take; // (stack): its list, once

class Stack {
  #list = [];
  #disposed = false;
  #isAsync;
  static {
    take = (stack) => {
      const list = stack.#disposed ? [] : stack.#list;
      stack.#disposed = true;
      return list;
    };
  }
  constructor(isAsync) { this.#isAsync = isAsync; }
  #add(dispose) {
    if (this.#disposed) throw new ReferenceError('Cannot add values to a disposed stack!');
    if (dispose !== undefined) this.#list.push(dispose);
  }
  get disposed() { return this.#disposed; }
  use(value) {
    this.#add(disposerOf(value, this.#isAsync));
    return value;
  }
  adopt(value, onDispose) {
    if (typeof onDispose !== 'function') throw new TypeError(`${String(onDispose)} is not a function`);
    this.#add(() => onDispose(value));
    return value;
  }
  defer(onDispose) {
    if (typeof onDispose !== 'function') throw new TypeError(`${String(onDispose)} is not a function`);
    this.#add(() => onDispose());
  }
  move() {
    this.#add(undefined);
    const other = new this.constructor();
    other.#list = take(this);
    return other;
  }
}

class DisposableStack extends Stack {
  constructor() { super(false); }
  dispose() { disposeAll(take(this), new Failures()); }
  [Symbol.dispose]() { this.dispose(); }
}
class AsyncDisposableStack extends Stack {
  constructor() { super(true); }
  async disposeAsync() { await disposeAllAsync(take(this), new Failures()); }
  [Symbol.asyncDispose]() { return this.disposeAsync(); }
}
for (const Class of [DisposableStack, AsyncDisposableStack]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

// scope: what the texts of internal/modules/using call.
module.exports = { SuppressedError, DisposableStack, AsyncDisposableStack, scope: () => new Scope() };
