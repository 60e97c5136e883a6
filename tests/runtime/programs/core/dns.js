// Questions to a name server of our own: records of each kind, an answer that was cut, one that never comes, one that lies.
'use strict';
const dgram = require('dgram');
const dns = require('dns');
const net = require('net');

const name = (text) => Buffer.concat([...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.alloc(1)]);
const u16 = (...list) => Buffer.concat(list.map((n) => Buffer.from([n >> 8, n & 255])));
const POINTER = Buffer.from([0xc0, 12]); // to the name of the question
const record = (type, data) => Buffer.concat([POINTER, u16(type, 1, 0, 60, data.length), data]);
const texts = (...list) => Buffer.concat(list.map((one) => Buffer.from([one.length, ...Buffer.from(one)])));

const RECORDS = {
  1: [record(1, Buffer.from([1, 2, 3, 4])), record(1, Buffer.from([5, 6, 7, 8]))],
  28: [record(28, Buffer.from('20010db8000000000000000000000001', 'hex'))],
  15: [record(15, Buffer.concat([u16(10), Buffer.from([4]), Buffer.from('mail'), POINTER]))],
  16: [record(16, texts('a', 'b c'))],
  33: [record(33, Buffer.concat([u16(1, 2, 443), name('host.test')]))],
  12: [record(12, name('one.test'))],
};

function reply(query) {
  const end = query.indexOf(0, 12) + 5;
  const first = query.toString('latin1', 13, 13 + query[12]);
  const type = query.readUInt16BE(end - 4);
  const flags = { missing: 0x8183, refused: 0x8185, cut: 0x8380 }[first] ?? 0x8180;
  const list = first === 'empty' || flags !== 0x8180 ? [] : RECORDS[type] ?? [];
  const count = first === 'lies' ? 9 : list.length;
  return first === 'silent' ? null : Buffer.concat([query.subarray(0, 2), u16(flags, 1, count, 0, 0), query.subarray(12, end), ...list]);
}

const udp = dgram.createSocket('udp4');
udp.on('message', (query, from) => {
  const answer = reply(query);
  if (answer !== null) udp.send(answer, from.port, from.address);
});
const tcp = net.createServer((socket) => socket.on('data', (data) => {
  const query = Buffer.from(data.subarray(2));
  query.write('CUT', 13); // another name, so that the answer is whole
  const answer = reply(query);
  answer.write('cut', 13);
  socket.end(Buffer.concat([u16(answer.length), answer]));
}));

const show = async (label, promise) => console.log(label, await promise.catch((error) => [error.code, error.syscall, error.hostname]));

tcp.listen(0, '127.0.0.1', () => udp.bind(tcp.address().port, '127.0.0.1', async () => {
  const resolver = new dns.promises.Resolver({ timeout: 100, tries: 1 });
  resolver.setServers([`127.0.0.1:${tcp.address().port}`]);
  await show('A', resolver.resolve4('host.test'));
  await show('A with ttl', resolver.resolve4('host.test', { ttl: true }));
  await show('AAAA', resolver.resolve('host.test', 'AAAA'));
  await show('MX', resolver.resolveMx('host.test'));
  await show('TXT', resolver.resolveTxt('host.test'));
  await show('SRV', resolver.resolveSrv('host.test'));
  await show('reverse', resolver.reverse('192.0.2.7'));
  for (const host of ['missing.test', 'empty.test', 'silent.test']) await show(host, resolver.resolve4(host));
  await show('cut', resolver.resolve4('cut.test'));
  console.log((await resolver.resolve4('lies.test').catch((error) => error)) instanceof Error);
  const waiting = resolver.resolve4('silent.test');
  setImmediate(() => resolver.cancel());
  await show('cancel', waiting);
  udp.close();
  tcp.close();
}));
