'use strict';

const dns = require('dns');

function promised(name) {
  return { [name](host, ...args) {
    return new Promise((resolve, reject) => {
      dns[name](host, ...args, (error, value) => (error ? reject(error) : resolve(value)));
    });
  } }[name];
}

module.exports = { ...dns };
for (const name of Object.keys(dns)) if (/^(resolve|reverse)/.test(name)) module.exports[name] = promised(name);
module.exports.lookup = (host, options) => new Promise((resolve, reject) => {
  dns.lookup(host, options ?? {}, (error, address, family) => {
    if (error) reject(error);
    else resolve(Array.isArray(address) ? address : { address, family });
  });
});
