import { validateHeaderName, validateHeaderValue } from 'node:http';
import { missingKeyAnswers, namedAnswers, type PlainFailure } from './named-answers.ts';
import { answerOpenAI, type Reply } from './openai-endpoints.ts';
import type { ProviderRequest } from './provider-request.ts';
import { rapidApiGatewayHeaders } from './rapidapi-responses.ts';
import type { RecordedResponse, RecordedResponseName } from './recorded-response.ts';
import { eventStreamAnswer, jsonAnswer, type WireAnswer } from './wire-answer.ts';
import { answerYouTube } from './youtube-endpoints.ts';

/** An answer given literally. `{{KEY}}` and `{{EPOCH+n}}` (seconds) are filled in; a body that is no string is sent as JSON. */
export interface RawAnswer {
  /** From 200 to 599. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An event stream given literally, with status 200. */
export interface RawStream {
  readonly chunks: readonly string[];
  /** After the last chunk: ends the answer, destroys the connection, or sends nothing more. @default 'end' */
  readonly ending?: 'end' | 'reset' | 'hang';
}

/** A connection that never carries a complete answer. */
export type TransportFailure = 'hang' | 'reset' | 'reset-mid-body';

/** What the server does with one request. */
export type ProviderStep = 'ok' | PlainFailure | RecordedResponseName | TransportFailure | RawAnswer | RawStream;

/** Throws a `TypeError` for a step that cannot be played. */
export function assertPlayable(step: ProviderStep): void {
  if (typeof step === 'object') return 'chunks' in step ? assertRawStream(step) : assertRawAnswer(step);
  const names: readonly string[] = ['ok', 'hang', 'reset', 'reset-mid-body', ...Object.keys(namedAnswers.openai)];
  if (!names.includes(step)) throw new TypeError(`There is no answer "${step}". Known answers: ${names.join(', ')}.`);
}

/** What the provider of this request answers when the key is good. */
export function answerOk(request: ProviderRequest, reply?: Reply): WireAnswer {
  if (request.provider === 'openai') return answerOpenAI(request, reply);
  if (request.provider === 'youtube') return answerYouTube(request);
  return answerRapidApi(request);
}

/** What the provider of this request answers when it carries no key. */
export function answerMissingKey(request: ProviderRequest): WireAnswer {
  return fillIn(missingKeyAnswers[request.provider], '');
}

/** The answer this step gives to this request, or the way its connection fails. */
export function playStep(step: ProviderStep, request: ProviderRequest, reply?: Reply): WireAnswer | TransportFailure {
  if (step === 'ok') return answerOk(request, reply);
  if (step === 'hang' || step === 'reset' || step === 'reset-mid-body') return step;
  if (typeof step === 'object' && 'chunks' in step)
    return { ...eventStreamAnswer(step.chunks), ending: step.ending ?? 'end' };
  const answer: RawAnswer & Pick<RecordedResponse, 'transport'> =
    typeof step === 'object' ? step : namedAnswers[request.provider][step];
  if (answer.transport) return answer.transport === 'abort' ? 'hang' : answer.transport;
  return fillIn(answer, request.key ?? '');
}

function assertRawStream({ chunks, ending = 'end' }: RawStream): void {
  const isPlayable = Array.isArray(chunks) && chunks.every((chunk) => typeof chunk === 'string');
  if (!isPlayable) throw new TypeError('The chunks of a stream must be strings.');
  if (!['end', 'reset', 'hang'].includes(ending)) throw new TypeError(`A stream cannot end with "${ending}".`);
}

function assertRawAnswer({ status, headers = {} }: RawAnswer): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError(`The status of an answer must be a whole number from 200 to 599, not ${status}.`);
  }
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}

/** The root exists on no API, which makes it a free probe of a key. */
function answerRapidApi({ path, query, body }: ProviderRequest): WireAnswer {
  if (path === '/') return jsonAnswer(404, { message: "Endpoint '/' does not exist" }, rapidApiGatewayHeaders);
  return jsonAnswer(200, { ok: true, path, query, body });
}

function fillIn({ status, headers = {}, body }: RawAnswer, key: string): WireAnswer {
  const fill = (text: string): string =>
    text
      .replaceAll('{{KEY}}', () => key)
      .replaceAll(/\{\{EPOCH\+(\d+)\}\}/g, (_, seconds) => String(Math.floor(Date.now() / 1000) + Number(seconds)));
  const filledHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
  );
  if (body === undefined || body === null) return { status, headers: filledHeaders, chunks: [] };
  if (typeof body === 'string') return { status, headers: filledHeaders, chunks: [fill(body)] };
  const json = JSON.stringify(body, (_, value) => (typeof value === 'string' ? fill(value) : value));
  return { status, headers: { 'content-type': 'application/json', ...filledHeaders }, chunks: [json] };
}
