import { describe, expect, it } from 'vitest';
import type { ProviderDocument } from '../../src/protocol/provider-document.ts';
import { formatView, parseView, type ProviderView } from '../../src/protocol/view.ts';
import { adapterOf, hourMs, keyOf, labels, minuteMs, outFor, refused, Scene, secondMs } from '../collect/scene.ts';

function labelsOf({ rows }: ProviderDocument): (string | undefined)[] {
  return rows.order.map((keyId) => rows.rows[keyId]?.label);
}

/** A pool of 30 keys, of which one is refused, one switched off and two are cooling. */
async function bigScene() {
  const scene = new Scene();
  const keys = labels(30).map((label, index) => ({ label, ...(index % 10 === 9 ? { group: 'Team' } : {}) }));
  const manager = scene.manager(keys);
  scene.watch([manager]);
  await scene.call(manager, { key1: outFor(hourMs), key2: refused, key3: outFor(2 * hourMs) });
  manager.disable(keyOf('key7'));
  return { scene, manager };
}

describe('the keys of a pool', () => {
  it('are all shown in list order if there are few', async () => {
    const scene = new Scene();
    const manager = scene.manager(labels(12));
    scene.watch([manager]);
    await scene.call(manager, { key1: refused });
    const page = scene.provider('&keys=7');
    expect(labelsOf(page)).toEqual(labels(12));
    expect(page).toMatchObject({ matches: 12, keyPage: 1 });
    expect(page).not.toHaveProperty('swarm');
  });

  it('come from the worst state on pages of 20', async () => {
    const { scene } = await bigScene();
    const page = scene.provider();
    expect(labelsOf(page).slice(0, 6)).toEqual(['key2', 'key1', 'key3', 'key7', 'key4', 'key5']);
    expect(page).toMatchObject({ matches: 30, keyPage: 1, swarm: { 0: `cxchhho${'h'.repeat(23)}` } });
    expect(labelsOf(page)).toHaveLength(20);
    expect(labelsOf(scene.provider('&keys=2'))).toHaveLength(10);
    expect(scene.provider('&keys=50').keyPage).toBe(2);
  });

  it('can be searched by label, masked key and group, and by state', async () => {
    const { scene } = await bigScene();
    expect(labelsOf(scene.provider('&search=KEY3&sort=list'))).toEqual(['key3', 'key30']);
    expect(labelsOf(scene.provider('&search=team'))).toEqual(['key10', 'key20', 'key30']);
    expect(scene.provider('&search=%E2%80%A6').matches).toBe(30);
    expect(labelsOf(scene.provider('&state=cooling'))).toEqual(['key1', 'key3']);
    expect(scene.provider('&state=suspect')).toMatchObject({ matches: 0, keyPage: 1, rows: { order: [], rows: {} } });
  });

  it('can be sorted', async () => {
    const { scene, manager } = await bigScene();
    manager.prefer(keyOf('key9'));
    await scene.call(manager);
    await scene.call(manager);
    const first = (query: string) => labelsOf(scene.provider(query))[0];
    expect(first('&sort=list')).toBe('key1');
    expect(first('&sort=list&order=desc')).toBe('key30');
    expect(first('&sort=label&order=desc')).toBe('key9');
    expect(first('&sort=attempts&order=desc')).toBe('key9');
    expect(labelsOf(scene.provider('&sort=failed&order=desc')).slice(0, 3)).toEqual(['key1', 'key2', 'key3']);
    expect(first('&sort=used&order=desc')).toBe('key9');
    expect(first('&sort=limit')).toBe('key1');
  });

  it('have their limits, the tightest first, and their last error', async () => {
    const scene = new Scene();
    const limits = { requestsPerMinute: 10, requestsPerDay: 4, concurrency: 1 };
    const manager = scene.manager([{ label: 'a', limits }, 'b']);
    scene.watch([manager]);
    await scene.call(manager);
    await scene.call(manager, { a: { kind: 'transient' } });
    const [a] = Object.values(scene.provider().rows.rows);
    expect(a?.limit).toMatchObject({ name: 'requestsPerDay', used: 2, limit: 4, source: 'configured' });
    expect(a?.limits?.map(({ name }) => name)).toEqual(['requestsPerDay', 'requestsPerMinute', 'concurrency']);
    expect(a?.lastError).toMatchObject({ verdict: 'transient' });
  });

  it('change only when what they show changes', async () => {
    const { scene, manager } = await bigScene();
    await scene.clock.advance(321);
    await scene.call(manager);
    const before = scene.provider().rows;
    await scene.clock.advance(2 * secondMs);
    expect(scene.provider().rows).toEqual(before);
    await scene.call(manager);
    expect(scene.provider().rows).not.toEqual(before);
    for (const { lastUsedAtMs = 0 } of Object.values(scene.provider().rows.rows))
      expect(lastUsedAtMs % secondMs).toBe(0);
  });
});

