import { describe, expect, it } from 'vitest';
import type { ErrorVerdict, ProviderAdapter } from '../packages/core/src/adapter.ts';
import { plainError } from '../packages/testing/src/answer-forms.ts';
import { clientErrors } from '../packages/testing/src/client-errors.ts';
import { receivedAnswer, type HttpAnswer } from '../packages/testing/src/http-answer.ts';
import type { RecordedResponse } from '../packages/testing/src/recorded-response.ts';
import { httpClients } from './http-clients.ts';
import { thrownBy } from './provoked-failure.ts';
import { startAnsweringServer } from './start-answering-server.ts';

const now = Date.parse('2026-07-01T12:00:00Z');

interface SentResponse extends Pick<RecordedResponse, 'name' | 'expected'> {
  readonly answer: HttpAnswer;
}

/** Returns a recorded response as it is sent. */
function sent({ name, expected, status, headers, body }: RecordedResponse): SentResponse {
  const text = JSON.stringify({ status, headers, body: body ?? '' })
    .replaceAll('{{KEY}}', 'made-up-key-0123456789')
    .replaceAll(/\{\{EPOCH\+(\d+)\}\}/g, (_, seconds) => String(now / 1000 + Number(seconds)));
  return { name, expected, answer: JSON.parse(text) as HttpAnswer };
}

/**
 * Declares the tests that the adapter judges a provider's responses alike, whichever real client throws.
 *
 * The verdict on the error of a client that drops the body or the headers follows from the rest.
 */
export function describeHttpClients(
  adapter: ProviderAdapter,
  responses: readonly RecordedResponse[],
  operation?: string,
): void {
  const answers = responses.filter(({ transport, stream }) => !transport && !stream).map(sent);

  function classify(error: unknown): ErrorVerdict | undefined {
    return adapter.classifyError(error, { now, ...(operation === undefined ? {} : { operation }) });
  }

  describe('the verdict on each recorded response', () => {
    it('is the recorded one for an error with status, headers and body', () => {
      expect(answers).not.toEqual([]);
      for (const { name, expected, answer } of answers) {
        expect.soft({ [name]: classify(plainError(answer))?.kind }).toEqual({ [name]: expected.kind });
      }
    });

    it.each(httpClients)('is the same when $name throws', { timeout: 30_000 }, async ({ name: client, request }) => {
      let answered: HttpAnswer = { status: 500 };
      await using server = await startAnsweringServer((_request, response) => {
        const { status, headers, text } = receivedAnswer(answered);
        response.writeHead(status, headers).end(text);
      });
      for (const { name, answer } of answers) {
        answered = answer;
        const error = await thrownBy(request(server.url));
        const kept = clientErrors(answer).find((made) => made.name === client)?.kept ?? answer;
        expect.soft({ [name]: classify(error) }).toEqual({ [name]: classify(plainError(kept)) });
      }
    });
  });
}
