// Ciphers, key pairs in and out of every encoding, signatures, secrets agreed on, and what is refused.
'use strict';
const crypto = require('crypto');
function shown(name, fn) {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
}
const iv = Buffer.alloc(16, 1), key = Buffer.alloc(32, 2), text = 'the quick brown fox jumps over the lazy dog';
for (const [name, size, vector] of [['aes-128-cbc', 16, 16], ['aes-256-cbc', 32, 16], ['aes-256-ctr', 32, 16], ['aes-192-ecb', 24, 0], ['des-ede3-cbc', 24, 8], ['aes128', 16, 16], ['aes-256-cfb8', 32, 16], ['chacha20', 32, 16]]) {
  shown(name, () => {
    const c = crypto.createCipheriv(name, key.subarray(0, size), vector ? iv.subarray(0, vector) : null);
    const hidden = c.update(text, 'utf8', 'hex') + c.final('hex');
    const d = crypto.createDecipheriv(name, key.subarray(0, size), vector ? iv.subarray(0, vector) : null);
    return [hidden, d.update(hidden, 'hex', 'utf8') + d.final('utf8')];
  });
}
for (const [name, size, vector, tagLength] of [['aes-256-gcm', 32, 12], ['aes-128-gcm', 16, 12, 12], ['chacha20-poly1305', 32, 12, 16], ['aes-128-ccm', 16, 12, 16], ['aes-128-ocb', 16, 12, 16]]) {
  shown(name, () => {
    const options = { authTagLength: tagLength };
    const c = crypto.createCipheriv(name, key.subarray(0, size), iv.subarray(0, vector), options);
    c.setAAD(Buffer.from('more'), { plaintextLength: Buffer.byteLength(text) });
    const hidden = c.update(text, 'utf8', 'base64') + c.final('base64');
    const tag = c.getAuthTag();
    const open = (t) => {
      const d = crypto.createDecipheriv(name, key.subarray(0, size), iv.subarray(0, vector), options);
      d.setAuthTag(t);
      d.setAAD(Buffer.from('more'), { plaintextLength: Buffer.byteLength(text) });
      return d.update(hidden, 'base64', 'utf8') + d.final('utf8');
    };
    shown(`${name} with a wrong tag`, () => open(Buffer.alloc(tag.length)));
    return [hidden, tag.toString('hex'), open(tag)];
  });
}
shown('short', () => crypto.createCipheriv('aes-128-cbc', 'a', iv));
shown('iv', () => crypto.createCipheriv('aes-128-cbc', key.subarray(16), 'b'));
shown('unknown', () => crypto.createCipheriv('aes-128-xyz', 'a', 'b'));
shown('bad', () => { const d = crypto.createDecipheriv('aes-128-cbc', key.subarray(16), iv); d.update(Buffer.alloc(16)); return d.final(); });
shown('twice', () => { const c = crypto.createCipheriv('aes-128-cbc', key.subarray(16), iv); c.final(); return c.final(); });
shown('late', () => { const c = crypto.createCipheriv('aes-128-cbc', key.subarray(16), iv); c.final(); return c.update('a'); });
shown('early tag', () => crypto.createCipheriv('aes-128-gcm', key.subarray(16), iv).getAuthTag());
shown('tag', () => crypto.createDecipheriv('aes-128-gcm', key.subarray(16), iv).setAuthTag(Buffer.alloc(3)));
shown('info', () => crypto.getCipherInfo('aes-128-gcm'));
shown('info', () => crypto.getCipherInfo('aes-128-cbc', { keyLength: 5 }));
shown('ciphers', () => crypto.getCiphers().includes('aes-256-gcm'));

