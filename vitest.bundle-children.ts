import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the scripts of the processes are that tests start. */
    childScripts: string;
  }
}

const sources = [
  'packages/core/test/stores/file-store-child.ts',
  'packages/core/test/sync/scripted-process.ts',
  'packages/redis/test/manager-child.ts',
  'packages/redis/test/end-by-itself.ts',
];

/** Makes one plain file of each script: hundreds of processes would else translate the same hundred files each. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'test-children-'));
  await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: sources,
    outdir: directory,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    conditions: ['@api-key-fallback/source'],
    // The clients of Redis are CommonJS, and ask for modules of Node.js.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  project.provide('childScripts', directory);
  return () => rm(directory, { recursive: true, force: true });
}
