import { describe, expect, it } from 'vitest';
import { describeProviderAdapter, type RecordedAnswers, type RecordedErrors } from '../src/vitest.ts';
import { soundAdapter, soundAnswers, soundErrors, soundUsages } from './sound-adapter.ts';

describe('the suite', () => {
  describeProviderAdapter(soundAdapter, soundErrors(), {
    answers: soundAnswers,
    usages: soundUsages,
    clientOptions: (url) => ({ url }),
    useClient: (ask) => ask(),
  });

  it('requires an error for every kind of verdict, with fields of that kind', () => {
    const { transient, ...others } = soundErrors();
    // @ts-expect-error: transient is missing
    const incomplete: RecordedErrors = others;
    // @ts-expect-error: an empty list has no error
    const empty: RecordedErrors = { ...others, transient: [] };
    const expected = { recheckAfterMs: 1000 };
    // @ts-expect-error: a transient verdict has no recheckAfterMs
    const misplaced: RecordedErrors = { ...others, transient: [{ ...transient[0], expected }] };
    // @ts-expect-error: a rate limit has no resetsAtMs
    const answers: RecordedAnswers = { 'rate-limited': [{ name: 'one', status: 429, expected: { resetsAtMs: 1 } }] };
    expect([incomplete, empty, misplaced, answers]).toHaveLength(4);
  });
});
