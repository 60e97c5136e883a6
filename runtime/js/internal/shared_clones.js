// What stays one thing when it is cloned within its world, as Node's native objects do: a list of rules, counts. The clone
// carries a mark; another world finds nothing for it and keeps the copy that came along.
'use strict';

const known = new Map(); // number -> WeakRef
const world = `${process.pid}.${native('worker').threadId}`;
let serial = 0;

exports.mark = function mark(object) {
  known.set(++serial, new WeakRef(object));
  return { world, serial };
};

exports.find = function find(made) {
  if (made.world !== world) return undefined;
  const object = known.get(made.serial)?.deref();
  known.delete(made.serial);
  return object;
};
