// A connection: data both ways, a half that ends, the server that closes when the last is gone.
const net = require('net');
const server = net.createServer((socket) => {
  socket.on('data', (data) => socket.end(`echo ${data}`));
}).listen(0, () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => client.write('hi'));
  client.on('data', (data) => console.log(String(data)));
  client.on('end', () => console.log('end'));
  client.on('close', (hadError) => {
    console.log('close', hadError, client.bytesRead, client.bytesWritten);
    server.close(() => console.log('server closed'));
  });
});
net.connect(1, '127.0.0.1').on('error', (error) => console.log(error.message, error.code, error.syscall));
console.log(net.isIP('::1'), net.isIP('1.2.3.4'), net.isIP('1.2.3.256'), net.isIPv6('::ffff:1.2.3.4'));
