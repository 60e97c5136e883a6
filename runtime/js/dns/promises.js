// dns/promises: dns with promises.
'use strict';

const dns = require('dns');
const { codes } = require('internal/errors');
const { PromiseResolver, promises } = require('internal/dns/resolver');

Object.assign(module.exports, promises(), { Resolver: PromiseResolver });
for (const name of Object.keys(dns)) if (typeof dns[name] === 'string') module.exports[name] = dns[name];
for (const name of ['setDefaultResultOrder', 'getDefaultResultOrder']) module.exports[name] = dns[name];

// As dns.lookup, which checks at once.
module.exports.lookup = function lookup(host, options) {
  const { promise, resolve, reject } = Promise.withResolvers();
  dns.lookup(host, options ?? {}, (error, address, family) => {
    if (error) reject(error);
    else resolve(Array.isArray(address) ? address : { address, family });
  });
  return promise;
};

module.exports.lookupService = function lookupService(address, port) {
  if (arguments.length !== 2) throw new codes.ERR_MISSING_ARGS('address', 'port');
  const { promise, resolve, reject } = Promise.withResolvers();
  dns.lookupService(address, port, (error, hostname, service) => (error ? reject(error) : resolve({ hostname, service })));
  return promise;
};
