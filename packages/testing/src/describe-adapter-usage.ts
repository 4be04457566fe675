import type { ProviderAdapter, TokenUsage } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { thrownValues } from './thrown-values.ts';
import { isAmount } from './verdict-mistakes.ts';
import { withFix } from './with-fix.ts';

/** An answer of the provider, and the tokens that it states. */
export interface RecordedUsage {
  /** For the names of the tests. */
  readonly name: string;
  /** What a method returns, a chunk of a stream, or the parsed JSON of a body or an event. */
  readonly answer: unknown;
  /** What `usageOf` must return: `undefined` for an answer without tokens. */
  readonly expected: TokenUsage | undefined;
}

const fields: readonly string[] = ['inputTokens', 'outputTokens', 'uncountedTokens', 'tokens'];
const nonsense = [-1, Number.NaN, Infinity, Number.MAX_VALUE, '7', null, true, [], 7];

/** An object in which every path of this length leads to the value, whatever the names of its fields. */
function everywhere(value: unknown, depth: number): unknown {
  if (depth === 0) return value;
  return new Proxy({}, { get: (_, name) => (typeof name === 'symbol' ? undefined : everywhere(value, depth - 1)) });
}

const oddAnswers: readonly unknown[] = [
  ...thrownValues.map(({ value }) => value),
  ...nonsense.flatMap((value) => [1, 2, 3, 4].map((depth) => everywhere(value, depth))),
];

function mistakesIn(usage: unknown): string[] {
  if (usage === undefined) return [];
  if (typeof usage !== 'object' || usage === null) return ['usageOf must return an object or undefined'];
  const wrong = Object.entries(usage).filter(([name, amount]) => !fields.includes(name) || !isAmount(amount));
  return wrong.map(([name]) => `"${name}" must be one of ${fields.join(', ')}, and a number from 0`);
}

/** Declares the checks of `usageOf`. */
export function describeAdapterUsage(adapter: ProviderAdapter, recorded: readonly RecordedUsage[]): void {
  const usageOf = (answer: unknown) => adapter.usageOf?.(answer);

  describe.runIf('usageOf' in adapter)('usageOf', () => {
    for (const { name, answer, expected } of recorded) {
      it(
        `reads the tokens of ${name}`,
        withFix('Return the tokens that this answer states, and nothing that it does not state.', () => {
          expect(usageOf(answer)).toEqual(expected);
        }),
      );
    }

    it(
      'returns valid tokens or undefined for any value, and does not throw',
      withFix('Read fields with readField(answer, …), and pass them through statedUsage().', () => {
        expect([...new Set(oddAnswers.flatMap((answer) => mistakesIn(usageOf(answer))))]).toEqual([]);
      }),
    );

    it(
      'returns undefined for a value that states no tokens',
      withFix('Return undefined, not zeros: zeros would count in place of the estimate of the call.', () => {
        for (const answer of [undefined, null, 'text', 7, {}, [], new Response('{}')]) {
          expect(usageOf(answer)).toBeUndefined();
        }
      }),
    );

    it(
      'keeps no state between answers',
      withFix('Return what this one answer states. Core combines the answers of a stream.', () => {
        const answers = [...recorded.map(({ answer }) => answer), ...oddAnswers];
        const first = answers.map(usageOf);
        expect(answers.toReversed().map(usageOf)).toEqual(first.toReversed());
      }),
    );
  });
}
