import { refusal } from './openai-error-body.ts';
import { openaiQuotaResponses } from './openai-quota-responses.ts';
import type { OpenAIResponseName, RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json' };
const badRequest = 'invalid_request_error';
const errorCodes = 'https://developers.openai.com/docs/guides/error-codes';
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const providerTrouble = { kind: 'transient', scope: 'provider' } as const;
const noAnswer = { status: 0, headers: {}, body: null } as const;
const callerError = { kind: 'caller-error' } as const;

/** OpenAI's error responses by name. */
export const openaiResponses: Readonly<Record<OpenAIResponseName, RecordedResponseEntry>> = {
  // OpenAI masks the key in the message; compatible servers may print it whole.
  invalid_api_key: {
    ...refusal(
      401,
      'Incorrect API key provided: sk-proj-********************abcd. You can find your API key at https://platform.openai.com/account/api-keys.',
      badRequest,
      'invalid_api_key',
    ),
    headers: { ...json, 'x-request-id': 'req_1' },
    expected: invalidKey,
    source: errorCodes,
  },
  // The code is null, so only the status identifies it.
  missing_api_key: {
    ...refusal(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
      badRequest,
      null,
    ),
    expected: invalidKey,
    source: errorCodes,
  },
  account_deactivated: {
    ...refusal(
      401,
      'The OpenAI account associated with this API key has been deactivated. If you are the developer for this OpenAI app, please check your email for more information. If you are seeing this error while using another app or site, please reach out to them for more help.',
      badRequest,
      'account_deactivated',
    ),
    expected: { kind: 'invalid-key', scope: 'org' },
    source: 'https://github.com/ChatGPTNextWeb/NextChat/issues/4175',
  },
  no_organization: {
    ...refusal(
      401,
      'You must be a member of an organization to use the API. Please contact us through our help center at help.openai.com.',
      badRequest,
      'no_organization',
    ),
    expected: invalidKey,
    source: 'https://github.com/abi/screenshot-to-code/issues/9',
  },
  // The client sends OPENAI_ORG_ID with every key, so keys of other organisations get this.
  mismatched_organization: {
    ...refusal(
      401,
      'OpenAI-Organization header should match organization for API key',
      badRequest,
      'mismatched_organization',
    ),
    expected: invalidKey,
    source: 'https://github.com/openai/codex/issues/1000',
  },
  // Status and meaning are documented; code and message are not confirmed.
  ip_not_authorized: {
    ...refusal(401, 'IP not authorized', badRequest, 'ip_not_authorized'),
    expected: { kind: 'invalid-key', scope: 'project' },
    evidence: 'documented',
    source: errorCodes,
  },
  // Every key fails this way, so disabling keys would empty the pool.
  unsupported_country: {
    ...refusal(
      403,
      'Country, region, or territory not supported',
      'request_forbidden',
      'unsupported_country_region_territory',
    ),
    expected: callerError,
    source: errorCodes,
  },
  model_not_found: {
    ...refusal(404, 'The model `gpt-9` does not exist or you do not have access to it.', badRequest, 'model_not_found'),
    expected: callerError,
    source: errorCodes,
  },
  context_length_exceeded: {
    ...refusal(
      400,
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
      badRequest,
      'context_length_exceeded',
      'messages',
    ),
    expected: callerError,
    source: errorCodes,
  },
  // Repeating a refused prompt with other keys could get every account flagged.
  invalid_prompt_policy: {
    ...refusal(
      400,
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
      badRequest,
      'invalid_prompt',
    ),
    headers: { ...json, 'x-ratelimit-remaining-requests': '9999' },
    expected: callerError,
    source: 'https://github.com/BeehiveInnovations/pal-mcp-server/issues/178',
  },
  unsupported_parameter: {
    ...refusal(
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      badRequest,
      'unsupported_parameter',
      'max_tokens',
    ),
    expected: callerError,
    source: errorCodes,
  },
  // `retry-after-ms` is more precise than `retry-after`, so it comes first.
  rate_limit_requests_retry_after: {
    ...refusal(
      429,
      'Rate limit reached for gpt-5.6 in organization org-abc on requests per min (RPM): Limit: 3, Used: 3, Requested: 1. Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.',
      'requests',
      'rate_limit_exceeded',
    ),
    headers: {
      ...json,
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-limit-tokens': '30000',
      'retry-after': '20',
      'retry-after-ms': '19500',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-remaining-tokens': '29000',
      'x-ratelimit-reset-requests': '20s',
      'x-ratelimit-reset-tokens': '2s',
    },
    expected: { kind: 'rate-limited', scope: 'project+model', retryAfterMs: 19_500 },
    source: errorCodes,
  },
  // The wait is in the message. `x-ratelimit-reset-tokens` overstates it: it is the time until the limit is full again.
  rate_limit_tokens_message_only: {
    ...refusal(
      429,
      'Rate limit reached for gpt-4 in organization org-abc on tokens per min (TPM): Limit 10000, Used 8554, Requested 3082. Please try again in 9.816s. Visit https://platform.openai.com/account/rate-limits to learn more.',
      'tokens',
      'rate_limit_exceeded',
    ),
    headers: {
      ...json,
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
      'x-ratelimit-remaining-requests': '498',
      'x-ratelimit-reset-requests': '120ms',
    },
    expected: { kind: 'rate-limited', scope: 'project+model', retryAfterMs: 9816 },
    source: 'https://github.com/FoundationAgents/MetaGPT/issues/523',
  },
  // A 429 that can never succeed on this tier, so neither waiting nor cooling the key helps.
  request_too_large_tpm: {
    ...refusal(
      429,
      'Request too large for gpt-4o in organization org-abc on tokens per min (TPM): Limit 30000, Requested 36278. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.',
      'tokens',
      'rate_limit_exceeded',
    ),
    expected: callerError,
    source: 'https://github.com/Aider-AI/aider/issues/1880',
  },
  // The code is documented, the message is invented.
  slow_down: {
    ...refusal(
      429,
      'Your request rate increased too quickly. Please reduce your request rate and increase it gradually.',
      'rate_limit_error',
      'slow_down',
    ),
    headers: { ...json, 'retry-after': '30' },
    expected: { kind: 'rate-limited', scope: 'org', retryAfterMs: 30_000 },
    evidence: 'documented',
    source: 'https://www.developersdigest.tech/errors/api/openai-api/429-slow-down',
  },
  ...openaiQuotaResponses,
  server_error_500: {
    ...refusal(500, 'The server had an error while processing your request. Sorry about that!', 'server_error', null),
    expected: providerTrouble,
    source: 'https://platform.openai.com/docs/guides/error-codes',
  },
  server_is_overloaded_503: {
    ...refusal(
      503,
      'Our servers are currently overloaded. Please try again later.',
      'service_unavailable_error',
      'server_is_overloaded',
    ),
    headers: { ...json, 'retry-after': '2' },
    expected: { kind: 'transient', scope: 'provider', retryAfterMs: 2000 },
    source: 'https://github.com/Wei-Shaw/sub2api/issues/6631',
  },
  // `create()` resolves. The first iteration throws the error, which has no status.
  stream_first_event_error: {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: 'data: {"error":{"message":"Rate limit reached for gpt-5.6 on tokens per min (TPM). Please try again in 1.2s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}\n\n',
    stream: 'chat',
    expected: { kind: 'rate-limited', scope: 'project+model', retryAfterMs: 1200 },
    evidence: 'measured',
    source: 'openai 7.57 core/streaming.mjs',
  },
  timeout: {
    ...noAnswer,
    transport: 'hang',
    expected: providerTrouble,
    evidence: 'measured',
    source: 'openai 7.57: APIConnectionTimeoutError, status undefined',
  },
  socket_reset: {
    ...noAnswer,
    transport: 'reset',
    expected: providerTrouble,
    evidence: 'measured',
    source: 'openai 7.57: APIConnectionError, cause.cause.code UND_ERR_SOCKET',
  },
  user_abort: {
    ...noAnswer,
    transport: 'abort',
    expected: callerError,
    evidence: 'measured',
    source: 'openai 7.57: APIUserAbortError, status undefined, name "Error"',
  },
};
