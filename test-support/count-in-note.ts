import type { KeyStateStore } from '../packages/core/src/store.ts';

/**
 * Takes a lease again and again, and adds 1 to its note while it holds it. Resolves to the number of additions.
 *
 * The additions of all processes are the number in the note, unless two processes held the lease at once.
 */
export async function countInNote(store: KeyStateStore, pool: string, ms: number): Promise<number> {
  const endMs = performance.now() + ms;
  let additions = 0;
  while (performance.now() < endMs) {
    // So short that it often expires between two renewals.
    const lease = await store.lease(pool, 'count', 20);
    let number = Number((lease && (await store.readNote?.(pool, 'count'))) ?? 0);
    while (performance.now() < endMs && (await lease?.renew?.(20, String(number + 1)))) {
      number++;
      additions++;
      if (additions % 10 === 0) await lease?.release();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return additions;
}
