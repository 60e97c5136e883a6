'use strict';

class Navigator {
  get hardwareConcurrency() { return require('os').availableParallelism(); }
  get language() { return Intl.DateTimeFormat().resolvedOptions().locale; }
  get languages() { return Object.freeze([this.language]); }
  get platform() { return process.platform; }
  get userAgent() { return `Node.js/${process.version.slice(1).split('.')[0]}`; }
}

module.exports = { Navigator, navigator: new Navigator() };
