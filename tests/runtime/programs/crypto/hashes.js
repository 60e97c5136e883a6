// Digests, HMACs and derived keys: values, copies, streams, errors.
'use strict';
const crypto = require('crypto');
const { pipeline, Readable } = require('stream');

function shown(fn) {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}

for (const name of ['md5', 'sha1', 'sha256', 'SHA384', 'sha512', 'sha3-256', 'RSA-SHA256', 'ripemd160', 'blake2b512', 'sha512-256']) {
  shown(() => crypto.createHash(name).update('naïve ').update(Buffer.from('text')).update('ff00', 'hex').digest('hex'));
}
shown(() => crypto.createHash('sha1').digest('base64url'));
shown(() => crypto.createHash('shake128', { outputLength: 5 }).update('a').digest('hex'));
shown(() => {
  const first = crypto.createHash('sha256').update('a');
  const second = first.copy();
  return [first.update('b').digest('hex'), second.update('c').digest('hex')];
});
shown(() => crypto.hash('sha1', 'abc'));
shown(() => crypto.getHashes().includes('sha256'));
shown(() => crypto.createHmac('sha256', 'key').update('data').digest('hex'));
shown(() => crypto.createHmac('sha512', Buffer.alloc(200, 7)).update('data').digest().length);
shown(() => {
  const hmac = crypto.createHmac('md5', 'a');
  return [hmac.digest('hex'), hmac.digest('hex')];
});
shown(() => crypto.createHmac('sha1', crypto.createSecretKey('secret')).update('x').digest('hex'));

shown(() => crypto.createHash('xyz'));
shown(() => crypto.createHash('sha256', { outputLength: 5 }));
shown(() => crypto.createHmac('xyz', 'k'));
shown(() => crypto.createHmac('md5'));
shown(() => crypto.createHash());
shown(() => crypto.createHash('md5').update(5));
shown(() => {
  const hash = crypto.createHash('md5');
  hash.digest();
  hash.update('x');
});

shown(() => crypto.pbkdf2Sync('password', 'salt', 1000, 32, 'sha256').toString('hex'));
shown(() => crypto.scryptSync('password', 'salt', 32, { N: 1024 }).toString('hex'));
shown(() => Buffer.from(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 40)).toString('hex'));
shown(() => crypto.pbkdf2Sync('a', 'b', 0, 20, 'sha1'));
shown(() => crypto.pbkdf2Sync('a', 'b', 1, 20, 'xyz'));
shown(() => crypto.scryptSync('a', 'b', 20, { N: 3 }));
shown(() => crypto.scryptSync('a', 'b', 20, { N: 1 << 20 }));
shown(() => crypto.hkdfSync('sha256', 'key', 'salt', 'info', 160000));

shown(() => crypto.timingSafeEqual(Buffer.from('abc'), Buffer.from('abc')));
shown(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')));
shown(() => crypto.randomBytes(16).length);
shown(() => crypto.randomBytes(-1));
shown(() => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
shown(() => crypto.randomInt(5, 6));
shown(() => crypto.randomInt(5, 1));
shown(() => crypto.checkPrimeSync(97n));
shown(() => crypto.checkPrimeSync(crypto.generatePrimeSync(64)));

const order = [];
crypto.pbkdf2('p', 's', 1, 8, 'sha1', (error, key) => {
  order.push(`pbkdf2 ${error} ${key.toString('hex')}`);
  process.nextTick(() => order.push('tick behind pbkdf2'));
  Promise.resolve().then(() => order.push('job behind pbkdf2'));
  crypto.randomBytes(4, (failure, bytes) => {
    order.push(`random ${failure} ${bytes.length}`);
    crypto.scrypt('p', 's', 8, { N: 16 }, (fault, other) => {
      order.push(`scrypt ${fault} ${other.toString('hex')}`);
      pipeline(Readable.from(['ab', 'c']), crypto.createHash('sha1').setEncoding('hex'), async (source) => {
        for await (const chunk of source) order.push(`stream ${chunk}`);
      }, (wrong) => console.log(order, wrong));
    });
  });
});
