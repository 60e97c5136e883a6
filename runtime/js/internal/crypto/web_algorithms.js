// The algorithms of Web Crypto over node's own: what each makes, takes in, gives out and computes. A row's functions get
// the algorithm as it was asked for and keys as { object, algorithm }, object being a KeyObject; they may throw.
'use strict';

const crypto = native('crypto');
const { Buffer, asBuffer, isBuffer, promised } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');
const jwk = require('internal/crypto/jwk');

const fail = (message, name = 'DataError') => { throw new DOMException(message, name); };
const bytes = (value, name = 'data') => {
  if (!isBuffer(value)) throw new TypeError(`${name} is not a BufferSource`);
  return ArrayBuffer.isView(value) ? asBuffer(value) : Buffer.from(value);
};

const HASHES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512',
  'SHA3-256': 'sha3-256', 'SHA3-384': 'sha3-384', 'SHA3-512': 'sha3-512' };
const BLOCK = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };

// The name as the standard writes it.
const canonical = (name, list) => list.find((one) => one.toLowerCase() === `${name}`.toLowerCase());

function hashOf(value) {
  const name = canonical(typeof value === 'object' ? value?.name : value, Object.keys(HASHES));
  if (name === undefined) fail('Unrecognized algorithm name', 'NotSupportedError');
  return name;
}

const random = (length) => crypto.randomFill(Buffer.alloc(length), 0, length);

// Secrets: their keys are bytes.
function secret(format, data, algorithm, jwkAlg) {
  let value;
  if (format === 'raw' || format === 'raw-secret') value = Buffer.from(bytes(data, 'keyData'));
  else if (format === 'jwk') {
    if (data?.kty !== 'oct' || typeof data.k !== 'string') fail('Invalid keyData');
    if (data.alg !== undefined && jwkAlg !== undefined && data.alg !== jwkAlg(data)) fail('JWK "alg" does not match the requested algorithm');
    value = Buffer.from(data.k, 'base64url');
  } else fail(`Unable to import ${algorithm.name} key with format ${format}`, 'NotSupportedError');
  return keys.createSecretKey(value);
}

const secretExport = (alg) => (format, key) => {
  const value = key.object.export();
  if (format === 'raw' || format === 'raw-secret') return new Uint8Array(value).buffer;
  if (format !== 'jwk') fail(`Unable to export a raw key with format ${format}`, 'NotSupportedError');
  return { alg: alg(key), kty: 'oct', k: value.toString('base64url') };
};

const hmac = {
  name: 'HMAC', usages: ['sign', 'verify'],
  generate(algorithm) {
    const hash = hashOf(algorithm.hash);
    const length = algorithm.length ?? BLOCK[hash] ?? 1088;
    return { object: keys.createSecretKey(random(length >> 3)), algorithm: { name: 'HMAC', length, hash: { name: hash } } };
  },
  import(format, data, algorithm) {
    const hash = hashOf(algorithm.hash);
    const object = secret(format, data, algorithm);
    if (object.symmetricKeySize === 0) fail('Zero-length key is not supported');
    return { object, type: 'secret', algorithm: { name: 'HMAC', length: object.symmetricKeySize * 8, hash: { name: hash } } };
  },
  export: secretExport((key) => `HS${key.algorithm.hash.name.slice(4)}`),
  sign(algorithm, key, data) {
    const handle = crypto.hmacNew(HASHES[key.algorithm.hash.name], key.object[keys.kHandle]);
    crypto.hashUpdate(handle, data);
    return crypto.hashDigest(handle);
  },
  verify(algorithm, key, data, signature) {
    return crypto.equal(hmac.sign(algorithm, key, data), signature);
  },
};

function aes(name, mode, run) {
  return {
    name, usages: name === 'AES-KW' ? ['wrapKey', 'unwrapKey'] : ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
    generate({ length }) {
      if (![128, 192, 256].includes(length)) fail('Invalid key length', 'OperationError');
      return { object: keys.createSecretKey(random(length >> 3)), algorithm: { name, length } };
    },
    import(format, data, algorithm) {
      const object = secret(format, data, algorithm);
      const length = object.symmetricKeySize * 8;
      if (![128, 192, 256].includes(length)) fail('Invalid key length');
      return { object, type: 'secret', algorithm: { name, length } };
    },
    export: secretExport((key) => `A${key.algorithm.length}${name.slice(4)}`),
    encrypt: (algorithm, key, data) => run(algorithm, key, data, true, `aes-${key.algorithm.length}-${mode}`),
    decrypt: (algorithm, key, data) => run(algorithm, key, data, false, `aes-${key.algorithm.length}-${mode}`),
  };
}

