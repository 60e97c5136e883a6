// The Resolver of dns and of dns/promises: names and options checked, records made what each method gives.
'use strict';

const { codes } = require('internal/errors');
const { validateArray, validateFunction, validateInt32, validateObject, validateString, validateUint32 } = require('internal/validators');
const { Channel } = require('internal/dns/channel');
const net = require('net');

const kChannel = Symbol('kChannel');
const of = (type, pick) => (records) => records.filter((one) => one.type === type).map((one) => pick(one.value));
const itself = (value) => value;
const address = (type) => (records, options) => of(type, (value) => (options?.ttl ? value : value.address))(records);
const tagged = ({ type, value }) => ({ ...value, type });

// method -> [type, syscall, records to the result]
const QUERIES = {
  resolve4: ['A', 'queryA', address('A')],
  resolve6: ['AAAA', 'queryAaaa', address('AAAA')],
  resolveAny: ['ANY', 'queryAny', (records) => records.map(tagged)],
  resolveCaa: ['CAA', 'queryCaa', of('CAA', itself)],
  resolveCname: ['CNAME', 'queryCname', of('CNAME', (one) => one.value)],
  resolveMx: ['MX', 'queryMx', of('MX', itself)],
  resolveNaptr: ['NAPTR', 'queryNaptr', of('NAPTR', ({ order, preference, ...rest }) => ({ ...rest, order, preference }))],
  resolveNs: ['NS', 'queryNs', of('NS', (one) => one.value)],
  resolvePtr: ['PTR', 'queryPtr', of('PTR', (one) => one.value)],
  resolveSoa: ['SOA', 'querySoa', (records) => of('SOA', itself)(records)[0]],
  resolveSrv: ['SRV', 'querySrv', of('SRV', ({ name, port, priority, weight }) => ({ name, port, priority, weight }))],
  resolveTlsa: ['TLSA', 'queryTlsa', of('TLSA', itself)],
  resolveTxt: ['TXT', 'queryTxt', of('TXT', (one) => one.entries)],
};
const METHODS = new Map(Object.entries(QUERIES).map(([method, [type]]) => [type, method]));

function failure(code, syscall, hostname) {
  const error = new Error(`${syscall} ${code}${hostname === undefined ? '' : ` ${hostname}`}`);
  return Object.assign(error, { errno: undefined, code, syscall, hostname });
}

function reverseName(ip) {
  if (net.isIPv4(ip)) return `${ip.split('.').reverse().join('.')}.in-addr.arpa`;
  const [head, tail] = new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1).split('::').map((half) => half.split(':').filter(Boolean));
  const words = tail === undefined ? head : [...head, ...new Array(8 - head.length - tail.length).fill('0'), ...tail];
  return `${[...words.map((word) => word.padStart(4, '0')).join('')].reverse().join('.')}.ip6.arpa`;
}

// The names that the file of hosts has for an address.
function hostsOf(ip) {
  try {
    return require('fs').readFileSync('/etc/hosts', 'utf8').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
      .filter((words) => words[0] === ip).flatMap((words) => words.slice(1));
  } catch {
    return [];
  }
}

function readServer(text) {
  const version = net.isIP(text);
  if (version !== 0) return [text, 53];
  const six = /^\[([^[\]]*)\](?::(\d+))?$/.exec(text);
  if (six && net.isIP(six[1])) return [six[1], Number(six[2] ?? 53)];
  const four = /^([^:]+):(\d+)$/.exec(text);
  if (four && net.isIP(four[1])) return [four[1], Number(four[2])];
  throw new codes.ERR_INVALID_IP_ADDRESS(text);
}

function readServers(servers) {
  validateArray(servers, 'servers');
  const list = [];
  servers.forEach((one, i) => {
    validateString(one, `servers[${i}]`);
    list.push(readServer(one));
  });
  return list;
}

class ResolverBase {
  constructor(options = {}) {
    validateObject(options, 'options');
    const { timeout = -1, tries = 4, maxTimeout = 0 } = options;
    validateInt32(timeout, 'options.timeout', -1);
    validateInt32(tries, 'options.tries', 1);
    validateUint32(maxTimeout, 'options.maxTimeout');
    Object.defineProperty(this, kChannel, { value: new Channel({ timeout, tries, maxTimeout }), writable: true });
    Object.defineProperty(this, '_handle', { value: { getServers: () => this[kChannel].list() }, enumerable: false });
  }

  cancel() { this[kChannel].cancel(); }

  getServers() {
    return (this._handle.getServers() ?? []).map(([ip, port]) => {
      if (port === 53) return ip;
      return net.isIPv6(ip) ? `[${ip}]:${port}` : `${ip}:${port}`;
    });
  }

