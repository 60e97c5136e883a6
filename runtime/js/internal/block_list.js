// net.BlockList and net.SocketAddress. An address is a number of 128 bits: that of IPv4 stands where IPv6 maps it, so that
// rules of one family hold for the mapped addresses of the other.
'use strict';

const { codes } = require('internal/errors');
const { validateObject, validateInt32, validateUint32, validateString, validatePort } = require('internal/validators');
const { mark, find } = require('internal/shared_clones');
const net = require('net');

const kInspect = Symbol.for('nodejs.util.inspect.custom');
const kClone = Symbol.for('cpm.clone');
const MAPPED = 0xffff00000000n;
const FAMILIES = { ipv4: 4, ipv6: 6 };

function numberOf4(text) {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

// undefined for what is no address of that family.
function numberOf(text, family) {
  if (family === 4) return net.isIPv4(text) ? MAPPED | numberOf4(text) : undefined;
  if (!net.isIPv6(text)) return undefined;
  const tail = /[^:]*\.[^:]*$/.exec(text.split('%')[0])?.[0];
  const plain = text.split('%')[0];
  const last = tail === undefined ? undefined : numberOf4(tail);
  const words = tail === undefined ? plain
    : `${plain.slice(0, -tail.length)}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const [head, rest] = words.split('::').map((half) => half.split(':').filter(Boolean));
  const all = rest === undefined ? head : [...head, ...new Array(8 - head.length - rest.length).fill('0'), ...rest];
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

function familyOf(value) {
  validateString(value, 'family');
  const name = value.toLowerCase();
  if (!Object.hasOwn(FAMILIES, name)) throw new codes.ERR_INVALID_ARG_VALUE('family', value);
  return FAMILIES[name];
}

class SocketAddress {
  #address;
  #family;
  #port;
  #flowlabel;
  constructor(options = {}) {
    validateObject(options, 'options');
    const { family = 'ipv4', port = 0, flowlabel = 0 } = options;
    const number = familyOf(family);
    const { address = number === 4 ? '127.0.0.1' : '::' } = options;
    validateString(address, 'options.address');
    validatePort(port, 'options.port');
    validateUint32(flowlabel, 'options.flowlabel');
    if (numberOf(address, number) === undefined) throw new codes.ERR_INVALID_ADDRESS();
    this.#address = address;
    this.#family = number;
    this.#port = Number(port);
    this.#flowlabel = flowlabel;
  }
  get address() { return this.#address; }
  get family() { return `ipv${this.#family}`; }
  get port() { return this.#port; }
  get flowlabel() { return this.#family === 6 ? this.#flowlabel : 0; }
  toJSON() { return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel }; }
  [kInspect](depth, options) {
    if (depth < 0) return '[SocketAddress]';
    return `SocketAddress ${require('internal/inspect').inspect(this.toJSON(), { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
  [kClone]() { return ['internal/block_list', { address: this.toJSON() }]; }
  static isSocketAddress(value) { return value !== null && typeof value === 'object' && #address in value; }
  static parse(input) {
    validateString(input, 'input');
    try {
      const { hostname, port } = new URL(`http://${input}`);
      if (hostname.startsWith('[') && hostname.endsWith(']')) return new SocketAddress({ address: hostname.slice(1, -1), port: port | 0, family: 'ipv6' });
      return new SocketAddress({ address: hostname, port: port | 0 });
    } catch {
      return undefined;
    }
  }
}

// [number, family, text] of an argument that is an address of either kind.
function readAddress(value, family, name) {
  if (SocketAddress.isSocketAddress(value)) return [numberOf(value.address, FAMILIES[value.family]), FAMILIES[value.family], value.address];
  validateString(value, name);
  const number = familyOf(family);
  const read = numberOf(value, number);
  if (read === undefined) throw new codes.ERR_INVALID_ADDRESS();
  return [read, number, value];
}

class BlockList {
  #rules = []; // [first, last, what is shown], the newest first; clones share them

  addAddress(address, family = 'ipv4') {
    const [number, version, text] = readAddress(address, family, 'address');
    this.#rules.unshift([number, number, `Address: IPv${version} ${text}`]);
  }

  addRange(start, end, family = 'ipv4') {
    const [first, version, from] = readAddress(start, family, 'start');
    const [last, , to] = readAddress(end, family, 'end');
    if (first > last) throw new codes.ERR_INVALID_ARG_VALUE('start', start, `must come before ${to}`);
    this.#rules.unshift([first, last, `Range: IPv${version} ${from}-${to}`]);
  }

  addSubnet(network, prefix, family = 'ipv4') {
    if (!SocketAddress.isSocketAddress(network)) {
      validateString(network, 'network');
      familyOf(family);
    }
    const version = SocketAddress.isSocketAddress(network) ? FAMILIES[network.family] : familyOf(family);
    validateInt32(prefix, 'prefix', 0, version === 4 ? 32 : 128);
    const [number, , text] = readAddress(network, family, 'network');
    const bits = BigInt((version === 4 ? 32 : 128) - prefix);
    const first = (number >> bits) << bits;
    this.#rules.unshift([first, first | ((1n << bits) - 1n), `Subnet: IPv${version} ${text}/${prefix}`]);
  }

  check(address, family = 'ipv4') {
    let number;
    if (SocketAddress.isSocketAddress(address)) [number] = readAddress(address);
    else {
      validateString(address, 'address');
      number = numberOf(address, familyOf(family));
    }
    return number !== undefined && this.#rules.some(([first, last]) => first <= number && number <= last);
  }

  get rules() { return this.#rules.map((rule) => rule[2]); }
  toJSON() { return this.rules; }

  fromJSON(data) {
    if (Array.isArray(data)) {
      if (data.some((one) => typeof one !== 'string')) throw new codes.ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
      return data.forEach((rule) => this.#parse(rule));
    }
    if (typeof data !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
    const list = JSON.parse(data);
    if (!Array.isArray(list)) throw new codes.ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
    return this.fromJSON(list);
  }

  // What is no rule is left out.
  #parse(rule) {
    const [, kind, version, first, mark, second] = /^(Address|Range|Subnet): IPv([46]) ([0-9a-f.:]+)(?:([-/])(\S+))?$/i.exec(rule) ?? [];
    const family = `ipv${version}`;
    if (kind === 'Address' && mark === undefined) this.addAddress(first, family);
    else if (kind === 'Range' && mark === '-') this.addRange(first, second, family);
    else if (kind === 'Subnet' && mark === '/') this.addSubnet(first, Number(second), family);
  }

  [kInspect](depth, options) {
    if (depth < 0) return '[BlockList]';
    return `BlockList ${require('internal/inspect').inspect({ rules: this.rules }, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
  [kClone]() { return ['internal/block_list', { list: { mark: mark(this.#rules), rules: this.#rules } }]; }
  static isBlockList(value) { return value !== null && typeof value === 'object' && #rules in value; }
  static adopt(rules) {
    const list = new BlockList();
    list.#rules = rules;
    return list;
  }
}
const { adopt } = BlockList;
delete BlockList.adopt;

function revive({ address, list }) {
  if (address !== undefined) return new SocketAddress(address);
  return adopt(find(list.mark) ?? list.rules);
}

module.exports = { BlockList, SocketAddress, revive };
