// A process that rotates its keys. It prints how much memory and redaction time have grown since the first thousand rotations.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiKeyManager, type KeyStateStore } from '../../src/index.ts';
import { redactor } from '../../src/base/redaction.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

/** Takes everything and keeps nothing, so that only the memory of the manager is measured. */
const forgetful: KeyStateStore = {
  kind: 'forgetful',
  sync: async () => ({
    now: Date.now(),
    cursor: { incarnation: 'one', version: 0 },
    records: new Map(),
    totals: new Map(),
    full: false,
  }),
  subscribe: async () => async () => {},
  lease: async () => null,
  close: async () => {},
};
const store = process.argv[2] === 'with a store' ? forgetful : false;
const secretOf = (index: number): string => createHash('sha256').update(`${index}`).digest('hex');
const manager = new ApiKeyManager(scriptedAdapter, [secretOf(0), 'the-other-key'], { logger: false, store });
const text = 'An ordinary message of 429 that contains no key at all. '.repeat(20);

async function rotate(from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    manager.setKeys([{ key: secretOf(index), slot: 'main' }, 'the-other-key']);
    await manager.retryWithFallback(async () => 'done');
    if (index % 100 === 0) await nextTurn();
  }
}

async function measure(): Promise<{ heap: number; redactionMs: number }> {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await nextTurn();
  }
  const { heapUsed } = process.memoryUsage();
  const startedAtMs = performance.now();
  for (let count = 0; count < 2000; count++) redactor.redact(text);
  return { heap: heapUsed, redactionMs: performance.now() - startedAtMs };
}

await rotate(1, 2000);
await measure();
const before = await measure();
await rotate(2000, 10_000);
const after = await measure();
const kept = [1, 9000, 9999].map((index) => redactor.holdsKey(secretOf(index)));
process.stdout.write(
  JSON.stringify({ grownBytes: after.heap - before.heap, slower: after.redactionMs / before.redactionMs, kept }),
);
process.exit();
