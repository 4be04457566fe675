import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '@api-key-fallback/core';
import { describeKeyStateStore } from '../src/vitest.ts';

describeKeyStateStore('FileStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'key-state-'));
  return { open: () => new FileStore(directory), dispose: () => rm(directory, { recursive: true }) };
});
