// The process object. It is there before all else; what costs something is loaded when it is used.
'use strict';

const EventEmitter = require('events');
const lazy = require('internal/lazy');
const ticks = require('internal/ticks');

const VERSION = 'v24.12.0'; // the Node whose behaviour is followed
const system = native('process');

let umaskSeen;

function fail(errno, syscall, path) {
  throw require('internal/errors').uvException({ errno, syscall, path });
}

function cwd() {
  const path = system.cwd();
  return typeof path === 'string' ? path : fail(path, 'uv_cwd');
}

function chdir(directory) {
  require('internal/validators').validateString(directory, 'directory');
  const errno = system.chdir(directory);
  if (errno < 0) {
    const error = require('internal/errors').uvException({ errno, syscall: 'chdir', path: cwd(), dest: directory });
    throw error;
  }
}

function hrtime(before) {
  const [seconds, nanos] = system.hrtimeParts();
  if (before === undefined) return [seconds, nanos];
  require('internal/validators').validateArray(before, 'time');
  if (before.length !== 2) throw new (require('internal/errors').codes.ERR_OUT_OF_RANGE)('time', 2, before.length);
  const sec = seconds - before[0];
  const nano = nanos - before[1];
  return nano < 0 ? [sec - 1, nano + 1e9] : [sec, nano];
}

hrtime.bigint = function bigint() {
  const [seconds, nanos] = system.hrtimeParts();
  return BigInt(seconds) * 1000000000n + BigInt(nanos);
};

