// A run with options: what was asked for by -e, -p, --check, --version, or a script after -r and --import.
'use strict';

const options = require('internal/options');
const system = native('process');

const HELP = `Usage: node [options] [ script.js ] [arguments]

Options:
  -v, --version            print Node.js version
  -e, --eval=...           evaluate script
  -p, --print [...]        evaluate script and print result
  -c, --check              syntax check script without executing
  -r, --require=...        CommonJS module to preload (option can be repeated)
  --import=...             ES module to preload (option can be repeated)
  -C, --conditions=...     additional user conditions for conditional exports and imports
  --env-file=...           set environment variables from supplied file
  --input-type=...         set module type for string input
  --unhandled-rejections=  one of strict, warn, throw (default), none or warn-with-error-codes

The engine is JavaScriptCore on libuv; options of V8 are accepted and ignored.
`;

function evaluate(text) {
  const asModule = options.get('input-type') === 'module' || options.get('experimental-default-type') === 'module';
  if (asModule) return require('internal/modules/esm').evaluate(text);
  const value = require('internal/modules/cjs_rest').evaluateMain(text, '[eval]');
  if (options.get('print')) require('console').log(value);
}

function check(file) {
  const { Module } = require('internal/modules/cjs');
  const path = Module._resolveFilename(require('path').resolve(file), null, true);
  const text = native('module').readText(path);
  if (typeof text === 'number') throw require('internal/errors').uvException({ errno: text, syscall: 'open', path });
  require('internal/modules/cjs_rest').checkSyntax(text, path);
}

function readStdin() {
  return require('fs').readFileSync(0, 'utf8');
}

function preload(then) {
  const cjs = require('internal/modules/cjs');
  if (options.get('require')) cjs.Module._preloadModules(options.get('require'));
  const list = options.get('import');
  if (!list) return then();
  require('internal/modules/esm').preload(list, then);
}

exports.run = function run() {
  for (const file of options.get('env-file') ?? []) require('internal/env').loadFile(file);
  for (const file of options.get('env-file-if-exists') ?? []) require('internal/env').loadFile(file, true);
  if (options.get('version')) return void system.write(1, `${process.version}\n`);
  if (options.get('help')) return void system.write(1, HELP);
  if (options.get('check')) return check(process.argv[1]);
  preload(() => {
    if (options.get('eval') !== undefined && options.get('eval') !== true) return evaluate(options.get('eval'));
    if (process.argv.length > 1 && process.argv[1] !== '-') return require('internal/modules/cjs').runMain();
    if (options.get('print')) return evaluate('');
    if (process.argv[1] === '-') process.argv.splice(1, 1, '-');
    evaluate(readStdin());
  });
};
