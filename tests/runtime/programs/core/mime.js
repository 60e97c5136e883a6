// util.MIMEType: what it reads, writes and refuses.
'use strict';
const { MIMEType } = require('util');

for (const text of ['Text/HTML; Charset="utf 8"; charset=second; bad name=x; x=', 'a/b;q="\\"";z=1', ' text/plain ; a=b', 'text', '/x', 'a/b c']) {
  try {
    const mime = new MIMEType(text);
    console.log(`${mime}`, mime.essence, [...mime.params]);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
const mime = new MIMEType('a/b');
mime.subtype = 'JSON';
mime.params.set('v', 'a;b');
console.log(JSON.stringify(mime), mime.params.get('v'), mime.params.get('w'));
