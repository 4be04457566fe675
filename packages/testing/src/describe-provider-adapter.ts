import { inspect } from 'node:util';
import type { VerdictKind } from '@api-key-fallback/core';
import { checkOptionNames, type ErrorVerdict, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it, vi } from 'vitest';
import { describeAdapterAnswers, describeAdapterErrors } from './describe-adapter-answers.ts';
import { describeAdapterAuthorize } from './describe-adapter-authorize.ts';
import { describeAdapterClients, type AdapterClientOptions } from './describe-adapter-clients.ts';
import { describeAdapterProbe } from './describe-adapter-probe.ts';
import { describeAdapterReaders } from './describe-adapter-readers.ts';
import { describeAdapterUsage, type RecordedUsage } from './describe-adapter-usage.ts';
import { expectVerdict } from './expect-verdict.ts';
import type { RecordedAnswers } from './recorded-answers.ts';
import type { RecordedError, RecordedErrors } from './recorded-errors.ts';
import { errorsThatShowKey, showsKey, thrownValues } from './thrown-values.ts';
import { mistakesIn, verdictKinds } from './verdict-mistakes.ts';
import { withFix } from './with-fix.ts';

/** Options of {@link describeProviderAdapter}. */
export interface ProviderAdapterSuiteOptions<Client = unknown> extends AdapterClientOptions<Client> {
  /** The `now` of every `classifyError` and `readLimits`, in epoch ms. @default 2026-07-01T12:00:00Z */
  readonly now?: number;
  /**
   * Responses of the provider by kind of verdict. The suite classifies the error that each common client throws for them.
   * @default none
   */
  readonly answers?: RecordedAnswers;
  /** Answers of the provider with the tokens that `usageOf` must find in them. @default none */
  readonly usages?: readonly RecordedUsage[];
}

/** A recorded error and its first verdict. */
interface Classified {
  readonly error: unknown;
  readonly verdict: ErrorVerdict | undefined;
  /** The inspected error before and after. */
  readonly snapshots: readonly [before: string, after: string];
}

interface Sample {
  readonly kind: VerdictKind;
  readonly recorded: RecordedError;
  /** Provokes and classifies the error on the first call. */
  readonly load: () => Promise<Classified>;
}

async function errorOf({ error }: RecordedError): Promise<unknown> {
  try {
    return typeof error === 'function' ? await error() : error;
  } catch (thrown) {
    return thrown;
  }
}

const optionNames = new Set(['now', 'answers', 'usages', 'clientOptions', 'useClient']);

/**
 * Declares the Vitest tests that every `ProviderAdapter` must pass.
 *
 * The suite classifies the recorded errors, at least one for each kind of verdict. Then it checks the contract: the adapter
 * never throws, keeps no state, does not modify errors, exposes no key, puts the given key into requests, its clients send
 * their own key, once, and its probe blames a key only for a response that does. A failing test says what the adapter must do differently.
 *
 * @param adapter The adapter to test.
 * @param recorded Errors of the provider's client by kind of verdict, with the expected fields.
 * @param options `useClient` is required when the adapter has `createClient`.
 * @example
 * describeProviderAdapter(weatherAdapter, {
 *   transient: [{ name: 'maintenance', error: failed(503) }],
 *   'rate-limited': [{ name: 'too many calls', error: failed(429) }],
 *   'quota-exhausted': [{ name: 'daily budget', error: failed(403), expected: { reason: 'daily_budget' } }],
 *   'invalid-key': [{ name: 'unknown key', error: () => fetchWeather('wrong-key') }],
 *   'caller-error': [{ name: 'unknown city', error: failed(404) }],
 * });
 */
