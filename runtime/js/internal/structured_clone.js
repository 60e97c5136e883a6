// structuredClone: the serializer's way there and back, with transfer of buffers and ports.
'use strict';

const { codes } = require('internal/errors');
const types = require('internal/types');
const { serialize, deserialize, MOVED, PORT } = require('internal/serializer');

// { map, buffers, ports } of a transfer list; nothing has moved yet.
function readTransfer(list) {
  const map = new Map();
  const buffers = [];
  const ports = [];
  const { isPort, isDetached, untransferable } = require('internal/worker/port');
  for (const one of list) {
    if (map.has(one)) {
      throw new DOMException(`Transfer list contains duplicate ${types.isArrayBuffer(one) ? 'ArrayBuffer' : 'MessagePort'}`, 'DataCloneError');
    }
    if (untransferable.has(one)) throw new DOMException('Cannot transfer object of unsupported type.', 'DataCloneError');
    if (types.isArrayBuffer(one) && !types.isSharedArrayBuffer(one)) {
      if (one.detached) throw new DOMException('An ArrayBuffer is detached and could not be cloned.', 'DataCloneError');
      map.set(one, { tag: MOVED, index: buffers.push(one) - 1 });
    } else if (isPort(one)) {
      if (isDetached(one)) throw new DOMException('MessagePort in transfer list is already detached', 'DataCloneError');
      map.set(one, { tag: PORT, index: ports.push(one) - 1 });
    } else throw new DOMException('Found invalid value in transferList.', 'DataCloneError');
  }
  return { map, buffers, ports };
}

function transferOf(options) {
  const refuse = (words) => {
    throw Object.assign(new TypeError(`Failed to execute 'structuredClone': ${words}`), { code: 'ERR_INVALID_ARG_TYPE' });
  };
  if (options === undefined || options === null) return [];
  if (typeof options !== 'object' && typeof options !== 'function') refuse('Options cannot be converted to a dictionary');
  const { transfer } = options;
  if (transfer === undefined) return [];
  if (transfer === null || typeof transfer !== 'object' || typeof transfer[Symbol.iterator] !== 'function') {
    refuse('transfer in Options can not be converted to sequence.');
  }
  return [...transfer];
}

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('The value argument');
  const transferList = transferOf(options);
  if (value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')) return value;
  const transfer = readTransfer(transferList);
  const hosts = [];
  const { bytes, shared } = serialize(value, transfer.map, hosts);
  return deserialize(bytes, {
    hosts,
    buffers: transfer.buffers.map((one) => one.transfer()),
    ports: transfer.ports.map((port) => require('internal/worker/port').move(port)),
    shared: shared.map((box) => require('internal/shared_memory').bufferOf(box)),
  });
}

module.exports = { structuredClone, readTransfer, clone: (value) => structuredClone(value) };
