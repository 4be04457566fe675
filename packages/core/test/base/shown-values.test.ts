import {
  ApiKeyFallbackError,
  ApiKeyManager,
  currentAttempt,
  InvalidOptionsError,
  KeyFailedError,
  loadApiKeys,
  registry,
  UnknownProviderError,
  retryWithApiKeyFallback,
  wrapWithFallback,
} from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { defineAdapter } from '../../src/adapter.ts';
import { shortened, shown } from '../../src/base/check-arguments.ts';
import { redactor } from '../../src/base/redaction.ts';
import { tenMegabytes, unprintableValues } from '../odd-values.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const manage = (options: object) => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, ...options } as never);
const wrap = (options: object) => wrapWithFallback(async () => 1, { provider: 'scripted', ...options } as never);

/** Where a wrong value is refused, by the name of the option. */
const refusals: Readonly<Record<string, (value: never) => unknown>> = {
  strategy: (strategy: unknown) => manage({ strategy }),
  'retryOn of a manager': (retryOn: unknown) => manage({ retryOn }),
  recheckInvalid: (recheckInvalid: unknown) => manage({ recheckInvalid }),
  'retryBudget.tokens': (tokens: unknown) => manage({ retryBudget: { tokens } }),
  logLevel: (logLevel: unknown) => manage({ logLevel }),
  locale: (locale: unknown) => manage({ locale }),
  timeZone: (timeZone: never) => defineAdapter({ ...scriptedAdapter, timeZone }),
  inject: (inject: unknown) => wrap({ inject }),
  maxRetries: (maxRetries: unknown) => wrap({ maxRetries }),
  delay: (delay: unknown) => wrap({ delay }),
  backoff: (backoff: unknown) => wrap({ backoff }),
  deadline: (deadline: unknown) => wrap({ deadline }),
  onExhausted: (onExhausted: unknown) => wrap({ onExhausted }),
  idempotent: (idempotent: unknown) => wrap({ idempotent }),
  event: (name: never) => manage({}).on(name, () => {}),
  'reason of markKeyFailed': (reason: never) => manage({}).markKeyFailed('K1', reason),
  'kind of KeyFailedError': (kind: never) => new KeyFailedError(kind),
  'scope of KeyFailedError': (scope: never) => new KeyFailedError('rate-limited', { scope }),
  'time of KeyFailedError': (retryAfterMs: never) => new KeyFailedError('rate-limited', { retryAfterMs }),
};

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable('It must throw');
}

describe('the message about a wrong value', () => {
  const values = Object.entries(unprintableValues);
  // A strategy may be a function.
  const pairs = Object.entries(refusals).flatMap(([name, refuse]) =>
    values
      .filter(([, value]) => !(name === 'strategy' && typeof value === 'function'))
      .map(([what, value]) => [name, what, refuse, value] as const),
  );

  it.each(pairs)('of %s is short for %s', (_name, _what, refuse, value) => {
    const error = thrownBy(() => refuse(value as never));
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.message.length).toBeLessThan(1000);
  });

  it.each([
    ['an option', () => wrap({ [tenMegabytes]: 1 })],
    ['an option of a manager', () => manage({ [tenMegabytes]: 1 })],
    ['an option of KeyFailedError', () => new KeyFailedError('transient', { [tenMegabytes]: 1 } as never)],
  ])('is short for the name of %s that does not exist', (_name, refuse) => {
    const error = thrownBy(refuse);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.message).toContain('xxx');
    expect(error.message.length).toBeLessThan(1000);
  });

  it.each(values)('is short for a provider that is not known: %s', (_name, value) => {
    const unknown = thrownBy(() => registry.get(value as never)) as UnknownProviderError;
    expect(unknown).toBeInstanceOf(UnknownProviderError);
    expect([unknown.message.length < 1000, unknown.provider.length < 100]).toEqual([true, true]);
    const outside = thrownBy(() => currentAttempt(value as never));
    expect(outside).toBeInstanceOf(ApiKeyFallbackError);
    expect(outside.message.length).toBeLessThan(1000);
  });

  it('is short for the environment', () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'x'.repeat(100_000));
    expect(thrownBy(() => manage({})).message.length).toBeLessThan(1000);
    vi.unstubAllEnvs();
    for (let number = 2; number < 200; number++) vi.stubEnv(`SHOWN_KEY_${number}`, ' ');
    expect(thrownBy(() => loadApiKeys('SHOWN_KEY', { logger: false })).message.length).toBeLessThan(1000);
    vi.unstubAllEnvs();
  });

  it('is short for a method with a long name', () => {
    const named = async () => 1;
    Object.defineProperty(named, 'name', { value: tenMegabytes });
    const error = thrownBy(() => wrapWithFallback(named, { provider: 'scripted', idleTimeout: 5 } as never));
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.message.length).toBeLessThan(1000);
    const decorate = retryWithApiKeyFallback({ provider: 'scripted' as never }) as (...args: unknown[]) => unknown;
    for (const name of [tenMegabytes, Symbol(tenMegabytes), unprintableValues['a throwing toString']]) {
      const misuse = thrownBy(() => decorate({}, name, {}));
      expect(misuse).toBeInstanceOf(TypeError);
      expect(misuse.message).toMatch(/decorates methods only/);
      expect(misuse.message.length).toBeLessThan(1000);
    }
  });
});

describe('a shown value', () => {
  it.each([
    ['random', '"random"'],
    ['two\nlines', String.raw`"two\nlines"`],
    ['one\u2028two', '"one two"'],
    ['', '""'],
    [0, '0'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [1n, 'of type bigint'],
    [Symbol('a'), 'of type symbol'],
    [{ a: 1 }, 'of type object'],
    [() => 1, 'of type function'],
    ['y'.repeat(100), `"${'y'.repeat(59)}…"`],
  ])('is what the reader needs to find the mistake: %o', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it('has no part of a key that goes past the end', () => {
    const secret = `shown-${'k1'.repeat(100)}`;
    redactor.add(secret);
    for (const padding of ['', ' '.repeat(30), ' '.repeat(55)]) {
      expect(shown(`${padding}${secret}`)).not.toContain('k1');
      expect(shortened(`${padding}${secret}`, 40)).not.toContain('k1');
    }
  });
});
