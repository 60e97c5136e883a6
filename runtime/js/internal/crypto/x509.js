// X509Certificate: a certificate that native code has read; its facts are asked once.
'use strict';

const crypto = native('crypto');
const { codes, asBuffer, Buffer, isBuffer, validateObject, validateOneOf, validateString } = require('internal/crypto/util');
const { KeyObject, PublicKeyObject, kHandle } = require('internal/crypto/keys');
const { validateBoolean } = require('internal/validators');

const kCertificate = Symbol('kHandle');

// OpenSSL's X509_CHECK_FLAG_…
const ALWAYS_SUBJECT = 1;
const NO_WILDCARDS = 2;
const NO_PARTIAL_WILDCARDS = 4;
const MULTI_LABEL_WILDCARDS = 8;
const SINGLE_LABEL_SUBDOMAINS = 16;
const NEVER_SUBJECT = 32;

function flagsOf(options, isHost) {
  if (options === undefined) return 0;
  validateObject(options, 'options');
  const { subject = 'default' } = options;
  validateOneOf(subject, 'options.subject', ['default', 'always', 'never']);
  let flags = { default: 0, always: ALWAYS_SUBJECT, never: NEVER_SUBJECT }[subject];
  if (!isHost) return flags;
  const rows = [['wildcards', true, NO_WILDCARDS], ['partialWildcards', true, NO_PARTIAL_WILDCARDS],
    ['multiLabelWildcards', false, MULTI_LABEL_WILDCARDS], ['singleLabelSubdomains', false, SINGLE_LABEL_SUBDOMAINS]];
  for (const [name, usual, flag] of rows) {
    const value = options[name] ?? usual;
    validateBoolean(value, `options.${name}`);
    if (value !== usual) flags |= flag;
  }
  return flags;
}

function keyOf(key, type) {
  if (!(key instanceof KeyObject)) throw new codes.ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
  if (key.type !== type) throw new codes.ERR_INVALID_ARG_VALUE('pkey', key);
  return key[kHandle];
}

class X509Certificate {
  #facts;
  #publicKey;
  constructor(buffer) {
    if (typeof buffer === 'string') buffer = Buffer.from(buffer);
    if (!isBuffer(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
    Object.defineProperty(this, kCertificate, { value: crypto.x509Read(asBuffer(buffer)), enumerable: false });
  }

  get #all() { return (this.#facts ??= crypto.x509Facts(this[kCertificate])); }
  get #legacy() { return this.#all.legacy; }

  get subject() { return this.#all.subject; }
  get subjectAltName() { return this.#legacy.subjectaltname; }
  get issuer() { return this.#all.issuer; }
  get issuerCertificate() { return undefined; }
  get infoAccess() { return this.#all.infoAccess; }
  get validFrom() { return this.#legacy.valid_from; }
  get validTo() { return this.#legacy.valid_to; }
  get validFromDate() { return new Date(this.validFrom); }
  get validToDate() { return new Date(this.validTo); }
  get fingerprint() { return this.#legacy.fingerprint; }
  get fingerprint256() { return this.#legacy.fingerprint256; }
  get fingerprint512() { return this.#legacy.fingerprint512; }
  get keyUsage() { return this.#all.keyUsage; }
  get serialNumber() { return this.#legacy.serialNumber; }
  get signatureAlgorithm() { return this.#all.signatureAlgorithm; }
  get signatureAlgorithmOid() { return this.#all.signatureAlgorithmOid; }
  get raw() { return asBuffer(this.#legacy.raw); }
  get ca() { return this.#legacy.ca; }
  get publicKey() { return (this.#publicKey ??= new PublicKeyObject(crypto.x509Key(this[kCertificate]))); }

  #check(what, name, flags) {
    return crypto.x509Check(this[kCertificate], name, flags, what);
  }
  checkHost(name, options = undefined) {
    validateString(name, 'name');
    return this.#check('host', name, flagsOf(options, true));
  }
  checkEmail(email, options = undefined) {
    validateString(email, 'email');
    return this.#check('email', email, flagsOf(options, false));
  }
  checkIP(ip) {
    validateString(ip, 'ip');
    return this.#check('ip', ip, 0);
  }
  checkIssued(other) {
    if (!(other instanceof X509Certificate)) throw new codes.ERR_INVALID_ARG_TYPE('otherCert', 'X509Certificate', other);
    return crypto.x509Issued(this[kCertificate], other[kCertificate]);
  }
  checkPrivateKey(key) { return crypto.x509IsOf(this[kCertificate], keyOf(key, 'private')); }
  verify(key) { return crypto.x509Verify(this[kCertificate], keyOf(key, 'public')); }

  toString() { return crypto.x509Pem(this[kCertificate]); }
  toJSON() { return this.toString(); }
  toLegacyObject() {
    const { legacy } = crypto.x509Facts(this[kCertificate]);
    return { ...legacy, raw: asBuffer(legacy.raw) };
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const shown = {};
    for (const name of ['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'validFromDate', 'validToDate',
      'fingerprint', 'fingerprint256', 'fingerprint512', 'keyUsage', 'serialNumber', 'signatureAlgorithm', 'signatureAlgorithmOid']) shown[name] = this[name];
    return `X509Certificate ${require('internal/inspect').inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

module.exports = { X509Certificate };
