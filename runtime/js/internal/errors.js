// Node's errors: a class for each code, whose message is made from its arguments, and the errors of
// system calls.
'use strict';

// code -> [message, Base, …]; the classes are made when they are asked for.
const recipes = Object.create(null);
const codes = new Proxy(Object.create(null), {
  get(made, code) {
    if (made[code] === undefined && recipes[code] !== undefined) make(made, code, ...recipes[code]);
    return made[code];
  },
  has: (_, code) => code in recipes,
});
module.exports = { codes, define, uvException, exceptionWithHostPort, hideStackFrames, isErrorLike };

const lazyUtil = () => require('internal/inspect');
const inspect = (...args) => lazyUtil().inspect(...args);

function define(code, ...recipe) {
  recipes[code] = recipe;
}

function make(made, code, message, Base, ...others) {
  const derive = (Parent) => {
    class NodeError extends Parent {
      constructor(...args) {
        super(typeof message === 'function' ? message(...args) : fill(message, args));
        Object.defineProperty(this, 'toString', {
          value() { return `${this.name} [${code}]: ${this.message}`; },
          enumerable: false, writable: true, configurable: true,
        });
        withCode(this, code);
      }
    }
    Object.defineProperty(NodeError, 'name', { value: Parent.name });
    // Programs see an error of the language's class.
    Object.defineProperty(NodeError.prototype, 'constructor', { value: Parent, writable: true, configurable: true, enumerable: false });
    return NodeError;
  };
  made[code] = derive(Base);
  for (const Other of others) made[code][Other.name] = derive(Other);
}

// V8 writes the code into the stack's first line but not into the name.
function withCode(error, code) {
  const name = error.name;
  error.code = code;
  const stack = error.stack;
  if (typeof stack === 'string' && stack.startsWith(name)) {
    error.stack = `${name} [${code}]${stack.slice(name.length)}`;
  }
}

function fill(message, args) {
  let i = 0;
  return message.replace(/%[sdo]/g, (what) => {
    const value = args[i++];
    if (what === '%o' || (typeof value === 'object' && value !== null)) return inspect(value, { depth: what === '%o' ? 2 : 0, compact: 3 });
    return String(value);
  });
}

function article(words, last) {
  if (words.length < 3) return words.join(` ${last} `);
  return `${words.slice(0, -1).join(', ')}, ${last} ${words[words.length - 1]}`;
}

const KINDS = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);

// "of type string or an instance of Buffer"
function expected(list) {
  const types = [];
  const instances = [];
  const others = [];
  for (const one of list) {
    if (KINDS.has(one)) types.push(one.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(one)) instances.push(one);
    else others.push(one);
  }
  if (instances.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    instances.push('Object');
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${article(types, 'or')}`);
  if (instances.length > 0) parts.push(`an instance of ${article(instances, 'or')}`);
  if (others.length > 0) {
    if (others.length > 1) parts.push(`one of ${article(others, 'or')}`);
    else parts.push(`${others[0].toLowerCase() !== others[0] ? 'an ' : ''}${others[0]}`);
  }
  return parts.join(' or ');
}

function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor?.name) return ` Received an instance of ${value.constructor.name}`;
    return ` Received ${inspect(value, { depth: -1 })}`;
  }
  let text = inspect(value, { colors: false });
  if (text.length > 28) text = `${text.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${text})`;
}

function subject(name) {
  if (name.endsWith(' argument')) return `The ${name}`;
  return `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
}

function outOfRange(name, range, input) {
  let got;
  if (Number.isInteger(input) && Math.abs(input) > 2 ** 32) got = underscores(String(input));
  else if (typeof input === 'bigint') {
    got = String(input);
    if (input > 2n ** 32n || input < -(2n ** 32n)) got = underscores(got);
    got += 'n';
  } else got = inspect(input);
  return `The value of "${name}" is out of range. It must be ${range}. Received ${got}`;
}

function underscores(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, '_');
}

define('ERR_INVALID_ARG_TYPE', (name, list, value) =>
  `${subject(name)} must be ${expected(Array.isArray(list) ? list : [list])}.${received(value)}`, TypeError);
