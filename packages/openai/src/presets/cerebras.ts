import { outOfCredit, type Preset } from './preset.ts';

const documentation = 'https://inference-docs.cerebras.ai/support/error';

/** Cerebras. Codes with `quota` are rates, per minute or day, that refill all the time. The group is the organisation. */
export const cerebras: Preset = {
  displayName: 'Cerebras',
  baseURL: 'https://api.cerebras.ai/v1',
  env: 'CEREBRAS_API_KEY',
  documentation,
  // https://inference-docs.cerebras.ai/support/rate-limits
  limitsRefill: true,
  rules: [
    {
      statuses: [402],
      reason: 'payment_required',
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
    // Sent with status 429, but the servers are full, not the organisation's limit.
    {
      codes: ['queue_exceeded'],
      judgement: { kind: 'transient' },
      source: 'https://github.com/sandialabs/atlas-ui-3/issues/111',
      evidence: 'observed',
    },
  ],
};
