import { outOfCredit, type Preset } from './preset.ts';

const documentation = 'https://docs.together.ai/docs/error-codes';

/** Together AI. The type `credit_limit` also marks plain rate limits; the status decides. The group is the organisation. */
export const together: Preset = {
  displayName: 'Together AI',
  baseURL: 'https://api.together.ai/v1',
  env: 'TOGETHER_API_KEY',
  documentation,
  rules: [
    {
      statuses: [402],
      reason: 'credit_limit',
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
  ],
};
