import { ApiKeyManager, MemoryStore, type KeyManagerOptions } from '@api-key-fallback/core';
import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { expect, it } from 'vitest';
import { redactor } from '../../src/base/redaction.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

/** Makes so many others that a retired key is forgotten. */
function retireOthers(): void {
  for (let other = 0; other < 1000; other++) {
    redactor.add(`another-key-${other}`);
    redactor.retire(`another-key-${other}`);
  }
}

it.each<[string, unknown, unknown, string]>([
  ['a pattern that is a string', { keyPattern: 'sk-.*' }, {}, 'keyPattern'],
  ['an unknown strategy', {}, { strategy: 'random' }, '"strategy" must be'],
  ['an unknown locale', {}, { locale: 'xx' }, '"locale" must be'],
  ['a clock without a time', {}, { runtime: { now: () => Number.NaN } }, 'runtime'],
  ['a store that is none', {}, { store: {} }, '"store" must be'],
])('keys of a manager that cannot be made do not stay known: %s', (what, adapter, options, message) => {
  const secret = `secret-${what.replaceAll(' ', '-')}`;
  const make = () =>
    new ApiKeyManager({ ...scriptedAdapter, ...(adapter as Partial<ProviderAdapter>) }, [secret], {
      logger: false,
      ...(options as KeyManagerOptions),
    });
  expect(make).toThrow(message);
  retireOthers();
  expect(redactor.holdsKey(secret)).toBe(false);
});

it('keys stay known until the last manager with them is closed, however often the first is closed', async () => {
  const [first, last] = [new MemoryStore(), undefined].map(
    (store) => new ApiKeyManager(scriptedAdapter, ['secret-of-two'], { logger: false, ...(store && { store }) }),
  );
  await Promise.all([first?.close(), first?.close()]);
  await first?.close();
  retireOthers();
  expect(redactor.holdsKey('secret-of-two')).toBe(true);
  await last?.close();
  retireOthers();
  expect(redactor.holdsKey('secret-of-two')).toBe(false);
});
