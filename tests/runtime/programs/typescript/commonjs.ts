const { part } = require('./part.cts');
const fs: typeof import('fs') = require('fs');
interface Named { name: string }
class Thing<T extends Named> {
  private things: T[] = [];
  add(thing: T): this { this.things.push(thing); return this; }
  get names(): string[] { return this.things.map((one): string => one.name); }
}
function over(a: string): string;
function over(a: number): number;
function over(a: unknown): unknown { return a; }
console.log(part, new Thing<Named>().add({ name: 'a' }).names, over(3) satisfies number, typeof fs.readFileSync, typeof module);
import('./parts.ts').then((m: any) => console.log(m.f('b' as string)));
try {
  require('./part');
} catch (error: any) {
  console.log(error.code);
}
