import { describe, expect, it } from 'vitest';
import { adapterOf, hourMs, keyOf, labels, minuteMs, outFor, refused, Scene, secondMs } from '../collect/scene.ts';

const other = adapterOf('other', 'Other');

function failing(failed: readonly string[], outcome = refused) {
  return Object.fromEntries(failed.map((label) => [label, outcome]));
}

describe('the headline', () => {
  it('is empty without a pool', () => {
    const scene = new Scene();
    scene.watch([]);
    expect(scene.document('page=overview').frame).toEqual({
      headline: { kind: 'empty' },
      historySinceMs: scene.clock.now(),
      firing: 0,
    });
  });

  it('names what is worst', async () => {
    const scene = new Scene();
    const [manager, second] = [scene.manager(['a', 'b', 'c', 'd']), scene.manager(['e', 'f', 'g'], {}, other)];
    scene.watch([manager, second]);
    const headline = () => scene.document('page=overview').frame.headline;
    const startMs = scene.clock.now();
    expect(headline()).toEqual({ kind: 'fine', count: 7 });
    await scene.call(manager, failing(['a'], outFor(2 * hourMs)));
    expect(headline()).toEqual({ kind: 'out', count: 1 });
    await scene.call(second, failing(['e']));
    expect(headline()).toEqual({ kind: 'refused', count: 1 });
    await scene.call(manager, failing(['b'], refused));
    const pool = { provider: 'acme', pool: 'default', displayName: 'Acme' };
    const firstBack = { label: 'a', backAtMs: startMs + 2 * hourMs };
    expect(headline()).toEqual({ kind: 'half', pool, usable: 2, total: 4, refused: 'b', firstBack });
    await scene.call(manager, failing(['c', 'd'], outFor(3 * hourMs)));
    expect(headline()).toEqual({ kind: 'down', pool, firstBack });
    manager.reset();
    for (const label of ['a', 'b', 'c', 'd']) manager.disable(keyOf(label));
    expect(headline()).toEqual({ kind: 'down', pool });
  });
});

describe('the overview', () => {
  it('has numbers of all pools', async () => {
    const scene = new Scene();
    const [manager, second] = [scene.manager(['a', 'b']), scene.manager(['c'], { pool: 'batch' })];
    scene.watch([manager, second]);
    expect(scene.overview().totals).toEqual({ perMinute: 0, failovers: 0, usable: 3, total: 3 });
    await scene.call(manager, failing(['a'], outFor(hourMs)));
    for (let calls = 0; calls < 3; calls++) await scene.call(second);
    await scene.clock.advance(minuteMs);
    expect(scene.overview().totals).toEqual({ perMinute: 5, success: 0.8, failovers: 1, usable: 2, total: 3 });
    expect(scene.overview().pools.rows['acme/batch']).toMatchObject({ perMinute: 3, p95Ms: 1 });
    await scene.clock.advance(minuteMs);
    expect(scene.overview().totals).toMatchObject({ perMinute: 0, success: 0.8 });
  });

  it('shows all keys of a small pool, and the four worst of a big one with its swarm', async () => {
    const scene = new Scene();
    const [small, big] = [scene.manager(labels(12)), scene.manager(labels(13), { pool: 'big' })];
    scene.watch([small, big]);
    await scene.call(small, failing(['key1']));
    const [ill, out] = [
      ['key1', 'key3', 'key6', 'key7', 'key8'],
      ['key2', 'key4'],
    ];
    await scene.call(big, { ...failing(ill), ...failing(out, outFor(hourMs)), ...failing(['key5'], refused) });
    const { rows } = scene.overview().pools;
    const shown = (id: string) => rows[id]?.rows.order.map((keyId) => rows[id]?.rows.rows[keyId]?.label);
    expect(shown('acme')).toEqual(labels(12));
    expect(rows.acme).not.toHaveProperty('swarm');
    expect(shown('acme/big')).toEqual(['key1', 'key3', 'key5', 'key6']);
    expect(rows['acme/big']?.swarm).toEqual({ 0: 'xcxcxxxxhhhhh' });
  });

  it('finds pools, and shows 20 on a page', () => {
    const scene = new Scene();
    const pools = labels(45).map((pool) => scene.manager(['a'], { pool }));
    scene.watch([...pools, scene.manager(['b'], {}, other)]);
    expect(scene.overview()).toMatchObject({ poolCount: 46, poolPage: 1 });
    expect(scene.overview().pools.order).toHaveLength(20);
    expect(scene.overview('&pools=3').pools.order).toEqual([
      'acme/key41',
      'acme/key42',
      'acme/key43',
      'acme/key44',
      'acme/key45',
      'other',
    ]);
    expect(scene.overview('&pools=99').poolPage).toBe(3);
    expect(scene.overview('&search=OTHER')).toMatchObject({ poolCount: 1, pools: { order: ['other'] } });
    expect(scene.overview('&search=nothing')).toMatchObject({
      poolCount: 0,
      poolPage: 1,
      pools: { order: [], rows: {} },
    });
  });

  it('lists the keys that need attention, of the scarcest pool first', async () => {
    const scene = new Scene();
    const [rich, scarce] = [scene.manager(labels(10)), scene.manager(['a', 'b'], {}, other)];
    scene.watch([rich, scarce]);
    await scene.call(rich, failing(['key1']));
    await scene.clock.advance(secondMs);
    await scene.call(rich, failing(['key2']));
    await scene.call(scarce, failing(['a']));
    expect(scene.overview().needsYou.keys.map(({ label }) => label)).toEqual(['a', 'key2', 'key1']);
    await scene.call(rich, failing(labels(6)));
    const { count, keys } = scene.overview().needsYou;
    expect([count, keys.length]).toEqual([7, 4]);
    // Now it is short of keys.
    expect(keys[0]?.provider).toBe('acme');
  });

  it('lists what comes back, of the scarcest pool first, then the soonest', async () => {
    const scene = new Scene();
    const [rich, scarce, big] = [
      scene.manager(labels(10)),
      scene.manager(['a', 'b'], {}, other),
      scene.manager(labels(20, 'big'), { pool: 'big' }),
    ];
    scene.watch([rich, scarce, big]);
    const startMs = scene.clock.now();
    await scene.call(rich, { key1: outFor(3 * hourMs), key2: outFor(hourMs) });
    await scene.call(scarce, { a: outFor(9 * hourMs) });
    await scene.call(big, { big1: outFor(hourMs), big2: outFor(minuteMs), big3: outFor(2 * hourMs) });
    await scene.clock.advance(2 * minuteMs);
    const { comesBack } = scene.overview();
    expect(comesBack.count).toBe(6);
    expect(comesBack.keys.map(({ label }) => label)).toEqual(['a', 'key2', 'key1']);
    expect(comesBack.pools).toMatchObject([
      { pool: 'big', count: 3, counts: { cooling: 2, recovering: 1 }, firstBackAtMs: startMs + hourMs + 200 },
    ]);
  });

  it('notes keys that are switched off', () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b', 'c', 'd']);
    scene.watch([manager]);
    for (const label of ['a', 'b', 'd']) manager.disable(keyOf(label));
    expect(scene.overview().off).toEqual({ count: 3, labels: ['a', 'b'] });
    expect(scene.overview()).toMatchObject({ needsYou: { count: 0 }, comesBack: { count: 0 } });
  });

  it('has the last six events', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a']);
    scene.watch([manager]);
    for (let count = 0; count < 4; count++) {
      manager.disable(keyOf('a'));
      manager.enable(keyOf('a'));
    }
    expect(scene.overview().latest.order).toEqual(['8', '7', '6', '5', '4', '3']);
  });
});
