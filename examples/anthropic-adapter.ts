// A complete adapter for the client of Anthropic: error classification, groups, and a client per key.
// Register a key manager for it as own-provider.ts does. Keys come from ANTHROPIC_API_KEY, ANTHROPIC_API_KEY_2, …
import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk';
import { customProvider } from '@api-key-fallback/core';
import {
  classifyHttpError,
  defineAdapter,
  readField,
  headersOfError,
  probeRequest,
  readHeader,
  type ClassifyContext,
  type ErrorVerdict,
} from '@api-key-fallback/core/adapter';

export const anthropic = customProvider('anthropic');

const outOfCredit = { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 } as const;
const noCredit = /credit balance is too low|reached your specified API usage limits/i;
// An error in a stream has a type but no status: https://platform.claude.com/docs/en/api/errors
const statusOf = new Map<unknown, number>([
  ['authentication_error', 401],
  ['billing_error', 402],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['overloaded_error', 529],
]);

function classifyError(error: unknown, { now }: ClassifyContext): ErrorVerdict | undefined {
  // `error` is the whole body in errors of the client, and the `error` object of the body in errors of a keyed fetch.
  const code = readField(error, 'errorCode') ?? readField(error, 'error', 'details', 'error_code');
  const message = readField(error, 'error', 'error', 'message') ?? readField(error, 'error', 'message');
  if (readField(error, 'name') === 'APIUserAbortError') return { kind: 'caller-error', reason: 'aborted' };
  if (code === 'enforced_spend_limit_reached') {
    const today = new Date(now);
    const nextMonth = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
    return { kind: 'quota-exhausted', reason: code, scope: 'group', resetsAtMs: nextMonth };
  }
  if (code === 'contract_spend_limit_reached') return { ...outOfCredit, reason: code };
  // Both messages come with "invalid_request_error" and status 400: https://github.com/anthropics/claude-code/issues/66314
  if (typeof message === 'string' && noCredit.test(message)) return { ...outOfCredit, reason: 'no_credit' };
  const status = readField(error, 'status') ?? statusOf.get(readField(error, 'type'));
  const verdict = classifyHttpError({ status, headers: headersOfError(error) }, { now });
  if (verdict?.reason === 'http_402') return { ...outOfCredit, reason: 'billing_error' };
  return verdict?.kind === 'rate-limited' ? { ...verdict, scope: 'group' } : verdict;
}

// Sends the key in the same header as the client, and removes the one that plain code uses.
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
  // Lists the models, which costs nothing: https://docs.anthropic.com/en/api/models-list
  probe(secret, context) {
    const { baseURL }: ClientOptions = context.clientOptions ?? {};
    const url = `${baseURL ?? process.env['ANTHROPIC_BASE_URL'] ?? 'https://api.anthropic.com'}/v1/models?limit=1`;
    const headers = { 'anthropic-version': '2023-06-01' };
    return probeRequest(this, secret, new Request(url, { headers }), context);
  },
  // Limits and credit belong to the organisation.
  groupOf: (source) => readHeader(headersOfError(source), 'anthropic-organization-id') || undefined,
  createClient: (apiKey, options: ClientOptions = {}) =>
    new Anthropic({ ...options, apiKey, authToken: null, maxRetries: 0 }),
});
