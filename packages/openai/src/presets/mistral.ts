import { outOfCredit, type Preset } from './preset.ts';

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
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
  ],
};
