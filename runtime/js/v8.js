// v8: the few facts that another engine can give, and its serialization, in bytes that only this runtime reads.
'use strict';

const { codes } = require('internal/errors');

const HEADER = [0xff, 0x0f];

function serialize(value) {
  const { serialize: write } = require('internal/serializer');
  let made;
  try {
    made = write(value, new Map(), undefined, true);
  } catch (error) {
    throw error.name === 'DataCloneError' ? new Error(error.message) : error;
  }
  if (made.shared.length > 0) throw new Error('#<SharedArrayBuffer> could not be cloned.');
  return Buffer.concat([Buffer.from(HEADER), made.bytes]);
}

function deserialize(buffer) {
  if (!ArrayBuffer.isView(buffer)) throw Object.assign(new TypeError('buffer must be a TypedArray or a DataView'), { code: 'ERR_INVALID_ARG_TYPE' });
  const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (bytes[0] !== HEADER[0] || bytes[1] !== HEADER[1]) throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
  return require('internal/serializer').deserialize(bytes.subarray(HEADER.length));
}

module.exports = {
  serialize,
  deserialize,
  getHeapStatistics() {
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    return { total_heap_size: heapTotal, total_heap_size_executable: 0, total_physical_size: rss, total_available_size: 4345298944,
      used_heap_size: heapUsed, heap_size_limit: 4345298944, malloced_memory: 0, peak_malloced_memory: 0, does_zap_garbage: 0,
      number_of_native_contexts: 1, number_of_detached_contexts: 0, total_global_handles_size: 0, used_global_handles_size: 0,
      external_memory: 0 };
  },
  getHeapSpaceStatistics: () => [],
  getHeapCodeStatistics: () => ({ code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0 }),
  setFlagsFromString(flags) { require('internal/validators').validateString(flags, 'flags'); },
  setHeapSnapshotNearHeapLimit() {},
  cachedDataVersionTag: () => 0,
  takeCoverage() {},
  stopCoverage() {},
  getHeapSnapshot() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('getHeapSnapshot'); },
  writeHeapSnapshot() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('writeHeapSnapshot'); },
  startupSnapshot: { isBuildingSnapshot: () => false, addSerializeCallback() {}, addDeserializeCallback() {}, setDeserializeMainFunction() {} },
};
