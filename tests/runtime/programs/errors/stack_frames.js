// Names and columns of frames, and the words of errors that the engine throws.
const { basename } = require('path');
const shown = (line) => line?.trim().replace(/\(?(\/.*?)(?=:\d)/g, (_, file) => `(${basename(file)}`);
const frames = (error, count = 1) => error.stack.split('\n').slice(1, 1 + count).map(shown).join(' | ');
const here = (count) => frames(new Error('here'), count);
const own = (error) => frames(error);
function say(name, fn) {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, `${error.name}: ${error.message}`, frames(error));
  }
}

class Animal {
  constructor(note) { if (note) this.note = frames(new Error('x'), 2); }
  speak() { return own(new Error('x')); }
  static make() { return own(new Error('x')); }
  get name() { return own(new Error('x')); }
  ['computed' + 1]() { return own(new Error('x')); }
  field = () => own(new Error('x'));
  #hidden() { return own(new Error('x')); }
  reveal() { return this.#hidden(); }
}
class Dog extends Animal {
  constructor(note) { super(note); }
}
const plain = { a() { return own(new Error('x')); }, b: function () { return own(new Error('x')); }, c: () => own(new Error('x')) };
plain.other = plain.a;
const holder = {};
holder.assigned = function () { return own(new Error('x')); };

say('method', () => new Animal().speak());
say('inherited', () => new Dog().speak());
say('static', () => Animal.make());
say('inherited static', () => Dog.make());
say('getter', () => new Animal().name);
say('computed', () => new Animal().computed1());
say('field', () => new Animal().field());
say('private', () => new Animal().reveal());
say('constructor', () => new Animal(true).note);
say('derived', () => new Dog(true).note);
say('reflected', () => Reflect.construct(Animal, [true]).note);
say('object', () => [plain.a(), plain.b(), plain.c()].join(' '));
say('under another name', () => plain.other());
say('called', () => plain.a.call(new Map()));
say('assigned', () => holder.assigned());
say('optional', () => plain?.a?.());
say('native caller', () => [1].map(function each() { return here(3); })[0]);
say('generator', () => { function* numbers() { yield frames(new Error('x'), 2); } return numbers().next().value; });
say('strict tail', () => { 'use strict'; const inner = () => frames(new Error('x'), 2); function outer() { return inner(); } return outer(); });

let nothing;
const thing = {};
say('read', () => nothing.property);
say('read of null', () => null.property);
say('read through', () => thing.a.b.c);
say('write', () => { nothing.property = 1; });
say('call', () => thing.missing(1));
say('call of a value', () => { const x = 1; return x(); });
say('variable', () => { missing(); });
say('new', () => new thing.missing());
say('class', () => Animal());
say('length', () => new Array(-1));

async function fails() { await null; throw new Error('late'); }
fails().catch((error) => console.log('async', frames(error)));
process.on('exit', () => {
  Error.prepareStackTrace = (error, sites) => sites.slice(0, 1).map((site) =>
    [site.getFunctionName(), site.getTypeName(), site.getMethodName(), site.getLineNumber(), site.getColumnNumber(), site.isConstructor(), site.isToplevel()]);
  class Probe { look() { return new Error('x').stack; } }
  console.log(new Probe().look());
});
