// Domains: errors of callbacks, emitters and bound functions, nesting, and what leaves them.
const domain = require('domain');
const EventEmitter = require('events');
const fs = require('fs');

const domains = {};
// One after the other: who of a timer, a file and an immediate is first is not said.
const next = {
  tick: () => domains.timer.run(() => setTimeout(() => {
    console.log('in timer', process.domain === domains.timer);
    throw new Error('from a timer');
  }, 5)),
  timer: () => domains.file.run(() => fs.stat(__filename, () => { throw new Error('from a file'); })),
  file: () => domains.immediate.run(() => setImmediate(() => { throw new Error('from an immediate'); })),
  immediate: () => setTimeout(() => {
    domains.inner.removeAllListeners('error');
    domains.inner.on('error', (error) => { throw new Error(`${error.message}, again`); });
    domains.outer.run(() => domains.inner.run(() => { throw new Error('inside'); }));
  }, 1),
};
const told = (name) => (error) => {
  console.log(name, error.message, error.domainThrown, error.domain === domains[name], !process.domain);
  next[name]?.();
};
for (const name of ['timer', 'tick', 'file', 'immediate', 'emitter', 'outer', 'inner']) {
  domains[name] = domain.create();
  domains[name].on('error', told(name));
}

domains.tick.run(() => process.nextTick(() => { throw new Error('from a tick'); }));
console.log(Boolean(process.domain), Boolean(domain.active));

const emitter = domains.emitter.run(() => new EventEmitter());
console.log(emitter.domain === domains.emitter, Object.keys(emitter).includes('domain'));
emitter.emit('error', new Error('of an emitter'));
emitter.on('error', (error) => console.log('its own listener', error.message, process.domain === domains.emitter));
emitter.emit('error', new Error('taken'));

const late = new EventEmitter();
domains.emitter.add(late);
late.on('event', () => console.log('inside', process.domain === domains.emitter));
late.emit('event');
domains.emitter.remove(late);
late.emit('event');
console.log(domains.emitter.members.length);

const bound = domains.emitter.bind((value) => `bound ${value} ${process.domain === domains.emitter}`);
console.log(bound(1), Boolean(process.domain));
const intercepted = domains.emitter.intercept((value) => console.log('intercepted', value));
intercepted(null, 'value');
intercepted(new Error('intercepted error'));

try {
  process.setUncaughtExceptionCaptureCallback(() => {});
} catch (error) {
  console.log(error.code);
}
