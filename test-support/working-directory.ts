import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

/** The working directory of the running test. */
export interface WorkingDirectory {
  readonly path: string;
  writeEnv(lines: readonly string[]): Promise<void>;
}

/** Gives each test an empty working directory, so that it reads only its own `.env` files, and restores its stubs. */
export function useWorkingDirectory(): WorkingDirectory {
  let path = '';

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'working-directory-'));
    vi.spyOn(process, 'cwd').mockReturnValue(path);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await rm(path, { recursive: true });
  });

  return {
    get path() {
      return path;
    },
    writeEnv: (lines) => writeFile(join(path, '.env'), lines.join('\n')),
  };
}
