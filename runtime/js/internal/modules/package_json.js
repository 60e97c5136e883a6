// module.findPackageJSON.
'use strict';

const resolver = require('internal/modules/resolve');
const { fileURLToPath, toPathIfURL } = require('internal/url');

function find(specifier, base = 'data:') {
  const { validateString } = require('internal/validators');
  let text = toPathIfURL(specifier);
  if (typeof text !== 'string') validateString(text, 'specifier');
  if (text.startsWith('file:')) text = fileURLToPath(text);
  let parent = toPathIfURL(base);
  if (typeof parent === 'string' && parent.startsWith('file:')) parent = fileURLToPath(parent);
  const found = resolver.resolve(true, text, parent.startsWith('/') ? parent : `${process.cwd()}/`);
  const { dirname } = require('path');
  for (let at = dirname(found.path ?? text); ; at = dirname(at)) {
    if (native('module').kind(`${at}/package.json`) === 0) return `${at}/package.json`;
    if (at === '/' || at.endsWith('/node_modules')) return undefined;
  }
}

module.exports = { find };
