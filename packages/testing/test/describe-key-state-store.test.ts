import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryStore } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { describeKeyStateStore } from '../src/vitest.ts';
import { MinimalBackend, MinimalStore } from './minimal-store.ts';

describeKeyStateStore('MemoryStore', () => {
  let now = Date.UTC(2026, 6, 1);
  const store = new MemoryStore({ now: () => now });
  return { open: () => store, advance: (ms) => void (now += ms) };
});

describeKeyStateStore('MemoryStore on the real clock', () => {
  const store = new MemoryStore();
  return { open: () => store };
});

describeKeyStateStore('The store of the documentation', () => {
  const backend = new MinimalBackend();
  return { open: async () => new MinimalStore(backend) };
});

it('matches the store in the documentation', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/write-a-store.md'), 'utf8');
  const store = readFileSync(join(import.meta.dirname, 'minimal-store.ts'), 'utf8');
  expect(page).toContain(`\n\`\`\`ts\n${store}\`\`\`\n`);
});
