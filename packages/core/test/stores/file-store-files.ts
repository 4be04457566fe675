import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The paths of the files whose names contain `part`. */
export async function pathsOf(directory: string, part: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.includes(part)).map((name) => join(directory, name));
}

/** The path of the only file whose name contains `part`. */
export async function pathOf(directory: string, part: string): Promise<string> {
  const [path, ...others] = await pathsOf(directory, part);
  expect(others).toEqual([]);
  return path ?? '';
}
