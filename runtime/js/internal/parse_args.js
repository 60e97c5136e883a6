// util.parseArgs.
'use strict';

const { codes } = require('internal/errors');
const { validateArray, validateBoolean, validateObject, validateOneOf, validateString } = require('internal/validators');

function checkOptions(options) {
  validateObject(options, 'options');
  for (const [name, option] of Object.entries(options)) {
    validateObject(option, `options.${name}`);
    validateOneOf(option.type, `options.${name}.type`, ['string', 'boolean']);
    if (Object.hasOwn(option, 'short')) {
      validateString(option.short, `options.${name}.short`);
      if (option.short.length !== 1) {
        throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, 'must be a single character');
      }
    }
    if (Object.hasOwn(option, 'multiple')) validateBoolean(option.multiple, `options.${name}.multiple`);
  }
}

// [{ kind, name, rawName, index, value, inlineValue }] of the arguments.
function tokenize(args, options) {
  const byShort = (letter) => Object.keys(options).find((name) => options[name].short === letter) ?? letter;
  const takes = (name) => options[name]?.type === 'string';
  const tokens = [];
  const rest = [...args];
  let index = -1;
  const groups = new Set();
  while (rest.length > 0) {
    const arg = rest.shift();
    if (groups.has(rest.length)) groups.delete(rest.length);
    else index++;
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const value of rest) tokens.push({ kind: 'positional', index: ++index, value });
      break;
    }
    if (/^-[^-]/.test(arg) && arg.length === 2) {
      const name = byShort(arg[1]);
      let value;
      let inlineValue;
      if (takes(name) && rest.length > 0) {
        value = rest.shift();
        inlineValue = false;
      }
      tokens.push({ kind: 'option', name, rawName: arg, index, value, inlineValue });
      if (value !== undefined) index++;
    } else if (/^-[^-]./.test(arg)) {
      const first = byShort(arg[1]);
      if (takes(first)) tokens.push({ kind: 'option', name: first, rawName: `-${arg[1]}`, index, value: arg.slice(2), inlineValue: true });
      else {
        const expanded = [];
        for (let i = 1; i < arg.length; i++) {
          if (!takes(byShort(arg[i])) || i === arg.length - 1) expanded.push(`-${arg[i]}`);
          else {
            expanded.push(`-${arg.slice(i)}`);
            break;
          }
        }
        index--;
        expanded.forEach((_, i) => { if (i > 0) groups.add(rest.length + expanded.length - i - 1); });
        rest.unshift(...expanded);
      }
    } else if (/^--./.test(arg)) {
      const at = arg.indexOf('=', 3);
      if (at >= 0) {
        tokens.push({ kind: 'option', name: arg.slice(2, at), rawName: arg.slice(0, at), index, value: arg.slice(at + 1), inlineValue: true });
        continue;
      }
      const name = arg.slice(2);
      let value;
      let inlineValue;
      if (takes(name) && rest.length > 0) {
        value = rest.shift();
        inlineValue = false;
      }
      tokens.push({ kind: 'option', name, rawName: arg, index, value, inlineValue });
      if (value !== undefined) index++;
    } else tokens.push({ kind: 'positional', index, value: arg });
  }
  return tokens;
}

function checkToken(token, options, allowPositionals, allowNegative) {
  const fail = (code, message) => { throw new codes[code](message); };
  if (!Object.hasOwn(options, token.name)) {
    fail('ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${token.rawName}'${allowPositionals
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${token.rawName}"` : ''}`);
  }
  const { short, type } = options[token.name];
  const words = `${short ? `-${short}, ` : ''}--${allowNegative && type === 'boolean' ? '[no-]' : ''}${token.name}`;
  if (type === 'string' && typeof token.value !== 'string') {
    fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${words} <value>' argument missing`);
  }
  if (type === 'boolean' && token.value !== undefined && token.value !== null) {
    fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${words}' does not take an argument`);
  }
  if (token.inlineValue === false && type === 'string' && token.value.length > 1 && token.value[0] === '-') {
    const example = token.rawName.startsWith('--') ? `'${token.rawName}=-XYZ'` : `'--${token.name}=-XYZ' or '${token.rawName}-XYZ'`;
    fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${token.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${token.rawName}'?\nTo specify an option argument starting with a dash use ${example}.`);
  }
}

function parseArgs(config = {}) {
  const args = config.args ?? process.argv.slice(require('internal/options').get('eval') !== undefined ? 1 : 2);
  const { strict = true, tokens: wantsTokens = false, options = {}, allowNegative = false } = config;
  const allowPositionals = config.allowPositionals ?? !strict;
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wantsTokens, 'tokens');
  checkOptions(options);
  const values = { __proto__: null };
  const positionals = [];
  const tokens = tokenize(args, options);
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!allowPositionals) {
        throw new codes.ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(`Unexpected argument '${token.value}'. This command does not take positional arguments`);
      }
      positionals.push(token.value);
      continue;
    }
    if (token.kind !== 'option') continue;
    let value = token.value ?? true;
    let { name } = token;
    if (allowNegative && name.startsWith('no-') && token.value === undefined && !Object.hasOwn(options, name)) {
      name = token.name = name.slice(3);
      value = false;
    }
    if (strict) checkToken(token, options, allowPositionals, allowNegative);
    if (name === '__proto__') continue;
    if (options[name]?.multiple) (values[name] ??= []).push(value);
    else values[name] = value;
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return wantsTokens ? { values, positionals, tokens } : { values, positionals };
}

module.exports = { parseArgs };
