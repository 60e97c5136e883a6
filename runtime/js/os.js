// What the machine is.
'use strict';

const system = native('os');
const { validateInt32 } = require('internal/validators');
const constants = require('internal/constants');

function fail(errno, syscall) {
  const error = new Error(`A system error occurred: ${syscall} returned ${require('internal/errors').errorName(errno).join(' (')})`);
  error.code = 'ERR_SYSTEM_ERROR';
  error.name = 'SystemError';
  error.errno = errno;
  error.syscall = syscall;
  return error;
}

const names = () => system.uname();

function cpus() {
  return system.cpus().map(([model, speed, user, nice, sys, idle, irq]) => ({
    model, speed, times: { user, nice, sys, idle, irq },
  }));
}

function cidr(address, netmask, family) {
  let bits = 0;
  if (family === 'IPv4') {
    for (const part of netmask.split('.')) bits += (Number(part).toString(2).match(/1/g) ?? []).length;
  } else {
    for (const part of netmask.split(':')) bits += (parseInt(part || '0', 16).toString(2).match(/1/g) ?? []).length;
  }
  return `${address}/${bits}`;
}

function networkInterfaces() {
  const out = {};
  for (const [name, address, netmask, isV6, mac, internal, scopeid] of system.interfaces()) {
    const family = isV6 ? 'IPv6' : 'IPv4';
    const entry = { address, netmask, family, mac, internal, cidr: cidr(address, netmask, family) };
    if (isV6) entry.scopeid = scopeid;
    (out[name] ??= []).push(entry);
  }
  return out;
}

function tmpdir() {
  const { TMPDIR, TMP, TEMP } = process.env;
  const path = TMPDIR || TMP || TEMP || '/tmp';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function userInfo(options) {
  const user = system.user();
  if (typeof user === 'number') throw fail(user, 'uv_os_get_passwd');
  const [username, uid, gid, shell, homedir] = user;
  const asWanted = (text) => (options?.encoding === 'buffer' && text !== null ? require('buffer').Buffer.from(text) : text);
  return { uid, gid, username: asWanted(username), homedir: asWanted(homedir), shell: asWanted(shell) };
}

function setPriority(pid, priority) {
  if (priority === undefined) [pid, priority] = [0, pid];
  validateInt32(pid, 'pid');
  validateInt32(priority, 'priority', -20, 19);
  const errno = system.setPriority(pid, priority);
  if (errno < 0) throw fail(errno, 'uv_os_setpriority');
}

function getPriority(pid = 0) {
  validateInt32(pid, 'pid');
  const value = system.getPriority(pid);
  if (typeof value !== 'number') throw fail(value[0], 'uv_os_getpriority');
  return value;
}

// Node's functions are their own text as well.
function asText(fn) {
  fn[Symbol.toPrimitive] = () => fn();
  return fn;
}

module.exports = {
  arch: asText(() => process.arch),
  availableParallelism: asText(() => system.parallelism()),
  cpus,
  endianness: asText(() => 'LE'),
  freemem: asText(() => system.memory()[0]),
  totalmem: asText(() => system.memory()[1]),
  getPriority, setPriority,
  homedir: asText(() => process.env.HOME || userInfo().homedir),
  hostname: asText(() => names()[4]),
  loadavg: () => system.loadavg(),
  machine: asText(() => names()[3]),
  networkInterfaces,
  platform: asText(() => process.platform),
  release: asText(() => names()[1]),
  tmpdir: asText(tmpdir),
  type: asText(() => names()[0]),
  uptime: asText(() => system.uptime()),
  userInfo,
  version: asText(() => names()[2]),
  constants: Object.freeze(Object.assign(Object.create(null), {
    UV_UDP_REUSEADDR: 4, dlopen: constants.dlopen, errno: constants.errno, signals: constants.signals,
    priority: constants.priority,
  })),
  EOL: '\n',
  devNull: '/dev/null',
};
for (const name of ['EOL', 'devNull', 'constants']) Object.defineProperty(module.exports, name, { writable: false, configurable: false });
