// A channel to name servers: questions over UDP, one socket for each, again over TCP where an answer was cut; the
// servers in turn, with a time limit that doubles from round to round.
'use strict';

const { randomInt } = require('crypto');
const { isIP } = require('net');
const { question, answer } = require('internal/dns/message');

const CODES = { 1: 'EFORMERR', 2: 'ESERVFAIL', 3: 'ENOTFOUND', 4: 'ENOTIMP', 5: 'EREFUSED' };
const NEXT_SERVER = new Set(['ESERVFAIL', 'ENOTIMP', 'EREFUSED']);
const TIMEOUT = 5000;

// [[ip, port]] of the system.
function systemServers() {
  let text = '';
  try {
    text = require('fs').readFileSync('/etc/resolv.conf', 'latin1');
  } catch {
    // Then it is this machine.
  }
  const found = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1]).filter((ip) => isIP(ip));
  return (found.length > 0 ? found : ['127.0.0.1']).map((ip) => [ip, 53]);
}

// How a try ends: done(code or null, answer); by itself behind the limit, or when the socket fails.
function ending(socket, shut, limit, done) {
  const end = (code, found) => {
    clearTimeout(timer);
    socket.removeAllListeners();
    socket.on('error', () => {});
    shut();
    done(code, found);
  };
  const timer = setTimeout(end, limit, 'ETIMEOUT');
  socket.on('error', (error) => end(error.code === 'ECONNREFUSED' ? 'ECONNREFUSED' : 'ETIMEOUT'));
  return end;
}

// One try at one server.
function askUdp(channel, [ip, port], text, limit, done) {
  const id = randomInt(0x10000);
  const bytes = question(id, text.name, text.type);
  const socket = require('dgram').createSocket(isIP(ip) === 6 ? 'udp6' : 'udp4');
  const end = ending(socket, () => socket.close(), limit, done);
  socket.on('message', (message) => {
    if (message.length < 2 || message.readUInt16BE(0) !== id) return; // not to us
    const found = answer(message);
    if (found === undefined) return end('EBADRESP');
    if (found.name.toLowerCase() !== text.name.replace(/\.$/, '').toLowerCase()) return;
    if (!found.isCut) return end(null, found);
    end('', undefined);
  });
  const local = isIP(ip) === 6 ? channel.local6 : channel.local4;
  const send = () => socket.connect(port, ip, () => socket.send(bytes));
  if (local === undefined) send();
  else socket.bind({ address: local, port: 0 }, send);
  return () => end('ECANCELLED');
}

function askTcp(channel, [host, port], text, limit, done) {
  const id = randomInt(0x10000);
  const bytes = question(id, text.name, text.type);
  const socket = require('net').connect({ host, port, localAddress: isIP(host) === 6 ? channel.local6 : channel.local4 });
  let got = Buffer.alloc(0);
  const end = ending(socket, () => socket.destroy(), limit, done);
  socket.on('close', () => end('EBADRESP'));
  socket.on('data', (chunk) => {
    got = Buffer.concat([got, chunk]);
    if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
    const found = answer(got.subarray(2, 2 + got.readUInt16BE(0)));
    end(found?.id === id ? null : 'EBADRESP', found);
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length, 0);
  socket.write(Buffer.concat([length, bytes]));
  return () => end('ECANCELLED');
}

class Channel {
  servers; // [[ip, port]], the system's until some are set
  local4;
  local6;
  active = new Set(); // cancels one
  constructor({ timeout = -1, tries = 4, maxTimeout = 0 } = {}) {
    this.timeout = timeout < 0 ? TIMEOUT : timeout;
    this.tries = tries;
    this.maxTimeout = maxTimeout;
  }

  list() { return (this.servers ??= systemServers()); }

  limit(round) {
    const limit = this.timeout * 2 ** round;
    return this.maxTimeout > 0 ? Math.min(limit, this.maxTimeout) : limit;
  }

  // callback(code or null, records)
  ask(name, type, callback) {
    if (question(0, name, type) === undefined) return void process.nextTick(callback, 'EBADNAME');
    if (/\.onion\.?$/i.test(name)) return void process.nextTick(callback, 'ENOTFOUND'); // RFC 7686: never asked for
    const servers = this.list();
    let cancel;
    const stop = () => cancel();
    const end = (code, found) => {
      this.active.delete(stop);
      process.nextTick(callback, code, found?.records);
    };
    const attempt = (i, last, ask) => {
      if (i >= this.tries * servers.length) return end(last);
      const round = Math.floor(i / servers.length);
      cancel = ask(this, servers[i % servers.length], { name, type }, this.limit(round), (code, found) => {
        if (code === '') return attempt(i, last, askTcp);
        if (code === 'ECANCELLED') return end(code);
        if (code === null) code = CODES[found.code] ?? null;
        if (code === null || code === 'ENOTFOUND' || code === 'EFORMERR' || code === 'EBADRESP') return end(code, found);
        if (NEXT_SERVER.has(code) && i + 1 >= servers.length) return end(code);
        attempt(i + 1, code, askUdp);
      });
    };
    this.active.add(stop);
    attempt(0, 'ETIMEOUT', askUdp);
  }

  cancel() { for (const stop of [...this.active]) stop(); }
}

module.exports = { Channel };
