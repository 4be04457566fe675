import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { answerForms, plainError } from './answer-forms.ts';
import { clientErrors, type ClientError } from './client-errors.ts';
import { expectVerdict } from './expect-verdict.ts';
import type { RecordedAnswers } from './recorded-answers.ts';
import { verdictKinds } from './verdict-mistakes.ts';
import { withFix } from './with-fix.ts';

const readTheFailure =
  'Judge readFailure(error) instead of the error: it finds status, headers and body wherever a client puts them.';

/** Declares the checks that the verdict on a response does not depend on the client that throws. */
export function describeAdapterAnswers(adapter: ProviderAdapter, answers: RecordedAnswers, now: number): void {
  const recorded = verdictKinds.flatMap((kind) => (answers[kind] ?? []).map((answer) => ({ kind, ...answer })));

  for (const { name, kind, operation, expected, ...answer } of recorded) {
    const context = { now, ...(operation === undefined ? {} : { operation }) };
    const classify = (error: unknown): ErrorVerdict | undefined => adapter.classifyError(error, context);

    describe(`the response ${name}`, () => {
      it(
        `is ${kind}`,
        withFix('Add or correct the rule for this response. All fields are undefined without a verdict.', () => {
          expectVerdict(classify(plainError(answer)), kind, expected);
        }),
      );

      function expectSameVerdict({ error, kept }: ClientError): void {
        expect(classify(error)).toEqual(classify(plainError(kept)));
      }

      it.each(clientErrors(answer))(
        'gets the same verdict in the error of $name',
        withFix(readTheFailure, expectSameVerdict),
      );

      it.each(answerForms(answer))('gets the same verdict $name', withFix(readTheFailure, expectSameVerdict));
    });
  }
}
