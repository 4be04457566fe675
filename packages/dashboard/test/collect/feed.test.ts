import { describe, expect, it } from 'vitest';
import { Feed } from '../../src/collect/feed.ts';
import { keyOf, minuteMs, outFor, Scene } from './scene.ts';

const acme = { provider: 'acme', pool: 'default', displayName: 'Acme' };

function namesOf(feed: Feed): string[] {
  return feed.entries.map(({ name }) => name);
}

describe('Feed', () => {
  it('numbers events, the newest first', () => {
    const feed = new Feed(() => 5);
    expect([feed.newest, feed.entries]).toEqual([0, []]);
    feed.add('store.failed', { store: 'redis', message: 'away' }, acme);
    feed.add('alert.tested', { channel: 'slack', outcome: 'delivered', actor: 'ana' });
    expect(feed.newest).toBe(2);
    expect(feed.entries).toEqual([
      {
        sequence: 2,
        atMs: 5,
        name: 'alert.tested',
        kind: 'actions',
        provider: '',
        pool: '',
        displayName: '',
        outcome: 'delivered',
        actor: 'ana',
        channel: 'slack',
      },
      { sequence: 1, atMs: 5, name: 'store.failed', kind: 'store', ...acme, store: 'redis', message: 'away' },
    ]);
  });

  it('copies only the fields that it knows', () => {
    const feed = new Feed(() => 0);
    const key = { keyId: 'id', ordinal: 2, total: 4, label: 'main', secret: 'no' };
    const entry = feed.add(
      'attempt.failed',
      { ...acme, key, callId: 'c', apiKey: 'no', reason: 7, added: [1, 2] },
      acme,
    );
    expect(entry).toEqual({
      sequence: 1,
      atMs: 0,
      name: 'attempt.failed',
      kind: 'calls',
      ...acme,
      keyId: 'id',
      ordinal: 2,
      label: 'main',
      added: 2,
    });
  });

  it('keeps 500 events', () => {
    const feed = new Feed(() => 0);
    for (let count = 0; count < 700; count++) feed.add('key.recovered', {}, acme);
    expect(feed.entries).toHaveLength(500);
    expect([feed.entries[0]?.sequence, feed.entries.at(-1)?.sequence]).toEqual([700, 201]);
  });

  it('keeps what has caused a storm of failing calls', () => {
    const feed = new Feed(() => 0);
    feed.add('key.disabled', { reason: 'invalid_api_key' }, acme);
    feed.add('store.failed', {}, acme);
    for (let count = 0; count < 10_000; count++) {
      for (const name of ['attempt.failed', 'call.fell-over', 'call.failed', 'keys.exhausted'])
        feed.add(name, {}, acme);
    }
    expect(namesOf(feed).slice(-2)).toEqual(['store.failed', 'key.disabled']);
    expect(feed.entries).toHaveLength(302);
    for (let count = 0; count < 1000; count++) feed.add('key.cooled-down', {}, acme);
    expect(feed.entries).toHaveLength(500);
    expect(new Set(namesOf(feed))).toEqual(new Set(['key.cooled-down']));
  });

  it('cuts long texts, and redacts what the application has named after a key', () => {
    const feed = new Feed(() => 0);
    const { operation, message } = feed.add(
      'attempt.failed',
      { operation: 'with sk-proj-abcdefghijklmnopqrst', message: 'x'.repeat(5000) },
      acme,
    );
    expect(operation).toBe('with [redacted]');
    expect(message).toHaveLength(300);
  });
});

describe('the feed of a collector', () => {
  it('has the events of all pools, but not those of calls that work', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.call(manager);
    expect(scene.feed()).toEqual([]);
    await scene.call(manager, { a: outFor(minuteMs) });
    expect(scene.feed()).toEqual(['call.fell-over a', 'key.cooled-down a', 'attempt.failed a']);
    const { rows } = scene.events().entries;
    expect(rows[3]).toMatchObject({ next: 'b', verdict: 'rate-limited', displayName: 'Acme' });
  });

  it('sorts events into kinds', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.call(manager, { a: outFor(minuteMs) });
    manager.disable(keyOf('b'), { actor: 'ana' });
    manager.enable(keyOf('b'), { actor: 'ana' });
    manager.prefer(keyOf('b'));
    manager.addKeys([{ key: keyOf('c'), label: 'c' }]);
    expect(scene.feed('&kinds=health')).toEqual(['key.cooled-down a']);
    expect(scene.feed('&kinds=actions')).toEqual([
      'keys.changed',
      'key.preferred b',
      'key.recovered b',
      'key.disabled b',
    ]);
    expect(scene.feed('&kinds=calls')).toEqual(['call.fell-over a', 'attempt.failed a']);
    expect(scene.feed('&kinds=store')).toEqual([]);
  });
});
