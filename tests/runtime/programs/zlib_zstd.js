// Zstandard: at once, with a callback, as streams, with a dictionary and parameters; what is damaged is told.
'use strict';
const zlib = require('zlib');

const text = Buffer.from('to be or not to be, that is the question. '.repeat(500));
const packed = zlib.zstdCompressSync(text);
console.log(packed.subarray(0, 4).toString('hex'), packed.length < 200, zlib.zstdDecompressSync(packed).equals(text));
const dictionary = Buffer.from('question that is to be or not');
const small = Buffer.from('to be or not to be');
console.log(zlib.zstdDecompressSync(zlib.zstdCompressSync(small, { dictionary }), { dictionary }).toString());
const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag, ZSTD_c_strategy } = zlib.constants;
console.log(zlib.zstdCompressSync(text, { params: { [ZSTD_c_compressionLevel]: 19, [ZSTD_c_checksumFlag]: 1 } }).length > 0);
for (const params of [{ 10000: 0 }, { [ZSTD_c_strategy]: 130 }]) {
  try { zlib.createZstdCompress({ params }); } catch (error) { console.log(error.code, error.message); }
}
for (const bytes of [Buffer.from('no such frame'), packed.subarray(0, 40)]) {
  try { zlib.zstdDecompressSync(bytes); } catch (error) { console.log(error.code); }
}
zlib.zstdCompress(text, (error, all) => {
  const parts = [];
  const out = zlib.createZstdDecompress();
  out.on('data', (part) => parts.push(part)).on('end', () => console.log('stream', Buffer.concat(parts).equals(text)));
  for (let i = 0; i < all.length; i += 7) out.write(all.subarray(i, i + 7));
  out.end();
});
