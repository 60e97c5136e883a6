// postMessageToThread: messages between any two threads, along the tree of who started whom. A thread knows in which of
// its own workers' branches another thread lives; what it does not know goes up, and ends at the main thread.
'use strict';

const { codes } = require('internal/errors');
const { threadId } = native('worker');

const DELIVERED = 0;
const NO_LISTENER = 1;
const THREW = 2;

const below = new Map(); // threadId -> sends to the worker whose branch it is in
const waiting = new Map(); // serial -> tells the answer
let up; // sends to the parent; undefined in the main thread
let serial = 0;

exports.setParent = (send) => { up = send; };

exports.addThread = function addThread(id, send) {
  below.set(id, send);
  up?.({ type: 'thread', id });
};

// A worker has ended, and with it all that it had started.
exports.removeBranch = function removeBranch(send) {
  for (const [id, one] of below) if (one === send) below.delete(id);
};

function answer(message, result) {
  forward({ type: 'route', to: message.from, from: threadId, serial: message.serial, answer: result }, []);
}

function arrive(message) {
  if (message.answer !== undefined) return waiting.get(message.serial)?.(message.answer);
  if (process.listenerCount('workerMessage') === 0) return answer(message, NO_LISTENER);
  let result = THREW;
  try {
    process.emit('workerMessage', message.value, message.from);
    result = DELIVERED;
  } catch {
    // Told to the sender.
  }
  answer(message, result);
}

// One step nearer to where the message is for. What came down does not go up again: its thread has ended.
function forward(message, ports, isFromAbove = false) {
  if (message.to === threadId) return arrive(message);
  const send = below.get(message.to) ?? (isFromAbove ? undefined : up);
  if (send !== undefined) send(message, ports);
  else if (message.answer === undefined) answer(message, NO_LISTENER);
}
exports.forward = forward;

exports.postMessageToThread = async function postMessageToThread(to, value, transferList, timeout) {
  const { validateNumber } = require('internal/validators');
  if (typeof transferList === 'number' && timeout === undefined) {
    timeout = transferList;
    transferList = [];
  }
  if (timeout !== undefined) validateNumber(timeout, 'timeout', 0);
  if (to === threadId) throw new codes.ERR_WORKER_MESSAGING_SAME_THREAD();
  const { promise, resolve } = Promise.withResolvers();
  const number = ++serial;
  waiting.set(number, resolve);
  const timer = timeout === undefined ? undefined : setTimeout(resolve, timeout, 'late');
  try {
    forward({ type: 'route', to, from: threadId, serial: number, value }, transferList ?? []);
    const result = await promise;
    if (result === NO_LISTENER) throw new codes.ERR_WORKER_MESSAGING_FAILED();
    if (result === THREW) throw new codes.ERR_WORKER_MESSAGING_ERRORED();
    if (result === 'late') throw new codes.ERR_WORKER_MESSAGING_TIMEOUT();
  } finally {
    clearTimeout(timer);
    waiting.delete(number);
  }
};
