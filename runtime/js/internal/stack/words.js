// V8's words for errors that the engine makes with its own: from the engine's text, which has the source of what failed.
'use strict';

// The last property of an expression: "b" of a.b, "x" of a['x']; undefined for a variable.
function lastProperty(expression) {
  const named = /(?:\.|\?\.)\s*(#?[\p{ID_Continue}$]+)\s*$/u.exec(expression);
  if (named !== null) return named[1];
  return /\[\s*(?:(['"])(.*?)\1|(\d+))\s*\]\s*$/.exec(expression)?.slice(2).find((part) => part !== undefined);
}

function notAnObject(_, what, expression) {
  const assignment = /^(.+?[^=!<>])=(?![=>])/s.exec(expression);
  const property = lastProperty((assignment ? assignment[1] : expression).trim());
  const [verb, doing] = assignment ? ['set', 'setting'] : ['read', 'reading'];
  return `Cannot ${verb} properties of ${what}${property === undefined ? '' : ` (${doing} '${property}')`}`;
}

const WORDS = [
  [/^(undefined|null) is not an object \(evaluating '(.*)'\)$/s, notAnObject],
  [/^(.+) is not a function\. \(In '.*$/s, (_, what) => `${what.replace(/\s+/g, ' ')} is not a function`],
  [/^.+ is not a constructor \(evaluating 'new ([\p{ID_Continue}$.]+).*$/su, (_, what) => `${what} is not a constructor`],
  [/^(.+) is not a constructor \(evaluating '.*$/s, (_, what) => `${what} is not a constructor`],
  [/^Can't find variable: (.+)$/s, (_, name) => `${name} is not defined`],
  [/^Cannot access '(.+)' before initialization\.$/s, (_, name) => `Cannot access '${name}' before initialization`],
  [/^Cannot call a class constructor ?(.*) without \|new\|$/s,
    (_, name, stack) => `Class constructor ${name || /^[^@\n]*/.exec(stack)[0]} cannot be invoked without 'new'`],
  [/^'super\(\)' must be called in derived constructor before accessing \|this\| or returning non-object\.$/,
    () => "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"],
  [/^Invalid mix of BigInt and other type in .*$/, () => 'Cannot mix BigInt and other types, use explicit conversions'],
  [/^Cannot convert a symbol to a string$/i, () => 'Cannot convert a Symbol value to a string'],
  [/^(?:Array size is not a small enough positive integer\.?|Array length must be a positive integer of safe magnitude\.)$/, () => 'Invalid array length'],
  [/^Maximum call stack size exceeded\.$/, () => 'Maximum call stack size exceeded'],
  [/^reduce of empty array with no initial value$/, () => 'Reduce of empty array with no initial value'],
  [/^URI error$|^URIError: .*$|^String contained an illegal UTF-16 sequence\.$/, () => 'URI malformed'],
  [/^Invalid Date$|^Invalid time value$/, () => 'Invalid time value'],
  [/^(.+) is not an Object\. \(evaluating '.* in .*'\)$/s, (_, what) => `Cannot use 'in' operator to search for a property in ${what}`],
  [/^Right hand side of instanceof is not (?:an object|callable).*$|^(?:.+) is not a function\. \(evaluating '.* instanceof .*'\)$/s, () => "Right-hand side of 'instanceof' is not callable"],
];

// The engine's message in V8's words: the same where there are none. stack: the engine's own text.
exports.translate = function translate(message, stack) {
  for (const [form, words] of WORDS) {
    const found = form.exec(message);
    if (found !== null) return words(found[0], found[1], found[2] ?? stack);
  }
  return message;
};
