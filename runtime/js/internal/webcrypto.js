// Web Crypto: the globals crypto, Crypto, SubtleCrypto and CryptoKey, over the rows of internal/crypto/web_algorithms.
'use strict';

const { codes, Buffer, asBuffer } = require('internal/crypto/util');
const algorithms = require('internal/crypto/web_algorithms');
const keys = require('internal/crypto/keys');
const { digestOf } = require('internal/crypto/hash');
const lazy = require('internal/lazy');

const kKey = Symbol.for('cpm.crypto.key');
const kMake = Symbol('kMake');
const { bytes, fail } = algorithms;

class CryptoKey {
  #algorithm;
  #extractable;
  #usages;

  constructor(token, object, algorithm, extractable, usages) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    Object.defineProperty(this, kKey, { value: object, enumerable: false });
    this.#algorithm = algorithm;
    this.#extractable = extractable;
    this.#usages = usages;
  }

  get type() { return this[kKey].type; }
  get algorithm() { return this.#algorithm; }
  get extractable() { return this.#extractable; }
  get usages() { return [...this.#usages]; }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    if (depth < 0) return this;
    const { type, extractable, algorithm, usages } = this;
    return `CryptoKey ${inspect({ type, extractable, algorithm, usages }, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
}
for (const name of ['type', 'algorithm', 'extractable', 'usages']) Object.defineProperty(CryptoKey.prototype, name, { enumerable: true });
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { value: 'CryptoKey', configurable: true });

const ORDER = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

function usagesOf(given, row, isPublic) {
  const wanted = [...given];
  const unknown = wanted.find((one) => !ORDER.includes(one));
  if (unknown !== undefined) throw new TypeError(`'${unknown}' is not a valid enum value of type KeyUsage.`);
  let allowed = row.usages;
  if (isPublic === true) allowed = allowed.filter((one) => algorithms.PUBLIC_USAGES.has(one));
  if (isPublic === false) allowed = allowed.filter((one) => !algorithms.PUBLIC_USAGES.has(one) || row.name.startsWith('AES'));
  if (wanted.some((one) => !allowed.includes(one))) fail(`Unsupported key usage for ${row.name === 'HMAC' ? '' : row.name.startsWith('AES') ? 'an ' : 'a '}${row.name.replace(/^AES.*/, 'AES')} key`, 'SyntaxError');
  return ORDER.filter((one) => wanted.includes(one));
}

function check(key, row, usage, name = 'key') {
  if (!(key instanceof CryptoKey)) throw new TypeError(`${name} is not of type CryptoKey.`);
  if (key.algorithm.name !== row.name) fail('Key algorithm mismatch', 'InvalidAccessError');
  if (!usage.split('|').some((one) => key.usages.includes(one))) fail(`The requested operation is not valid for the provided key`, 'InvalidAccessError');
  return { object: key[kKey], algorithm: key.algorithm };
}

const buffer = (made) => {
  const view = asBuffer(made);
  return view.byteOffset === 0 && view.byteLength === view.buffer.byteLength ? view.buffer : new Uint8Array(view).buffer;
};

// What an algorithm cannot do is an OperationError, unless it says otherwise.
async function operate(run) {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) throw error;
    throw Object.assign(new DOMException('The operation failed for an operation-specific reason', 'OperationError'), { cause: error });
  }
}

function has(row, operation) {
  if (row[operation] === undefined) fail(`Unrecognized algorithm name`, 'NotSupportedError');
  return row;
}

const asObject = (algorithm) => (typeof algorithm === 'string' ? { name: algorithm } : algorithm);

async function crypt(operation, usage, algorithm, key, data) {
  const row = has(algorithms.find(algorithm), operation);
  const inner = check(key, row, usage);
  const input = Buffer.from(bytes(data));
  return operate(async () => buffer(await row[operation](asObject(algorithm), inner, input)));
}

// How many bits the key of an algorithm has, for deriveKey.
function lengthOf(algorithm) {
  const name = algorithms.find(algorithm).name;
  if (name.startsWith('AES')) return algorithm.length;
  if (name !== 'HMAC') return null;
  return algorithm.length ?? { 'SHA-1': 512, 'SHA-256': 512 }[algorithms.hashOf(algorithm.hash)] ?? 1024;
}

class SubtleCrypto {
  constructor(token) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }

  async digest(algorithm, data) {
    const name = algorithms.HASHES[algorithms.hashOf(algorithm)];
    return buffer(digestOf(name, bytes(data)));
  }

  async generateKey(algorithm, extractable, usages) {
    const row = has(algorithms.find(algorithm), 'generate');
    const wanted = usagesOf(usages, row);
    const made = await operate(() => row.generate(asObject(algorithm)));
    if (made.object) {
      if (wanted.length === 0) fail('Usages cannot be empty when creating a key.', 'SyntaxError');
      return new CryptoKey(kMake, made.object, made.algorithm, Boolean(extractable), wanted);
    }
    const isPublic = (one) => algorithms.PUBLIC_USAGES.has(one);
    const own = wanted.filter((one) => !isPublic(one));
    if (own.length === 0) fail('Usages cannot be empty when creating a key.', 'SyntaxError');
    return {
      publicKey: new CryptoKey(kMake, made.publicKey, made.algorithm, true, wanted.filter(isPublic)),
      privateKey: new CryptoKey(kMake, made.privateKey, made.algorithm, Boolean(extractable), own),
    };
  }

  async importKey(format, data, algorithm, extractable, usages) {
    const row = algorithms.find(algorithm);
    const made = row.import(format, data, asObject(algorithm), extractable);
    const wanted = usagesOf(usages, row, made.type === 'secret' ? undefined : made.type === 'public');
    if (wanted.length === 0 && made.type !== 'public') fail('Usages cannot be empty when importing a key.', 'SyntaxError');
    return new CryptoKey(kMake, made.object, made.algorithm, Boolean(extractable), wanted);
  }

  async exportKey(format, key) {
    if (!(key instanceof CryptoKey)) throw new TypeError('key is not of type CryptoKey.');
    if (!key.extractable) fail('key is not extractable', 'InvalidAccessError');
    const row = has(algorithms.find(key.algorithm), 'export');
    const out = row.export(format, { object: key[kKey], algorithm: key.algorithm });
    return format === 'jwk' ? { key_ops: key.usages, ext: true, ...out } : out;
  }

  async sign(algorithm, key, data) {
    return crypt('sign', 'sign', algorithm, key, data);
  }

  async verify(algorithm, key, signature, data) {
    const row = has(algorithms.find(algorithm), 'verify');
    const inner = check(key, row, 'verify');
    return operate(() => row.verify(asObject(algorithm), inner, Buffer.from(bytes(data)), Buffer.from(bytes(signature, 'signature'))));
  }

  async encrypt(algorithm, key, data) {
    return crypt('encrypt', 'encrypt', algorithm, key, data);
  }

  async decrypt(algorithm, key, data) {
    return crypt('decrypt', 'decrypt', algorithm, key, data);
  }

  async deriveBits(algorithm, key, length = null) {
    const row = has(algorithms.find(algorithm), 'derive');
    const inner = check(key, row, 'deriveBits');
    return operate(async () => buffer(await row.derive(asObject(algorithm), inner, length)));
  }

  async deriveKey(algorithm, key, derived, extractable, usages) {
    const row = has(algorithms.find(algorithm), 'derive');
    const inner = check(key, row, 'deriveKey');
    const raw = await operate(async () => buffer(await row.derive(asObject(algorithm), inner, lengthOf(asObject(derived)))));
    return this.importKey('raw', raw, derived, extractable, usages);
  }

  async wrapKey(format, key, wrapping, algorithm) {
    const data = await this.exportKey(format, key);
    return crypt('encrypt', 'wrapKey', algorithm, wrapping, format === 'jwk' ? Buffer.from(JSON.stringify(data)) : data);
  }

  async unwrapKey(format, wrapped, unwrapping, algorithm, keyAlgorithm, extractable, usages) {
    const data = await crypt('decrypt', 'unwrapKey', algorithm, unwrapping, wrapped);
    const material = format === 'jwk' ? JSON.parse(Buffer.from(data).toString()) : data;
    return this.importKey(format, material, keyAlgorithm, extractable, usages);
  }
}
Object.defineProperty(SubtleCrypto.prototype, Symbol.toStringTag, { value: 'SubtleCrypto', configurable: true });

const INTEGERS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array];

class Crypto {
  constructor(token) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    lazy.define(this, 'subtle', () => new SubtleCrypto(kMake));
  }

  getRandomValues(array) {
    if (!INTEGERS.some((Type) => array instanceof Type)) {
      fail('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    if (array.byteLength > 65536) {
      fail(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
    }
    return require('internal/crypto/random').randomFillSync(array);
  }

  randomUUID(options) {
    return require('internal/crypto/random').randomUUID(options);
  }
}
Object.defineProperty(Crypto.prototype, Symbol.toStringTag, { value: 'Crypto', configurable: true });

module.exports = {
  Crypto, SubtleCrypto, CryptoKey,
  crypto: new Crypto(kMake),
  fromKeyObject(object, algorithm, extractable, usages) {
    const row = algorithms.find(algorithm);
    const format = object.type === 'public' ? 'spki' : 'pkcs8';
    const made = row.import(format, object.export({ format: 'der', type: format }), asObject(algorithm));
    return new CryptoKey(kMake, made.object, made.algorithm, Boolean(extractable), usagesOf(usages, row, object.type === 'public'));
  },
};
