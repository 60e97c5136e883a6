// Responses whose body is a file, or a part of one.
'use strict';

const fs = require('fs');
const { Buffer } = require('buffer');
const { constants } = require('internal/http2/constants');
const { codes } = require('internal/http2/errors');
const { kStream } = require('internal/http2/stream');
const { validateFunction, validateObject } = require('internal/validators');

const PART = 64 * 1024;
const BODILESS = new Set([204, 205, 304]);

function check(stream, options) {
  if (stream.destroyed || stream.closed) throw new codes.ERR_HTTP2_INVALID_STREAM();
  if (stream.headersSent) throw new codes.ERR_HTTP2_HEADERS_SENT();
  if (options !== undefined) validateObject(options, 'options');
  options = { ...options };
  for (const name of ['offset', 'length']) {
    if (options[name] !== undefined && typeof options[name] !== 'number') {
      throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, options[name]);
    }
  }
  if (options.statCheck !== undefined && typeof options.statCheck !== 'function') {
    throw new codes.ERR_INVALID_ARG_VALUE('options.statCheck', options.statCheck);
  }
  return options;
}

function complete(headers, stream) {
  if (headers !== undefined && headers !== null) validateObject(headers, 'headers');
  headers = Object.assign({ __proto__: null }, headers);
  const status = (headers[':status'] |= 0) || (headers[':status'] = 200);
  // No payload is to follow.
  if (BODILESS.has(status) || stream.headRequest) throw new codes.ERR_HTTP2_PAYLOAD_FORBIDDEN(status);
  return headers;
}

function respondWithFD(stream, fd, headers, options) {
  options = check(stream, options);
  const handle = fd !== null && typeof fd === 'object' && typeof fd.fd === 'number' ? fd : undefined;
  if (handle === undefined && typeof fd !== 'number') throw new codes.ERR_INVALID_ARG_TYPE('fd', ['number', 'FileHandle'], fd);
  headers = complete(headers, stream);
  stream[kStream].headersSent = true;
  const number = handle ? handle.fd : fd;
  if (options.statCheck === undefined) return send(stream, number, headers, options);
  fs.fstat(number, (error, stat) => onStat(stream, { fd: number, headers, options, error, stat }));
}

function onStat(stream, { fd, headers, options, error, stat, last }) {
  if (stream.destroyed || stream.closed) return void last?.();
  if (error) return void (last?.(), stream.destroy(error));
  const { offset = 0, length = -1 } = options;
  if (!stat.isFile() && (offset !== 0 || length !== -1)) {
    const wrong = new codes.ERR_HTTP2_SEND_FILE_NOSEEK();
    last?.();
    return fail(stream, options, wrong);
  }
  const part = { offset, length };
  if (options.statCheck?.call(stream, stat, headers, part) === false || stream[kStream].sentHeaders) return void last?.();
  if (stat.isFile()) {
    const rest = stat.size - Math.max(part.offset, 0);
    part.length = part.length < 0 ? rest : Math.min(rest, part.length);
    headers['content-length'] = part.length;
  } else part.offset = -1; // it is read from where it is
  send(stream, fd, headers, { ...options, ...part }, last);
}

function fail(stream, options, error) {
  if (options.onError) options.onError(error);
  else stream.destroy(error);
}

function respondWithFile(stream, path, headers, options) {
  if (typeof path !== 'string' && !(path instanceof URL) && !ArrayBuffer.isView(path)) {
    throw new codes.ERR_INVALID_ARG_TYPE('path', ['string', 'Buffer', 'URL'], path);
  }
  options = check(stream, options);
  headers = complete(headers, stream);
  if (options.onError !== undefined) validateFunction(options.onError, 'options.onError');
  fs.open(path, 'r', (error, fd) => {
    if (error) return fail(stream, options, error);
    const last = () => fs.close(fd, () => {});
    if (stream.destroyed || stream.closed) return last();
    fs.fstat(fd, (wrong, stat) => {
      if (wrong) {
        last();
        return fail(stream, options, wrong);
      }
      if (stat.isDirectory()) {
        last();
        return fail(stream, options, new codes.ERR_HTTP2_SEND_FILE());
      }
      onStat(stream, { fd, headers, options, stat, last });
    });
  });
}

// Reads a part when the one before has left. last(): the file is ours to close.
function send(stream, fd, headers, options, last) {
  const state = stream[kStream];
  state.headersSent = false;
  try {
    stream.respond(headers, { waitForTrailers: options.waitForTrailers });
  } catch (error) {
    last?.();
    return void stream.destroy(error);
  }
  let at = options.offset ?? -1;
  let left = options.length === undefined || options.length < 0 ? Infinity : options.length;
  const done = (error) => {
    last?.();
    const { file } = state;
    state.file = undefined;
    if (error) return void (stream.destroyed || stream.close(constants.NGHTTP2_INTERNAL_ERROR), typeof file === 'function' && file());
    stream.end();
    if (typeof file === 'function') file();
  };
  state.file = true;
  const next = () => {
    if (stream.destroyed || stream.closed || left <= 0) return done();
    const bytes = Buffer.allocUnsafe(Math.min(PART, left));
    fs.read(fd, bytes, 0, bytes.length, at < 0 ? null : at, (error, count) => {
      if (error) return done(error);
      if (count === 0 || stream.destroyed || stream.closed) return done();
      left -= count;
      if (at >= 0) at += count;
      stream.write(bytes.subarray(0, count), (wrong) => (wrong ? done() : next()));
    });
  };
  next();
}


module.exports = { respondWithFD, respondWithFile };
