import { outOfCredit, type Preset } from './preset.ts';

const documentation = 'https://docs.fireworks.ai/guides/inference-error-codes';

/** Fireworks AI. The group is the account. */
export const fireworks: Preset = {
  displayName: 'Fireworks AI',
  baseURL: 'https://api.fireworks.ai/inference/v1',
  env: 'FIREWORKS_API_KEY',
  documentation,
  // https://docs.fireworks.ai/serverless/rate-limits
  limitWindows: { 'tokens-prompt': 'second', 'tokens-cache-adjusted-prompt': 'second', 'tokens-generated': 'second' },
  rules: [
    // The spending limit or an unpaid invoice. Status 412 also means a model that cannot be loaded.
    {
      statuses: [412],
      text: /^account \S+ is suspended\b/i,
      reason: 'account_suspended',
      judgement: outOfCredit,
      source: 'https://github.com/pollinations/pollinations/issues/12136',
      evidence: 'observed',
    },
    {
      statuses: [402],
      reason: 'payment_required',
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
  ],
};
