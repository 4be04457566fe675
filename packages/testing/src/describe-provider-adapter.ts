import { inspect } from 'node:util';
import type { VerdictKind } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it, vi } from 'vitest';
import { describeAdapterAuthorize } from './describe-adapter-authorize.ts';
import { describeAdapterClients, type AdapterClientOptions } from './describe-adapter-clients.ts';
import { describeAdapterReaders } from './describe-adapter-readers.ts';
import type { RecordedError, RecordedErrors } from './recorded-errors.ts';
import { errorsThatShowKey, showsKey, thrownValues } from './thrown-values.ts';
import { mistakesIn, verdictKinds } from './verdict-mistakes.ts';

/** Options of `describeProviderAdapter`. */
export interface ProviderAdapterSuiteOptions<Client = unknown> extends AdapterClientOptions<Client> {
  /** The time at which every error is judged, in ms since the epoch. @default 2026-07-01T12:00:00Z */
  readonly now?: number;
}

/** What the first judgement of a recorded error gave. */
interface Judged {
  readonly error: unknown;
  readonly verdict: ErrorVerdict | undefined;
  /** How the error looked before and after. */
  readonly looks: readonly [string, string];
}

interface Specimen {
  readonly kind: VerdictKind;
  readonly recorded: RecordedError;
  /** Gets the error and judges it, once. */
  readonly load: () => Promise<Judged>;
}

async function errorOf({ error }: RecordedError): Promise<unknown> {
  try {
    return typeof error === 'function' ? await error() : error;
  } catch (thrown) {
    return thrown;
  }
}

/**
 * Declares the Vitest suite that every {@link ProviderAdapter} must pass.
 *
 * It judges the recorded errors, at least one for each kind of verdict, and then checks what the contract says about
 * every adapter: it never throws, holds no state, changes no error, shows no key, puts the key it is given into a
 * request, and its clients send the key they were made for, once.
 *
 * @example
 * describeProviderAdapter(weatherAdapter, {
 *   'invalid-key': [{ name: 'unknown key', error: () => today('wrong-key'), expected: { reason: 'http_401' } }],
 *   …
 * });
 */
export function describeProviderAdapter<Client>(
  adapter: ProviderAdapter<Client>,
  recorded: RecordedErrors,
  options: ProviderAdapterSuiteOptions<Client> = {},
): void {
  const { now = Date.parse('2026-07-01T12:00:00Z') } = options;

  function judge(error: unknown, operation?: string): ErrorVerdict | undefined {
    return adapter.classifyError(error, { now, ...(operation === undefined ? {} : { operation }) });
  }

  function attempt(error: unknown): ErrorVerdict | undefined {
    try {
      return judge(error);
    } catch {
      return undefined;
    }
  }

  function specimenOf(kind: VerdictKind, entry: RecordedError): Specimen {
    let judged: Promise<Judged> | undefined;
    async function load(): Promise<Judged> {
      const error = await errorOf(entry);
      const before = inspect(error, { depth: 8 });
      const verdict = judge(error, entry.operation);
      return { error, verdict, looks: [before, inspect(error, { depth: 8 })] };
    }
    return { kind, recorded: entry, load: () => (judged ??= load()) };
  }

  const specimens = verdictKinds.flatMap((kind) => (recorded[kind] ?? []).map((entry) => specimenOf(kind, entry)));

  // One after the other: what provokes an error may script a server that others use, too.
  async function loadAll(): Promise<(RecordedError & Judged)[]> {
    const loaded: (RecordedError & Judged)[] = [];
    for (const { recorded: entry, load } of specimens) loaded.push({ ...entry, ...(await load()) });
    return loaded;
  }

  describe(`${adapter.displayName} as a provider adapter`, () => {
    it('is shown an error for every kind of verdict', () => {
      const shown = specimens.map(({ kind }) => kind);
      expect(verdictKinds.filter((kind) => !shown.includes(kind))).toEqual([]);
    });

    for (const { kind, recorded: entry, load } of specimens) {
      it(`judges ${entry.name} as ${kind}`, async () => {
        const expected: Readonly<Record<string, unknown>> = { ...entry.expected, kind };
        const verdict: Readonly<Record<string, unknown>> = { ...(await load()).verdict };
        expect(Object.fromEntries(Object.keys(expected).map((name) => [name, verdict[name]]))).toEqual(expected);
      });
    }

    for (const { name, value } of thrownValues) {
      it(`does not throw for ${name}`, () => expect(() => judge(value)).not.toThrow());
    }

    it('gives verdicts of known fields with sane values', async () => {
      const verdicts = (await loadAll()).map(({ name, verdict }) => ({ name, verdict }));
      const others = thrownValues.map(({ name, value }) => ({ name, verdict: attempt(value) }));
      const mistakes = [...verdicts, ...others].flatMap(({ name, verdict }) =>
        mistakesIn(verdict, now).map((mistake) => `${name}: ${mistake}`),
      );
      expect(mistakes).toEqual([]);
    });

    it('gives the same verdict again, in any order', async () => {
      const first = await loadAll();
      for (const { error, operation, verdict } of [...first.toReversed(), ...first]) {
        for (const { value } of thrownValues) attempt(value);
        expect(judge(error, operation)).toEqual(verdict);
      }
      const verdicts = thrownValues.map(({ value }) => attempt(value));
      expect(thrownValues.toReversed().map(({ value }) => attempt(value))).toEqual(verdicts.toReversed());
    });

    it('takes the time from its context, not from the clock', async () => {
      const errors = await loadAll();
      const verdictsAt = (time: number) => {
        vi.setSystemTime(time);
        return errors.map(({ error, operation }) => judge(error, operation));
      };
      try {
        expect(verdictsAt(now + 3_600_000)).toEqual(verdictsAt(now - 3_600_000));
      } finally {
        vi.useRealTimers();
      }
    });

    it('leaves every error as it was, and judges a frozen one', async () => {
      for (const { error, operation, looks } of await loadAll()) {
        expect(looks[1]).toBe(looks[0]);
        Object.freeze(error);
        expect(() => judge(error, operation)).not.toThrow();
      }
    });

    it('shows neither the key nor the message of an error', () => {
      const verdicts = errorsThatShowKey.map((error) => JSON.stringify(attempt(error)) ?? '');
      expect(verdicts.filter(showsKey)).toEqual([]);
    });

    describeAdapterReaders(adapter, now);
    describeAdapterAuthorize(adapter);
    describeAdapterClients(adapter, options);
  });
}
