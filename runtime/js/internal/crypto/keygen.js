// New keys and key pairs.
'use strict';

const crypto = native('crypto');
const { codes, Buffer, later, validateString, validateUint32, validateInteger, validateObject, validateFunction } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');
const util = require('util');

const integer = (options, name) => {
  validateUint32(options[name], `options.${name}`);
  return String(options[name]);
};
const optional = (options, name, word, list) => {
  if (options[name] !== undefined) list.push(word, integer(options, name));
};

function rsa(options) {
  validateObject(options, 'options');
  const list = ['rsa_keygen_bits', integer(options, 'modulusLength')];
  optional(options, 'publicExponent', 'rsa_keygen_pubexp', list);
  return ['RSA', list];
}

function rsaPss(options) {
  const [, list] = rsa(options);
  for (const [name, old, word] of [['hashAlgorithm', 'hash', 'rsa_pss_keygen_md'],
    ['mgf1HashAlgorithm', 'mgf1Hash', 'rsa_pss_keygen_mgf1_md']]) {
    const value = options[name] ?? options[old];
    if (value === undefined) continue;
    validateString(value, `options.${name}`);
    if (crypto.digestSize(value) === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(`Invalid ${old === 'hash' ? '' : 'MGF1 '}digest: ${value}`);
    list.push(word, value);
  }
  if (options.saltLength !== undefined) list.push('rsa_pss_keygen_saltlen', integer(options, 'saltLength'));
  return ['RSA-PSS', list];
}

function dsa(options) {
  validateObject(options, 'options');
  const list = ['dsa_paramgen_bits', integer(options, 'modulusLength')];
  optional(options, 'divisorLength', 'dsa_paramgen_q_bits', list);
  return ['DSA', list, true];
}

function ec(options) {
  validateObject(options, 'options');
  validateString(options.namedCurve, 'options.namedCurve');
  const { paramEncoding = 'named' } = options;
  if (paramEncoding !== 'named' && paramEncoding !== 'explicit') throw new codes.ERR_INVALID_ARG_VALUE('options.paramEncoding', paramEncoding);
  const curve = crypto.curve(options.namedCurve);
  if (curve === undefined) throw new codes.ERR_CRYPTO_INVALID_CURVE();
  return ['EC', ['ec_paramgen_curve', curve, 'ec_param_enc', paramEncoding === 'named' ? 'named_curve' : 'explicit']];
}

function dh(options) {
  validateObject(options, 'options');
  if (options.group === undefined) {
    const list = ['dh_paramgen_prime_len', integer(options, 'primeLength')];
    optional(options, 'generator', 'dh_paramgen_generator', list);
    return ['DH', list, true];
  }
  validateString(options.group, 'options.group');
  const group = { modp5: 'modp_1536', modp14: 'modp_2048', modp15: 'modp_3072', modp16: 'modp_4096', modp17: 'modp_6144', modp18: 'modp_8192' }[options.group];
  if (group === undefined) throw new codes.ERR_CRYPTO_UNKNOWN_DH_GROUP();
  return ['DH', ['group', group]];
}

const kinds = {
  'rsa': rsa, 'rsa-pss': rsaPss, 'dsa': dsa, 'ec': ec, 'dh': dh,
  'ed25519': () => ['ED25519', []], 'ed448': () => ['ED448', []], 'x25519': () => ['X25519', []], 'x448': () => ['X448', []],
};

// How the halves of a pair are handed out: as objects, or as they are to be encoded.
function pairOf(options) {
  for (const name of ['publicKeyEncoding', 'privateKeyEncoding']) {
    const value = options?.[name];
    if (value !== undefined && (typeof value !== 'object' || value === null)) {
      throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, value);
    }
    if (value && value.format !== 'jwk') {
      keys.encodingOf(value, `options.${name}`, undefined, name[1] === 'u' ? ['spki', 'pkcs1'] : ['pkcs8', 'pkcs1', 'sec1']);
    }
  }
  return (handle) => {
    const publicKey = new keys.PublicKeyObject(handle);
    const privateKey = new keys.PrivateKeyObject(handle);
    return {
      publicKey: options?.publicKeyEncoding ? publicKey.export(options.publicKeyEncoding) : publicKey,
      privateKey: options?.privateKeyEncoding ? privateKey.export(options.privateKeyEncoding) : privateKey,
    };
  };
}

function jobOf(type, options) {
  validateString(type, 'type');
  if (!Object.hasOwn(kinds, type)) throw new codes.ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  if (options !== undefined) validateObject(options, 'options');
  const [name, list, fromParameters = false] = kinds[type](options);
  return [name, list, fromParameters];
}

function generateKeyPairSync(type, options) {
  const job = jobOf(type, options);
  return pairOf(options)(crypto.keygen(...job));
}

function generateKeyPair(type, options, callback) {
  if (typeof options === 'function') [callback, options] = [options, undefined];
  validateFunction(callback, 'callback');
  const job = jobOf(type, options);
  const convert = pairOf(options);
  crypto.keygen(...job, later((error, handle) => {
    if (error) return callback(error);
    let pair;
    try {
      pair = convert(handle);
    } catch (fault) {
      return callback(fault);
    }
    callback(null, pair.publicKey, pair.privateKey);
  }));
}
Object.defineProperty(generateKeyPair, util.promisify.custom, {
  enumerable: false,
  value: (type, options) => new Promise((resolve, reject) => {
    generateKeyPair(type, options, (error, publicKey, privateKey) => (error ? reject(error) : resolve({ publicKey, privateKey })));
  }),
});

function secretLength(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  if (type === 'hmac') validateInteger(length, 'options.length', 8, 2 ** 31 - 1);
  else if (type === 'aes') {
    if (![128, 192, 256].includes(length)) throw new codes.ERR_INVALID_ARG_VALUE('options.length', length, 'must be one of: 128, 192, 256');
  } else throw new codes.ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  return length >> 3;
}

function generateKeySync(type, options) {
  const bytes = Buffer.alloc(secretLength(type, options));
  crypto.randomFill(bytes, 0, bytes.length);
  return new keys.SecretKeyObject(bytes);
}

function generateKey(type, options, callback) {
  validateFunction(callback, 'callback');
  const bytes = Buffer.alloc(secretLength(type, options));
  crypto.randomFill(bytes, 0, bytes.length, later(callback, () => new keys.SecretKeyObject(bytes)));
}

module.exports = { generateKeyPair, generateKeyPairSync, generateKey, generateKeySync };
