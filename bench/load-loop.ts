import type { Subject } from './subject.ts';

/** Calls a subject so many times, one after the other. */
export type Loop = (count: number) => Promise<void>;

let loaded = 0;

/** A subject's own copy of the loop. */
export async function loadLoop({ call }: Subject): Promise<Loop> {
  const address = new URL(`./repeat.js?copy=${loaded++}`, import.meta.url).href;
  const { repeat } = (await import(address)) as typeof import('./repeat.ts');
  return (count) => repeat(call, count);
}
