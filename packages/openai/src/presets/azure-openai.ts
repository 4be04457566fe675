import type { Preset } from './preset.ts';

const documentation = 'https://learn.microsoft.com/azure/foundry/openai/how-to/troubleshoot-errors';
const apiManagement = 'https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies';
// A changed network rule takes effect after some minutes.
const blockedNetwork = { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 } as const;

/** Azure OpenAI, also behind Azure API Management. The group is the resource: its two keys share all limits. */
export const azureOpenAI: Preset = {
  displayName: 'Azure OpenAI',
  env: 'AZURE_OPENAI_API_KEY',
  documentation,
  // API Management reads this header: https://learn.microsoft.com/azure/api-management/azure-openai-api-from-specification
  keyHeader: 'api-key',
  limitWindows: { requests: 'minute', tokens: 'minute' },
  rules: [
    {
      statuses: [401],
      text: /^access denied due to (?:invalid|missing) subscription key\b/i,
      reason: 'invalid_subscription_key',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: apiManagement,
      evidence: 'documented',
    },
    {
      codes: ['AuthenticationTypeDisabled'],
      judgement: { kind: 'invalid-key', scope: 'group' },
      source: 'https://github.com/microsoft/sample-app-aoai-chatGPT/issues/1000',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /^access denied due to virtual network\/firewall rules\b|^a virtual network is configured for this resource\b/i,
      reason: 'firewall',
      judgement: blockedNetwork,
      source: 'https://github.com/Azure-Samples/azure-sql-db-chatbot/issues/3',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /^public access is disabled\. please configure private endpoint\b/i,
      reason: 'private_endpoint_required',
      judgement: blockedNetwork,
      source: 'https://github.com/TabularEditor/TabularEditor3/issues/1557',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /^caller ip address\b.* is (?:not allowed|blocked)\. access denied\b/i,
      reason: 'ip_not_allowed',
      judgement: blockedNetwork,
      source: apiManagement,
      evidence: 'documented',
    },
    // Abuse detection blocks a resource for some time, or until support lifts it.
    {
      statuses: [403],
      text: /\bresource has been temporarily blocked\b/i,
      reason: 'resource_blocked',
      judgement: { kind: 'invalid-key', scope: 'group', recheckAfterMs: 3_600_000 },
      source: documentation,
      evidence: 'documented',
    },
    // API Management's quotas, and the free tier's.
    {
      statuses: [403, 429],
      text: /^out of (?:call volume|bandwidth) quota\b/i,
      reason: 'quota_exceeded',
      judgement: { kind: 'quota-exhausted', scope: 'key', recheckAfterMs: 3_600_000 },
      source: apiManagement,
      evidence: 'documented',
    },
    {
      statuses: [403],
      text: /^token quota is exceeded\b/i,
      reason: 'token_quota_exceeded',
      judgement: { kind: 'quota-exhausted', scope: 'key', recheckAfterMs: 3_600_000 },
      source: 'https://learn.microsoft.com/azure/api-management/llm-token-limit-policy',
      evidence: 'observed',
    },
    // Sent with status 429, but Azure is full, not the deployment's limit.
    {
      statuses: [429],
      text: /\bsystem is (?:currently )?experiencing high demand\b|^the service is temporarily unable to process your request\b/i,
      reason: 'high_demand',
      judgement: { kind: 'transient' },
      source: 'https://learn.microsoft.com/azure/foundry/openai/how-to/quota',
      evidence: 'documented',
    },
    {
      codes: ['RateLimitReached'],
      judgement: { kind: 'rate-limited', scope: 'group' },
      source: 'https://learn.microsoft.com/azure/foundry/openai/how-to/quota',
      evidence: 'observed',
    },
    {
      statuses: [429],
      text: /\bhave exceeded (?:the )?(?:call|token) rate limit\b/i,
      reason: 'rate_limit_reached',
      judgement: { kind: 'rate-limited', scope: 'group' },
      source: 'https://github.com/langchain-ai/langchain/issues/12986',
      evidence: 'observed',
    },
    {
      codes: ['DeploymentNotFound', 'content_filter'],
      judgement: { kind: 'caller-error' },
      source: documentation,
      evidence: 'observed',
    },
  ],
};
