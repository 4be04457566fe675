import {
  AllKeysFailedError,
  customProvider,
  InvalidOptionsError,
  registry,
  wrapWithFallback,
  type FallbackOptions,
} from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { invalidKey, ok, rateLimited, scriptKeys, transient, type Script } from '../scripted-keys.ts';

const rejection = (call: Promise<unknown>) => call.catch((error: unknown) => error);
const script: Script = { K1: [ok], K2: [ok], K3: [ok] };

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('a call that is pinned to a key', () => {
  it('uses this key, by its label or id', async () => {
    const { call, key, manager } = scriptKeys(script);
    await expect(call({ key: 'key 2' })).resolves.toBe('K2');
    await expect(call({ key: key('K3').keyId })).resolves.toBe('K3');
    manager.setKeys([{ key: 'K1', label: 'main' }, 'K2', { key: 'K3', label: 'batches' }]);
    await expect(call({ key: 'batches' })).resolves.toBe('K3');
    await expect(call()).resolves.toBe('K1');
  });

  it('retries on its key and never falls over', async () => {
    const { call, calls, manager } = scriptKeys({ ...script, K2: [transient] });
    const error = await rejection(call({ key: 'key 2', maxRetries: 3 }));
    expect(error).toBeInstanceOf(AllKeysFailedError);
    expect(calls).toEqual(['K2', 'K2', 'K2']);
    expect((error as Error).message).toMatch(
      /^key 2 of Scripted, to which the call is pinned, failed after 3 attempts \(unavailable\)\. Last, with key 2: scripted failure\.$/,
    );
    expect(manager.status().keys.map(({ usage }) => usage.attempts)).toEqual([0, 3, 0]);
  });

  it('waits for its own key alone', async () => {
    const { call, calls, runtime } = scriptKeys({ ...script, K2: [rateLimited(60_000), ok] });
    const refused = await rejection(call({ key: 'key 2', maxRetries: 1 }));
    expect(refused).toMatchObject({ reason: 'rate-limited', retryAfterMs: 60_000 });
    expect(await rejection(call({ key: 'key 2' }))).toMatchObject({ attempts: [], reason: 'rate-limited' });
    await expect(call({ key: 'key 2', onExhausted: 'wait', maxWait: 90_000 })).resolves.toBe('K2');
    expect([runtime.now(), calls]).toEqual([60_000, ['K2', 'K2']]);
  });

  it('does not go on in another pool', async () => {
    const { call, calls, manager } = scriptKeys({ K1: [invalidKey()], K2: [ok] }, { pool: 'a', fallbackTo: 'shared' });
    registry.register(manager);
    registry.register(scriptKeys(script, { pool: 'shared' }).manager);
    expect(await rejection(call({ key: 'key 1' }))).toMatchObject({ reason: 'invalid-keys', pool: 'a' });
    expect(calls).toEqual(['K1']);
  });

  it('waits for room on its key, and leaves that of the others', async () => {
    const { call, calls, runtime } = scriptKeys(script, { limits: { requestsPerMinute: 1 } });
    await call({ key: 'key 2' });
    expect(await rejection(call({ key: 'key 2' }))).toMatchObject({ reason: 'limited', retryAfterMs: 61_000 });
    await call();
    await call();
    expect(calls).toEqual(['K2', 'K1', 'K3']);
    await expect(call({ key: 'key 2', onExhausted: 'wait', maxWait: 90_000 })).resolves.toBe('K2');
    expect(runtime.now()).toBe(61_000);
  });

  it('takes the name of its key from a function of its arguments', async () => {
    const { manager } = scriptKeys(script);
    registry.register(manager);
    const poll = wrapWithFallback(async (apiKey, _batch: { readonly key?: string }) => apiKey as string, {
      provider: customProvider('scripted'),
      key: ({ args: [batch] }) => batch.key,
    });
    await expect(poll({ key: 'key 3' })).resolves.toBe('K3');
    await expect(poll({})).resolves.toBe('K1');
    await expect(poll({ key: 5 as never })).rejects.toThrow('What the function of "key" returns must be a text');
  });

  it('refuses an async function as the name of its key', async () => {
    const key = (async () => 'key 3') as never;
    await expect(scriptKeys(script).call({ key })).rejects.toThrow(
      'The function of "key" must not be async: load the label or "keyId" before the call.',
    );
  });

  it.each<[FallbackOptions, string]>([
    [{ key: 'key 9' }, 'No key of Scripted has the label or id "key 9", to which the call is pinned.'],
    [{ key: 'twice' }, '2 keys of Scripted have the label or id "twice", to which the call is pinned.'],
    [{ key: '' }, '"key" must be a text of 1 to 128 characters in one line; it is empty.'],
    [{ key: 7 as never }, '"key" must be a text of 1 to 128 characters in one line; it is of type number.'],
  ])('is refused with %j', async (options, message) => {
    const { call, calls, manager } = scriptKeys(script);
    manager.setKeys(['K1', { key: 'K2', label: 'twice' }, { key: 'K3', label: 'twice' }]);
    await expect(call(options)).rejects.toThrow(InvalidOptionsError);
    await expect(call(options)).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  it('is refused when its key has left the list, without showing it', async () => {
    const { call, manager } = scriptKeys(script);
    const [, second] = manager.status().keys;
    manager.removeKeys(['K2']);
    await expect(call({ key: second?.keyId ?? '' })).rejects.toThrow('No key of Scripted has the label or id');
  });
});
