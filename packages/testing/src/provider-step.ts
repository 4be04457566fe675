import { validateHeaderName, validateHeaderValue } from 'node:http';
import { answerAnthropic } from './anthropic-endpoints.ts';
import { missingKeyAnswers, namedAnswers, type PlainFailure } from './named-answers.ts';
import { answerGemini } from './gemini-endpoints.ts';
import type { Reply } from './model-reply.ts';
import { answerOpenAI } from './openai-endpoints.ts';
import type { ProviderRequest } from './provider-request.ts';
import { rapidApiGatewayHeaders } from './rapidapi-responses.ts';
import type { RecordedResponse, RecordedResponseName } from './recorded-response.ts';
import { eventStreamAnswer, jsonAnswer, type WireAnswer } from './wire-answer.ts';
import { answerYouTube } from './youtube-endpoints.ts';

/** A literal response. In headers and body, `{{KEY}}` becomes the key and `{{EPOCH+n}}` the epoch time in seconds plus n. */
export interface RawAnswer {
  /** The HTTP status, 200 to 599. */
  readonly status: number;
  /** The response headers. @default none, or `content-type: application/json` for a JSON body */
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON; `null` and `undefined` send no body. */
  readonly body?: unknown;
}

/** A literal event stream with status 200. */
export interface RawStream {
  /** Sent one by one, unchanged. */
  readonly chunks: readonly string[];
  /** After the last chunk: end the response, destroy the connection, or leave it open. @default 'end' */
  readonly ending?: 'end' | 'reset' | 'hang';
}

/** `hang` never responds, `reset` destroys the connection, `reset-mid-body` destroys it after half of the body. */
export type TransportFailure = 'hang' | 'reset' | 'reset-mid-body';

/** What the server does with one request: a valid response, a named failure, or a literal response. */
export type ProviderStep = 'ok' | PlainFailure | RecordedResponseName | TransportFailure | RawAnswer | RawStream;

/** @throws TypeError for an invalid step. */
export function assertPlayable(step: ProviderStep): void {
  if (Array.isArray(step)) {
    throw new TypeError("A step must be a name or an object; it is a list. Write otherwise: 'ok', for example.");
  }
  if (typeof step === 'object') return 'chunks' in step ? assertRawStream(step) : assertRawAnswer(step);
  const names: readonly string[] = ['ok', 'hang', 'reset', 'reset-mid-body', ...Object.keys(namedAnswers.openai)];
  if (!names.includes(step)) throw new TypeError(`Unknown step "${step}". Use one of: ${names.join(', ')}.`);
}

/** Returns the provider's response to a request with a valid key. */
export function answerOk(request: ProviderRequest, reply?: Reply): WireAnswer {
  if (request.provider === 'openai') return answerOpenAI(request, reply);
  if (request.provider === 'anthropic') return answerAnthropic(request, reply);
  if (request.provider === 'gemini') return answerGemini(request, reply);
  if (request.provider === 'youtube') return answerYouTube(request);
  return answerRapidApi(request);
}

/** Returns the provider's response to a request without a key. */
export function answerMissingKey(request: ProviderRequest): WireAnswer {
  return fillIn(missingKeyAnswers[request.provider], '');
}

/** Returns the response of this step to this request, or how the connection fails. */
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
  if (!isPlayable) throw new TypeError('"chunks" must be an array of strings.');
  if (!['end', 'reset', 'hang'].includes(ending)) {
    throw new TypeError(`"ending" must be "end", "reset" or "hang", not "${ending}".`);
  }
}

function assertRawAnswer({ status, headers = {} }: RawAnswer): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError(`"status" must be an integer from 200 to 599, not ${status}.`);
  }
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}

/** No API has an endpoint at the root, so callers use it to check a key for free. */
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
