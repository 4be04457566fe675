import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a module in a new process, in the given folder, and parses the JSON that it prints. */
export async function evaluateModule(script: string, folder: string): Promise<unknown> {
  const flags = ['--conditions=@api-key-fallback/source', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: folder });
  return JSON.parse(stdout);
}
