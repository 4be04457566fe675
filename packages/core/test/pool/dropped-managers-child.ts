// A process that drops managers without closing them. It prints the numbers of the keys that are still known.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiKeyManager } from '../../src/index.ts';
import { redactor } from '../../src/base/redaction.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const count = 200;
const closes = process.argv[2] === 'closed';

/** Keys with nothing in common, because a part of a known key counts as the key. */
const secretOf = (index: number): string => createHash('sha256').update(`${index}`).digest('hex');

async function useOnce(index: number): Promise<void> {
  const manager = new ApiKeyManager(scriptedAdapter, [secretOf(index)], { logger: false });
  await manager.retryWithFallback(async () => 'done');
  if (closes) await manager.close();
}

for (let index = 0; index < count; index++) await useOnce(index);
// A second manager uses the first key, and is not dropped.
const kept = new ApiKeyManager(scriptedAdapter, [secretOf(0)], { logger: false });
for (let turn = 0; turn < 20; turn++) {
  globalThis.gc?.();
  await nextTurn();
}
for (let other = 0; other < 1000; other++) {
  redactor.add(`another-key-${other}`);
  redactor.retire(`another-key-${other}`);
}
const all = Array.from({ length: count }, (_, index) => index);
const known = all.filter((index) => redactor.holdsKey(secretOf(index)));
process.stdout.write(JSON.stringify({ known, kept: kept.getAllKeys().length }));
process.exit();
