// What Node's streams ask of web streams: when they end, how they are failed, and what inspect shows.
import { ReadableStream, TextEncoderStream, WritableStream } from 'node:stream/web';
import { finished, addAbortSignal, Writable } from 'node:stream';
import { inspect } from 'node:util';

const ends = (stream) => new Promise((resolve) => finished(stream, resolve));

console.log(inspect(new TextEncoderStream()));
console.log(inspect(new WritableStream()));

const closed = new ReadableStream({ start: (controller) => controller.close() });
console.log('closed:', await ends(closed));
const failed = new ReadableStream({ start: (controller) => controller.error(new Error('no')) });
console.log('failed:', (await ends(failed)).message);

const controller = new AbortController();
const aborted = addAbortSignal(controller.signal, new ReadableStream());
controller.abort();
console.log('aborted:', (await ends(aborted)).name);

const locked = new ReadableStream();
locked.getReader();
try {
  locked.getReader();
} catch (error) {
  console.log(error.code);
}
try {
  ReadableStream.from({});
} catch (error) {
  console.log(error.code);
}

const words = [];
const writable = new Writable({ write(chunk, encoding, done) { words.push(chunk.toString()); done(); } });
writable.write(new Uint16Array([0x6968]));
writable.on('foo', () => {}).on('finish', () => {}).on('drain', () => {});
console.log(words, writable.eventNames());