for (const [type, options] of [['rsa', { modulusLength: 2048 }], ['ec', { namedCurve: 'P-256' }], ['ed25519'], ['rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 20 }], ['x25519'], ['dsa', { modulusLength: 1024, divisorLength: 160 }], ['dh', { group: 'modp14' }]]) {
  shown(type, () => {
    const { publicKey, privateKey } = crypto.generateKeyPairSync(type, options);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const again = crypto.createPrivateKey({ key: pem, passphrase: 'x' });
    const back = crypto.createPublicKey({ key: der, type: 'spki', format: 'der' });
    shown('no passphrase', () => crypto.createPrivateKey(pem));
    let jwk;
    if (['rsa', 'ec', 'ed25519', 'x25519'].includes(type)) {
      jwk = privateKey.export({ format: 'jwk' });
      jwk = [Object.keys(jwk), crypto.createPrivateKey({ key: jwk, format: 'jwk' }).equals(privateKey), crypto.createPublicKey({ key: publicKey.export({ format: 'jwk' }), format: 'jwk' }).equals(publicKey)];
    }
    let valid;
    if (!['x25519', 'dh'].includes(type)) {
      const algorithm = type === 'ed25519' ? null : 'sha256';
      const signature = crypto.sign(algorithm, Buffer.from(text), privateKey);
      valid = [crypto.verify(algorithm, Buffer.from(text), publicKey, signature), crypto.verify(algorithm, Buffer.from('x'), back, signature)];
      if (algorithm) {
        const s = crypto.createSign('SHA256').update(text).sign(privateKey, 'hex');
        valid.push(crypto.createVerify('SHA256').update(text).verify(pem.includes('ENC') ? publicKey : null, s, 'hex'));
      }
      if (type === 'ec' ) {
        const flat = crypto.sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
        valid.push(flat.length, crypto.verify('sha256', Buffer.from(text), { key: publicKey, dsaEncoding: 'ieee-p1363' }, flat));
      }
    }
    return [again.equals(privateKey), back.equals(publicKey), publicKey.asymmetricKeyType, type === 'rsa-pss'||publicKey.asymmetricKeyDetails, pem.split('\n')[0], jwk, valid];
  });
}
const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024, publicKeyEncoding: { type: 'pkcs1', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } });
console.log(rsa.publicKey.split('\n')[0], rsa.privateKey.split('\n')[0]);
shown('rsa', () => crypto.privateDecrypt(rsa.privateKey, crypto.publicEncrypt(rsa.publicKey, Buffer.from(text))).toString());
shown('rsa', () => crypto.privateDecrypt({ key: rsa.privateKey, oaepHash: 'sha256' }, crypto.publicEncrypt({ key: rsa.publicKey, oaepHash: 'sha256' }, Buffer.from(text))).toString());
shown('rsa', () => crypto.publicDecrypt(rsa.publicKey, crypto.privateEncrypt(rsa.privateKey, Buffer.from(text))).toString());
shown('pss', () => {
  const o = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
  const s = crypto.sign('sha256', Buffer.from(text), { key: rsa.privateKey, ...o });
  return crypto.verify('sha256', Buffer.from(text), { key: rsa.publicKey, ...o }, s);
});
shown('ecdh', () => {
  const a = crypto.createECDH('secp256k1'), b = crypto.createECDH('secp256k1');
  a.generateKeys(); b.generateKeys();
  return [a.computeSecret(b.getPublicKey()).equals(b.computeSecret(a.getPublicKey('hex', 'compressed'), 'hex')), a.getPublicKey().length, a.getPrivateKey().length];
});
shown('dh', () => {
  const a = crypto.getDiffieHellman('modp14'), b = crypto.createDiffieHellman(a.getPrime(), a.getGenerator());
  a.generateKeys(); b.generateKeys();
  return [a.computeSecret(b.getPublicKey()).equals(b.computeSecret(a.getPublicKey())), a.getPrime().length, b.verifyError];
});
shown('x25519', () => {
  const a = crypto.generateKeyPairSync('x25519'), b = crypto.generateKeyPairSync('x25519');
  return crypto.diffieHellman({ privateKey: a.privateKey, publicKey: b.publicKey }).equals(crypto.diffieHellman({ privateKey: b.privateKey, publicKey: a.publicKey }));
});
shown('no key', () => crypto.createPrivateKey('abc'));
shown('no key', () => crypto.createPublicKey('abc'));
shown('sign', () => crypto.createSign('xyz'));
shown('pair', () => crypto.generateKeyPairSync('foo'));
shown('curve', () => crypto.createECDH('foo'));
shown('curve', () => crypto.generateKeyPairSync('ec', { namedCurve: 'foo' }));
shown('secret', () => crypto.generateKeySync('aes', { length: 256 }).symmetricKeySize);
crypto.generateKeyPair('ec', { namedCurve: 'secp384r1', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'sec1', format: 'pem' } },
  (error, publicKey, privateKey) => console.log(error, publicKey.split('\n')[0], privateKey.split('\n')[0]));
