// Rules of addresses: what they hold for, what they show, and who asks them.
'use strict';
const net = require('net');

const list = new net.BlockList();
list.addAddress('10.0.0.5');
list.addRange('10.1.0.1', '10.1.0.9');
list.addSubnet('2001:db8::', 33, 'ipv6');
console.log(list.rules);
for (const [address, family] of [['10.0.0.5'], ['::ffff:10.0.0.5', 'ipv6'], ['10.1.0.10'], ['2001:db8:7fff::1', 'IPv6'], ['2001:db8:8000::1', 'ipv6']]) {
  console.log(address, list.check(address, family));
}
try {
  list.addRange('10.0.0.9', '10.0.0.1');
} catch (error) {
  console.log(error.code);
}
console.log(new net.SocketAddress({ address: '::1', family: 'ipv6', port: 80 }).toJSON());

const { port1, port2 } = new MessageChannel();
port2.once('message', (copy) => {
  console.log(copy.rules.length, copy.check('10.0.0.5'));
  port2.close();
});
port1.postMessage(list);

const blocked = new net.BlockList();
blocked.addAddress('127.0.0.1');
net.connect({ host: '127.0.0.1', port: 9, blockList: blocked }).on('error', (error) => console.log(error.code, error.message));
