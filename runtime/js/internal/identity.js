// process.setuid and its kin, execve, and what a thread has used.
'use strict';

const { codes, errnoException } = require('internal/errors');
const { validateArray, validateNumber, validateObject, validateString, validateUint32 } = require('internal/validators');
const system = native('identity');

function validateId(id, name) {
  if (typeof id === 'number') validateUint32(id, name);
  else if (typeof id !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, ['number', 'string'], id);
}

function give(name, kind) {
  return { [name](id) {
    validateId(id, 'id');
    const result = system[name](id);
    if (result === 1) throw new codes.ERR_UNKNOWN_CREDENTIAL(kind, id);
    if (result < 0) throw errnoException(result, name);
  } }[name];
}

function setgroups(groups) {
  validateArray(groups, 'groups');
  groups.forEach((id, i) => validateId(id, `groups[${i}]`));
  const result = system.setgroups(groups);
  if (result > 0) throw new codes.ERR_UNKNOWN_CREDENTIAL('Group', groups[result - 2]);
  if (result < 0) throw errnoException(result, 'setgroups');
}

function initgroups(user, extraGroup) {
  validateId(user, 'user');
  validateId(extraGroup, 'extraGroup');
  const result = system.initgroups(user, extraGroup);
  if (result === 1) throw new codes.ERR_UNKNOWN_CREDENTIAL('User', user);
  if (result === 2) throw new codes.ERR_UNKNOWN_CREDENTIAL('Group', extraGroup);
  if (result < 0) throw errnoException(result, 'initgroups');
}

const isBad = (text) => typeof text !== 'string' || text.includes('\0');

function execve(execPath, args = [], env = process.env) {
  if (!require('worker_threads').isMainThread) throw new codes.ERR_WORKER_UNSUPPORTED_OPERATION('Calling process.execve');
  process.emitWarning('process.execve is an experimental feature and might change at any time', 'ExperimentalWarning');
  validateString(execPath, 'execPath');
  validateArray(args, 'args');
  args.forEach((one, i) => {
    if (isBad(one)) throw new codes.ERR_INVALID_ARG_VALUE(`args[${i}]`, one, 'must be a string without null bytes');
  });
  if (env === null || typeof env !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('env', 'object', env);
  const list = Object.entries(env);
  if (list.some(([key, value]) => isBad(key) || isBad(value))) {
    throw new codes.ERR_INVALID_ARG_VALUE('env', env, 'must be an object with string keys and values without null bytes');
  }
  const errno = system.execve(execPath, args, list.map(([key, value]) => `${key}=${value}`));
  process._rawDebug(`process.execve failed with error code ${errnoException(errno, 'execve').code}`);
  process.abort();
}

function threadCpuUsage(before) {
  if (before !== undefined) {
    if (before === null || typeof before !== 'object' || Array.isArray(before)) {
      throw new codes.ERR_INVALID_ARG_TYPE('prevValue', 'object', before);
    }
    validateObject(before, 'prevValue');
    for (const key of ['user', 'system']) {
      validateNumber(before[key], `prevValue.${key}`);
      if (before[key] < 0 || before[key] > Number.MAX_SAFE_INTEGER) {
        throw new codes.ERR_INVALID_ARG_VALUE.RangeError(`prevValue.${key}`, before[key]);
      }
    }
  }
  const [user, sys] = system.threadUsage();
  return { user: user - (before?.user ?? 0), system: sys - (before?.system ?? 0) };
}

module.exports = {
  setuid: give('setuid', 'User'), seteuid: give('seteuid', 'User'),
  setgid: give('setgid', 'Group'), setegid: give('setegid', 'Group'),
  setgroups, initgroups, execve, threadCpuUsage,
};
