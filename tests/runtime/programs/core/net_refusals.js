// What net refuses: a path that no socket can have, a host that is no text.
'use strict';
const net = require('net');

const path = `/tmp/${'x'.repeat(200)}.sock`;
net.createServer().listen(path).on('error', (error) => {
  console.log(error.code, error.syscall);
  net.connect(path).on('error', (failure) => console.log(failure.code, failure.syscall));
});
try {
  net.connect({ host: ['127.0.0.1'], port: 1 });
} catch (error) {
  console.log(error.code);
}
