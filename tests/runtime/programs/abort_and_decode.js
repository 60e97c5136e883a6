// Signals that follow others, listeners' options, and what a decoder refuses.
'use strict';

const controller = new AbortController();
const first = AbortSignal.any([controller.signal]);
const second = AbortSignal.any([first, new AbortController().signal]);
let order = '';
[second, controller.signal, first].forEach((signal, i) => signal.addEventListener('abort', () => { order += i; }));
controller.abort('why');
console.log(order, second.aborted, second.reason);
for (const value of [undefined, null]) try { AbortSignal.any(value); } catch (error) { console.log(error.code); }

const target = new EventTarget();
try { target.addEventListener('x', () => {}, { signal: {} }); } catch (error) { console.log(error.name); }
for (const passive of [false]) {
  const type = `passive ${passive}`;
  target.addEventListener(type, (event) => event.preventDefault(), { passive });
  console.log(type, target.dispatchEvent(new Event(type, { cancelable: true })));
}

for (const [encoding, bytes] of [['utf-8', [0xc0]], ['utf-16le', [0]], ['utf-16le', [0, 0xd8]], ['utf-16le', [0x61, 0]]]) {
  for (const fatal of [true, false]) {
    try {
      console.log(encoding, fatal, JSON.stringify(new TextDecoder(encoding, { fatal }).decode(new Uint8Array(bytes))));
    } catch (error) { console.log(encoding, fatal, error.code); }
  }
}
const decoder = new TextDecoder('utf-16le', { fatal: true });
try {
  decoder.decode(new Uint8Array([0]), { stream: true });
  decoder.decode(new Uint8Array([0, 0]));
} catch (error) { console.log(error.code); }
for (const label of ['\nUTF8 ', '\0utf-8', 'utf-8\u00a0']) try { console.log(new TextDecoder(label).encoding); } catch (error) { console.log(error.code); }
