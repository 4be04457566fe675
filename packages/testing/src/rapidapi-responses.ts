import type { RapidApiResponseName, RecordedResponseEntry } from './recorded-response.ts';

/** The headers of a response by the gateway itself, not by the API behind it. */
export const rapidApiGatewayHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  server: 'RapidAPI-1.2.8',
  'x-rapidapi-version': '1.2.8',
  'x-rapidapi-proxy-response': 'true',
};

const inManyRepositories = 'many public repositories (verbatim)';
const providerTrouble = { kind: 'transient', scope: 'provider' } as const;
const noAnswer = { status: 0, headers: {}, body: null } as const;
const callerError = { kind: 'caller-error' } as const;

/** RapidAPI's error responses by name. */
export const rapidApiResponses: Readonly<Record<RapidApiResponseName, RecordedResponseEntry>> = {
  // Also sent when the key header is missing.
  invalid_key: {
    status: 401,
    headers: rapidApiGatewayHeaders,
    body: { message: 'Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info.' },
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'public test suites (verbatim)',
  },
  invalid_key_echo: {
    status: 401,
    headers: rapidApiGatewayHeaders,
    body: { message: 'Invalid API key {{KEY}}' },
    expected: { kind: 'invalid-key', scope: 'key' },
    mustRedact: true,
    evidence: 'constructed',
    source: 'shape of a public masking test',
  },
  // Also observed for an unknown key, instead of the 401.
  not_subscribed: {
    status: 403,
    headers: rapidApiGatewayHeaders,
    body: { message: 'You are not subscribed to this API.' },
    expected: { kind: 'invalid-key', scope: 'key+host' },
    evidence: 'observed',
    source: 'https://rapidapi.com/zh/justin-WFnsXH_t6/api/exercisedb/discussions/117371',
  },
  // Often without rate headers; the window is in the text.
  rate_per_second: {
    status: 429,
    headers: rapidApiGatewayHeaders,
    body: { message: 'You have exceeded the rate limit per second for your plan, BASIC, by the API provider' },
    expected: { kind: 'rate-limited', scope: 'key+host', retryAfterMs: 1000 },
    evidence: 'observed',
    source: inManyRepositories,
  },
  // `x-ratelimit-reset` belongs to the rate limit, `x-ratelimit-requests-reset` would belong to the plan's quota.
  rate_per_minute: {
    status: 429,
    headers: {
      ...rapidApiGatewayHeaders,
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '42',
    },
    body: { message: 'You have exceeded the rate limit per minute for your plan, BASIC, by the API provider' },
    expected: { kind: 'rate-limited', scope: 'key+host', retryAfterMs: 42_000 },
    evidence: 'observed',
    source: 'https://docs.rapidapi.com/v1.0/docs/response-headers',
  },
  // Resets on the anniversary of the subscription, not at midnight, so use the header.
  daily_quota: {
    status: 429,
    headers: {
      ...rapidApiGatewayHeaders,
      'x-ratelimit-requests-limit': '50',
      'x-ratelimit-requests-remaining': '0',
      'x-ratelimit-requests-reset': '18000',
    },
    body: {
      message:
        'You have exceeded the DAILY quota for Requests on your current plan, BASIC. Upgrade your plan at https://rapidapi.com/x/api/y',
    },
    expected: { kind: 'quota-exhausted', scope: 'key+host', retryAfterMs: 18_000_000 },
    evidence: 'observed',
    source: inManyRepositories,
  },
  monthly_quota: {
    status: 429,
    headers: {
      ...rapidApiGatewayHeaders,
      'x-ratelimit-requests-limit': '100',
      'x-ratelimit-requests-remaining': '0',
      'x-ratelimit-requests-reset': '864000',
    },
    body: {
      message:
        'You have exceeded the MONTHLY quota for Requests on your current plan, BASIC. Upgrade your plan at https://rapidapi.com/x/api/y',
    },
    expected: { kind: 'quota-exhausted', scope: 'key+host', retryAfterMs: 864_000_000 },
    evidence: 'observed',
    source: inManyRepositories,
  },
  too_many_requests: {
    status: 429,
    headers: rapidApiGatewayHeaders,
    body: { message: 'Too many requests' },
    expected: { kind: 'rate-limited', scope: 'key+host' },
    evidence: 'observed',
    source: 'public mocks and test suites',
  },
  endpoint_missing: {
    status: 404,
    headers: rapidApiGatewayHeaders,
    body: { message: "Endpoint '/nope' does not exist" },
    expected: callerError,
    evidence: 'observed',
    source: 'seen on many hosts',
  },
  // Uses the field "messages", plural.
  upstream_timeout: {
    status: 504,
    headers: rapidApiGatewayHeaders,
    body: {
      messages:
        'The request to the API has timed out. Please try again later, or if the issue persists, please contact the API provider',
    },
    expected: providerTrouble,
    evidence: 'observed',
    source: 'text matched by public code',
  },
  gateway_oops: {
    status: 500,
    headers: rapidApiGatewayHeaders,
    body: { message: 'Oops, an error in the gateway has occurred.' },
    expected: providerTrouble,
    evidence: 'observed',
    source: 'text matched by public code',
  },
  // Sent by the API behind the gateway, so it does not concern the key.
  validation_400: {
    status: 400,
    headers: { 'content-type': 'application/json', server: 'RapidAPI-1.2.8', 'x-rapidapi-region': 'AWS - us-east-1' },
    body: { message: "Missing required parameter 'q'" },
    expected: callerError,
    evidence: 'constructed',
    source: 'an upstream API',
  },
  socket_reset: {
    ...noAnswer,
    transport: 'reset',
    expected: providerTrouble,
    evidence: 'measured',
    source: 'fetch: TypeError "fetch failed", cause.code ECONNRESET or UND_ERR_SOCKET',
  },
  user_abort: {
    ...noAnswer,
    transport: 'abort',
    expected: callerError,
    evidence: 'measured',
    source: 'fetch: DOMException AbortError',
  },
};
