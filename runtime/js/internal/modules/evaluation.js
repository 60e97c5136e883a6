// The bodies of linked modules run: each once, after those that it needs, waiting at a top-level await.
'use strict';

const then = Promise.prototype.then;

function fail(record, reason) {
  record.error = { reason };
  record.status = 'evaluated';
}

// Runs a body until it ends or waits; a promise when it waits.
function run(record) {
  try {
    if (record.isSynthetic) {
      record.evaluateSynthetic?.();
      record.status = 'evaluated';
      return undefined;
    }
    const step = record.generator.next();
    if (step.done) {
      record.status = 'evaluated';
      return undefined;
    }
    return drive(record, step.value);
  } catch (error) {
    fail(record, error);
    throw error;
  }
}

function drive(record, value) {
  return new Promise((resolve, reject) => {
    const go = (method, given) => {
      let step;
      try {
        step = record.generator[method](given);
      } catch (error) {
        fail(record, error);
        return reject(error);
      }
      if (!step.done) return wait(step.value);
      record.status = 'evaluated';
      resolve();
    };
    const wait = (given) => then.call(Promise.resolve(given), (result) => go('next', result), (reason) => go('throw', reason));
    wait(value);
  });
}

// A promise while something below waits; else undefined.
function evaluate(record) {
  if (record.error !== undefined) throw record.error.reason;
  if (record.status !== 'linked') return record.promise;
  record.status = 'evaluating';
  const waiting = [];
  for (const one of record.dependencies) {
    let promise;
    try {
      promise = evaluate(one);
    } catch (error) {
      fail(record, error);
      throw error;
    }
    if (promise !== undefined) waiting.push(promise);
  }
  if (waiting.length === 0) {
    record.promise = run(record);
    return record.promise;
  }
  const ready = waiting.length === 1 ? waiting[0] : Promise.all(waiting);
  record.promise = then.call(ready, () => run(record), (error) => {
    fail(record, error);
    throw error;
  });
  return record.promise;
}

exports.evaluate = evaluate;
