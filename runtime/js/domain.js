// domain: errors of what was started in one place, told in one place. The domains that have been entered are a store of the
// asynchronous context, so that callbacks find them where they were made; an uncaught error still has the context that it
// was thrown in.
'use strict';

const EventEmitter = require('events');
const { AsyncLocalStorage } = require('async_hooks');
const { codes } = require('internal/errors');
const uncaught = require('internal/uncaught');

if (uncaught.hasCapture()) throw new codes.ERR_DOMAIN_CALLBACK_NOT_AVAILABLE();

const storage = new AsyncLocalStorage();
const entered = () => storage.getStore() ?? [];
const setEntered = (stack) => storage.enterWith(stack);
const active = () => entered().at(-1) ?? null;

// A property that no inspection shows.
function hide(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
}
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

function Domain() {
  EventEmitter.call(this);
  this.members = [];
}
Object.setPrototypeOf(Domain.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Domain, EventEmitter);

Domain.prototype.enter = function enter() { setEntered([...entered(), this]); };
// Leaves those too that were entered since.
Domain.prototype.exit = function exit() {
  const stack = entered();
  const at = stack.lastIndexOf(this);
  if (at >= 0) setEntered(stack.slice(0, at));
};

Domain.prototype.add = function add(emitter) {
  if (emitter.domain === this) return;
  if (emitter.domain) emitter.domain.remove(emitter);
  if (this.domain && emitter instanceof Domain) {
    for (let at = this.domain; at; at = at.domain) if (at === emitter) return; // a ring of domains
  }
  hide(emitter, 'domain', this);
  this.members.push(emitter);
};
Domain.prototype.remove = function remove(emitter) {
  emitter.domain = null;
  const at = this.members.indexOf(emitter);
  if (at >= 0) this.members.splice(at, 1);
};

// A throw leaves the domain entered: whoever handles the error needs it.
function within(domain, fn, self, args) {
  domain.enter();
  const result = Reflect.apply(fn, self, args);
  domain.exit();
  return result;
}
Domain.prototype.run = function run(fn, ...args) { return within(this, fn, this, args); };
Domain.prototype.bind = function bind(fn) {
  const domain = this;
  const bound = function(...args) { return within(domain, fn, this, args); };
  hide(bound, 'domain', this);
  return bound;
};
Domain.prototype.intercept = function intercept(fn) {
  const domain = this;
  return function(error, ...args) {
    if (!(error instanceof Error)) return within(domain, fn, this, args);
    error.domainBound = fn;
    error.domainThrown = false;
    hide(error, 'domain', domain);
    domain.emit('error', error);
    return undefined;
  };
};

// An error that was thrown in the domain: true when a listener took it.
function handle(domain, error) {
  if (isObject(error)) {
    hide(error, 'domain', domain);
    error.domainThrown = true;
  }
  let stack = entered();
  while (stack.at(-1) === domain) stack = stack.slice(0, -1);
  setEntered(stack);
  let taken = false;
  if (stack.length === 0) {
    if (domain.listenerCount('error') > 0) taken = domain.emit('error', error);
  } else {
    try {
      taken = domain.emit('error', error);
    } catch (second) {
      taken = handle(stack.at(-1), second); // the listener threw: a matter of the domain around it
    }
  }
  setEntered([]);
  return taken;
}

uncaught.addCapture((error) => {
  const stack = entered();
  return stack.some((one) => one.listenerCount('error') > 0) && handle(stack.at(-1), error);
});
uncaught.refuseCapture(() => new codes.ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE());

// An emitter belongs to the domain that it was made in, and its listeners run there.
const { init } = EventEmitter;
EventEmitter.usingDomains = true;
EventEmitter.init = function(options) {
  hide(this, 'domain', null);
  const domain = active();
  if (domain !== null && !(this instanceof Domain)) this.domain = domain;
  return Reflect.apply(init, this, [options]);
};

// An 'error' that no listener of the emitter takes is the domain's, outside of itself.
function emitToDomain(emitter, domain, args) {
  const error = args.length > 1 && args[1] ? args[1] : new codes.ERR_UNHANDLED_ERROR(args[1]);
  if (isObject(error)) {
    error.domainEmitter = emitter;
    hide(error, 'domain', domain);
    error.domainThrown = false;
  }
  const before = entered();
  let outside = before;
  while (outside.length > 0 && outside.at(-1) === before.at(-1)) outside = outside.slice(0, -1);
  setEntered(outside);
  domain.emit('error', error);
  setEntered(before);
  return false;
}

const { emit } = EventEmitter.prototype;
EventEmitter.prototype.emit = function(...args) {
  const { domain } = this;
  const isError = args[0] === 'error';
  if (domain === null || domain === undefined || this === process || (isError && this.listenerCount('error') > 0)) {
    return Reflect.apply(emit, this, args);
  }
  return isError ? emitToDomain(this, domain, args) : within(domain, emit, this, args);
};

Object.defineProperty(process, 'domain', {
  configurable: true, enumerable: true, get: active,
  set(domain) { setEntered(domain ? [...entered().slice(0, -1), domain] : []); },
});

const create = () => new Domain();
module.exports = { Domain, create, createDomain: create };
Object.defineProperty(module.exports, 'active', { configurable: true, enumerable: true, get: active, set(domain) { process.domain = domain; } });
Object.defineProperty(module.exports, '_stack', { configurable: true, enumerable: true, get: entered });
