import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The directory with the bundled scripts of child processes. */
    childScripts: string;
  }
}

const sources = [
  'packages/alerts/test/delivery/away-receiver-child.ts',
  'packages/alerts/test/engine/watching-child.ts',
  'packages/core/test/stores/file-store-child.ts',
  'packages/core/test/call/dropped-streams-child.ts',
  'packages/core/test/pool/dropped-managers-child.ts',
  'packages/core/test/pool/rotating-keys-child.ts',
  'packages/core/test/state/many-operations-child.ts',
  'packages/core/test/sync/scripted-process.ts',
  'packages/redis/test/manager-child.ts',
  'packages/redis/test/end-by-itself.ts',
];

/** Bundles each script into one file. Otherwise, hundreds of processes would each compile the same hundred files. */
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
    // The Redis clients are CommonJS and require modules of Node.js.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  project.provide('childScripts', directory);
  return () => rm(directory, { recursive: true, force: true });
}
