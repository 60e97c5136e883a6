// The request and response of http over a stream of http2, for programs that were written for http.
'use strict';

const { Http2ServerRequest } = require('internal/http2/request');
const { Http2ServerResponse } = require('internal/http2/response');

// A stream has come, and somebody listens to requests.
function onStream(server, options, { stream, headers, raw }) {
  const { Http2ServerRequest: Request, Http2ServerResponse: Response } = options; // which a program may derive
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
