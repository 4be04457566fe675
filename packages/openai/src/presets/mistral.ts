import type { Preset } from './preset.ts';

const documentation = 'https://docs.mistral.ai/resources/error-glossary';

/** Mistral AI. Limits apply per workspace and model; the group is the organisation. */
export const mistral: Preset = {
  displayName: 'Mistral',
  baseURL: 'https://api.mistral.ai/v1',
  env: 'MISTRAL_API_KEY',
  documentation,
  rules: [
    {
      statuses: [402],
      reason: 'payment_required',
      judgement: { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 },
      source: documentation,
      evidence: 'documented',
    },
  ],
};
