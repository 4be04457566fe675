import { isDeepStrictEqual } from 'node:util';
import { readFailure, type ErrorVerdict, type HeadersLike, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { answerForms, plainError } from './answer-forms.ts';
import { clientErrors, type ClientError } from './client-errors.ts';
import { expectVerdict } from './expect-verdict.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { RecordedAnswers } from './recorded-answers.ts';
import type { RecordedError } from './recorded-errors.ts';
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

/** Declares the check that the verdict on the response behind a recorded error does not depend on the client. */
export function describeAdapterErrors(
  adapter: ProviderAdapter,
  loadErrors: () => Promise<readonly RecordedError[]>,
  now: number,
): void {
  it(
    'gets the same verdict for a recorded error, whichever client throws it',
    { timeout: 20_000 },
    withFix(readTheFailure, async () => {
      for (const { name, error, operation } of await loadErrors()) {
        const context = { now, ...(operation === undefined ? {} : { operation }) };
        const judgedAlike = ({ error: thrown, kept }: ClientError): boolean =>
          isDeepStrictEqual(adapter.classifyError(thrown, context), adapter.classifyError(plainError(kept), context));
        const answer = answerBehind(error);
        const others = (answer ? clientErrors(answer) : []).filter((thrown) => !judgedAlike(thrown));
        expect(
          others.map((other) => other.name),
          `the clients with another verdict on ${name}`,
        ).toEqual([]);
      }
    }),
  );
}

/** Returns the response that an error shows; `undefined` if there was none. */
function answerBehind(error: unknown): HttpAnswer | undefined {
  const { kind, status, headers, body } = readFailure(error);
  if (kind !== 'response' || status === undefined || status < 400 || status > 599) return undefined;
  const isSent = typeof body === 'string' || (typeof body === 'object' && body !== null);
  return { status, headers: textsOf(headers), ...(isSent ? { body } : {}) };
}

function textsOf(headers: HeadersLike = {}): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
