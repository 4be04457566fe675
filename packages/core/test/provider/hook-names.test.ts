import { currentAttempt, type ErrorVerdict, type ProviderAdapter } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { eventNames } from '../../src/events/event-names.ts';
import { tenMegabytes } from '../odd-values.ts';
import { fails, ok, returns, scriptKeys, throws, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';

const secret = 'hook-key-of-30-characters-0001';

const oddNames: Readonly<Record<string, unknown>> = {
  'a number': 5,
  'an object': { toString: () => 'search' },
  'an empty text': '',
  '10 MB': tenMegabytes,
  'a line break': 'two\nlines',
  'an escape sequence': '\u001B[31mred',
  'half a character': 'half \uD83D',
  'a key': secret,
  'a key in 10 MB': `${'-'.repeat(100)}${secret}${tenMegabytes}`,
};
const odd = Object.entries(oddNames);

interface Case extends ScriptedKeys {
  readonly warnings: string[];
  readonly events: unknown[];
}

function start(script: Readonly<Record<string, Outcome>>, adapter: object = {}): Case {
  const warnings: string[] = [];
  const events: unknown[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => warnings.push(text) };
  const outcomes = Object.fromEntries(Object.entries(script).map(([key, outcome]) => [key, [outcome] as const]));
  const keys = scriptKeys(outcomes, { adapter: adapter as Partial<ProviderAdapter>, logger, logLevel: 'warn' });
  for (const name of eventNames) keys.manager.on(name, (event) => events.push(event));
  return { ...keys, warnings, events };
}

/** Everything that a case has shown is short, in one line, and without a key. */
function expectCleanOutput({ manager, events, warnings }: Case): void {
  const texts: string[] = [...warnings];
  JSON.stringify([events, manager.status()], (_name, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  for (const text of texts) {
    expect(text.length).toBeLessThan(500);
    expect(text).not.toMatch(/[\p{Cc}\p{Cs}]|hook-key/u);
  }
}

/** Throws what another copy of this package throws for its own `KeyFailedError`. */
function throwsVerdict(verdict: unknown): Outcome {
  const marks = { [Symbol.for('@api-key-fallback/core/error@1')]: true, code: 'KEY_FAILED', verdict };
  return throws(Object.assign(new Error('failed'), marks));
}

const observing: Outcome = (key) => {
  currentAttempt().observe({ headers: new Headers() });
  return key;
};

describe('a verdict', () => {
  const verdictWith = (names: object) =>
    ({ kind: 'quota-exhausted', reason: 'spent', recheckAfterMs: 60_000, ...names }) as ErrorVerdict;
  const ways: Readonly<Record<string, (verdict: ErrorVerdict) => [script: Case, options: object]>> = {
    'of the adapter': (verdict) => [start({ [secret]: fails(verdict), K2: ok }), {}],
    'of the method': (verdict) => [start({ [secret]: throwsVerdict(verdict), K2: ok }), {}],
    'of classifyError': (verdict) => [
      start({ [secret]: throws(new Error('down')), K2: ok }),
      { classifyError: () => verdict },
    ],
    'of classifyResult': (verdict) => [
      start({ [secret]: returns('bad'), K2: ok }),
      { classifyResult: (value: unknown) => (value === 'bad' ? verdict : undefined) },
    ],
  };

  describe.each(Object.entries(ways))('%s', (_way, make) => {
    it.each(odd)('loses a group that is %s', async (_what, group) => {
      const [keys, options] = make(verdictWith({ scope: 'group', group }));
      await expect(keys.call({ maxRetries: 1, ...options })).resolves.toBe('K2');
      expect(keys.manager.status().keys.map((key) => key.group)).toEqual([undefined, undefined]);
      expect(keys.key(secret).state).toBe('cooling');
      expectCleanOutput(keys);
    });

    it.each(odd)('has a bucket that can be shown, or none, in place of %s', async (what, bucket) => {
      const [keys, options] = make(verdictWith({ bucket }));
      await expect(keys.call({ maxRetries: 1, operation: 'search', ...options })).resolves.toBe('K2');
      const buckets = keys.key(secret).buckets?.map((entry) => entry.bucket);
      expect(buckets).toEqual(what === 'a key' ? ['search', '[redacted]'] : undefined);
      expect(keys.key(secret).state).toBe(what === 'a key' ? 'healthy' : 'cooling');
      expectCleanOutput(keys);
    });

    it.each(odd.filter(([, name]) => typeof name === 'string'))(
      'has a short reason in place of %s',
      async (_w, reason) => {
        const [keys, options] = make(verdictWith({ reason }));
        await expect(keys.call({ maxRetries: 1, ...options })).resolves.toBe('K2');
        expect(keys.key(secret).state).toBe('cooling');
        for (const event of keys.events) expect((event as { reason?: string }).reason?.length ?? 0).toBeLessThan(129);
        expectCleanOutput(keys);
      },
    );
  });
});

describe('a reader of the adapter', () => {
  it.each(odd)('that returns %s as the bucket is ignored with one warning', async (what, bucket) => {
    const failing = fails({ kind: 'quota-exhausted', reason: 'spent', recheckAfterMs: 60_000, bucket: 'named' });
    const keys = start({ [secret]: failing, K2: ok }, { bucketOf: () => bucket });
    for (let call = 0; call < 2; call++) await expect(keys.call({ operation: 'search' })).resolves.toBe('K2');
    const isRedacted = what === 'a key';
    const buckets = keys.key(secret).buckets?.map((entry) => entry.bucket);
    expect(buckets).toEqual([isRedacted ? '[redacted]' : 'search', 'named']);
    expect(keys.warnings.filter((text) => text.includes('bucketOf'))).toHaveLength(isRedacted ? 0 : 1);
    expectCleanOutput(keys);
  });

  it.each(odd)('that returns %s as the group is ignored with one warning', async (_what, group) => {
    const keys = start({ [secret]: observing }, { groupOf: () => group });
    for (let call = 0; call < 2; call++) await expect(keys.call()).resolves.toBe(secret);
    expect(keys.key(secret).group).toBeUndefined();
    expect(keys.warnings.filter((text) => text.includes('groupOf'))).toHaveLength(1);
    expectCleanOutput(keys);
  });

  it.each(odd)('that returns %s as a text of a limit does no harm', async (what, name) => {
    const limit = { name: 'requests', remaining: 0, resetsAtMs: 60_000 };
    for (const part of [{ name }, { bucket: name }, { window: name }]) {
      const keys = start({ [secret]: observing, K2: observing }, { readLimits: () => [{ ...limit, ...part }] });
      await expect(keys.call({ operation: 'search' })).resolves.toBe(secret);
      const { name: shownName = '', bucket } = keys.key(secret).limits?.[0] ?? {};
      expect(shownName.length).toBeLessThan(129);
      expect([undefined, 'search', what === 'a key' ? '[redacted]' : 'search']).toContain(bucket);
      expectCleanOutput(keys);
    }
  });
});

describe('the result of a probe', () => {
  it.each(odd)('is clean with %s in the place of each name', async (_what, name) => {
    const limit = { name: 'requests', remaining: 0, resetsAtMs: 60_000 };
    const verdict = { kind: 'quota-exhausted', reason: 'spent' };
    const results = [
      { outcome: 'working', reason: name },
      { outcome: 'working', operation: name },
      { outcome: 'working', group: name },
      { outcome: 'working', rateLimits: [{ ...limit, name }] },
      { outcome: 'working', rateLimits: [{ ...limit, bucket: name }] },
      { outcome: 'inconclusive', reason: name },
      { outcome: 'refused', operation: name, verdict },
      { outcome: 'refused', verdict: { ...verdict, reason: name } },
      { outcome: 'refused', verdict: { ...verdict, group: name } },
      { outcome: 'refused', verdict: { ...verdict, bucket: name } },
    ];
    for (const result of results) {
      const keys = start({ [secret]: ok }, { probe: async () => result });
      const [check] = await keys.manager.checkKeys();
      keys.events.push(check);
      expect(check).toHaveProperty('outcome');
      expect(keys.key(secret).group).toBeUndefined();
      expectCleanOutput(keys);
    }
  });
});
