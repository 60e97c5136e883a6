// The authorities that are trusted: those that came with the system (of which Node's bundled ones are the model: both are
// Mozilla's), those of NODE_EXTRA_CA_CERTS, and what a program has put in their place.
'use strict';

const fs = require('fs');
const { codes } = require('internal/errors');

const FILES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;

const lists = { __proto__: null }; // type -> frozen array of PEM
let chosen; // what setDefaultCACertificates was given, or undefined
let extraBytes;

const certificatesIn = (text) => `${text}`.match(CERTIFICATE) ?? [];

function readFirst(files) {
  for (const file of files) {
    try {
      return fs.readFileSync(file, 'latin1');
    } catch {
      // The next one.
    }
  }
  return '';
}

// [bytes of NODE_EXTRA_CA_CERTS], or []; read once.
function readExtra() {
  if (extraBytes !== undefined) return extraBytes;
  extraBytes = [];
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (!file) return extraBytes;
  try {
    extraBytes = [fs.readFileSync(file)];
  } catch (error) {
    process.emitWarning(`Ignoring extra certs from \`${file}\`, load failed: ${error.message}`);
  }
  return extraBytes;
}

const make = {
  bundled: () => [...new Set(certificatesIn(readFirst(FILES)))],
  system: () => get('bundled'),
  extra: () => readExtra().flatMap((bytes) => certificatesIn(bytes.toString('latin1'))).map((pem) => `${pem}\n`),
  default: () => chosen ?? [...get('bundled'), ...get('extra')],
};

function get(type) {
  return (lists[type] ??= Object.freeze([...make[type]()]));
}

function getCACertificates(type = 'default') {
  require('internal/validators').validateString(type, 'type');
  if (!Object.hasOwn(make, type)) throw new codes.ERR_INVALID_ARG_VALUE('type', type);
  return get(type);
}

function failed(message, code) {
  return Object.assign(new Error(message), { code });
}

function checked(pem) {
  try {
    void new (require('crypto').X509Certificate)(pem);
    return pem;
  } catch {
    throw failed('error:0488000D:PEM routines::ASN1 lib', 'ERR_OSSL_PEM_ASN1_LIB');
  }
}

function setDefaultCACertificates(certs) {
  if (!Array.isArray(certs)) throw new codes.ERR_INVALID_ARG_TYPE('certs', 'Array', certs);
  const texts = certs.map((one, i) => {
    if (typeof one === 'string') return one;
    if (!ArrayBuffer.isView(one)) throw new codes.ERR_INVALID_ARG_TYPE(`certs[${i}]`, ['string', 'ArrayBufferView'], one);
    return require('buffer').Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('latin1');
  });
  const list = [...new Set(texts.flatMap(certificatesIn))].map(checked);
  if (certs.length > 0 && list.length === 0) throw failed('No valid certificates found in the provided array', 'ERR_CRYPTO_OPERATION_FAILED');
  chosen = list;
  lists.default = undefined;
}

module.exports = { getCACertificates, setDefaultCACertificates, readExtra, chosen: () => chosen };
