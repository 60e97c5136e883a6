// Keys as JSON Web Keys, and back.
'use strict';

const crypto = native('crypto');
const { codes, Buffer, asBuffer, validateString } = require('internal/crypto/util');

const text = (bytes) => asBuffer(bytes).toString('base64url');

// JWK's name and OpenSSL's, the public ones first
const RSA = [['n', 'n'], ['e', 'e'], ['d', 'd'], ['p', 'rsa-factor1'], ['q', 'rsa-factor2'], ['dp', 'rsa-exponent1'],
  ['dq', 'rsa-exponent2'], ['qi', 'rsa-coefficient1']];
const CURVES = { 'P-256': ['prime256v1', 32], 'secp256k1': ['secp256k1', 32], 'P-384': ['secp384r1', 48], 'P-521': ['secp521r1', 66] };
const STRINGS = { ed25519: 'Ed25519', ed448: 'Ed448', x25519: 'X25519', x448: 'X448' };

function toJwk(handle, isPrivate) {
  const type = crypto.keyType(handle);
  if (type === 'rsa') {
    const jwk = { kty: 'RSA' };
    for (const [name, inner] of RSA.slice(0, isPrivate ? undefined : 2)) jwk[name] = text(crypto.keyNumber(handle, inner, 1));
    return jwk;
  }
  if (type === 'ec') return curveToJwk(handle, isPrivate);
  if (STRINGS[type] === undefined) throw new codes.ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE();
  const jwk = { crv: STRINGS[type] };
  if (isPrivate) jwk.d = text(crypto.keyRaw(handle, true));
  jwk.x = text(crypto.keyRaw(handle, false));
  jwk.kty = 'OKP';
  return jwk;
}

function curveToJwk(handle, isPrivate) {
  const group = crypto.keyText(handle, 'group');
  const crv = Object.keys(CURVES).find((name) => CURVES[name][0] === group);
  if (crv === undefined) throw new codes.ERR_CRYPTO_JWK_UNSUPPORTED_CURVE(group);
  const size = CURVES[crv][1];
  const jwk = { kty: 'EC', x: text(crypto.keyNumber(handle, 'qx', size)), y: text(crypto.keyNumber(handle, 'qy', size)), crv };
  if (isPrivate) jwk.d = text(crypto.keyNumber(handle, 'priv', size));
  return jwk;
}

function bytesIn(jwk, name) {
  validateString(jwk[name], `key.${name}`);
  return Buffer.from(jwk[name], 'base64url');
}

const orThrow = (handle) => {
  if (handle === undefined) throw new codes.ERR_CRYPTO_INVALID_JWK('data');
  return handle;
};

// Native code's key; a private one's when `isPublic` is false.
function fromJwk(jwk, isPublic) {
  const wantsPrivate = !isPublic || jwk.d !== undefined;
  if (jwk.kty === 'RSA') {
    const numbers = RSA.slice(0, wantsPrivate ? undefined : 2).flatMap(([name, inner]) => [inner, bytesIn(jwk, name)]);
    return orThrow(crypto.keyOfNumbers('RSA', wantsPrivate, numbers));
  }
  if (jwk.kty === 'EC') {
    const curve = CURVES[jwk.crv];
    if (curve === undefined) throw new codes.ERR_CRYPTO_INVALID_CURVE();
    const [x, y] = ['x', 'y'].map((name) => bytesIn(jwk, name));
    const numbers = ['group', curve[0], 'pub', Buffer.concat([Buffer.from([4]), x, y])];
    if (wantsPrivate) numbers.push('priv', bytesIn(jwk, 'd'));
    return orThrow(crypto.keyOfNumbers('EC', wantsPrivate, numbers));
  }
  const isString = Object.values(STRINGS).includes(jwk.crv);
  if (jwk.kty !== 'OKP' || !isString) {
    throw new codes.ERR_INVALID_ARG_VALUE(jwk.kty === 'OKP' ? 'key.crv' : 'key.kty', jwk.kty === 'OKP' ? jwk.crv : jwk.kty,
      jwk.kty === 'OKP' ? undefined : "must be one of: 'RSA', 'EC', 'OKP'");
  }
  return orThrow(crypto.keyOfRaw(jwk.crv.toUpperCase(), bytesIn(jwk, wantsPrivate ? 'd' : 'x'), wantsPrivate));
}

module.exports = { toJwk, fromJwk, CURVES };
