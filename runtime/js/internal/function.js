// The class Function. new Function('x', 'return import(x)'): the engine has no import of its own, so the text is rewritten.
'use strict';

const Native = require('internal/world').Function;

function withImport(args) {
  const last = args.length - 1;
  if (last < 0 || !/\bimport\s*\(/.test(`${args[last]}`)) return args;
  const file = require('internal/stack').callerFile() ?? `${process.cwd()}/`;
  const { rewriteImports } = require('internal/modules/esm');
  return [...args.slice(0, last), rewriteImports(`${args[last]}`, file)];
}

const standing = new Proxy(Native, {
  apply: (target, self, args) => Reflect.apply(target, self, withImport(args)),
  construct: (target, args, newTarget) => Reflect.construct(target, withImport(args), newTarget === standing ? target : newTarget),
});
Object.defineProperty(Native.prototype, 'constructor', { value: standing, writable: true, configurable: true, enumerable: false });

exports.Function = standing;
