import { describe, expect, it } from 'vitest';
import { ok, scriptKeys } from '../scripted-keys.ts';
import { sourced } from './scripted-source.ts';

const day = Date.UTC(2026, 10, 30);

describe('status().source', () => {
  it('is absent for a manager whose keys the application lists', () => {
    expect(scriptKeys({ K1: [ok] }).manager.status()).not.toHaveProperty('source');
  });

  it('has only a name before the first load', () => {
    expect(sourced(['K1']).manager.status().source).toEqual({ name: 'vault' });
  });

  it('says when the last load began, and when one last succeeded', async () => {
    const keys = sourced(['K1'], { refresh: { everyMs: 60_000 } });
    keys.runtime.set(day);
    keys.takesMs = 500;
    const ready = keys.manager.ready();
    await keys.runtime.advance(400);
    expect(keys.manager.status().source).toEqual({ name: 'vault', lastAttemptAtMs: day });
    await keys.runtime.advance(100);
    await ready;
    expect(keys.manager.status().source).toEqual({ name: 'vault', lastAttemptAtMs: day, lastSuccessAtMs: day + 500 });
    keys.answer = new Error('down');
    await keys.runtime.advance(60_500);
    const failed = { name: 'vault', lastAttemptAtMs: day + 60_500, lastSuccessAtMs: day + 500 };
    expect(keys.manager.status().source).toEqual(failed);
  });

  it('counts an answer that changes nothing, but not a list that the application has set', async () => {
    const keys = sourced({ keys: ['K1'], version: '1' });
    await keys.manager.ready();
    await keys.runtime.advance(1000);
    keys.manager.setKeys(['K2']);
    await keys.call();
    expect(keys.manager.status().source).toEqual({ name: 'vault', lastAttemptAtMs: 0, lastSuccessAtMs: 0 });
    await keys.manager.refreshKeys();
    expect(keys.manager.status().source).toEqual({ name: 'vault', lastAttemptAtMs: 1000, lastSuccessAtMs: 1000 });
  });

  it('says when the keys of the last good answer expire', async () => {
    const keys = sourced({ keys: ['K1'], expiresAtMs: 3_600_000 });
    await keys.manager.ready();
    expect(keys.manager.status().source?.expiresAtMs).toBe(3_600_000);
    keys.answer = new Error('down');
    await keys.manager.refreshKeys().catch(() => {});
    expect(keys.manager.status().source?.expiresAtMs).toBe(3_600_000);
    keys.answer = ['K2'];
    await keys.manager.refreshKeys();
    expect(keys.manager.status().source).not.toHaveProperty('expiresAtMs');
  });
});
