import { ApiKeyManager, type KeyManagerOptions } from '@api-key-fallback/core';
import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { outcomeNow, settle } from '../fake-runtime.ts';
import { startCheckedServer } from '../api/start-checked-server.ts';
import { hang, one, two } from '../api/start-key-server.ts';

describe('the options of checkKeys', () => {
  const three = 'key-three-0000003';

  function manage(
    probe: NonNullable<ProviderAdapter['probe']>,
    keys: ConstructorParameters<typeof ApiKeyManager>[1] = [one],
    options: KeyManagerOptions = {},
  ): ApiKeyManager {
    const adapter = { name: 'slow', displayName: 'Slow', env: 'SLOW_KEY', classifyError: () => undefined, probe };
    return new ApiKeyManager(adapter, keys, { logger: false, ...options });
  }

  it('asks keys side by side, but those of a group one after the other', async () => {
    const asked: string[] = [];
    const releases: (() => void)[] = [];
    const manager = manage(
      (secret) => {
        asked.push(secret);
        return new Promise((resolve) => releases.push(() => resolve({ outcome: 'working' })));
      },
      [{ key: one, group: 'a' }, { key: two, group: 'a' }, three],
    );
    const checked = manager.checkKeys();
    await settle();
    expect(asked).toEqual([one, three]);
    for (const release of releases) release();
    await settle();
    expect(asked).toEqual([one, three, two]);
    releases.at(-1)?.();
    expect((await checked).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
  });

  it('asks at most 50 keys at once', async () => {
    let running = 0;
    let most = 0;
    const keys = Array.from({ length: 1000 }, (_, index) => `key-number-${String(index).padStart(8, '0')}`);
    const probe = async () => {
      most = Math.max(most, ++running);
      await settle();
      running--;
      return { outcome: 'working' } as const;
    };
    const checks = await manage(probe, keys).checkKeys();
    expect(most).toBe(50);
    expect(checks.map(({ ordinal }) => ordinal)).toEqual(keys.map((_, index) => index + 1));
  });

  it('gives each key its own time limit', async () => {
    await using server = await startCheckedServer({ [one]: [hang] }, { stepped: true });
    const signals: AbortSignal[] = [];
    const manager = manage(
      (_secret, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
      [
        { key: one, group: 'a' },
        { key: two, group: 'a' },
      ],
      { runtime: server.runtime },
    );
    const checked = manager.checkKeys({ timeout: 300 });
    await server.runtime.advance(299);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await server.runtime.advance(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await server.runtime.advance(300);
    expect(await checked).toMatchObject([
      { outcome: 'inconclusive', reason: 'timeout', latencyMs: 300 },
      { outcome: 'inconclusive', reason: 'timeout', latencyMs: 300 },
    ]);
  });

  it('waits 10 s for a key by default, and closes the connection', async () => {
    await using server = await startCheckedServer({ [one]: [hang] }, { stepped: true });
    const checked = server.manager.checkKeys();
    await server.seen(1);
    await server.runtime.advance(9999);
    expect(await outcomeNow(checked)).toBe('pending');
    await server.runtime.advance(1);
    expect(await checked).toMatchObject([{ outcome: 'inconclusive', reason: 'timeout', state: 'healthy' }]);
    await server.lastClosed();
  });

  it('rejects with the reason of the signal, at any time', async () => {
    await using server = await startCheckedServer({ [one]: [hang] });
    const reason = new Error('enough');
    await expect(server.manager.checkKeys({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
    const controller = new AbortController();
    const checked = server.manager.checkKeys({ signal: controller.signal });
    await server.seen(1);
    controller.abort(reason);
    await expect(checked).rejects.toBe(reason);
    await server.lastClosed();
    expect(server.key(one).state).toBe('healthy');
  });

  it('passes the fetch and the clientOptions to the probe', async () => {
    const seen: unknown[] = [];
    const clientOptions = { baseURL: 'https://proxy.example', fetch: async () => new Response('{}') };
    const probe: ProviderAdapter['probe'] = async (_secret, context) => {
      seen.push([context.clientOptions, context.fetch]);
      return { outcome: 'working' };
    };
    const own = async () => new Response('{}');
    const manager = manage(probe, [one], { clientOptions });
    await manager.checkKeys();
    await manager.checkKeys({ fetch: own });
    await manage(probe).checkKeys();
    expect(seen).toEqual([
      [clientOptions, clientOptions.fetch],
      [clientOptions, own],
      [undefined, globalThis.fetch],
    ]);
  });

  it.each([
    [{ timeout: 0 }, /"timeout"/],
    [{ timeout: '5' }, /"timeout"/],
    [{ signal: {} }, /"signal"/],
    [{ fetch: 'no' }, /"fetch"/],
    [{ apply: 1 }, /"apply"/],
    [{ timeuot: 5 }, /Unknown option "timeuot"/],
    [null, /"options" must be an object/],
  ])('rejects the options %j', async (options, message) => {
    const checked = manage(async () => ({ outcome: 'working' })).checkKeys(options as object);
    await expect(checked).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringMatching(message) });
  });
});
