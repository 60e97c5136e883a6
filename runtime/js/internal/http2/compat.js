// The request and response of http over a stream of http2, for programs that were written for http.
'use strict';

const request = require('internal/http2/request');
const response = require('internal/http2/response');
const { Http2ServerRequest } = request;
const { Http2ServerResponse } = response;

// A stream has come, and somebody listens to requests.
function onStream(server, options, { stream, headers, raw }) {
  const Request = options.Http2ServerRequest;
  const Response = options.Http2ServerResponse;
  const req = new Request(stream, headers, undefined, raw);
  const res = new Response(stream);
  if (headers[':method'] === 'CONNECT') {
    if (!server.emit('connect', req, res)) {
      res.statusCode = 405;
      res.end();
    }
    return;
  }
  if (headers.expect !== undefined) {
    if (headers.expect === '100-continue') {
      if (server.listenerCount('checkContinue')) return void server.emit('checkContinue', req, res);
      res.writeContinue();
    } else if (server.listenerCount('checkExpectation')) {
      return void server.emit('checkExpectation', req, res);
    } else {
      res.statusCode = 417;
      return void res.end();
    }
  }
  server.emit('request', req, res);
}

module.exports = { onStream, Http2ServerRequest, Http2ServerResponse };
