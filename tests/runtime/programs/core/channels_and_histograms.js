// What builtins tell on diagnostics_channel, and what perf_hooks counts.
'use strict';
const assert = require('assert');
const dgram = require('dgram');
const { subscribe, tracingChannel } = require('diagnostics_channel');
const http = require('http');
const { createHistogram, performance, timerify } = require('perf_hooks');

const told = [];
for (const name of ['net.client.socket', 'net.server.socket', 'udp.socket', 'http.client.request.start', 'http.client.response.finish',
  'http.server.request.start', 'http.server.response.finish']) {
  subscribe(name, (message) => told.push(`${name} ${Object.keys(message).sort()}`));
}
tracingChannel('net.server.listen').subscribe({ asyncStart: ({ options }) => told.push(`listen ${options.port}`), asyncEnd: () => told.push('listening') });

dgram.createSocket('udp4').close();
const server = http.createServer((request, response) => response.end('x'));
server.listen({ port: 0 }, () => {
  http.get({ port: server.address().port, agent: new http.Agent() }, (response) => response.resume().on('close', () => server.close()));
});
server.on('close', () => console.log(told.sort()));

const histogram = createHistogram({ figures: 3 });
for (let i = 1; i <= 100; i++) histogram.record(i);
console.log(histogram.count, histogram.min, histogram.max, histogram.mean, histogram.percentile(50), histogram.percentileBigInt(99n ? 99 : 0));
histogram.reset();
console.log(histogram.count, histogram.percentiles);
const timed = timerify(function work(a, b) { return a + b; }, { histogram });
console.log(timed(1, 2), timed.name, timed.length, histogram.count, performance.timerify === timerify);

const tracker = new assert.CallTracker();
const tracked = tracker.calls((a) => a, 2);
tracked(1);
console.log(tracker.report()[0].message, tracker.getCalls(tracked));
tracked(2);
tracker.verify();
