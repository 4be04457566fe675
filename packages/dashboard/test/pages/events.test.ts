import { describe, expect, it } from 'vitest';
import { adapterOf, keyOf, refused, Scene } from '../collect/scene.ts';

describe('the page of events', () => {
  it('filters by provider and by text', async () => {
    const scene = new Scene();
    const [manager, second] = [scene.manager(['a', 'b']), scene.manager(['main'], {}, adapterOf('other', 'Other'))];
    scene.watch([manager, scene.manager(['c'], { pool: 'batch' }), second]);
    await scene.call(manager, { a: refused });
    second.disable(keyOf('main'), { actor: 'Ana' });
    expect(scene.feed('&provider=other')).toEqual(['key.disabled main']);
    expect(scene.feed('&search=ANA')).toEqual(['key.disabled main']);
    expect(scene.feed('&search=invalid')).toContain('attempt.failed a');
    expect(scene.feed('&provider=other&search=invalid')).toEqual([]);
    expect(scene.events().providers).toEqual([
      { provider: 'acme', displayName: 'Acme' },
      { provider: 'other', displayName: 'Other' },
    ]);
  });

  it('shows the newest 100, and how many there were', () => {
    const scene = new Scene();
    const manager = scene.manager(['a']);
    scene.watch([manager]);
    for (let count = 0; count < 60; count++) {
      manager.disable(keyOf('a'));
      manager.enable(keyOf('a'));
    }
    const { entries, newest, capacity } = scene.events();
    expect([entries.order.length, entries.order[0], newest, capacity]).toEqual([100, '120', 120, 500]);
    expect(scene.events('&search=nothing')).toMatchObject({ entries: { order: [] }, newest: 120 });
  });
});
