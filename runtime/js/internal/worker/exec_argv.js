// Which of node's options a Worker may be given: those of a thread. Options of the process and of V8 are refused.
'use strict';

const { codes } = require('internal/errors');

const FLAGS = new Set(`abort-on-uncaught-exception addons allow-addons async-context-frame check deprecation enable-source-maps
entry-url experimental-async-context-frame experimental-default-config-file experimental-detect-module experimental-eventsource
experimental-fetch experimental-global-customevent experimental-global-navigator experimental-global-webcrypto
experimental-import-meta-resolve experimental-network-imports experimental-permission experimental-print-required-tla
experimental-repl-await experimental-require-module experimental-shadow-realm experimental-sqlite experimental-strip-types
experimental-test-coverage experimental-test-isolation experimental-test-module-mocks experimental-transform-types
experimental-vm-modules experimental-wasi-unstable-preview1 experimental-websocket experimental-webstorage
experimental-worker expose-gc expose-internals extra-info-on-fatal-exception force-context-aware
force-node-api-uncaught-exceptions-policy frozen-intrinsics global-search-paths inspect inspect-brk insecure-http-parser
network-family-autoselection node-snapshot pending-deprecation permission preserve-symlinks preserve-symlinks-main print prof-process
report-on-signal require-module strip-types test test-force-exit test-only test-udp-no-try-send throw-deprecation trace-atomics-wait
trace-deprecation trace-env trace-env-js-stack trace-env-native-stack trace-exit trace-promises trace-sigint trace-sync-io
trace-tls trace-uncaught trace-warnings track-heap-objects verify-base-objects warnings watch watch-preserve-output
inspect-wait strict stack-trace-limit allow-child-process allow-fs-read allow-fs-write allow-inspector allow-wasi allow-worker
cpu-prof heap-prof heapsnapshot-near-heap-limit interpreted-frames-native-stack max-old-space-size max-semi-space-size
stack-trace-limit`.split(/\s+/));
const VALUES = new Set(`conditions cpu-prof-dir cpu-prof-interval cpu-prof-name diagnostic-dir disable-warning dns-result-order
env-file env-file-if-exists eval experimental-default-type experimental-loader heap-prof-dir heap-prof-interval heap-prof-name
heapsnapshot-signal icu-data-dir import input-type inspect-port inspect-publish-uid loader localstorage-file
max-http-header-size network-family-autoselection-attempt-timeout redirect-warnings report-signal require test-concurrency
test-coverage-branches test-coverage-exclude test-coverage-functions test-coverage-include test-coverage-lines test-isolation
test-name-pattern test-reporter test-reporter-destination test-shard test-skip-pattern test-timeout trace-require-module
unhandled-rejections watch-path es-module-specifier-resolution experimental-config-file`.split(/\s+/));
const SHORT = { '-r': 'require', '-C': 'conditions', '-e': 'eval', '-p': 'print', '-c': 'check' };

// The options of a list that no thread takes.
function refusedOf(list) {
  const refused = [];
  for (let i = 0; i < list.length; i++) {
    const option = `${list[i]}`;
    if (option === '--' || option[0] !== '-') break;
    const [head, value] = option.split('=', 2);
    const name = (SHORT[head] ?? head.replace(/^--(no-)?/, '')).replaceAll('_', '-');
    if (VALUES.has(name)) {
      if (value !== undefined) continue;
      if (i + 1 < list.length) i++;
      else refused.push(`${option} requires an argument`);
    } else if (!FLAGS.has(name)) refused.push(option);
  }
  return refused;
}

exports.check = function check(options) {
  if (options.execArgv !== undefined) {
    const refused = refusedOf(options.execArgv);
    if (refused.length > 0) throw new codes.ERR_WORKER_INVALID_EXEC_ARGV(refused);
  }
  const text = options.env?.NODE_OPTIONS;
  if (typeof text !== 'string' || text === process.env.NODE_OPTIONS) return;
  const known = require('internal/options').allowedInEnvironment();
  const refused = refusedOf(text.split(' ').filter(Boolean)).filter((option) => !known.has(option.split('=')[0]));
  if (refused.length > 0) throw new codes.ERR_WORKER_INVALID_EXEC_ARGV(refused, 'invalid NODE_OPTIONS env variable');
};
