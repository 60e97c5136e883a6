// Bytes and text.
const buffer = Buffer.from('h\u00e9llo \ud83d\ude00');
for (const encoding of ['utf8', 'hex', 'base64', 'base64url', 'latin1', 'ascii', 'utf16le']) {
  const text = buffer.toString(encoding);
  console.log(encoding, JSON.stringify(text), Buffer.from(text, encoding).length, Buffer.byteLength(text, encoding));
}
console.log(buffer, buffer.slice(1, 3), Buffer.concat([buffer.subarray(0, 1), Buffer.from([256, -1, 3.7])]));
console.log(buffer.indexOf('llo'), buffer.lastIndexOf('l'), buffer.includes(Buffer.from('zz')), buffer.equals(Buffer.from(buffer)));
console.log(Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.from('ff80', 'hex').toString(), Buffer.from('abc').toJSON());
const numbers = Buffer.alloc(16);
numbers.writeUInt32BE(0xdeadbeef, 0);
numbers.writeDoubleLE(1.5, 4);
numbers.writeInt16LE(-2, 12);
console.log(numbers, numbers.readUInt32BE(0), numbers.readDoubleLE(4), numbers.readInt16LE(12), numbers.fill('ab', 14));
const { StringDecoder } = require('string_decoder');
const decoder = new StringDecoder('utf8');
console.log([...buffer].map((byte) => decoder.write(Buffer.from([byte]))), decoder.end());
console.log(new TextDecoder().decode(new TextEncoder().encode('\u20ac')), atob(btoa('x\xff')).length);
