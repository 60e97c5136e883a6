// The entry module that has not come to its end, if there is one: a loop that ends before it leaves exit code 13.
'use strict';

module.exports = { url: undefined };
