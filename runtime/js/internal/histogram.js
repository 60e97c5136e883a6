// perf_hooks' histograms: counts of values, each kept to so many significant figures, and the one of the loop's delay.
'use strict';

const { codes } = require('internal/errors');
const { mark, find } = require('internal/shared_clones');
const { validateInteger, validateNumber, validateObject } = require('internal/validators');

const kInspect = Symbol.for('nodejs.util.inspect.custom');
const secret = Symbol('secret');
const LEAST = 9223372036854775807n;

// Shared by all that show the same counts: a clone for another port of this world is another view.
class Counts {
  constructor({ lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = 3 } = {}) {
    Object.assign(this, { lowest: BigInt(lowest), highest: BigInt(highest), figures });
    this.reset();
  }
  reset() {
    this.table = new Map(); // value -> how often
    this.count = 0n;
    this.exceeds = 0n;
    this.min = LEAST;
    this.max = 0n;
    this.previous = undefined;
  }
  // To the figures that are kept, rounded down.
  bucket(value) {
    const extra = value.toString().length - this.figures;
    if (extra <= 0) return value;
    const unit = 10n ** BigInt(extra);
    return value / unit * unit;
  }
  record(value, times = 1n) {
    if (value > this.highest) {
      this.exceeds += times;
      return;
    }
    const bucket = this.bucket(value);
    this.table.set(bucket, (this.table.get(bucket) ?? 0n) + times);
    this.count += times;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }
  sorted() { return [...this.table].sort(([a], [b]) => (a < b ? -1 : 1)); }
  mean() {
    let sum = 0;
    for (const [value, times] of this.table) sum += Number(value) * Number(times);
    return sum / Number(this.count);
  }
  deviation() {
    const mean = this.mean();
    let sum = 0;
    for (const [value, times] of this.table) sum += (Number(value) - mean) ** 2 * Number(times);
    return Math.sqrt(sum / Number(this.count));
  }
  percentile(share) {
    const wanted = Math.max(1, Math.ceil(share / 100 * Number(this.count)));
    let seen = 0;
    for (const [value, times] of this.sorted()) {
      seen += Number(times);
      if (seen >= wanted) return value;
    }
    return 0n;
  }
  // At 0, then at half of what is left, again and again, then at 100.
  percentiles() {
    const found = new Map();
    if (this.count === 0n) return found.set(100, 0n);
    found.set(0, this.percentile(0));
    for (let share = 50, step = 50; this.percentile(share) < this.bucket(this.max) && step > 1e-4; step /= 2, share += step) {
      found.set(share, this.percentile(share));
    }
    return found.set(100, this.percentile(100));
  }
}

const all = new WeakMap(); // histogram -> Counts
function countsOf(histogram, name = 'Histogram') {
  const counts = all.get(histogram);
  if (counts === undefined) throw new codes.ERR_INVALID_THIS(name);
  return counts;
}

function checkShare(share) {
  validateNumber(share, 'percentile');
  if (!(share > 0 && share <= 100)) throw new codes.ERR_OUT_OF_RANGE('percentile', '> 0 && <= 100', share);
}