define('ERR_INVALID_ARG_VALUE', (name, value, reason = 'is invalid') => {
  let text = inspect(value);
  if (text.length > 128) text = `${text.slice(0, 128)}...`;
  return `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${text}`;
}, TypeError, RangeError);
define('ERR_OUT_OF_RANGE', outOfRange, RangeError);
define('ERR_MISSING_ARGS', (...names) => {
  const words = names.map((name) => (Array.isArray(name) ? name.map((n) => `"${n}"`).join(' or ') : `"${name}"`));
  return `The ${article(words, 'and')} argument${words.length > 1 ? 's' : ''} must be specified`;
}, TypeError);
define('ERR_INVALID_RETURN_VALUE', (input, name, value) =>
  `Expected ${input} to be returned from the "${name}" function but got ${
    value?.constructor?.name ? `an instance of ${value.constructor.name}` : `type ${typeof value}`}.`, TypeError, RangeError);
define('ERR_INVALID_THIS', 'Value of "this" must be of type %s', TypeError);
define('ERR_METHOD_NOT_IMPLEMENTED', 'The %s method is not implemented', Error);
define('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'The feature %s is unavailable on the current platform', TypeError);
define('ERR_INVALID_CALLBACK', (value) => `Callback must be a function. Received ${inspect(value)}`, TypeError);
define('ERR_UNHANDLED_ERROR', (error) =>
  (error === undefined ? 'Unhandled error.' : `Unhandled error. (${error})`), Error);
define('ERR_UNHANDLED_REJECTION', (reason) => 'This error originated either by throwing inside of an async ' +
  'function without a catch block, or by rejecting a promise which was not handled with .catch(). ' +
  `The promise rejected with the reason "${reason}".`, Error);
define('ERR_ASSERTION', '%s', Error);
define('ERR_UNKNOWN_BUILTIN_MODULE', 'No such built-in module: %s', Error);
define('ERR_UNKNOWN_CREDENTIAL', '%s identifier does not exist: %s', Error);
define('ERR_UNKNOWN_ENCODING', 'Unknown encoding: %s', TypeError);
define('ERR_UNKNOWN_SIGNAL', 'Unknown signal: %s', TypeError);
define('ERR_UNKNOWN_FILE_EXTENSION', (ext, path) => `Unknown file extension "${ext}" for ${path}`, TypeError);
define('ERR_UNKNOWN_MODULE_FORMAT', 'Unknown module format: %s for URL %s', RangeError);
define('ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET', '`process.setupUncaughtExceptionCapture()` was called while ' +
  'a capture callback was already active', Error);
define('ERR_INVALID_MODULE_SPECIFIER', (request, reason, base) =>
  `Invalid module "${request}" ${reason}${base ? ` imported from ${base}` : ''}`, TypeError);
define('ERR_REQUIRE_ASYNC_MODULE', 'require() cannot be used on an ESM graph with top-level await. Use import() instead. ' +
  'To see where the top-level await comes from, use --experimental-print-required-tla.', Error);
define('ERR_REQUIRE_CYCLE_MODULE', '%s', Error);
define('ERR_IMPORT_ATTRIBUTE_MISSING', (url, key, value) =>
  `Module "${url}" needs an import attribute of "${key}: ${value}"`, TypeError);
define('ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE', (url, type) => `Module "${url}" is not of type "${type}"`, TypeError);
define('ERR_IMPORT_ATTRIBUTE_UNSUPPORTED', (key, value, url) =>
  `Import attribute "${key}" with value "${value}" is not supported${url ? ` in ${url}` : ''}`, TypeError);
define('ERR_UNSUPPORTED_ESM_URL_SCHEME', (scheme, list = ['file', 'data', 'node']) =>
  `Only URLs with a scheme in: ${article(list, 'and')} are supported by the default ESM loader. ` +
  `Received protocol '${scheme}'`, Error);
define('ERR_DOMAIN_CALLBACK_NOT_AVAILABLE', 'A callback was registered through process.setUncaughtExceptionCaptureCallback(), which is ' +
  'mutually exclusive with using the `domain` module', Error);
define('ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE', 'The `domain` module is in use, which is mutually exclusive with calling ' +
  'process.setUncaughtExceptionCaptureCallback()', Error);
define('ERR_EVENT_RECURSION', 'The event "%s" is already being dispatched', Error);
define('ERR_INVALID_URL', 'Invalid URL', TypeError);
define('ERR_INVALID_URL_SCHEME', (list) =>
  `The URL must be ${[].concat(list).length > 1 ? 'one of' : 'of'} scheme ${article([].concat(list), 'or')}`, TypeError);
define('ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on %s', TypeError);
define('ERR_INVALID_FILE_URL_PATH', 'File URL path %s', TypeError);
define('ERR_INVALID_BUFFER_SIZE', 'Buffer size must be a multiple of %s', RangeError);
define('ERR_BUFFER_OUT_OF_BOUNDS', (name) =>
  (name ? `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds'), RangeError);
define('ERR_BUFFER_TOO_LARGE', 'Cannot create a Buffer larger than %s bytes', RangeError);
define('ERR_STRING_TOO_LONG', 'Cannot create a string longer than 0x%s characters', Error);
define('ERR_INVALID_URI', 'URI malformed', URIError);
define('ERR_INVALID_TUPLE', '%s must be an iterable %s tuple', TypeError);
define('ERR_ARG_NOT_ITERABLE', '%s must be iterable', TypeError);
define('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor', TypeError);
define('ERR_ILLEGAL_INVOCATION', 'Illegal invocation', TypeError);
define('ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value', Error);
define('ERR_INVALID_STATE', 'Invalid state: %s', Error, TypeError, RangeError);
define('ERR_OPERATION_FAILED', 'Operation failed: %s', Error, TypeError);
define('ERR_INVALID_CURSOR_POS', 'Cannot set cursor row without setting its column', TypeError);
define('ERR_FS_FILE_TOO_LARGE', 'File size (%s) is greater than 2 GiB', RangeError);
define('ERR_FS_INVALID_SYMLINK_TYPE', 'Symlink type must be one of "dir", "file", or "junction". Received "%s"', Error);
define('ERR_FS_EISDIR', '%s', Error);
define('ERR_FS_CP_DIR_TO_NON_DIR', '%s', Error);
define('ERR_FS_CP_NON_DIR_TO_DIR', '%s', Error);
define('ERR_FS_CP_EEXIST', '%s', Error);
define('ERR_FS_CP_EINVAL', '%s', Error);
define('ERR_FS_CP_SOCKET', '%s', Error);
define('ERR_FS_CP_FIFO_PIPE', '%s', Error);
define('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', '%s', Error);
define('ERR_DIR_CLOSED', 'Directory handle was closed', Error);
define('ERR_DIR_CONCURRENT_OPERATION', 'Cannot do synchronous work on directory handle with concurrent asynchronous operations', Error);
define('ERR_STREAM_DESTROYED', 'Cannot call %s after a stream was destroyed', Error);
define('ERR_STREAM_WRITE_AFTER_END', 'write after end', Error);
define('ERR_STREAM_ALREADY_FINISHED', 'Cannot call %s after a stream was finished', Error);
define('ERR_STREAM_PREMATURE_CLOSE', 'Premature close', Error);
define('ERR_MULTIPLE_CALLBACK', 'Callback called multiple times', Error);
define('ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF', Error);
define('ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event', Error);
define('ERR_STREAM_NULL_VALUES', 'May not write null values to stream', TypeError);
define('ERR_HTTP_HEADERS_SENT', 'Cannot %s headers after they are sent to the client', Error);
define('ERR_HTTP_INVALID_HEADER_VALUE', 'Invalid value "%s" for header "%s"', TypeError);
define('ERR_HTTP_INVALID_STATUS_CODE', 'Invalid status code: %s', RangeError);
define('ERR_HTTP_TRAILER_INVALID', 'Trailers are invalid with this transfer encoding', Error);
define('ERR_HTTP_BODY_NOT_ALLOWED', 'Adding content for this request method or response status is not allowed.', Error);
define('ERR_HTTP_CONTENT_LENGTH_MISMATCH', 'Response body\'s content-length of %s byte(s) does not match the content-length of %s byte(s) set in header', Error);
define('ERR_HTTP_REQUEST_TIMEOUT', 'Request timeout', Error);
define('ERR_HTTP_SOCKET_ASSIGNED', 'Socket already assigned', Error);
define('ERR_HTTP_SOCKET_ENCODING', 'Changing the socket encoding is not allowed per RFC7230 Section 3.', Error);
define('ERR_INVALID_HTTP_TOKEN', '%s must be a valid HTTP token ["%s"]', TypeError);
define('ERR_INVALID_CHAR', (name, field) => `Invalid character in ${name}${field === undefined ? '' : ` ["${field}"]`}`, TypeError);
define('ERR_INVALID_PROTOCOL', 'Protocol "%s" not supported. Expected "%s"', TypeError);
define('ERR_INVALID_DOMAIN_NAME', 'Unable to determine the domain name', TypeError);
define('ERR_UNESCAPED_CHARACTERS', '%s contains unescaped characters', TypeError);
define('ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable', Error);
define('ERR_SOCKET_BAD_PORT', (name, port, zero = true) =>
  `${name} should be ${zero ? '>=' : '>'} 0 and < 65536.${received(port)}.`, RangeError);
define('ERR_SOCKET_CLOSED', 'Socket is closed', Error);
define('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'Socket closed before the connection was established', Error);
define('ERR_SOCKET_CONNECTION_TIMEOUT', 'Socket connection timeout', Error);
define('ERR_SOCKET_ALREADY_BOUND', 'Socket is already bound', Error);
define('ERR_SOCKET_BAD_BUFFER_SIZE', 'Buffer size must be a positive integer', TypeError);
define('ERR_SOCKET_BAD_TYPE', 'Bad socket type specified. Valid types are: udp4, udp6', TypeError);
define('ERR_SOCKET_BUFFER_SIZE', '%s', Error);
define('ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected', Error);
define('ERR_SOCKET_DGRAM_NOT_CONNECTED', 'Not connected', Error);
define('ERR_SOCKET_DGRAM_NOT_RUNNING', 'Not running', Error);
define('ERR_SERVER_ALREADY_LISTEN', 'Listen method has been called more than once without closing.', Error);
define('ERR_SERVER_NOT_RUNNING', 'Server is not running.', Error);
define('ERR_DNS_SET_SERVERS_FAILED', (words, servers) => `c-ares failed to set servers: "${words}" [${servers}]`, Error);
define('ERR_INVALID_RETURN_PROPERTY_VALUE', (input, name, property, value) => `Expected ${input} to be returned for the "${property}" from the "${name}" hook but got${received(value).replace(' Received', '')}.`, TypeError);
define('ERR_UNAVAILABLE_DURING_EXIT', 'Cannot call function in process exit handler', Error);
define('ERR_INVALID_MIME_SYNTAX', (what, text, at) => `The MIME syntax for a ${what} in "${text}" is invalid${at === -1 ? '' : ` at ${at}`}`, TypeError);
define('ERR_INVALID_IP_ADDRESS', 'Invalid IP address: %s', TypeError);
define('ERR_INVALID_ADDRESS', 'Invalid address', Error);
define('ERR_IP_BLOCKED', (ip) => `IP(${ip}) is blocked by net.BlockList`, Error);
define('ERR_INVALID_ADDRESS_FAMILY', (family, host, port) =>
  `Invalid address family: ${family} ${host}:${port}`, RangeError);
define('ERR_INVALID_FD', '"fd" must be a positive integer: %s', RangeError);
define('ERR_INVALID_FD_TYPE', 'Unsupported fd type: %s', TypeError);
define('ERR_INVALID_HANDLE_TYPE', 'This handle type cannot be sent', TypeError);
define('ERR_INVALID_SYNC_FORK_INPUT', 'Asynchronous forks do not support Buffer, TypedArray, DataView or string input: %s', TypeError);
define('ERR_IPC_CHANNEL_CLOSED', 'Channel closed', Error);
define('ERR_IPC_DISCONNECTED', 'IPC channel is already disconnected', Error);
define('ERR_IPC_ONE_PIPE', 'Child process can have only one IPC pipe', Error);
define('ERR_IPC_SYNC_FORK', 'IPC cannot be used with synchronous forks', Error);
define('ERR_CHILD_PROCESS_IPC_REQUIRED', "Forked processes must have an IPC channel, missing value 'ipc' in %s", Error);
define('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', '%s maxBuffer length exceeded', RangeError);
define('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', '%s', TypeError);
define('ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', '%s', TypeError);
define('ERR_PARSE_ARGS_UNKNOWN_OPTION', '%s', TypeError);
define('ERR_CONSOLE_WRITABLE_STREAM', 'Console expects a writable stream instance for %s', TypeError);
define('ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`', TypeError);
define('ERR_CLOSED_MESSAGE_PORT', 'Cannot send data on closed MessagePort', Error);
define('ERR_INVALID_OBJECT_DEFINE_PROPERTY', '%s', TypeError);
define('ERR_WORKER_INVALID_EXEC_ARGV', (flags, what = 'invalid execArgv flags') => `Initiated Worker with ${what}: ${flags.join(', ')}`, Error);
define('ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called', TypeError);
define('ERR_TLS_CERT_ALTNAME_INVALID', (reason) => `Hostname/IP does not match certificate's altnames: ${reason}`, Error);
define('ERR_TLS_HANDSHAKE_TIMEOUT', 'TLS handshake timeout', Error);
define('ERR_TLS_INVALID_PROTOCOL_VERSION', '%s is not a valid %s TLS protocol version', TypeError);
define('ERR_TLS_INVALID_PROTOCOL_METHOD', '%s', TypeError);
define('ERR_TLS_PROTOCOL_VERSION_CONFLICT', (version, method) => `TLS protocol version ${JSON.stringify(version)} conflicts with secureProtocol ${JSON.stringify(method)}`, TypeError);
define('ERR_TLS_ALPN_CALLBACK_INVALID_RESULT', (value, protocols) =>
  `ALPN callback returned a value (${value}) that did not match any of the client's offered protocols (${protocols.join(', ')})`, TypeError);
define('ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS', 'The ALPNCallback and ALPNProtocols TLS options are mutually exclusive', TypeError);
define('ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established', Error);
define('ERR_TLS_SNI_FROM_SERVER', 'Cannot issue SNI from a TLS server-side socket', Error);
define('ERR_TLS_REQUIRED_SERVER_NAME', '"servername" is required parameter for Server.addContext', Error);
define('ERR_WORKER_PATH', (filename) => `The worker script or module filename must be an absolute path or a relative path starting with './' or '../'.${
  filename.startsWith('file://') ? ' Wrap file:// URLs with `new URL`.' : ''}${
  filename.startsWith('data:text/javascript') ? ' Wrap data: URLs with `new URL`.' : ''} Received "${filename}"`, TypeError);
define('ERR_WORKER_INIT_FAILED', 'Worker initialization failure: %s', Error);
define('ERR_WORKER_MESSAGING_ERRORED', 'The destination thread threw an error while processing the message', Error);
define('ERR_WORKER_MESSAGING_FAILED', 'Cannot find the destination thread or listener', Error);
define('ERR_WORKER_MESSAGING_SAME_THREAD', 'Cannot sent a message to the same thread', Error);
define('ERR_WORKER_MESSAGING_TIMEOUT', 'Sending a message to another thread timed out', Error);
define('ERR_WORKER_NOT_RUNNING', 'Worker instance not running', Error);
define('ERR_WORKER_UNSUPPORTED_OPERATION', '%s is not supported in workers', TypeError);
define('ERR_SYSTEM_ERROR', '%s', Error);
define('ERR_USE_AFTER_CLOSE', '%s was closed', Error);
define('ERR_ENCODING_NOT_SUPPORTED', 'The "%s" encoding is not supported', RangeError);
define('ERR_ENCODING_INVALID_ENCODED_DATA', (encoding) => `The encoded data was not valid for encoding ${encoding}`, TypeError);
define('ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED', 'Custom engines not supported by this OpenSSL', Error);
define('ERR_CRYPTO_FIPS_UNAVAILABLE', 'Cannot set FIPS mode in a non-FIPS build.', Error);
define('ERR_CRYPTO_HASH_FINALIZED', 'Digest already called', Error);
define('ERR_CRYPTO_HASH_UPDATE_FAILED', 'Hash update failed', Error);
define('ERR_CRYPTO_INCOMPATIBLE_KEY', 'Incompatible %s: %s', Error);
define('ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS', 'The selected key encoding %s %s.', Error);
define('ERR_CRYPTO_INVALID_AUTH_TAG', '%s', TypeError);
define('ERR_CRYPTO_INVALID_COUNTER', 'Invalid counter', TypeError);
define('ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name', TypeError);
define('ERR_CRYPTO_INVALID_DIGEST', '%s', TypeError);
define('ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector', TypeError);
define('ERR_CRYPTO_INVALID_JWK', 'Invalid JWK %s', TypeError);
define('ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length', RangeError);
define('ERR_CRYPTO_INVALID_KEYPAIR', 'Invalid key pair', RangeError);
define('ERR_CRYPTO_INVALID_KEYTYPE', 'Invalid key type', RangeError);
define('ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', 'Invalid key object type %s, expected %s.', TypeError);
define('ERR_CRYPTO_INVALID_SCRYPT_PARAMS', '%s', RangeError);
define('ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation %s', Error);
define('ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign', Error);
define('ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length', RangeError);
define('ERR_CRYPTO_UNKNOWN_CIPHER', 'Unknown cipher', Error);
define('ERR_CRYPTO_UNKNOWN_DH_GROUP', 'Unknown DH group', Error);
define('ERR_CRYPTO_UNSUPPORTED_OPERATION', '%s', Error);
define('ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY', 'Public key is not valid for specified curve', Error);
define('ERR_CRYPTO_ECDH_INVALID_FORMAT', 'Invalid ECDH format: %s', TypeError);
define('ERR_CRYPTO_JWK_UNSUPPORTED_CURVE', 'Unsupported JWK EC curve: %s.', Error);
define('ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE', 'Unsupported JWK Key Type.', Error);
define('ERR_INCOMPATIBLE_OPTION_PAIR', 'Option "%s" cannot be used in combination with option "%s"', TypeError);
define('ERR_MISSING_OPTION', '%s is required', TypeError);
define('ERR_INTERNAL_ASSERTION', '%s', Error);
define('ERR_BROTLI_INVALID_PARAM', '%s is not a valid Brotli parameter', RangeError);
define('ERR_ZSTD_INVALID_PARAM', '%s is not a valid zstd parameter', RangeError);
define('ERR_ZLIB_INITIALIZATION_FAILED', 'Initialization failed', Error);
define('ERR_TRAILING_JUNK_AFTER_STREAM_END', 'Trailing junk found after the end of the compressed stream', TypeError);
define('ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'Stripping types is currently unsupported for files under node_modules, for "%s"', Error);

let names; // number -> [name, words]
function errorName(number) {
  if (names === undefined) {
    names = new Map(native('util').errors().map(([name, code, words]) => [code, [name, words]]));
  }
  return names.get(number) ?? [`UNKNOWN`, 'unknown error'];
}
module.exports.errorName = errorName;

// The error of a system call: "ENOENT: no such file or directory, open 'x'".
function uvException({ errno, syscall, path, dest, message: words }) {
  const [code, text] = errorName(errno);
  let message = `${code}: ${words || text}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const error = new Error(message);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

// "connect ECONNREFUSED 127.0.0.1:1"
function exceptionWithHostPort(errno, syscall, address, port, additional) {
  const [code] = errorName(errno);
  let details = '';
  if (port && port > 0) details = ` ${address}:${port}`;
  else if (address) details = ` ${address}`;
  if (additional) details += ` - Local (${additional})`;
  const error = new Error(`${syscall} ${code}${details}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  error.address = address;
  if (port) error.port = port;
  return error;
}

module.exports.errnoException = function errnoException(errno, syscall, original) {
  const [code] = errorName(errno);
  const error = new Error(original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
};

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

module.exports.AbortError = AbortError;

function hideStackFrames(fn) {
  return fn;
}

// Two errors of one end: the first is what the others come with.
module.exports.aggregateTwoErrors = function aggregateTwoErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const error = new AggregateError([outer, inner], outer.message);
  error.code = outer.code;
  return error;
};

function isErrorLike(value) {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'stack');
}
