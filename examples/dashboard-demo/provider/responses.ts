import { recordedResponses } from '@api-key-fallback/testing';
import type { Answer } from './plan.ts';

export interface ProviderResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const json = { 'content-type': 'application/json' };

const goodBodies: Readonly<Record<string, unknown>> = {
  completions: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'gpt-5.6',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Fine, thank you!' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 412, completion_tokens: 96, total_tokens: 508 },
  },
  models: { object: 'list', data: [{ id: 'gpt-5.6', object: 'model', created: 1_790_000_000, owned_by: 'system' }] },
};

/** Returns the response to a request that succeeds. `operation` is the last part of the path. */
export function goodResponse(operation: string, headers: Readonly<Record<string, string>>): ProviderResponse {
  return { status: 200, headers: { ...json, ...headers }, body: goodBodies[operation] ?? { items: [] } };
}

/** Returns the response of a provider that fails the request. */
export function failedResponse(answer: Exclude<Answer, 'ok' | 'rate-limited'>, key: string): ProviderResponse {
  if (answer === 'unauthorized') return { status: 401, headers: json, body: { detail: 'Unauthorized' } };
  const recorded = recordedResponses.find(({ name }) => name === answer);
  if (!recorded) throw new Error(`Unknown recorded response: "${answer}".`);
  const { status, headers, body } = recorded;
  // Some providers repeat the key in their messages. No page shows it.
  return { status, headers, body: JSON.parse(JSON.stringify(body).replaceAll('{{KEY}}', key)) };
}

/** After a shorter wait core would avoid the next refusal: it would use the key less. */
const shortestWaitSeconds = 61;

/** Returns the response of a provider that takes requests again after this time, or a little later. */
export function rateLimitedResponse(endsInMs: number, headers: Readonly<Record<string, string>>): ProviderResponse {
  const seconds = Math.max(shortestWaitSeconds, Math.ceil(endsInMs / 1000));
  const error = {
    message: `Rate limit reached on requests per min (RPM). Please try again in ${seconds}s.`,
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  };
  return { status: 429, headers: { ...json, ...headers, 'retry-after': String(seconds) }, body: { error } };
}
