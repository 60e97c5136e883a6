// MessageEvent: what ports and sockets tell of.
'use strict';

const { Event } = require('internal/event_target');

const kOurs = Symbol('kOurs');
const isPort = (value) => require('internal/worker/port').isPort(value);
const refuse = (words) => { throw new TypeError(`MessageEvent constructor: ${words}`); };
const shown = (value) => require('internal/inspect').inspect(value, { depth: -1 });

function portsOf(list) {
  if (list === undefined) return [];
  if (typeof list?.[Symbol.iterator] !== 'function') refuse(`eventInitDict.ports (${shown(list)}) is not iterable.`);
  const ports = [...list];
  ports.forEach((one, i) => {
    if (!isPort(one)) refuse(`Expected eventInitDict.ports[${i}] ("${shown(one)}") to be an instance of MessagePort.`);
  });
  return ports;
}

class MessageEvent extends Event {
  #data;
  #origin;
  #lastEventId;
  #source;
  #ports;
  // isOurs: of a port, whose data may be undefined.
  constructor(type, options = undefined, isOurs = undefined) {
    if (arguments.length === 0) refuse('1 argument required, but 0 found.');
    super(type, options);
    const source = options?.source ?? null;
    if (source !== null && !isPort(source)) refuse(`Expected eventInitDict.source ("${shown(source)}") to be an instance of MessagePort.`);
    this.#data = isOurs === kOurs ? options.data : options?.data ?? null;
    this.#origin = options?.origin === undefined ? '' : `${options.origin}`;
    this.#lastEventId = options?.lastEventId === undefined ? '' : `${options.lastEventId}`;
    this.#source = source;
    this.#ports = portsOf(options?.ports);
  }
  get data() { return this.#data; }
  get origin() { return this.#origin; }
  get lastEventId() { return this.#lastEventId; }
  get source() { return this.#source; }
  get ports() { return this.#ports; }
}
Object.defineProperty(MessageEvent.prototype, Symbol.toStringTag, { value: 'MessageEvent', configurable: true });

module.exports = { MessageEvent, kOurs };
