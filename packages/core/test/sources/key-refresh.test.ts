import { ApiKeyFallbackError } from '@api-key-fallback/core';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { sourced, type Answer } from './scripted-source.ts';

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable('it was expected to throw');
}

describe('the first load', () => {
  it('is one for all calls, which wait for it', async () => {
    const keys = sourced(['K1', 'K2']);
    keys.takesMs = 500;
    const calls = Array.from({ length: 100 }, () => keys.call());
    await keys.runtime.advance(499);
    expect(keys.calls).toEqual([]);
    await keys.runtime.advance(1);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['K1']));
    expect(keys.reasons).toEqual(['start']);
  });

  it('is begun by ready()', async () => {
    const keys = sourced(['K1']);
    await keys.manager.ready();
    expect(keys.manager.getAllKeys()).toEqual(['K1']);
    await expect(keys.manager.getClient()).rejects.toThrow('makes no clients');
  });

  it('is waited for only up to the deadline and the signal of a call', async () => {
    const keys = sourced(['K1']);
    keys.takesMs = 5000;
    const controller = new AbortController();
    const late = keys.call({ deadline: 1000 });
    const left = keys.call({ signal: controller.signal });
    const patient = keys.call();
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    const failure = late.catch((error: unknown) => error);
    await keys.runtime.advance(1000);
    expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await keys.runtime.advance(4000);
    await expect(patient).resolves.toBe('K1');
  });

  it('that fails ends the calls with the reason, and is tried again by the first call after 10 s', async () => {
    const keys = sourced(new Error('403: sk-test-4f9a81c2e07b4f9a81c2e07b may not read'));
    const error = await keys.call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiKeyFallbackError);
    expect(error).toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    expect(String(error)).toMatch(
      /The keys of Scripted could not be loaded from vault: 403: \[redacted\] may not read/,
    );
    expect(String((error as Error).cause)).not.toContain('4f9a81c2e07b');
    await keys.runtime.advance(9999);
    await expect(keys.call()).rejects.toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    expect(keys.reasons).toEqual(['start']);
    keys.answer = ['K1'];
    await keys.runtime.advance(1);
    await expect(keys.call()).resolves.toBe('K1');
    expect(keys.reasons).toEqual(['start', 'start']);
  });

  it('shows no part of an answer that is not valid JSON, because a key in it is not known yet', async () => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const keys = sourced(
      thrownBy(() => JSON.parse('e83b17fa4c60')),
      {
        logger: { debug: log, info: log, warn: log, error: log },
      },
    );
    const error: unknown = await keys.call().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('could not be loaded from vault: the answer is not valid JSON.');
    expect(lines).toContain('Scripted: Keys cannot be loaded from vault: the answer is not valid JSON.');
    expect(`${inspect(error)} ${lines.join()}`).not.toContain('e83b17fa4c60');
  });

  it('says what was thrown, also if that is nothing', async () => {
    const keys = sourced(['K1']);
    Object.defineProperty(keys, 'answer', {
      get: () => {
        throw undefined;
      },
    });
    await expect(keys.call()).rejects.toThrow('could not be loaded from vault: undefined');
  });

  it('fails on a closed manager', async () => {
    const keys = sourced(['K1']);
    await keys.manager.close();
    await expect(keys.call()).rejects.toThrow('could not be loaded from vault: the manager is closed.');
  });

  it('that hangs ends after its time limit, with its signal aborted', async () => {
    const keys = sourced(['K1'], { refresh: { timeoutMs: 3000 } });
    keys.takesMs = 60_000;
    const failure = keys.call().catch((error: unknown) => error);
    await keys.runtime.advance(3000);
    expect(await failure).toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    expect(keys.runtime.asleep).toBe(0);
  });

  it('is not needed once the application has set the keys', async () => {
    const keys = sourced(new Error('down'));
    keys.manager.setKeys(['K9']);
    await expect(keys.call()).resolves.toBe('K9');
  });
});

