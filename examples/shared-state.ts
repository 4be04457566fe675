// Worker processes that share the state of their keys in a directory. Needs no API key and no network.
// Run: npx pnpm@12 example examples/shared-state.ts
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playWorkers } from './shared-state/play-workers.ts';

const directory = await mkdtemp(join(tmpdir(), 'api-key-state-'));
try {
  await playWorkers(new URL('shared-state/file-worker.ts', import.meta.url), { STATE_DIR: directory });
  console.log('Left on the disk:');
  for (const name of await readdir(directory)) console.log(`  ${name}`);
} finally {
  await rm(directory, { recursive: true });
}
