// Streams: npm's readable-stream, which is Node's own code.
'use strict';

const streams = require('lib/streams');

const { Stream } = streams;
module.exports = Stream;
for (const name of ['Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough', 'pipeline', 'finished', 'addAbortSignal',
  'compose', 'destroy', 'setDefaultHighWaterMark', 'getDefaultHighWaterMark', '_uint8ArrayToBuffer', '_isUint8Array',
  'isDisturbed', 'isErrored', 'isReadable']) {
  if (streams[name] !== undefined) Stream[name] = streams[name];
}
Stream.Stream = Stream;

const { Readable, Writable, Duplex } = streams;
for (const [Class, name] of [[Readable, 'fromWeb'], [Readable, 'toWeb'], [Writable, 'fromWeb'], [Writable, 'toWeb'],
  [Duplex, 'fromWeb'], [Duplex, 'toWeb']]) {
  const key = `${Class.name}_${name}`;
  Class[name] = { [name](...args) { return require('internal/web_adapters')[key](...args); } }[name];
}
