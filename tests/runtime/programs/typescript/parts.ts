export type T = string;
export interface U {}
export function f<T>(v: T): T { return v; }
