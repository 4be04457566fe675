import { ApiKeyManager, MemoryStore, type Attempt } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { invalidKey, scriptedAdapter } from '../scripted-keys.ts';
import { numbersFrom } from '../seeded-numbers.ts';

const seconds = 60;
const callsPerSecond = 200;

it.each([1, 2, 3])(
  'a minute of changes under 200 calls a second fails no call and uses no removed key (%i)',
  async (seed) => {
    const random = numbersFrom(seed);
    const pick = (below: number) => Math.floor(random() * below);
    const runtime = new FakeRuntime({ stepped: true });
    const store = new MemoryStore({ now: () => runtime.now() });
    let listed = ['K1', 'K2'];
    let made = 2;
    let isSourceDown = false;
    const source = {
      name: 'vault',
      load: () => (isSourceDown ? Promise.reject(new Error('down')) : Promise.resolve(listed)),
    };
    const options = { logger: false, runtime, store, refresh: { everyMs: 700, minGapMs: 0 } } as const;
    const manager = new ApiKeyManager(scriptedAdapter, source, options);
    await manager.ready();

    const faults: unknown[] = [];
    async function attempt(key: string, { attemptNumber }: Attempt): Promise<string> {
      // The list of the manager, because the source can be ahead of it.
      if (!manager.getAllKeys().includes(key)) faults.push(`${key} was removed`);
      await runtime.pass(1 + pick(40));
      // Some first attempts fail for a moment, so that calls come back to a key that may be gone.
      if (attemptNumber === 1 && random() < 0.2) throw new Error('flaky');
      // The provider has revoked what is not listed any more.
      return listed.includes(key) ? key : String(await invalidKey()(key, runtime));
    }

    /** Changes the keys as people do: the source or the list itself. One key always stays. */
    function change(): void {
      const kind = pick(6);
      if (kind === 0 && listed.length < 3) listed = [...listed, `K${++made}`];
      if (kind === 1 && listed.length > 1) listed = listed.toSpliced(pick(listed.length), 1);
      if (kind === 2) listed = listed.with(pick(listed.length), `K${++made}`);
      if (kind === 3) listed = listed.toReversed();
      if (kind === 4) isSourceDown = !isSourceDown;
      // While the source is down, the keys are changed by hand.
      if (kind === 5 || isSourceDown) manager.setKeys(listed);
    }

    const calls: Promise<unknown>[] = [];
    for (let tick = 0; tick < seconds * callsPerSecond; tick++) {
      const call = manager.retryWithFallback(attempt, { maxRetries: 2, delay: 20 });
      calls.push(call.catch((error: unknown) => faults.push(String(error))));
      if (tick % (callsPerSecond / 2) === 0) change();
      await runtime.advance(1000 / callsPerSecond);
    }
    await runtime.advance(60_000);
    await Promise.all(calls);
    expect(faults).toEqual([]);

    isSourceDown = false;
    await manager.refreshKeys();
    await runtime.advance(5000);
    const other = new ApiKeyManager(scriptedAdapter, listed, { logger: false, runtime, store });
    await other.ready();
    // Each process doubts keys for itself.
    const outOf = (of: ApiKeyManager) =>
      of
        .status()
        .keys.map(({ keyId, availableAtMs, reason }) => [keyId, reason === 'transient' ? undefined : availableAtMs]);
    expect(outOf(manager)).toEqual(outOf(other));
    expect(manager.getAllKeys()).toEqual(listed);
    await Promise.all([manager.close(), other.close(), runtime.advance(10_000)]);
  },
);