  setServers(servers) {
    const list = readServers(servers);
    if (this[kChannel].active.size > 0) throw new codes.ERR_DNS_SET_SERVERS_FAILED('There are pending queries.', servers);
    this[kChannel].servers = list;
  }

  setLocalAddress(ipv4, ipv6) {
    validateString(ipv4, 'ipv4');
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6');
    const [first, second] = [net.isIP(ipv4), ipv6 === undefined ? undefined : net.isIP(ipv6)];
    if (first === 0 || second === 0 || first === second) throw new codes.ERR_INVALID_ARG_VALUE(first === 0 ? 'ipv4' : 'ipv6', first === 0 ? ipv4 : ipv6);
    const channel = this[kChannel];
    channel.local4 = first === 4 ? ipv4 : second === 4 ? ipv6 : undefined;
    channel.local6 = first === 6 ? ipv4 : second === 6 ? ipv6 : undefined;
  }
}

// What is checked at once, and what asks then: (callback) => undefined.
function prepare(self, method, args) {
  if (method === 'reverse') return prepareReverse(self, args[0]);
  const [name, options] = args;
  validateString(name, 'name');
  const [type, syscall, give] = QUERIES[method];
  return (callback) => {
    // eslint-disable-next-line no-control-regex
    const ascii = /[^\x00-\x7f]/.test(name) ? require('url').domainToASCII(name) : name;
    self[kChannel].ask(ascii, type, (code, records) => {
      if (code) return callback(failure(code, syscall, name));
      const result = give(records, options);
      if (result === undefined || (Array.isArray(result) && result.length === 0)) return callback(failure('ENODATA', syscall, name));
      callback(null, result);
    });
  };
}

function prepareReverse(self, ip) {
  validateString(ip, 'name');
  if (net.isIP(ip) === 0) throw failure('EINVAL', 'getHostByAddr', ip);
  return (callback) => {
    const known = hostsOf(ip);
    if (known.length > 0) return void process.nextTick(callback, null, known);
    self[kChannel].ask(reverseName(ip), 'PTR', (code, records) => {
      const names = code ? [] : of('PTR', (one) => one.value)(records);
      if (code || names.length === 0) return callback(failure(code ?? 'ENOTFOUND', 'getHostByAddr', ip));
      callback(null, names);
    });
  };
}

// resolve(name, type, …) is the method of the type.
function methodOf(type = 'A') {
  validateString(type, 'rrtype');
  if (!METHODS.has(type)) throw new codes.ERR_INVALID_ARG_VALUE('rrtype', type);
  return METHODS.get(type);
}

class Resolver extends ResolverBase {
  resolve(name, type, callback) {
    if (typeof type === 'function') [type, callback] = ['A', type];
    return this[methodOf(type)](name, callback);
  }
}
class PromiseResolver extends ResolverBase {
  resolve(name, type) { return this[methodOf(type)](name); }
}

for (const method of [...Object.keys(QUERIES), 'reverse']) {
  const define = (Class, value) => Object.defineProperty(Class.prototype, method, { value, writable: true, configurable: true, enumerable: true });
  define(Resolver, { [method](...args) {
    const callback = args[method === 'reverse' ? 1 : args.length > 2 ? 2 : args.length - 1];
    const ask = prepare(this, method, args);
    validateFunction(callback, 'callback');
    const frame = require('async_hooks').AsyncResource.bind(callback, 'QUERYWRAP');
    ask(frame);
    return {};
  } }[method]);
  define(PromiseResolver, { [method](...args) {
    const ask = prepare(this, method, args);
    return new Promise((resolve, reject) => { ask((error, value) => (error ? reject(error) : resolve(value))); });
  } }[method]);
}

// The functions of the module itself ask one resolver; dns and dns/promises share its channel.
const shared = new Resolver();
const sharedPromises = Object.create(PromiseResolver.prototype, {
  [kChannel]: { get: () => shared[kChannel] }, _handle: { value: shared._handle },
});

// A new channel: what was asked before goes on with the old servers.
function setServers(servers) {
  const list = readServers(servers);
  shared[kChannel] = new Channel();
  shared[kChannel].servers = list;
}

function functionsOf(resolver) {
  const list = ['getServers', 'resolve', ...Object.keys(QUERIES), 'reverse'];
  const functions = list.map((name) => [name, { [name](...args) { return resolver[name](...args); } }[name]]);
  return { setServers, ...Object.fromEntries(functions) };
}

module.exports = { Resolver, PromiseResolver, functions: () => functionsOf(shared), promises: () => functionsOf(sharedPromises) };
