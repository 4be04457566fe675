import type { ApiKeyManager } from '@api-key-fallback/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Collector } from '../../src/collect/collector.ts';
import { buildDocument } from '../../src/pages/build-document.ts';
import type { PageDocument } from '../../src/protocol/page-document.ts';
import type { OverviewDocument } from '../../src/protocol/overview-document.ts';
import { parseView } from '../../src/protocol/view.ts';
import { hourMs, labels, outFor, Scene, secondMs } from './scene.ts';

const poolCount = 300;

/** A key of one pool alone: pools that have the same key share its state. */
function keyIn(pool: string, label: string): string {
  return `${label}-${pool}-0123456789abcdefghij`;
}

const longestTaskMs = 15;

/** A collector of many pools, each of which takes 0.5 ms to read. */
class ManyPools {
  readonly scene = new Scene();
  readonly managers: readonly ApiKeyManager[];
  readonly collector: Collector;
  /** The pools that were read since the last look. */
  readonly read = new Set<string>();
  #longestMs = 0;

  constructor() {
    this.managers = labels(poolCount).map((pool) => {
      const keys = ['a', 'b'].map((label) => ({ label, key: keyIn(pool, label) }));
      return this.scene.manager(keys, { pool });
    });
    const { now, timer } = this.scene.clock;
    const runtime = {
      now,
      timer: (ms: number, run: () => void, isInBackground?: boolean) =>
        timer(ms, () => this.#measure(run), isInBackground),
    };
    this.collector = new Collector({ managers: this.managers, runtime });
    onTestFinished(() => this.collector.close());
    for (const manager of this.managers) this.#slowDown(manager);
  }

  document(query: string): PageDocument {
    return this.#measure(() => buildDocument(parseView(query), { collector: this.collector }));
  }

  overview(query = ''): OverviewDocument {
    return this.document(`page=overview${query}`).page as OverviewDocument;
  }

  /** How long the longest task has taken since the last look. */
  longestMs(): number {
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  #measure<Result>(run: () => Result): Result {
    const startMs = this.scene.clock.now();
    const result = run();
    this.#longestMs = Math.max(this.#longestMs, this.scene.clock.now() - startMs);
    return result;
  }

  #slowDown(manager: ApiKeyManager): void {
    const { status } = manager;
    manager.status = () => {
      this.read.add(manager.pool);
      // Each sample asks for the status twice.
      this.scene.clock.spend(0.25);
      return status.call(manager);
    };
  }
}

describe('many pools', () => {
  it('are sampled all within 10 s, in short tasks', async () => {
    const pools = new ManyPools();
    for (let sample = 0; sample < 3; sample++) {
      pools.read.clear();
      await pools.scene.clock.advance(10 * secondMs);
      expect(pools.longestMs()).toBeLessThan(longestTaskMs);
      // A second for the rest of the first sample.
      if (sample === 0) await pools.scene.clock.advance(secondMs);
      expect(pools.read.size).toBe(poolCount);
    }
  });

  it('are read for a page only if it shows them', async () => {
    const pools = new ManyPools();
    await pools.scene.clock.advance(secondMs);
    const readBy = (query: string): string[] => {
      pools.read.clear();
      pools.document(query);
      return [...pools.read];
    };
    expect(readBy('page=events')).toEqual([]);
    expect(readBy('page=provider&provider=acme&pool=key42')).toEqual(['key42']);
    await pools.scene.clock.advance(secondMs);
    expect(readBy('page=overview&pools=2')).toEqual(labels(40).slice(20));
    await pools.scene.clock.advance(secondMs);
    expect(readBy('page=overview&search=key300')).toEqual(['key300']);
  });

  it('show a change in the numbers of all pages, wherever it is', async () => {
    const pools = new ManyPools();
    const manager = pools.managers[250] as ApiKeyManager;
    await pools.scene.clock.advance(secondMs);
    pools.overview();
    await pools.scene.call(manager, { a: outFor(hourMs) });
    expect(pools.overview()).toMatchObject({
      totals: { usable: 599, total: 600 },
      comesBack: { count: 1, keys: [{ pool: 'key251', label: 'a', untilMs: expect.any(Number) as number }] },
    });
    expect(pools.document('page=events').frame.headline).toMatchObject({ kind: 'half', pool: { pool: 'key251' } });
    manager.disable(keyIn('key251', 'b'));
    expect(pools.overview().off).toEqual({ count: 1, labels: ['b'] });
    manager.reset();
    manager.enable(keyIn('key251', 'b'));
    expect(pools.overview()).toMatchObject({ totals: { usable: 600 }, comesBack: { count: 0 }, off: { count: 0 } });
  });

  it('change together, and are shown within a second, in short tasks', async () => {
    const pools = new ManyPools();
    await pools.scene.clock.advance(secondMs);
    pools.overview();
    pools.longestMs();
    for (const manager of pools.managers) manager.disable(keyIn(manager.pool, 'a'));
    // Twenty on the page, and some of the others.
    expect(pools.overview().off.count).toBeLessThan(60);
    await pools.scene.clock.advance(secondMs);
    expect(pools.overview().off.count).toBe(poolCount);
    expect(pools.longestMs()).toBeLessThan(longestTaskMs + 10);
  });

  it('show what time alone changes at the next sample', async () => {
    const pools = new ManyPools();
    const manager = pools.managers[250] as ApiKeyManager;
    await pools.scene.call(manager, { a: outFor(15 * secondMs) });
    await pools.scene.clock.advance(21 * secondMs);
    const { totals, comesBack } = pools.overview();
    expect([totals.usable, comesBack.keys.map(({ state }) => state)]).toEqual([600, ['recovering']]);
  });
});
