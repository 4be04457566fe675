import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { count, fact } from './file-store-requests.ts';
import { StoreChild } from './start-store-child.ts';

/** The files whose names have this part. */
export async function pathsOf(directory: string, part: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.includes(part)).map((name) => join(directory, name));
}

/** The only file whose name has this part. */
export async function pathOf(directory: string, part: string): Promise<string> {
  const [path, ...others] = await pathsOf(directory, part);
  expect(others).toEqual([]);
  return path ?? '';
}

/** Leaves what a process that was killed would leave. */
export async function leave(directory: string): Promise<void> {
  await using child = new StoreChild(directory);
  await child.sync(count('a', 1, fact('a', 5)));
}
