// DOMException.
'use strict';

const codes = ['IndexSizeError', '', 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError', '',
  'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError', 'InvalidStateError',
  'SyntaxError', 'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', '', 'TypeMismatchError',
  'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError', 'QuotaExceededError', 'TimeoutError',
  'InvalidNodeTypeError', 'DataCloneError'];

const state = new WeakMap();

class DOMException {
  constructor(message = '', options = 'Error') {
    Error.captureStackTrace(this);
    const name = options !== null && typeof options === 'object' ? options.name ?? 'Error' : `${options}`;
    if (options !== null && typeof options === 'object' && 'cause' in options) {
      Object.defineProperty(this, 'cause', { value: options.cause, configurable: true, writable: true, enumerable: false });
    }
    state.set(this, { message: `${message}`, name: `${name}` });
    const stack = this.stack;
    Object.defineProperty(this, 'stack', {
      value: `${name}${message ? `: ${message}` : ''}${String(stack).replace(/^[^\n]*/, '')}`,
      writable: true, configurable: true, enumerable: false,
    });
  }
  [Symbol.for('cpm.clone')]() {
    return state.has(this) ? ['internal/dom_exception', { ...state.get(this), stack: this.stack }] : undefined;
  }
  get name() { return state.get(this).name; }
  get message() { return state.get(this).message; }
  get code() { return codes.indexOf(state.get(this).name || ' ') + 1; }
}
Object.setPrototypeOf(DOMException.prototype, Error.prototype);
for (const name of ['name', 'message', 'code']) Object.defineProperty(DOMException.prototype, name, { enumerable: true });
Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: 'DOMException', configurable: true });
codes.forEach((name, i) => {
  if (!name) return;
  const constant = { URLMismatchError: 'URL_MISMATCH_ERR', DataCloneError: 'DATA_CLONE_ERR' }[name] ??
    `${name.replace(/Error$/, '').replace(/(?!^)([A-Z])/g, '_$1').toUpperCase()}_ERR`;
  for (const on of [DOMException, DOMException.prototype]) Object.defineProperty(on, constant, { value: i + 1, enumerable: true });
});

function revive({ message, name, stack }) {
  const error = new DOMException(message, name);
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true, enumerable: false });
  return error;
}

module.exports = { DOMException, revive };
