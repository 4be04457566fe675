import { readField } from '@api-key-fallback/core/adapter';
import { outOfCredit, type Preset } from './preset.ts';

// The gateway in front of the hosted models.
const gateway =
  'https://github.com/NVIDIA/nvcf/blob/main/src/control-plane-services/cloud-functions/nvcf-core/src/main/java/com/nvidia/nvcf/service/function/invocation/FunctionInvocationValidationService.java';

/** NVIDIA NIM: the hosted models of build.nvidia.com. Error bodies are problem details (RFC 9457) without an `error` object. */
export const nim: Preset = {
  displayName: 'NVIDIA NIM',
  baseURL: 'https://integrate.api.nvidia.com/v1',
  env: 'NVIDIA_API_KEY',
  documentation: 'https://docs.api.nvidia.com/nim/reference',
  // `models` lists the whole catalog, also models that the account may not call:
  // https://github.com/gethouston/houston/pull/1243
  probePath: false,
  rules: [
    {
      statuses: [401],
      text: /^authentication failed$/i,
      reason: 'authentication_failed',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: 'https://github.com/hidenobunagai/nvidia-nim-provider/issues/9',
      evidence: 'observed',
    },
    // A wrong or revoked key. Some reports say that the same key worked again later.
    {
      statuses: [403],
      text: /^authorization failed$/i,
      // Other servers say so of a request that a valid key may not send.
      when: ({ body }) => readField(body, 'title') === 'Forbidden',
      reason: 'authorization_failed',
      judgement: { kind: 'invalid-key', scope: 'key', recheckAfterMs: 3_600_000 },
      source: 'https://github.com/Alishahryar1/free-claude-code/issues/1242',
      evidence: 'observed',
    },
    {
      statuses: [402, 403],
      text: /\bcloud credits expired\b/i,
      reason: 'credits_expired',
      judgement: outOfCredit,
      source: gateway,
      evidence: 'observed',
    },
    // The account or the key may not call this model; the key is valid.
    {
      statuses: [403, 404],
      text: /\bnot shared with the account\b|\bmissing resource entry in apikey\b|\bnot found for account\b/i,
      reason: 'model_not_available',
      judgement: { kind: 'caller-error' },
      source: gateway,
      evidence: 'observed',
    },
    // A model that is down, reported as a bad request.
    {
      statuses: [400],
      text: /\bdegraded function cannot be invoked\b/i,
      reason: 'model_degraded',
      judgement: { kind: 'transient' },
      source: gateway,
      evidence: 'observed',
    },
  ],
};