function cipher(name, key, iv, data, encrypting, set = () => {}, tagLength = undefined) {
  const { Cipheriv, Decipheriv } = require('internal/crypto/cipher');
  const running = new (encrypting ? Cipheriv : Decipheriv)(name, key.object, iv, { authTagLength: tagLength });
  set(running);
  const parts = [running.update(data), running.final()];
  if (encrypting && tagLength) parts.push(running.getAuthTag());
  return Buffer.concat(parts);
}

function cbc(algorithm, key, data, encrypting, name) {
  const iv = bytes(algorithm.iv, 'algorithm.iv');
  if (iv.length !== 16) fail('algorithm.iv must contain exactly 16 bytes', 'OperationError');
  return cipher(name, key, iv, data, encrypting);
}

// The counter is the last `length` bits; it wraps without touching those before it.
function ctr({ counter, length }, key, data, encrypting, name) {
  const start = Buffer.from(bytes(counter, 'algorithm.counter'));
  if (start.length !== 16) fail('algorithm.counter must contain exactly 16 bytes', 'OperationError');
  if (!(length > 0 && length <= 128)) fail('algorithm.length must be between 1 and 128', 'OperationError');
  const value = BigInt(`0x${start.toString('hex')}`);
  const mask = (1n << BigInt(length)) - 1n;
  const left = Number(mask - (value & mask) + 1n > 1n << 40n ? 1n << 40n : mask - (value & mask) + 1n) * 16;
  if (data.length <= left) return cipher(name, key, start, data, encrypting);
  const again = Buffer.from((value & ~mask).toString(16).padStart(32, '0'), 'hex');
  return Buffer.concat([cipher(name, key, start, data.subarray(0, left), encrypting),
    cipher(name, key, again, data.subarray(left), encrypting)]);
}

function gcm({ iv, additionalData, tagLength = 128 }, key, data, encrypting, name) {
  if (![32, 64, 96, 104, 112, 120, 128].includes(tagLength)) fail(`${tagLength} is not a valid AES-GCM tag length`, 'OperationError');
  const size = tagLength / 8;
  if (!encrypting && data.length < size) fail('The provided data is too small.', 'OperationError');
  const body = encrypting ? data : data.subarray(0, data.length - size);
  return cipher(name, key, bytes(iv, 'algorithm.iv'), body, encrypting, (running) => {
    if (!encrypting) running.setAuthTag(data.subarray(data.length - size));
    if (additionalData !== undefined) running.setAAD(bytes(additionalData, 'algorithm.additionalData'));
  }, size);
}

const kw = (algorithm, key, data, encrypting, name) =>
  cipher(name.replace(/^aes-(\d+)-wrap/, 'id-aes$1-wrap'), key, Buffer.alloc(8, 0xa6), data, encrypting);

// Key pairs: read from and written as what KeyObjects know.
function pairImport(format, data, isPublicRaw) {
  if (format === 'spki') return keys.createPublicKey({ key: bytes(data, 'keyData'), format: 'der', type: 'spki' });
  if (format === 'pkcs8') return keys.createPrivateKey({ key: bytes(data, 'keyData'), format: 'der', type: 'pkcs8' });
  if (format === 'jwk') {
    if (data === null || typeof data !== 'object') throw new TypeError('keyData is not a JsonWebKey');
    return data.d === undefined ? keys.createPublicKey({ key: data, format: 'jwk' }) : keys.createPrivateKey({ key: data, format: 'jwk' });
  }
  if ((format === 'raw' || format === 'raw-public') && isPublicRaw) {
    const handle = isPublicRaw(bytes(data, 'keyData'));
    if (handle === undefined) fail('Invalid keyData');
    return new keys.PublicKeyObject(handle);
  }
  return fail(`Unable to import the key with format ${format}`, 'NotSupportedError');
}

const imported = (read) => (format, data, algorithm) => {
  let object;
  try {
    object = read(format, data, algorithm);
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) throw error;
    fail('Invalid keyData');
  }
  return object;
};

