// performance: the clock, marks and measures.
'use strict';

const system = native('process');
const { codes } = require('internal/errors');
const lazy = require('internal/lazy');

const origin = system.hrtime();
const timeOrigin = Date.now();
const entries = [];
const observers = new Set();

class PerformanceEntry {
  constructor(name, entryType, startTime, duration, detail) {
    this.name = name;
    this.entryType = entryType;
    this.startTime = startTime;
    this.duration = duration;
    if (detail !== undefined) this.detail = detail;
  }
  toJSON() { return { ...this }; }
}
class PerformanceMark extends PerformanceEntry {
  constructor(name, options = {}) {
    super(`${name}`, 'mark', options.startTime ?? performance.now(), 0, options.detail ?? null);
  }
}
class PerformanceMeasure extends PerformanceEntry {}
class PerformanceResourceTiming extends PerformanceEntry {}

function put(entry) {
  entries.push(entry);
  for (const one of observers) one._offer(entry);
  return entry;
}

function at(mark) {
  if (typeof mark === 'number') return mark;
  const found = entries.findLast((one) => one.entryType === 'mark' && one.name === mark);
  if (!found) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

function select(type, name) {
  return entries.filter((one) => (type === undefined || one.entryType === type) && (name === undefined || one.name === name))
    .sort((a, b) => a.startTime - b.startTime);
}

function clear(type, name) {
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].entryType === type && (name === undefined || entries[i].name === name)) entries.splice(i, 1);
  }
}

class Performance {
  get timeOrigin() { return timeOrigin; }
  get nodeTiming() { return { name: 'node', entryType: 'node', startTime: 0, duration: this.now(), nodeStart: 0, v8Start: 0, bootstrapComplete: 0, environment: 0, loopStart: 0, loopExit: -1, idleTime: 0 }; }
  now() { return (system.hrtime() - origin) / 1e6; }
  mark(name, options) { return put(new PerformanceMark(name, options)); }
  measure(name, start, end) {
    const options = start !== null && typeof start === 'object' ? start : { start, end };
    let to = options.end === undefined ? undefined : at(options.end);
    const from = options.start !== undefined ? at(options.start) : options.duration !== undefined ? to - options.duration : 0;
    to ??= options.duration !== undefined ? from + options.duration : this.now();
    return put(new PerformanceMeasure(`${name}`, 'measure', from, to - from, options.detail ?? null));
  }
  clearMarks(name) { clear('mark', name); }
  clearMeasures(name) { clear('measure', name); }
  clearResourceTimings() {}
  setResourceTimingBufferSize() {}
  markResourceTiming() {}
  getEntries() { return select(); }
  getEntriesByName(name, type) { return select(type, name); }
  getEntriesByType(type) { return select(type); }
  eventLoopUtilization() { return { idle: 0, active: this.now(), utilization: 1 }; }
  toJSON() { return { nodeTiming: this.nodeTiming, timeOrigin, eventLoopUtilization: this.eventLoopUtilization() }; }
}
Object.defineProperty(Performance.prototype, Symbol.toStringTag, { value: 'Performance', configurable: true });
const performance = new Performance();

function checkTimerify(fn, options) {
  const { validateFunction, validateObject } = require('internal/validators');
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram === undefined) return;
  if (!require('internal/histogram').isRecordable(histogram)) {
    throw new codes.ERR_INVALID_ARG_TYPE('options.histogram', 'RecordableHistogram', histogram);
  }
}

// fn, with an entry for each call; what gives a promise ends when that does.
function timerify(fn, options = {}) {
  checkTimerify(fn, options);
  const { histogram } = options;
  const timerified = function(...args) {
    const start = performance.now();
    const end = () => {
      const duration = performance.now() - start;
      histogram?.record(Math.max(1, Math.ceil(duration * 1e6)));
      const entry = new PerformanceEntry(fn.name, 'function', start, duration, args);
      args.forEach((one, i) => { entry[i] = one; });
      put(entry);
    };
    const result = new.target ? Reflect.construct(fn, args, fn) : Reflect.apply(fn, this, args);
    if (!new.target && typeof result?.finally === 'function') return result.finally(end);
    end();
    return result;
  };
  Object.defineProperties(timerified, {
    length: { value: fn.length, configurable: true }, name: { value: `timerified ${fn.name}`, configurable: true },
  });
  return timerified;
}
Object.defineProperty(performance, 'timerify', { value: timerify, configurable: true, enumerable: false, writable: true });

class PerformanceObserverEntryList {
  #list;
  constructor(list) { this.#list = list; }
  getEntries() { return [...this.#list]; }
  getEntriesByType(type) { return this.#list.filter((one) => one.entryType === type); }
  getEntriesByName(name, type) {
    return this.#list.filter((one) => one.name === name && (type === undefined || one.entryType === type));
  }
}

class PerformanceObserver {
  #callback;
  #types = new Set();
  #waiting = [];
  constructor(callback) {
    require('internal/validators').validateFunction(callback, 'callback');
    this.#callback = callback;
  }
  static get supportedEntryTypes() { return ['function', 'mark', 'measure', 'resource']; }
  observe(options = {}) {
    if (options.entryTypes === undefined && options.type === undefined) {
      throw new codes.ERR_MISSING_ARGS('options.entryTypes', 'options.type');
    }
    for (const type of options.entryTypes ?? [options.type]) this.#types.add(type);
    observers.add(this);
    if (options.buffered) for (const one of entries) this._offer(one);
  }
  disconnect() {
    observers.delete(this);
    this.#types.clear();
  }
  takeRecords() { return this.#waiting.splice(0); }
  _offer(entry) {
    if (!this.#types.has(entry.entryType)) return;
    if (this.#waiting.push(entry) > 1) return;
    setImmediate(() => {
      const list = this.takeRecords();
      if (list.length > 0) this.#callback.call(this, new PerformanceObserverEntryList(list), this);
    });
  }
}

module.exports = {
  performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming,
  PerformanceObserver, PerformanceObserverEntryList,
  eventLoopUtilization: () => performance.eventLoopUtilization(),
  timerify,
  constants: Object.freeze({ NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8,
    NODE_PERFORMANCE_GC_WEAKCB: 16, NODE_PERFORMANCE_GC_FLAGS_NO: 0, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4 }),
};
lazy.define(module.exports, 'monitorEventLoopDelay', () => require('internal/histogram').monitorEventLoopDelay, true);
lazy.define(module.exports, 'createHistogram', () => require('internal/histogram').createHistogram, true);