export function describeProviderAdapter<Client>(
  adapter: ProviderAdapter<Client>,
  recorded: RecordedErrors,
  options: ProviderAdapterSuiteOptions<Client> = {},
): void {
  checkOptionNames('options', options, optionNames, '{ useClient: (client) => client.models.list() }');
  const { now = Date.parse('2026-07-01T12:00:00Z'), answers = {}, usages = [] } = options;

  function classify(error: unknown, operation?: string): ErrorVerdict | undefined {
    return adapter.classifyError(error, { now, ...(operation === undefined ? {} : { operation }) });
  }

  function tryClassify(error: unknown): ErrorVerdict | undefined {
    try {
      return classify(error);
    } catch {
      return undefined;
    }
  }

  function sampleOf(kind: VerdictKind, entry: RecordedError): Sample {
    let classified: Promise<Classified> | undefined;
    async function load(): Promise<Classified> {
      const error = await errorOf(entry);
      const before = inspect(error, { depth: 8 });
      const verdict = classify(error, entry.operation);
      return { error, verdict, snapshots: [before, inspect(error, { depth: 8 })] };
    }
    return { kind, recorded: entry, load: () => (classified ??= load()) };
  }

  const samples = verdictKinds.flatMap((kind) => (recorded[kind] ?? []).map((entry) => sampleOf(kind, entry)));

  // In sequence, because a function that provokes an error may script a server that the others use too.
  async function loadAll(): Promise<(RecordedError & Classified)[]> {
    const loaded: (RecordedError & Classified)[] = [];
    for (const { recorded: entry, load } of samples) loaded.push({ ...entry, ...(await load()) });
    return loaded;
  }

  describe(`${adapter.displayName} as a provider adapter`, () => {
    it('has a recorded error for every kind of verdict', () => {
      const covered = samples.map(({ kind }) => kind);
      const missing = verdictKinds.filter((kind) => !covered.includes(kind));
      expect(missing, 'Record at least one error for each of these kinds').toEqual([]);
    });

    for (const { kind, recorded: entry, load } of samples) {
      it(
        `classifies ${entry.name} as ${kind}`,
        withFix('Add or correct the rule for this error. All fields are undefined without a verdict.', async () => {
          expectVerdict((await load()).verdict, kind, entry.expected);
        }),
      );
    }

    for (const { name, value } of thrownValues) {
      it(
        `does not throw for ${name}`,
        withFix('Read fields in classifyError with readField(error, …), and check their types.', () => {
          expect(() => classify(value)).not.toThrow();
        }),
      );
    }

    it(
      'returns verdicts with known fields and valid values',
      withFix('Correct these verdicts of classifyError.', async () => {
        const verdicts = (await loadAll()).map(({ name, verdict }) => ({ name, verdict }));
        const others = thrownValues.map(({ name, value }) => ({ name, verdict: tryClassify(value) }));
        const mistakes = [...verdicts, ...others].flatMap(({ name, verdict }) =>
          mistakesIn(verdict, now).map((mistake) => `${name}: ${mistake}`),
        );
        expect(mistakes).toEqual([]);
      }),
    );

    it(
      'returns the same verdict every time, in any order',
      { timeout: 20_000 },
      withFix('Keep no state in classifyError: no caches, no regular expressions with the flags g or y.', async () => {
        const first = await loadAll();
        for (const { name, error, operation, verdict } of [...first.toReversed(), ...first]) {
          for (const { value } of thrownValues) tryClassify(value);
          expect(classify(error, operation), `the verdict on ${name}`).toEqual(verdict);
        }
        const verdicts = thrownValues.map(({ value }) => tryClassify(value));
        expect(thrownValues.toReversed().map(({ value }) => tryClassify(value))).toEqual(verdicts.toReversed());
      }),
    );

    it(
      'uses context.now, not the clock',
      withFix('Use context.now in classifyError instead of Date.now() or new Date().', async () => {
        const errors = await loadAll();
        const verdictsAt = (time: number) => {
          vi.setSystemTime(time);
          return errors.map(({ error, operation }) => classify(error, operation));
        };
        try {
          expect(verdictsAt(now + 3_600_000)).toEqual(verdictsAt(now - 3_600_000));
        } finally {
          vi.useRealTimers();
        }
      }),
    );

    it(
      'does not modify an error, and accepts a frozen one',
      withFix('Copy what you need in classifyError instead of changing the error.', async () => {
        for (const { name, error, operation, snapshots } of await loadAll()) {
          expect(snapshots[1], `the error ${name}`).toBe(snapshots[0]);
          Object.freeze(error);
          expect(() => classify(error, operation), `the frozen error ${name}`).not.toThrow();
        }
      }),
    );

    it(
      'returns no verdict that contains the key or message of an error',
      withFix('Use a fixed code as reason, and check the form of a group or bucket: a key can be in its place.', () => {
        const verdicts = errorsThatShowKey.map((error) => JSON.stringify(tryClassify(error)) ?? '');
        expect(verdicts.filter(showsKey)).toEqual([]);
      }),
    );

    describeAdapterErrors(adapter, loadAll, now);
    describeAdapterAnswers(adapter, answers, now);
    describeAdapterReaders(adapter, now);
    describeAdapterUsage(adapter, usages);
    describeAdapterAuthorize(adapter);
    describeAdapterClients(adapter, options);
    describeAdapterProbe(adapter, {
      now,
      clientOptions: options.clientOptions,
      invalidKeyErrors: async () =>
        (await loadAll()).filter(({ verdict }) => verdict?.kind === 'invalid-key').map(({ error }) => error),
    });
  });
}
