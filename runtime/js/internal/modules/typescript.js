// TypeScript: files run with their types taken out, by npm's sucrase, which leaves every line where it was. What has a
// meaning at run time (enums, parameter properties, namespaces) becomes the JavaScript that it means.
'use strict';

const { codes } = require('internal/errors');

function strip(text, file) {
  if (file !== undefined && /\/node_modules\//.test(file)) throw new codes.ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING(file);
  const { transform } = require('lib/sucrase');
  try {
    return transform(text, {
      transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true, preserveDynamicImport: true,
    }).code;
  } catch (error) {
    const fault = new SyntaxError(`${error.message.replace(/^Error transforming [^:]*: /, '')}${file === undefined ? '' : ` in ${file}`}`);
    fault.code = 'ERR_INVALID_TYPESCRIPT_SYNTAX';
    throw fault;
  }
}
exports.strip = strip;

// module.stripTypeScriptTypes
exports.stripTypeScriptTypes = function stripTypeScriptTypes(code, options = {}) {
  const { validateString, validateObject, validateOneOf } = require('internal/validators');
  validateString(code, 'code');
  validateObject(options, 'options');
  validateOneOf(options.mode ?? 'strip', 'options.mode', ['strip', 'transform']);
  const text = strip(code);
  return options.sourceUrl === undefined ? text : `${text}\n\n//# sourceURL=${options.sourceUrl}`;
};
