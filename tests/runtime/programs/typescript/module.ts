import { type T, f } from './parts.ts';
import type { U } from './parts.ts';
interface I { a: number }
const x: I = { a: 1 } as I;
function g<T extends I>(this: void, v: T, w?: string): asserts v is T { console.log(v!.a satisfies number, w); }
abstract class A<T> implements I { declare z: string; private readonly a: number = 2; static #p: number; abstract m(): void; }
g<I>(x);
console.log(f<number>(3), import.meta.url.slice(-9));
try { throw new Error('x' as string); } catch (e: unknown) { console.log((e as Error).stack!.split('\n')[1].match(/module\.ts:(\d+)/)![1]); }
export type { U };
