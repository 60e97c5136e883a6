// Web Crypto: the global crypto and its subtle.
'use strict';
const { subtle } = crypto;
const data = new TextEncoder().encode('the quick brown fox');
const hex = (b) => Buffer.from(b).toString('hex');
async function shown(name, fn) {
  try {
    console.log(name, await fn());
  } catch (error) {
    console.log(name, error.name, error.message);
  }
}
(async () => {
  console.log(crypto.randomUUID().length, crypto.getRandomValues(new Uint32Array(4)).length, crypto);
  for (const name of ['SHA-1', 'SHA-256', { name: 'sha-384' }, 'SHA-512']) await shown('digest', async () => hex(await subtle.digest(name, data)));
  await shown('digest', () => subtle.digest('md5', data));
  await shown('hmac', async () => {
    const key = await subtle.importKey('raw', Buffer.from('key'), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
    const s = await subtle.sign('HMAC', key, data);
    return [hex(s), await subtle.verify('HMAC', key, s, data), await subtle.exportKey('jwk', key), key];
  });
  for (const a of [{ name: 'AES-CBC', iv: new Uint8Array(16) }, { name: 'AES-CTR', counter: new Uint8Array(16).fill(255), length: 64 }, { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: new Uint8Array(3) }]) {
    await shown(a.name, async () => {
      const key = await subtle.importKey('raw', new Uint8Array(32), a.name, true, ['encrypt', 'decrypt']);
      const c = await subtle.encrypt(a, key, data);
      return [hex(c), Buffer.from(await subtle.decrypt(a, key, c)).toString(), (await subtle.exportKey('raw', key)).byteLength];
    });
  }
  await shown('gcm', async () => {
    const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['decrypt', 'encrypt']);
    await subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(40));
  });
  await shown('kw', async () => {
    const key = await subtle.importKey('raw', new Uint8Array(16), 'AES-KW', true, ['wrapKey', 'unwrapKey']);
    const inner = await subtle.importKey('raw', new Uint8Array(16).fill(1), 'AES-CBC', true, ['encrypt']);
    const w = await subtle.wrapKey('raw', inner, key, 'AES-KW');
    const u = await subtle.unwrapKey('raw', w, key, 'AES-KW', 'AES-CBC', true, ['encrypt']);
    return [hex(w), hex(await subtle.exportKey('raw', u))];
  });
  for (const [g, s] of [[{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-256' }], [{ name: 'Ed25519' }, 'Ed25519'],
    [{ name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, 'RSASSA-PKCS1-v1_5'],
    [{ name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, { name: 'RSA-PSS', saltLength: 32 }]]) {
    await shown(g.name, async () => {
      const { publicKey, privateKey } = await subtle.generateKey(g, true, ['sign', 'verify']);
      const sig = await subtle.sign(s, privateKey, data);
      const spki = await subtle.exportKey('spki', publicKey);
      const jwk = await subtle.exportKey('jwk', privateKey);
      const again = await subtle.importKey('spki', spki, g, true, ['verify']);
      const back = await subtle.importKey('jwk', jwk, g, true, ['sign']);
      return [sig.byteLength, await subtle.verify(s, again, sig, data), await subtle.verify(s, publicKey, await subtle.sign(s, back, data), data), Object.keys(jwk), publicKey.usages, privateKey.usages, publicKey.algorithm];
    });
  }
  await shown('oaep', async () => {
    const { publicKey, privateKey } = await subtle.generateKey({ name: 'RSA-OAEP', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-1' }, true, ['encrypt', 'decrypt']);
    return Buffer.from(await subtle.decrypt('RSA-OAEP', privateKey, await subtle.encrypt('RSA-OAEP', publicKey, data))).toString();
  });
  for (const name of ['ECDH', 'X25519']) await shown(name, async () => {
    const [a, b] = await Promise.all([1, 2].map(() => subtle.generateKey({ name, namedCurve: 'P-384' }, true, ['deriveBits', 'deriveKey'])));
    const one = await subtle.deriveBits({ name, public: b.publicKey }, a.privateKey, 128);
    const two = await subtle.deriveBits({ name, public: a.publicKey }, b.privateKey, 128);
    return [hex(one) === hex(two), one.byteLength];
  });
  for (const a of [{ name: 'PBKDF2', hash: 'SHA-256', salt: data, iterations: 100 }, { name: 'HKDF', hash: 'SHA-512', salt: data, info: data }]) await shown(a.name, async () => {
    const key = await subtle.importKey('raw', data, a.name, false, ['deriveBits', 'deriveKey']);
    const k = await subtle.deriveKey(a, key, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
    return [hex(await subtle.deriveBits(a, key, 256)), hex(await subtle.exportKey('raw', k))];
  });
  await shown('usage', () => subtle.importKey('raw', data, { name: 'HMAC', hash: 'SHA-1' }, false, ['encrypt']));
  await shown('extract', async () => subtle.exportKey('raw', await subtle.importKey('raw', data, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])));
})();
