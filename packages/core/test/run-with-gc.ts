import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/** Runs one scenario of a bundled script in a process with `gc()`. Resolves to the value that the script prints as JSON. */
export async function runWithGc(script: string, scenario: string): Promise<unknown> {
  const args = ['--expose-gc', join(inject('childScripts'), `${script}.mjs`), scenario];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}