const pairExport = (extra) => (format, key) => {
  const { object } = key;
  const whole = (buffer) => new Uint8Array(buffer).buffer;
  if (format === 'spki' && object.type === 'public') return whole(object.export({ format: 'der', type: 'spki' }));
  if (format === 'pkcs8' && object.type === 'private') return whole(object.export({ format: 'der', type: 'pkcs8' }));
  if (format === 'jwk') return { ...extra?.(key), ...object.export({ format: 'jwk' }) };
  if ((format === 'raw' || format === 'raw-public') && object.type === 'public' && key.algorithm.name[0] !== 'R') {
    const handle = object[keys.kHandle];
    return whole(key.algorithm.namedCurve
      ? crypto.curvePoint(jwk.CURVES[key.algorithm.namedCurve][0], crypto.keyRaw(handle, false), 4) : crypto.keyRaw(handle, false));
  }
  return fail(`Unable to export the key with format ${format}`, object.type === 'secret' ? 'NotSupportedError' : 'InvalidAccessError');
};

const pair = async (algorithm, ...job) => {
  const handle = await promised(crypto.keygen, ...job);
  return { publicKey: new keys.PublicKeyObject(handle), privateKey: new keys.PrivateKeyObject(handle), algorithm };
};

const signed = (how) => ({
  sign: (algorithm, key, data) => promised(crypto.sign, key.object[keys.kHandle], ...how(algorithm, key, data)),
  verify: (algorithm, key, data, signature) => {
    const [digest, content, options] = how(algorithm, key, data);
    return promised(crypto.sign, key.object[keys.kHandle], digest, content, { ...options, signature });
  },
});

function rsa(name, usages, alg, computing) {
  return {
    name, usages,
    generate({ modulusLength, publicExponent, hash }) {
      const exponent = BigInt(`0x${bytes(publicExponent, 'algorithm.publicExponent').toString('hex')}`);
      return pair({ name, modulusLength, publicExponent: new Uint8Array(publicExponent), hash: { name: hashOf(hash) } },
        'RSA', ['rsa_keygen_bits', String(modulusLength), 'rsa_keygen_pubexp', String(exponent)], false);
    },
    import: imported((format, data, algorithm) => {
      const object = pairImport(format, data);
      if (object.asymmetricKeyType !== 'rsa') fail('Invalid key type');
      const details = object.asymmetricKeyDetails;
      const digits = details.publicExponent.toString(16);
      return {
        object, type: object.type,
        algorithm: {
          name, modulusLength: details.modulusLength,
          publicExponent: new Uint8Array(Buffer.from(digits.length & 1 ? `0${digits}` : digits, 'hex')),
          hash: { name: hashOf(algorithm.hash) },
        },
      };
    }),
    export: pairExport((key) => ({ alg: alg(key.algorithm.hash.name.slice(4)) })),
    ...computing,
  };
}

const rsaHash = (key) => HASHES[key.algorithm.hash.name];
const oaep = (operation) => ({ label }, key, data) => promised(crypto.rsa, operation, key.object[keys.kHandle], data, 4, rsaHash(key),
  label === undefined ? undefined : bytes(label, 'algorithm.label'));

function curveOf(name) {
  const curve = jwk.CURVES[name];
  if (curve === undefined || name === 'secp256k1') fail('Unrecognized namedCurve', 'NotSupportedError');
  return curve[0];
}

function ec(name, usages, computing) {
  return {
    name, usages,
    generate({ namedCurve }) {
      return pair({ name, namedCurve }, 'EC', ['ec_paramgen_curve', curveOf(namedCurve), 'ec_param_enc', 'named_curve'], false);
    },
    import: imported((format, data, { namedCurve }) => {
      const curve = curveOf(namedCurve);
      const object = pairImport(format, data, (raw) => {
        const point = crypto.curvePoint(curve, raw, 4);
        return point && crypto.keyOfNumbers('EC', false, ['group', curve, 'pub', point]);
      });
      if (object.asymmetricKeyType !== 'ec') fail('Invalid key type');
      if (object.asymmetricKeyDetails.namedCurve !== curve) fail('Named curve mismatch');
      return { object, type: object.type, algorithm: { name, namedCurve } };
    }),
    export: pairExport(),
    ...computing,
  };
}