function memoryUsage() {
  const { rss, heapTotal, heapUsed } = system.memory();
  return { rss, heapTotal, heapUsed, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = () => system.resident();

function resourceUsage() {
  const u = system.usage();
  return {
    userCPUTime: u[0], systemCPUTime: u[1], maxRSS: u[2], sharedMemorySize: u[3], unsharedDataSize: u[4],
    unsharedStackSize: u[5], minorPageFault: u[6], majorPageFault: u[7], swappedOut: u[8], fsRead: u[9],
    fsWrite: u[10], ipcSent: u[11], ipcReceived: u[12], signalsCount: u[13], voluntaryContextSwitches: u[14],
    involuntaryContextSwitches: u[15],
  };
}

function cpuUsage(before) {
  const [user, sys] = system.usage();
  if (before === undefined || before === null) return { user, system: sys };
  const { validateObject, validateNumber } = require('internal/validators');
  validateObject(before, 'prevValue');
  validateNumber(before.user, 'prevValue.user');
  validateNumber(before.system, 'prevValue.system');
  const { codes } = require('internal/errors');
  for (const key of ['user', 'system']) {
    if (before[key] < 0 || before[key] > Number.MAX_SAFE_INTEGER) {
      throw new codes.ERR_INVALID_ARG_VALUE.RangeError(`prevValue.${key}`, before[key]);
    }
  }
  return { user: user - before.user, system: sys - before.system };
}

function umask(mask) {
  if (mask === undefined) return system.umask();
  mask = require('internal/validators').parseFileMode(mask, 'mask');
  umaskSeen = mask;
  void umaskSeen;
  return system.umask(mask & 0o777);
}

function kill(pid, signal) {
  // eslint-disable-next-line eqeqeq
  if (pid != (pid | 0)) throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('pid', 'number', pid);
  let number = signal;
  if (typeof signal !== 'number') {
    const { signals } = require('internal/constants');
    number = signal === undefined ? signals.SIGTERM : signals[signal];
    if (number === undefined) throw new (require('internal/errors').codes.ERR_UNKNOWN_SIGNAL)(signal);
  }
  const errno = system.kill(pid | 0, number);
  if (errno < 0) throw require('internal/errors').errnoException(errno, 'kill');
  return true;
}

let exitCode;

function checkExitCode(value, name) {
  if (value === undefined || value === null) return;
  let number = value;
  if (typeof value === 'string' && value !== '') {
    number = Number(value);
    if (!Number.isInteger(number)) number = value;
  }
  require('internal/validators').validateInteger(number, name);
}

// Ends with the 'exit' event, unless that is what runs now.
function exit(code) {
  if (code !== undefined) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', +exitCode || 0);
  }
  process.reallyExit(+exitCode || 0);
}

function binding(name) {
  const error = new Error(`No such binding: ${name}`);
  error.code = 'ERR_INVALID_MODULE';
  throw error;
}

function emitWarning(...args) {
  require('internal/warning').emitWarning(...args);
}

const methods = {
  cwd, chdir, hrtime, memoryUsage, resourceUsage, cpuUsage, umask, kill, exit, binding, emitWarning,
  nextTick: ticks.nextTick,
  reallyExit: (code) => system.end(code | 0),
  abort: () => system.abort(),
  uptime: () => (system.hrtime() - startTime) / 1e9,
  getuid: () => system.ids()[0],
  geteuid: () => system.ids()[1],
  getgid: () => system.ids()[2],
  getegid: () => system.ids()[3],
  getgroups() {
    const groups = system.groups();
    const own = system.ids()[3];
    return groups.includes(own) ? groups : [...groups, own];
  },
  constrainedMemory: () => 0,
  availableMemory: () => require('os').freemem(),
  setSourceMapsEnabled(value) {
    require('internal/validators').validateBoolean(value, 'val');
  },
  getBuiltinModule: (id) => require('internal/modules/builtin').get(id),
  getActiveResourcesInfo: () => require('internal/timers').activeResources(),
  _getActiveHandles: () => [],
  _getActiveRequests: () => [],
  _rawDebug: (...args) => { system.write(2, `${require('util').format(...args)}\n`); },
  _tickCallback() {},
  openStdin() {
    process.stdin.resume();
    return process.stdin;
  },
  loadEnvFile: (path) => require('internal/env').loadFile(path),
  setUncaughtExceptionCaptureCallback: (fn) => require('internal/uncaught').setCapture(fn),
  _fatalException: (error, fromPromise) => require('internal/uncaught').offer(error, fromPromise ? 'unhandledRejection' : 'uncaughtException'),
  hasUncaughtExceptionCaptureCallback: () => require('internal/uncaught').hasCapture(),
  addUncaughtExceptionCaptureCallback: (fn) => require('internal/uncaught').addCapture(fn),
  assert(value, message) { require('assert').ok(value, message); },
};

const startTime = system.hrtime();

const [major, minor, patch] = VERSION.slice(1).split('.');
const facts = {
  version: VERSION,
  arch: 'x64',
  platform: 'linux',
  pid: system.pid,
  exitCode: undefined,
  debugPort: 9229,
  execPath: system.execPath,
  argv0: system.argv[0],
};
void major; void minor; void patch;

function versions() {
  return Object.freeze({
    node: VERSION.slice(1), cpm: system.cpm, jsc: system.jsc, uv: system.uv, modules: '137',
    v8: '13.6.233.17-node.37', zlib: '1.3.1', openssl: '3.5.4', ares: '1.34.6', nghttp2: '1.68.0', napi: '10',
    llhttp: '9.3.0', unicode: '16.0', acorn: '8.15.0', undici: '7.16.0', cjs_module_lexer: '2.1.0',
    icu: '78.1', tz: '2025b', cldr: '48.0', amaro: '1.1.5',
  });
}

function features() {
  return {
    inspector: false, debug: false, uv: true, ipv6: true, openssl_is_boringssl: false, tls_alpn: true, tls_sni: true,
    tls_ocsp: true, tls: true, cached_builtins: true, require_module: true, typescript: 'strip',
  };
}

const heavy = {
  stdin: () => require('internal/stdio').stdin(),
  stdout: () => require('internal/stdio').stdout(),
  stderr: () => require('internal/stdio').stderr(),
  env: () => require('internal/env').make(),
  versions,
  features,
  release: () => ({ name: 'node', lts: 'Krypton' }),
  config: () => ({ target_defaults: { cflags: [], default_configuration: 'Release', defines: [], include_dirs: [],
    libraries: [] }, variables: { napi_build_version: '10', node_module_version: 137, node_builtin_shareable_builtins: [],
    v8_enable_i18n_support: 1, node_shared: false, is_debug: 0, asan: 0 } }),
  allowedNodeEnvironmentFlags: () => require('internal/options').allowedInEnvironment(),
  report: () => ({ compact: false, directory: '', filename: '', getReport: () => ({}), reportOnFatalError: false,
    reportOnSignal: false, reportOnUncaughtException: false, signal: 'SIGUSR2', writeReport: () => '' }),
  permission: () => ({ has: () => true }),
  finalization: () => ({ register() {}, registerBeforeExit() {}, unregister() {} }),
};

const identity = ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups', 'execve', 'threadCpuUsage'];

function defineTitle() {
  let title = 'node';
  Object.defineProperty(process, 'moduleLoadList', {
    get: () => [...native('loaded').keys()].map((id) => `NativeModule ${id}`), configurable: true, enumerable: true,
  });
  Object.defineProperty(process, 'title', {
    configurable: true, enumerable: true,
    get: () => title,
    set(value) {
      title = String(value);
      system.setTitle(title);
    },
  });
}

// Signals become events when somebody listens.
function watchSignals() {
  const isSignal = (name) => typeof name === 'string' && name.startsWith('SIG');
  process.on('newListener', (name) => {
    if (isSignal(name) && process.listenerCount(name) === 0) require('internal/signals').start(name);
  });
  process.on('removeListener', (name) => {
    if (isSignal(name) && process.listenerCount(name) === 0) require('internal/signals').stop(name);
  });
}

exports.setup = function setup() {
  const Process = { process: function() {} }.process;
  const prototype = Process.prototype;
  Object.setPrototypeOf(prototype, EventEmitter.prototype);
  Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
  Object.setPrototypeOf(process, prototype);
  EventEmitter.call(process);
  for (const key of ['_events', '_eventsCount', '_maxListeners']) Object.defineProperty(process, key, { enumerable: false });
  Object.assign(process, facts, methods);
  process.argv[0] = system.execPath;
  process.execArgv = [];
  process._exiting = false;
  Object.defineProperty(process, '_exiting', { enumerable: false });
  for (const name of Object.keys(heavy)) lazy.define(process, name, heavy[name], true);
  for (const name of identity) lazy.define(process, name, () => require('internal/identity')[name], true);
  Object.defineProperty(process, 'ppid', { configurable: true, enumerable: true, get: () => system.ppid });
  Object.defineProperty(process, 'exitCode', {
    configurable: false, enumerable: true,
    get: () => exitCode,
    set(value) {
      checkExitCode(value, 'code');
      exitCode = value;
    },
  });
  defineTitle();
  watchSignals();
};
