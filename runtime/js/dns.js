// dns: what the system's resolver tells; questions to name servers are in internal/dns.
'use strict';

const { codes, errorName } = require('internal/errors');
const { validateFunction, validateOneOf } = require('internal/validators');
const lazy = require('internal/lazy');
const system = native('net');

const ADDRCONFIG = 32;
const ALL = 16;
const V4MAPPED = 8;

let order = 'verbatim';

function failure(errno, hostname) {
  const code = { EAI_NONAME: 'ENOTFOUND', EAI_NODATA: 'ENOTFOUND', EAI_MEMORY: 'ENOMEM' }[errorName(errno)[0]] ?? errorName(errno)[0];
  const error = new Error(`getaddrinfo ${code} ${hostname}`);
  return Object.assign(error, { errno, code, syscall: 'getaddrinfo', hostname });
}

function arrange(list, wanted) {
  const { isIPv6 } = require('net');
  const all = list.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const first = { ipv4first: 4, ipv6first: 6 }[wanted];
  return first ? [...all.filter((one) => one.family === first), ...all.filter((one) => one.family !== first)] : all;
}

function lookup(hostname, options, callback) {
  if (typeof options === 'function') [options, callback] = [{}, options];
  else if (typeof options === 'number') options = { family: options };
  else if (options === undefined || options === null) options = {};
  else if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
  if (hostname) require('internal/validators').validateString(hostname, 'hostname');
  validateFunction(callback, 'callback');
  let family = options.family ?? 0;
  if (family === 'IPv4') family = 4;
  else if (family === 'IPv6') family = 6;
  validateOneOf(family, 'options.family', [0, 4, 6]);
  const hints = options.hints ?? 0;
  if (hints & ~(ADDRCONFIG | ALL | V4MAPPED)) throw new codes.ERR_INVALID_ARG_VALUE('hints', hints);
  const all = Boolean(options.all);
  const answer = (list) => {
    if (all) callback(null, list);
    else callback(null, list[0].address, list[0].family);
  };
  if (!hostname) {
    process.nextTick(() => (all ? callback(null, []) : callback(null, null, family === 6 ? 6 : 4)));
    return {};
  }
  const { isIP } = require('net');
  if (isIP(hostname)) {
    process.nextTick(answer, [{ address: hostname, family: isIP(hostname) }]);
    return {};
  }
  const wanted = options.order ?? (options.verbatim === false ? 'ipv4first' : order);
  const errno = system.lookup(hostname, family, hints, require('internal/context').bind((status, list) => {
    if (status < 0) callback(failure(status, hostname));
    else answer(arrange(list, wanted));
  }));
  if (errno < 0) process.nextTick(callback, failure(errno, hostname));
  return {};
}
Object.defineProperty(lookup, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['address', 'family'] });

function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw new codes.ERR_MISSING_ARGS('address', 'port', 'callback');
  const { isIP } = require('net');
  if (isIP(address) === 0) throw new codes.ERR_INVALID_ARG_VALUE('address', address);
  port = require('internal/validators').validatePort(port);
  validateFunction(callback, 'callback');
  const fail = (errno) => Object.assign(failure(errno, address), { syscall: 'getnameinfo',
    message: `getnameinfo ${failure(errno, address).code} ${address}` });
  const errno = system.nameOf(address, port, (status, hostname, service) => {
    if (status < 0) callback(fail(status));
    else callback(null, hostname, service);
  });
  if (errno < 0) throw fail(errno);
  return {};
}
Object.defineProperty(lookupService, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['hostname', 'service'] });

module.exports = {
  lookup, lookupService,
  setDefaultResultOrder(value) {
    validateOneOf(value, 'dnsOrder', ['verbatim', 'ipv4first', 'ipv6first']);
    order = value;
  },
  getDefaultResultOrder: () => order,
  ADDRCONFIG, ALL, V4MAPPED,
  NODATA: 'ENODATA', FORMERR: 'EFORMERR', SERVFAIL: 'ESERVFAIL', NOTFOUND: 'ENOTFOUND', NOTIMP: 'ENOTIMP',
  REFUSED: 'EREFUSED', BADQUERY: 'EBADQUERY', BADNAME: 'EBADNAME', BADFAMILY: 'EBADFAMILY', BADRESP: 'EBADRESP',
  CONNREFUSED: 'ECONNREFUSED', TIMEOUT: 'ETIMEOUT', EOF: 'EOF', FILE: 'EFILE', NOMEM: 'ENOMEM',
  DESTRUCTION: 'EDESTRUCTION', BADSTR: 'EBADSTR', BADFLAGS: 'EBADFLAGS', NONAME: 'ENONAME', BADHINTS: 'EBADHINTS',
  NOTINITIALIZED: 'ENOTINITIALIZED', LOADIPHLPAPI: 'ELOADIPHLPAPI', ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS',
  CANCELLED: 'ECANCELLED',
};
const resolver = () => require('internal/dns/resolver');
lazy.define(module.exports, 'Resolver', () => resolver().Resolver, true);
// What asks name servers is loaded when it is asked.
for (const name of ['getServers', 'setServers', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx',
  'resolveNaptr', 'resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTlsa', 'resolveTxt', 'reverse']) {
  lazy.define(module.exports, name, () => resolver().functions()[name], true);
}
lazy.define(module.exports, 'promises', () => require('dns/promises'), true);
