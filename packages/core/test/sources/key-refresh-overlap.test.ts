import { describe, expect, it } from 'vitest';
import { sourced } from './scripted-source.ts';

describe('later loads', () => {
  it('follow a change that is reported while one runs, because that one may have read the keys before', async () => {
    let changed = (): void => {};
    const keys = sourced(['K1'], {}, (report) => {
      changed = report;
      return () => {};
    });
    await keys.call();
    keys.takesMs = 100;
    changed();
    await keys.runtime.advance(50);
    keys.answer = ['K2'];
    for (let count = 0; count < 1000; count++) changed();
    await keys.runtime.advance(2000);
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start', 'changed', 'changed']);
  });

  it('are aborted when the manager closes, and none starts afterwards', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.takesMs = 5000;
    const running = keys.manager.refreshKeys().catch((error: unknown) => error);
    await keys.runtime.advance(10);
    await keys.manager.close();
    expect(await running).toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    expect(keys.runtime.asleep).toBe(0);
    await expect(keys.manager.refreshKeys()).rejects.toThrow('from vault: the manager is closed.');
    await expect(keys.call()).resolves.toBe('K1');
    expect(keys.reasons).toEqual(['start', 'manual']);
  });
});
