import { anthropicErrorBody } from './anthropic-error-body.ts';
import { anthropicSpendResponses } from './anthropic-spend-responses.ts';
import type { AnthropicResponseName, RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json' };
const errorTypes = 'https://platform.claude.com/docs/en/api/errors';
const sdkErrors = '@anthropic-ai/sdk 1.13 resources/shared.d.ts';
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const wholeOrganization = { kind: 'invalid-key', scope: 'org' } as const;
const rateLimited = { kind: 'rate-limited', scope: 'org' } as const;
const providerTrouble = { kind: 'transient', scope: 'provider' } as const;
const noAnswer = { status: 0, headers: {}, body: null } as const;
const callerError = { kind: 'caller-error' } as const;

/** Builds an entry for an error that was observed in public; an entry can override `evidence`. */
function refusal(
  status: number,
  ...body: Parameters<typeof anthropicErrorBody>
): Pick<RecordedResponseEntry, 'status' | 'headers' | 'body' | 'evidence'> {
  return { status, headers: json, body: anthropicErrorBody(...body), evidence: 'observed' };
}

/** Anthropic's error responses by name. */
export const anthropicResponses: Readonly<Record<AnthropicResponseName, RecordedResponseEntry>> = {
  ...anthropicSpendResponses,
  invalid_x_api_key: {
    ...refusal(401, 'authentication_error', 'invalid x-api-key'),
    headers: { ...json, 'x-should-retry': 'false' },
    expected: invalidKey,
    source: 'https://github.com/eyaltoledano/claude-task-master/issues/222',
  },
  missing_x_api_key: {
    ...refusal(401, 'authentication_error', 'x-api-key header is required'),
    expected: invalidKey,
    source: 'https://github.com/n8n-io/n8n/issues/37930',
  },
  // Sent for a token of a subscription, where an API key is expected.
  oauth_not_supported: {
    ...refusal(401, 'authentication_error', 'OAuth authentication is currently not supported.'),
    expected: invalidKey,
    source: 'https://github.com/anthropics/claude-code/issues/5983',
  },
  // The request has an `origin` header, and the organisation allows no browsers. The end of the message is invented.
  cors_not_allowed: {
    ...refusal(401, 'authentication_error', 'CORS requests are not allowed for this Organization.'),
    expected: callerError,
    evidence: 'documented',
    source: errorTypes,
  },
  // Has the type and status of a bad request.
  organization_disabled: {
    ...refusal(400, 'invalid_request_error', 'This organization has been disabled.'),
    expected: wholeOrganization,
    source: 'https://github.com/anthropics/claude-code/issues/72457',
  },
  // The code is documented, the message is invented.
  organization_on_hold: {
    ...refusal(400, 'invalid_request_error', 'This organization is on hold.', 'organization_on_hold'),
    expected: wholeOrganization,
    evidence: 'documented',
    source: sdkErrors,
  },
  // The code is documented, the message is invented.
  claude_code_key_creator_not_member: {
    ...refusal(
      400,
      'invalid_request_error',
      'The user who created this API key has left the organization.',
      'claude_code_key_creator_not_member',
    ),
    expected: invalidKey,
    evidence: 'documented',
    source: sdkErrors,
  },
  // Another key could have the permission, but the request says nothing about the health of this one.
  permission_error: {
    ...refusal(403, 'permission_error', 'Your API key does not have permission to use the specified resource.'),
    expected: callerError,
    evidence: 'documented',
    source: errorTypes,
  },
  // From an unsupported country. Every key fails this way.
  request_not_allowed: {
    status: 403,
    headers: json,
    body: { error: { type: 'forbidden', message: 'Request not allowed' } },
    expected: callerError,
    evidence: 'observed',
    source: 'https://github.com/anthropics/claude-code/issues/1613',
  },
  unknown_model: {
    ...refusal(404, 'not_found_error', 'model: claude-3-5-haiku-latest'),
    expected: callerError,
    source: 'https://github.com/home-assistant/core/issues/163831',
  },
  prompt_too_long: {
    ...refusal(400, 'invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
    expected: callerError,
    source: 'https://github.com/anthropics/claude-code/issues/12186',
  },
  // Sent by the proxy in front of the API, so the body has no outer type.
  request_too_large: {
    status: 413,
    headers: json,
    body: { error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
    expected: callerError,
    evidence: 'observed',
    source: 'https://github.com/anthropics/anthropic-sdk-python/issues/938',
  },
  rate_limit_input_tokens: {
    ...refusal(
      429,
      'rate_limit_error',
      "This request would exceed your organization's rate limit of 30,000 input tokens per minute (org: 9d50ef40-6cc8-4ca6-9d35-1dc9cf26235c, model: claude-sonnet-4-6). For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://claude.com/contact-sales to discuss your options for a rate limit increase.",
    ),
    headers: {
      ...json,
      'anthropic-organization-id': '9d50ef40-6cc8-4ca6-9d35-1dc9cf26235c',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-07-01T12:01:03Z',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '8000',
      'anthropic-ratelimit-output-tokens-reset': '2026-07-01T12:00:00Z',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '50',
      'anthropic-ratelimit-requests-reset': '2026-07-01T12:00:00Z',
      'retry-after': '16',
      'x-should-retry': 'true',
    },
    expected: { ...rateLimited, bucket: 'claude-sonnet-4-6', retryAfterMs: 16_000 },
    source:
      'https://github.com/anthropics/claude-code/issues/55132, headers: https://github.com/whoz-oss/coday/issues/110',
  },
  rate_limit_headers_only: {
    ...refusal(429, 'rate_limit_error', 'Number of requests has exceeded your per-minute rate limit.'),
    headers: {
      ...json,
      'anthropic-ratelimit-requests-limit': '5',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-07-01T12:01:00Z',
      'anthropic-ratelimit-tokens-limit': '25000',
      'anthropic-ratelimit-tokens-remaining': '16000',
      'anthropic-ratelimit-tokens-reset': '2026-07-01T12:02:00Z',
      'x-should-retry': 'true',
    },
    // Full in 60 s, so the first of 5 requests has room after 12 s.
    expected: { ...rateLimited, retryAfterMs: 12_000 },
    source: 'https://github.com/anthropics/anthropic-sdk-typescript/issues/357',
  },
  concurrent_connections: {
    ...refusal(
      429,
      'rate_limit_error',
      'Number of concurrent connections has exceeded your rate limit. Please try again later or contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.',
    ),
    expected: rateLimited,
    source: 'https://github.com/anthropics/anthropic-sdk-python/issues/496',
  },
  // The code is documented, the message is invented.
  ramp_limit_exceeded: {
    ...refusal(429, 'rate_limit_error', 'This request would exceed a ramp limit.', 'ramp_limit_exceeded'),
    headers: { ...json, 'retry-after': '20' },
    expected: { ...rateLimited, retryAfterMs: 20_000 },
    evidence: 'documented',
    source: sdkErrors,
  },
  // The client retries it too.
  conflict_error: {
    ...refusal(409, 'conflict_error', 'The resource was modified by another request.'),
    expected: providerTrouble,
    evidence: 'documented',
    source: 'https://www.developersdigest.tech/errors/api/anthropic-api/409-conflict-error',
  },
  api_error_500: {
    ...refusal(500, 'api_error', 'Internal server error'),
    headers: { ...json, 'x-should-retry': 'true' },
    expected: providerTrouble,
    source: 'https://github.com/anthropics/claude-code/issues/91800',
  },
  timeout_error_504: {
    ...refusal(504, 'timeout_error', 'Request timeout'),
    expected: providerTrouble,
    evidence: 'documented',
    source: errorTypes,
  },
  overloaded_529: {
    ...refusal(529, 'overloaded_error', 'Overloaded'),
    headers: { ...json, 'x-should-retry': 'true' },
    expected: providerTrouble,
    source: 'https://github.com/anthropics/claude-code/issues/35792',
  },
  // `create()` resolves. The first iteration throws the error, which has no status.
  stream_overloaded: {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    body: 'event: error\ndata: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}\n\n',
    stream: 'messages',
    expected: providerTrouble,
    evidence: 'observed',
    source: 'https://github.com/karthink/gptel/pull/1512',
  },
  timeout: {
    ...noAnswer,
    transport: 'hang',
    expected: providerTrouble,
    evidence: 'measured',
    source: '@anthropic-ai/sdk 1.13: APIConnectionTimeoutError, status undefined',
  },
  socket_reset: {
    ...noAnswer,
    transport: 'reset',
    expected: providerTrouble,
    evidence: 'measured',
    source: '@anthropic-ai/sdk 1.13: APIConnectionError, cause.cause.code UND_ERR_SOCKET',
  },
  user_abort: {
    ...noAnswer,
    transport: 'abort',
    expected: callerError,
    evidence: 'measured',
    source: '@anthropic-ai/sdk 1.13: APIUserAbortError, status undefined',
  },
};
