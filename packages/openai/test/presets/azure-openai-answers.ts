import type { PresetAnswer } from './preset-answer.ts';

const apiManagement = 'https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies';
const tokenLimits = 'https://learn.microsoft.com/azure/api-management/llm-token-limit-policy';
const hourMs = 3_600_000;
const tenMinutesMs = 600_000;

const body = (code: string, message: string, details: object = {}): unknown => ({
  error: { code, message, ...details },
});

/** The body of API Management. */
const gateway = (statusCode: number, message: string): unknown => ({ statusCode, message });

export const azureOpenAIAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: body(
      '401',
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
    ),
    expected: { kind: 'invalid-key', reason: 'invalid_subscription_key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/SciSharp/BotSharp/issues/386',
  },
  {
    name: 'a wrong key, to API Management',
    status: 401,
    body: gateway(
      401,
      'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
    ),
    expected: { kind: 'invalid-key', reason: 'invalid_subscription_key', scope: 'key' },
    evidence: 'documented',
    source: apiManagement,
  },
  {
    name: 'a key in the wrong header, to API Management',
    status: 401,
    body: gateway(
      401,
      'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
    ),
    expected: { kind: 'invalid-key', reason: 'invalid_subscription_key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/15130',
  },
  {
    name: 'keys that are switched off for the resource',
    status: 403,
    body: body('AuthenticationTypeDisabled', 'Key based authentication is disabled for this resource.'),
    expected: { kind: 'invalid-key', reason: 'AuthenticationTypeDisabled', scope: 'group' },
    evidence: 'observed',
    source: 'https://github.com/microsoft/sample-app-aoai-chatGPT/issues/1000',
  },
  {
    name: 'a firewall',
    status: 403,
    body: body('403', 'Access denied due to Virtual Network/Firewall rules.'),
    expected: { kind: 'invalid-key', reason: 'firewall', scope: 'group', recheckAfterMs: tenMinutesMs },
    evidence: 'observed',
    source: 'https://github.com/Azure-Samples/azure-sql-db-chatbot/issues/3',
  },
  {
    name: 'an address that API Management refuses',
    status: 403,
    body: gateway(403, 'Caller IP address 203.0.113.7 is not allowed. Access denied.'),
    expected: { kind: 'invalid-key', reason: 'ip_not_allowed', scope: 'group', recheckAfterMs: tenMinutesMs },
    evidence: 'documented',
    source: apiManagement,
  },
  {
    name: 'a resource that only its private endpoint reaches',
    status: 403,
    body: body('403', 'Public access is disabled. Please configure private endpoint.'),
    expected: {
      kind: 'invalid-key',
      reason: 'private_endpoint_required',
      scope: 'group',
      recheckAfterMs: tenMinutesMs,
    },
    evidence: 'observed',
    source: 'https://github.com/TabularEditor/TabularEditor3/issues/1557',
  },
  {
    name: 'a blocked resource',
    status: 403,
    body: body(
      'Forbidden',
      'Your resource has been temporarily blocked because we detected unusual behavior. Please reach out to Azure support.',
    ),
    expected: { kind: 'invalid-key', reason: 'resource_blocked', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://learn.microsoft.com/answers/questions/5903838',
  },
  {
    name: 'a spent quota of API Management, for days',
    status: 403,
    body: gateway(403, 'Out of call volume quota. Quota will be replenished in 22.14:18:12.'),
    expected: {
      kind: 'quota-exhausted',
      reason: 'quota_exceeded',
      scope: 'key',
      resetsInMs: ((22 * 24 + 14) * 3600 + 18 * 60 + 12) * 1000,
    },
    evidence: 'observed',
    source: 'https://github.com/goferito/node-bing-api/issues/34',
  },
  {
    name: 'a spent quota of tokens',
    status: 403,
    body: gateway(403, 'Token quota is exceeded. Try again in 21 minutes and 33 seconds.'),
    expected: {
      kind: 'quota-exhausted',
      reason: 'token_quota_exceeded',
      scope: 'key',
      resetsInMs: (21 * 60 + 33) * 1000,
    },
    evidence: 'observed',
    source: tokenLimits,
  },
  {
    name: 'a rate limit of API Management',
    status: 429,
    body: gateway(429, 'Rate limit is exceeded. Try again in 47 seconds.'),
    expected: { kind: 'rate-limited', scope: 'key', retryAfterMs: 47_000 },
    evidence: 'documented',
    source: apiManagement,
  },
  {
    name: 'a limit of tokens of API Management',
    status: 429,
    headers: { 'retry-after': '41' },
    body: gateway(429, 'Token limit is exceeded. Try again in 41 seconds.'),
    expected: { kind: 'rate-limited', scope: 'key', retryAfterMs: 41_000 },
    evidence: 'observed',
    source: tokenLimits,
  },
  {
    name: 'a rate limit of an older version, in the text alone',
    status: 429,
    body: body(
      '429',
      'Requests to the Embeddings_Create Operation under Azure OpenAI API version 2023-07-01-preview have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.',
    ),
    expected: { kind: 'rate-limited', reason: 'rate_limit_reached', scope: 'group', retryAfterMs: 6000 },
    evidence: 'observed',
    source: 'https://github.com/langchain-ai/langchain/issues/12986',
  },
  {
    name: 'a limit of tokens',
    status: 429,
    headers: { 'retry-after': '45', 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-remaining-tokens': '-1' },
    body: body(
      'RateLimitReached',
      'Your requests to gpt-4.1-nano for gpt-4.1-nano in Sweden Central have exceeded the token rate limit for your current AIServices S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API. Please retry after 45 seconds.',
    ),
    expected: { kind: 'rate-limited', reason: 'RateLimitReached', scope: 'group', retryAfterMs: 45_000 },
    evidence: 'observed',
    source: 'https://github.com/icereed/paperless-gpt/issues/814',
  },
  {
    name: 'a limit with its wait in milliseconds',
    status: 429,
    headers: { 'retry-after': '2', 'retry-after-ms': '1403' },
    body: body(
      '429',
      'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 2 seconds.',
    ),
    expected: { kind: 'rate-limited', reason: 'rate_limit_reached', scope: 'group', retryAfterMs: 1403 },
    evidence: 'documented',
    source: 'https://learn.microsoft.com/azure/foundry/openai/how-to/quota',
  },
  {
    name: 'an Azure that is full',
    status: 429,
    body: body(
      'too_many_requests',
      'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after 20 seconds.',
    ),
    expected: { kind: 'transient', reason: 'high_demand', retryAfterMs: 20_000 },
    evidence: 'observed',
    source: 'https://github.com/pollinations/pollinations/issues/6260',
  },
  {
    name: 'an unknown deployment',
    status: 404,
    body: body(
      'DeploymentNotFound',
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
    ),
    expected: { kind: 'caller-error', reason: 'DeploymentNotFound' },
    evidence: 'observed',
    source: 'https://github.com/chatboxai/chatbox/issues/646',
  },
  {
    name: 'a prompt that the content filter refused',
    status: 400,
    body: body(
      'content_filter',
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
      {
        param: 'prompt',
        type: null,
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { jailbreak: { filtered: true } } },
      },
    ),
    expected: { kind: 'caller-error', reason: 'content_filter' },
    evidence: 'observed',
    source: 'https://github.com/compl-ai/compl-ai/issues/20',
  },
];