describe('the page of a pool', () => {
  it('has the order of the next call', async () => {
    const scene = new Scene();
    const manager = scene.manager(labels(8));
    scene.watch([manager]);
    const startMs = scene.clock.now();
    await scene.call(manager, { key1: outFor(minuteMs), key2: refused, key3: { kind: 'transient' } });
    const { next } = scene.provider();
    expect(next.first.map(({ label, state }) => `${label} ${state}`)).toEqual([
      'key4 healthy',
      'key5 healthy',
      'key6 healthy',
    ]);
    expect(next.more).toBe(3);
    expect(next.passedOver).toMatchObject([
      { label: 'key1', state: 'cooling', reason: 'cooling', availableAtMs: startMs + minuteMs },
      { label: 'key2', state: 'refused', reason: 'disabled' },
    ]);
    expect(next.morePassedOver).toBe(0);
  });

  it('names no more than 12 keys that are passed over', async () => {
    const scene = new Scene();
    const manager = scene.manager(labels(20));
    scene.watch([manager]);
    for (const label of labels(18)) manager.disable(keyOf(label));
    expect(scene.provider().next).toMatchObject({ more: 0, morePassedOver: 6 });
    expect(scene.provider().next.passedOver).toHaveLength(12);
  });

  it('has the daily limits, those that have used most first', async () => {
    const scene = new Scene('2026-03-02T12:00:00Z');
    const groupLimits = { team: { requestsPerDay: 100 } };
    const keys = [
      { label: 'a', limits: { requestsPerDay: 10 } },
      { label: 'b', limits: { requestsPerDay: 20 } },
      { label: 'c', group: 'team' },
      { label: 'd', group: 'team' },
    ];
    const manager = scene.manager(keys, { groupLimits });
    scene.watch([manager]);
    await scene.call(manager, { a: outFor(hourMs) });
    await scene.call(manager);
    const [quota, ...rest] = scene.provider().quota;
    expect(rest).toEqual([]);
    expect(quota).toMatchObject({
      timeZone: 'America/Sao_Paulo',
      startedAtMs: Date.parse('2026-03-02T03:00:00Z'),
      endsAtMs: Date.parse('2026-03-03T03:00:00Z'),
      limit: 'requestsPerDay',
      used: 3,
      max: 130,
      keys: [
        { label: 'b', used: 2, limit: 20 },
        { label: 'a', used: 1, limit: 10 },
        { label: 'c', used: 0, limit: 100, group: 'team' },
      ],
    });
  });

  it('counts failures of the last hour by their code', async () => {
    const scene = new Scene();
    const manager = scene.manager(labels(3));
    scene.watch([manager]);
    for (let calls = 0; calls < 2; calls++) {
      await scene.call(manager, { key1: { kind: 'transient' } });
      manager.reset();
    }
    await scene.call(manager, { key1: refused });
    const { reasons } = scene.provider();
    expect(reasons).toMatchObject([
      { verdict: 'transient', count: 2 },
      { verdict: 'invalid-key', count: 1 },
    ]);
    await scene.clock.advance(hourMs);
    expect(scene.provider().reasons).toEqual([]);
  });

  it('has the preferred key, and where the keys come from', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    expect(scene.provider()).not.toHaveProperty('preferred');
    expect(scene.provider()).not.toHaveProperty('source');
    manager.prefer(keyOf('b'), { forMs: minuteMs });
    expect(scene.provider().preferred).toMatchObject({ label: 'b', untilMs: scene.clock.now() + minuteMs });
    const rows = Object.values(scene.provider().rows.rows);
    expect(rows.filter(({ isPreferred }) => isPreferred).map(({ label }) => label)).toEqual(['b']);
    manager.endPreference();
    expect(scene.provider()).not.toHaveProperty('preferred');
  });

  it('has the details of the key that is open', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.call(manager, { a: outFor(hourMs) });
    const [keyId] = scene.provider().rows.order;
    const { details } = scene.provider(`&key=${keyId}`);
    expect(details).toMatchObject({
      label: 'a',
      state: 'cooling',
      buckets: [],
      total: { attempts: 1, successes: 0, failures: { 'rate-limited': 1 } },
      today: { attempts: 1 },
      next: { place: 2, state: 'cooling', reason: 'cooling' },
    });
    expect(scene.provider('&key=unknown')).not.toHaveProperty('details');
    expect(scene.provider()).not.toHaveProperty('details');
  });

  it.each([
    ['__proto__', 'default'],
    ['constructor', '__proto__'],
    ['p'.repeat(64), '鍵'.repeat(128)],
  ])('exists, and is on the overview, whatever its names are: %s, %s', (provider, pool) => {
    const scene = new Scene();
    scene.watch([scene.manager(['a'], { pool }, adapterOf(provider, 'Odd'))]);
    const view = formatView({ ...(parseView('page=provider') as ProviderView), provider, pool });
    expect(scene.document(view).page).toMatchObject({ kind: 'provider', provider, pool });
    const { order, rows } = scene.overview().pools;
    expect(JSON.parse(JSON.stringify(rows))).toSatisfy((sent: object) => Object.hasOwn(sent, order[0] ?? ''));
  });

  it('names the pool that it does not know', () => {
    const scene = new Scene();
    scene.watch([]);
    expect(scene.document('page=provider&provider=acme').page).toEqual({
      kind: 'unknown-pool',
      provider: 'acme',
      pool: 'default',
    });
  });

  it('shows 10,000 keys', async () => {
    const scene = new Scene();
    const manager = scene.manager(labels(10_000));
    scene.watch([manager]);
    await scene.call(manager, { key1: refused, key2: outFor(hourMs) });
    await scene.clock.advance(minuteMs);
    const page = scene.provider();
    expect(page).toMatchObject({ keys: 10_000, matches: 10_000, usable: 9998, counts: { refused: 1, cooling: 1 } });
    expect(labelsOf(page).slice(0, 3)).toEqual(['key1', 'key2', 'key3']);
    expect(Object.keys(page.swarm ?? {})).toHaveLength(100);
    expect(labelsOf(scene.provider('&keys=500')).at(-1)).toBe('key10000');
    expect(JSON.stringify(scene.document('page=overview')).length).toBeLessThan(30_000);
  });
});