class Histogram {
  constructor(key, counts) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    all.set(this, counts);
  }
  get count() { return Number(countsOf(this).count); }
  get countBigInt() { return countsOf(this).count; }
  get min() { return Number(countsOf(this).min); }
  get minBigInt() { return countsOf(this).min; }
  get max() { return Number(countsOf(this).max); }
  get maxBigInt() { return countsOf(this).max; }
  get mean() { return countsOf(this).mean(); }
  get exceeds() { return Number(countsOf(this).exceeds); }
  get exceedsBigInt() { return countsOf(this).exceeds; }
  get stddev() { return countsOf(this).deviation(); }
  percentile(share) {
    const counts = countsOf(this);
    checkShare(share);
    return Number(counts.percentile(share));
  }
  percentileBigInt(share) {
    const counts = countsOf(this);
    checkShare(share);
    return counts.percentile(share);
  }
  get percentiles() { return new Map([...countsOf(this).percentiles()].map(([share, value]) => [share, Number(value)])); }
  get percentilesBigInt() { return countsOf(this).percentiles(); }
  reset() { countsOf(this).reset(); }
  toJSON() {
    const { count, min, max, mean, exceeds, stddev, percentiles } = this;
    return { count, min, max, mean, exceeds, stddev, percentiles: Object.fromEntries(percentiles) };
  }
  [kInspect](depth, options) {
    if (depth < 0) return '[RecordableHistogram]';
    const { min, max, mean, exceeds, stddev, count, percentiles } = this;
    return `Histogram ${require('internal/inspect').inspect({ min, max, mean, exceeds, stddev, count, percentiles },
      { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
}

class RecordableHistogram extends Histogram {
  record(value) {
    const counts = countsOf(this, 'RecordableHistogram');
    if (typeof value === 'bigint') {
      if (value < 1n || value > LEAST) throw new codes.ERR_OUT_OF_RANGE('val', '> 0n', value);
      return void counts.record(value);
    }
    validateInteger(value, 'val', 1);
    counts.record(BigInt(value));
  }
  recordDelta() {
    const counts = countsOf(this, 'RecordableHistogram');
    const now = process.hrtime.bigint();
    if (counts.previous !== undefined) counts.record(now - counts.previous);
    counts.previous = now;
  }
  add(other) {
    const counts = countsOf(this, 'RecordableHistogram');
    if (!(other instanceof RecordableHistogram)) throw new codes.ERR_INVALID_ARG_TYPE('other', 'RecordableHistogram', other);
    const from = countsOf(other);
    for (const [value, times] of from.table) counts.record(value, times);
    counts.exceeds += from.exceeds;
    if (from.min < counts.min) counts.min = from.min;
    if (from.max > counts.max) counts.max = from.max;
  }
}

// How late timers of `resolution` milliseconds come, in nanoseconds.
class ELDHistogram extends Histogram {
  #resolution;
  #timer;
  constructor(key, resolution) {
    super(key, new Counts());
    this.#resolution = resolution;
  }
  enable() {
    if (this.#timer !== undefined) return false;
    let before = process.hrtime.bigint();
    this.#timer = setInterval(() => {
      const now = process.hrtime.bigint();
      if (now > before) countsOf(this).record(now - before);
      before = now;
    }, this.#resolution).unref();
    return true;
  }
  disable() {
    if (this.#timer === undefined) return false;
    clearInterval(this.#timer);
    this.#timer = undefined;
    return true;
  }
  [Symbol.dispose]() { this.disable(); }
}

function monitorEventLoopDelay(options = {}) {
  validateObject(options, 'options');
  const { resolution = 10 } = options;
  validateInteger(resolution, 'options.resolution', 1);
  return new ELDHistogram(secret, resolution);
}

function bound(value, name, least) {
  if (typeof value === 'bigint') {
    if (value < BigInt(least)) throw new codes.ERR_OUT_OF_RANGE(name, `>= ${least}n`, value);
    return;
  }
  validateInteger(value, name, least);
}

function createHistogram(options = {}) {
  validateObject(options, 'options');
  const { lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = 3 } = options;
  bound(lowest, 'options.lowest', 1);
  bound(highest, 'options.highest', 1);
  if (BigInt(highest) < 2n * BigInt(lowest)) throw new codes.ERR_INVALID_ARG_VALUE.RangeError('options.highest', highest);
  validateInteger(figures, 'options.figures', 1, 5);
  return new RecordableHistogram(secret, new Counts({ lowest, highest, figures }));
}

// What only watches the loop arrives as a plain one.
Object.defineProperty(Histogram.prototype, Symbol.for('cpm.clone'), {
  value() {
    const counts = countsOf(this);
    return ['internal/histogram', { recordable: this instanceof RecordableHistogram, mark: mark(counts), data: { ...counts } }];
  },
});
function revive({ recordable, mark: made, data }) {
  const counts = find(made) ?? Object.assign(new Counts(), data);
  return recordable ? new RecordableHistogram(secret, counts) : new Histogram(secret, counts);
}

module.exports = { createHistogram, monitorEventLoopDelay, revive, isRecordable: (value) => value instanceof RecordableHistogram };