function okp(name, usages, computing) {
  return {
    name, usages,
    generate: () => pair({ name }, name.toUpperCase(), [], false),
    import: imported((format, data) => {
      const object = pairImport(format, data, (raw) => crypto.keyOfRaw(name.toUpperCase(), raw, false));
      if (object.asymmetricKeyType !== name.toLowerCase()) fail('Invalid key type');
      return { object, type: object.type, algorithm: { name } };
    }),
    export: pairExport(() => (name.startsWith('Ed') ? { alg: name } : {})),
    ...computing,
  };
}

const agreed = {
  async derive(algorithm, key, length) {
    const other = algorithm.public;
    if (other?.type !== 'public') fail('algorithm.public must be a public key', 'InvalidAccessError');
    if (other.algorithm.name !== key.algorithm.name || other.algorithm.namedCurve !== key.algorithm.namedCurve) {
      fail('Named curve mismatch', 'InvalidAccessError');
    }
    const all = await promised(crypto.derive, key.object[keys.kHandle], keys.objectOf(other)[keys.kHandle]);
    if (length === null || length === undefined) return all;
    if (all.length * 8 < length) fail('derived bit length is too small', 'OperationError');
    const cut = Buffer.from(all.subarray(0, Math.ceil(length / 8)));
    if (length % 8) cut[cut.length - 1] &= 0xff << 8 - length % 8;
    return cut;
  },
};

function derivation(name, derive) {
  return {
    name, usages: ['deriveKey', 'deriveBits'],
    import(format, data, algorithm, extractable) {
      if (extractable) fail(`${name} keys are not extractable`, 'SyntaxError');
      return { object: secret(format, data, algorithm), type: 'secret', algorithm: { name } };
    },
    derive(algorithm, key, length) {
      if (length === null || length === undefined || length % 8) fail('length must be a multiple of 8', 'OperationError');
      return length === 0 ? new Uint8Array(0) : derive(algorithm, key.object[keys.kHandle], length / 8);
    },
  };
}

const rows = [
  hmac, aes('AES-CBC', 'cbc', cbc), aes('AES-CTR', 'ctr', ctr), aes('AES-GCM', 'gcm', gcm), aes('AES-KW', 'wrap', kw),
  rsa('RSASSA-PKCS1-v1_5', ['sign', 'verify'], (bits) => `RS${bits}`, signed((_, key, data) => [rsaHash(key), data, { padding: 1 }])),
  rsa('RSA-PSS', ['sign', 'verify'], (bits) => `PS${bits}`,
    signed(({ saltLength }, key, data) => [rsaHash(key), data, { padding: 6, saltLength }])),
  rsa('RSA-OAEP', ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'], (bits) => `RSA-OAEP${bits === '1' ? '' : `-${bits}`}`,
    { encrypt: oaep(0), decrypt: oaep(1) }),
  ec('ECDSA', ['sign', 'verify'], signed(({ hash }, key, data) => [HASHES[hashOf(hash)], data, { flat: true }])),
  ec('ECDH', ['deriveKey', 'deriveBits'], agreed),
  okp('Ed25519', ['sign', 'verify'], signed((_, key, data) => [undefined, data, {}])),
  okp('Ed448', ['sign', 'verify'], signed((_, key, data) => [undefined, data, {}])),
  okp('X25519', ['deriveKey', 'deriveBits'], agreed), okp('X448', ['deriveKey', 'deriveBits'], agreed),
  derivation('HKDF', ({ hash, salt, info }, key, length) =>
    promised(crypto.hkdf, HASHES[hashOf(hash)], key, bytes(salt, 'algorithm.salt'), bytes(info, 'algorithm.info'), length)),
  derivation('PBKDF2', ({ hash, salt, iterations }, key, length) =>
    promised(crypto.pbkdf2, key, bytes(salt, 'algorithm.salt'), iterations, length, HASHES[hashOf(hash)])),
];

// What the usages of the two halves of a pair are.
const PUBLIC_USAGES = new Set(['verify', 'encrypt', 'wrapKey']);

module.exports = {
  PUBLIC_USAGES, hashOf, HASHES, bytes, fail,
  find(algorithm) {
    const name = typeof algorithm === 'string' ? algorithm : algorithm?.name;
    if (name === undefined) throw new TypeError('algorithm has no name');
    const row = rows.find((one) => one.name.toLowerCase() === `${name}`.toLowerCase());
    return row ?? fail('Unrecognized algorithm name', 'NotSupportedError');
  },
};
