// What the functions of url refuse, and in which words.
'use strict';
const url = require('url');

const tell = (fn) => {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.code ?? error.name, error.code === 'ERR_INVALID_FILE_URL_PATH' ? error.input instanceof URL : error.message);
  }
};
tell(() => new URLSearchParams().append(Symbol('s'), ''));
tell(() => String(new URLSearchParams([['a', '\ud800']])));
tell(() => url.urlToHttpOptions('http://host.test'));
tell(() => url.format(new URL('http://host.test/a'), 1));
tell(() => url.fileURLToPath('file:///a%2Fb'));
tell(() => URL.revokeObjectURL());
tell(() => Object.getPrototypeOf(url.parse('http://host.test/?a=b', true).query));
tell(() => Object.keys(URL).includes('canParse'));
const changed = new URL('http://host.test');
changed.username = '\ud800';
tell(() => changed.href);