describe('later loads', () => {
  it('run behind the calls, every 5 min', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.answer = ['K2'];
    keys.takesMs = 1000;
    await keys.runtime.advance(300_500);
    await expect(keys.call()).resolves.toBe('K1');
    await keys.runtime.advance(500);
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start', 'interval']);
  });

  it('come earlier by a random part', async () => {
    const keys = sourced(['K1'], { refresh: { everyMs: 10_000, jitter: 0.5 } });
    await keys.call();
    await keys.runtime.advance(10_000);
    expect(keys.reasons.length).toBeGreaterThanOrEqual(2);
  });

  it('that fail keep the last good keys, and are tried again after 1, 2, 4 s and so on', async () => {
    const keys = sourced(['K1'], { refresh: { everyMs: 60_000 } });
    const events = recordEvents(keys.manager, ['keys.refresh-failed', 'keys.refreshed']);
    await keys.call();
    keys.answer = new Error('down');
    const times: number[] = [];
    for (let second = 1; second <= 130; second++) {
      const before = keys.reasons.length;
      await keys.runtime.advance(1000);
      if (keys.reasons.length > before) times.push(second);
    }
    expect(times).toEqual([60, 61, 63, 67, 75, 91, 123]);
    await expect(keys.call()).resolves.toBe('K1');
    keys.answer = ['K2'];
    await keys.runtime.advance(60_000);
    await expect(keys.call()).resolves.toBe('K2');
    expect(events).toEqual([
      ['keys.refresh-failed', { provider: 'scripted', pool: 'default', source: 'vault', message: 'down', keysLeft: 1 }],
      ['keys.refreshed', { provider: 'scripted', pool: 'default', source: 'vault' }],
    ]);
  });

  it.each<[string, Answer]>([
    ['no key', []],
    ['empty keys', ['', ' ']],
    ['a text instead of a list', 'K1' as never],
    ['nothing', undefined as never],
    ['an invalid time', { keys: ['K2'], expiresAtMs: Number.NaN }],
    ['a date as text', { keys: ['K2'], expiresAtMs: '2027-01-01' as never }],
    ['a version that is not a string', { keys: ['K2'], version: 7 as never }],
    ['a broken key', ['K 1']],
  ])('that answer with %s count as failed', async (_what, answer) => {
    const keys = sourced(['K1']);
    const events = recordEvents(keys.manager, ['keys.refresh-failed']);
    await keys.call();
    keys.answer = answer;
    await keys.runtime.advance(300_000);
    expect(events).toHaveLength(1);
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('may answer without keys if that is allowed', async () => {
    const keys = sourced(['K1'], { refresh: { allowEmpty: true } });
    await keys.call();
    keys.answer = [];
    await keys.runtime.advance(300_000);
    await expect(keys.call()).rejects.toThrow('No key of Scripted is available');
  });

  it('come 5 min before the keys expire, or when a fifth of their life is left', async () => {
    const keys = sourced({ keys: ['K1'], expiresAtMs: 3_600_000 }, { refresh: { everyMs: 86_400_000 } });
    await keys.call();
    await keys.runtime.advance(3_299_999);
    expect(keys.reasons).toEqual(['start']);
    keys.answer = { keys: ['K2'], expiresAtMs: 3_600_000 };
    await keys.runtime.advance(1);
    expect(keys.reasons).toEqual(['start', 'expiry']);
    await keys.runtime.advance(240_000);
    expect(keys.reasons).toEqual(['start', 'expiry', 'expiry']);
  });

  it('that are older than maxStaleMs end the service until a load succeeds', async () => {
    const keys = sourced(['K1'], { refresh: { maxStaleMs: 600_000 } });
    await keys.call();
    keys.answer = new Error('down');
    await keys.runtime.advance(599_999);
    await expect(keys.call()).resolves.toBe('K1');
    await keys.runtime.advance(1);
    await expect(keys.call()).rejects.toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    keys.answer = ['K1'];
    await keys.runtime.advance(300_000);
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('are due at the next call after a process was suspended', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.answer = ['K2'];
    keys.runtime.set(86_400_000);
    await expect(keys.call()).resolves.toBe('K1');
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start', 'interval']);
  });

  it('do not undo what the application has set meanwhile', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.answer = ['K2'];
    keys.takesMs = 1000;
    await keys.runtime.advance(300_500);
    keys.manager.setKeys(['K3']);
    await keys.runtime.advance(1000);
    await expect(keys.call()).resolves.toBe('K3');
  });

  it('of the same version change nothing', async () => {
    const keys = sourced({ keys: ['K1'], version: '7' });
    const events = recordEvents(keys.manager, ['keys.changed']);
    await keys.call();
    keys.answer = { keys: ['K2'], version: '7' };
    await keys.runtime.advance(300_000);
    await expect(keys.call()).resolves.toBe('K1');
    keys.answer = { keys: ['K2'], version: '8' };
    await keys.runtime.advance(300_000);
    await expect(keys.call()).resolves.toBe('K2');
    expect(events).toMatchObject([
      ['keys.changed', { reason: 'start', source: 'vault', added: [{ label: 'key 1' }] }],
      ['keys.changed', { reason: 'interval', source: 'vault' }],
    ]);
  });

  it('that answer the same keys emit nothing', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    const events = recordEvents(keys.manager, ['keys.changed']);
    await keys.runtime.advance(900_000);
    expect(keys.reasons).toHaveLength(4);
    expect(events).toEqual([]);
  });

  it('end with the manager', async () => {
    const stop = vi.fn<() => void>();
    const keys = sourced(['K1'], {}, () => stop);
    await keys.call();
    await keys.manager.close();
    await keys.runtime.advance(900_000);
    expect(keys.reasons).toEqual(['start']);
    expect(stop).toHaveBeenCalledTimes(1);
  });
});
