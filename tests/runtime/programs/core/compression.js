// Compression at once, with callbacks, as streams and as web streams; flushes, parameters, dictionaries, errors.
'use strict';
const zlib = require('zlib');
const { promisify } = require('util');
const { pipeline, Readable } = require('stream');

function shown(name, fn) {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.errno, error.message);
  }
}
const text = 'the quick brown fox jumps over the lazy dog. '.repeat(2000);
for (const [make, undo] of [['gzip', 'gunzip'], ['deflate', 'inflate'], ['deflateRaw', 'inflateRaw'], ['brotliCompress', 'brotliDecompress'], ['gzip', 'unzip'], ['deflate', 'unzip']]) {
  shown(make, () => {
    const packed = zlib[`${make}Sync`](text);
    return [packed.length < 2000, zlib[`${undo}Sync`](packed).toString() === text];
  });
}
shown('deflate', () => zlib.deflateSync('abc').toString('hex'));
shown('deflateRaw', () => zlib.deflateRawSync('abc', { level: 9 }).toString('base64'));
shown('brotli', () => zlib.brotliCompressSync('abc', { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }).toString('hex'));
shown('several members', () => zlib.gunzipSync(Buffer.concat([zlib.gzipSync('abc'), zlib.gzipSync('def')])).toString());
shown('zeros behind', () => zlib.gunzipSync(Buffer.concat([zlib.gzipSync('abc'), Buffer.alloc(10)])).toString());
shown('dictionary', () => zlib.inflateSync(zlib.deflateSync('abcabc', { dictionary: Buffer.from('abc') }), { dictionary: Buffer.from('abc') }).toString());
shown('info', () => Object.keys(zlib.gzipSync('abc', { info: true })));
shown('crc32', () => [zlib.crc32('hello'), zlib.crc32(Buffer.from('lo'), zlib.crc32('hel')), zlib.crc32('')]);
shown('bad', () => zlib.gunzipSync('abc'));
shown('cut', () => zlib.gunzipSync(zlib.gzipSync('abc').subarray(0, 10)));
shown('cut but taken', () => zlib.inflateSync(zlib.deflateSync(text).subarray(0, 100), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).length > 10);
shown('bad', () => zlib.brotliDecompressSync('abcdefghijklmnop'));
shown('empty', () => zlib.brotliDecompressSync(''));
shown('no dictionary', () => zlib.inflateSync(zlib.deflateSync('a', { dictionary: Buffer.from('abc') })));
shown('wrong dictionary', () => zlib.inflateSync(zlib.deflateSync('a', { dictionary: Buffer.from('abc') }), { dictionary: Buffer.from('x') }));
shown('level', () => zlib.gzipSync('a', { level: 99 }));
shown('type', () => zlib.gzipSync(5));
shown('large', () => zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(100)), { maxOutputLength: 5 }));
shown('chunk', () => zlib.createGzip({ chunkSize: 5 }));
shown('param', () => zlib.createBrotliCompress({ params: { 99: 1 } }));
shown('codes', () => zlib.codes);
shown('no callback', () => zlib.gzip('a'));

(async () => {
  const packed = await promisify(zlib.gzip)(text);
  console.log((await promisify(zlib.gunzip)(packed)).toString() === text, packed instanceof Buffer);
  await promisify(zlib.gunzip)('abc').catch((error) => console.log(error.code, error.message));
  await promisify(zlib.gunzip)(packed, { maxOutputLength: 10 }).catch((error) => console.log(error.code, error.message));

  const parts = [];
  await promisify(pipeline)(Readable.from([text, text, text]), zlib.createGzip({ level: 1 }), zlib.createGunzip(), async (source) => {
    for await (const part of source) parts.push(part);
  });
  console.log(Buffer.concat(parts).toString() === text.repeat(3));
  await promisify(pipeline)(Readable.from(['no gzip']), zlib.createGunzip(), async (source) => { for await (const part of source) parts.push(part); })
    .catch((error) => console.log(error.code, error.message));

  const flushed = zlib.createDeflate();
  const seen = [];
  flushed.on('data', (part) => seen.push(part));
  flushed.write('abc');
  await new Promise((resolve) => flushed.flush(resolve));
  console.log('flushed', seen.length > 0, zlib.inflateSync(Buffer.concat(seen), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString());
  await new Promise((resolve) => flushed.params(9, zlib.constants.Z_FILTERED, resolve));
  flushed.end('def');
  await new Promise((resolve) => flushed.on('end', resolve));
  console.log('params', zlib.inflateSync(Buffer.concat(seen)).toString(), flushed.bytesWritten);
  await new Promise((resolve) => flushed.close(resolve));

  for (const format of ['gzip', 'deflate', 'deflate-raw']) {
    const web = new Blob([text]).stream().pipeThrough(new CompressionStream(format)).pipeThrough(new DecompressionStream(format));
    let whole = '';
    for await (const part of web.pipeThrough(new TextDecoderStream())) whole += part;
    console.log(format, whole === text);
  }
})();
