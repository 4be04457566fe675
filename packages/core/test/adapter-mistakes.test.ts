import { currentAttempt, useApiKeyFallback, customProvider } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { ok, scriptKeys, T, throws } from './scripted-keys.ts';

const observing = (key: string) => {
  currentAttempt().observe({ headers: new Headers() });
  return key;
};

describe('an adapter’s mistake', () => {
  it('in a limit’s reset does not blind the key’s health', async () => {
    const adapter = { readLimits: () => [{ name: 'requests', remaining: 0, resetsAtMs: Number.NaN }] };
    const keys = scriptKeys({ K1: [observing, T], K2: [ok] }, { adapter });
    await keys.call();
    await keys.call({ maxRetries: 1 });
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('of giving no list of limits stays out of the method', async () => {
    const adapter = { readLimits: () => 'none' as unknown as [] };
    const keys = scriptKeys({ K1: [observing] }, { adapter });
    await expect(keys.call()).resolves.toBe('K1');
  });
});

describe('an abort in disguise', () => {
  it.each([
    ['of undici', Object.assign(new Error('aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' })],
    ['of the DOM', new DOMException('timeout', 'TimeoutError')],
  ])('%s goes straight back', async (_name, error) => {
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(keys.call()).rejects.toBe(error);
    expect(keys.calls).toEqual(['K1']);
  });
});

it('a class may be given defaults twice', () => {
  const provider = customProvider('scripted');
  class Service {}
  useApiKeyFallback({ provider, delay: 1 })(Service);
  expect(() => useApiKeyFallback({ provider, delay: 2 })(Service)).not.toThrow();
});
