import { utimes } from 'node:fs/promises';
import { count, fact } from './file-store-requests.ts';
import { StoreChild } from './start-store-child.ts';

const day = 24 * 60 * 60 * 1000;

/** Leaves the files of a killed process. */
export async function leave(directory: string): Promise<void> {
  await using child = new StoreChild(directory);
  await child.sync(count('a', 1, fact('a', 5)));
}

/** Moves the last change of a file into the past. */
export async function makeOld(path: string, days: number): Promise<void> {
  const then = (Date.now() - days * day) / 1000;
  await utimes(path, then, then);
}
