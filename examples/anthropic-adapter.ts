// An adapter for Anthropic's own client: what its errors say about a key, and a client for each key.
// Register a manager with it as own-provider.ts does; the keys are ANTHROPIC_API_KEY, ANTHROPIC_API_KEY_2, …
import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk';
import { customProvider } from '@api-key-fallback/core';
import {
  classifyHttpError,
  defineAdapter,
  readField,
  headersOfError,
  readHeader,
  type ClassifyContext,
  type ErrorVerdict,
} from '@api-key-fallback/core/adapter';

export const anthropic = customProvider('anthropic');

const outOfCredit = { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 } as const;
const noCredit = /credit balance is too low|reached your specified API usage limits/i;
// An error in a stream has a type, but no status: https://platform.claude.com/docs/en/api/errors
const statusOf = new Map<unknown, number>([
  ['authentication_error', 401],
  ['billing_error', 402],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['overloaded_error', 529],
]);

function classifyError(error: unknown, { now }: ClassifyContext): ErrorVerdict | undefined {
  // The client keeps the whole body as `error`, core only the `error` in it.
  const code = readField(error, 'errorCode') ?? readField(error, 'error', 'details', 'error_code');
  const message = readField(error, 'error', 'error', 'message') ?? readField(error, 'error', 'message');
  if (readField(error, 'name') === 'APIUserAbortError') return { kind: 'caller-error', reason: 'aborted' };
  if (code === 'enforced_spend_limit_reached') {
    const today = new Date(now);
    const nextMonth = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
    return { kind: 'quota-exhausted', reason: code, scope: 'group', resetsAtMs: nextMonth };
  }
  if (code === 'contract_spend_limit_reached') return { ...outOfCredit, reason: code };
  // Both say "invalid_request_error" with status 400: https://github.com/anthropics/claude-code/issues/66314
  if (typeof message === 'string' && noCredit.test(message)) return { ...outOfCredit, reason: 'no_credit' };
  const status = readField(error, 'status') ?? statusOf.get(readField(error, 'type'));
  const verdict = classifyHttpError({ status, headers: headersOfError(error) }, { now });
  if (verdict?.reason === 'http_402') return { ...outOfCredit, reason: 'billing_error' };
  return verdict?.kind === 'rate-limited' ? { ...verdict, scope: 'group' } : verdict;
}

// As the client sends it; the other header is where plain code puts its key.
function authorize(request: Request, secret: string): Request {
  request.headers.delete('x-api-key');
  request.headers.set('authorization', `Bearer ${secret}`);
  return request;
}

export const anthropicAdapter = defineAdapter({
  name: anthropic,
  displayName: 'Anthropic',
  env: 'ANTHROPIC_API_KEY',
  keyPattern: /^sk-ant-/,
  classifyError,
  authorize,
  // Limits and credit are those of the organisation.
  groupOf: (source) => readHeader(headersOfError(source), 'anthropic-organization-id') || undefined,
  createClient: (apiKey, options: ClientOptions = {}) =>
    new Anthropic({ ...options, apiKey, authToken: null, maxRetries: 0 }),
});
