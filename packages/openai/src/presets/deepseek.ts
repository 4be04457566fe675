import type { Preset } from './preset.ts';

const documentation = 'https://api-docs.deepseek.com/quick_start/error_codes';

/** DeepSeek. Its error codes say little: the status decides. The group is the account with its balance. */
export const deepseek: Preset = {
  displayName: 'DeepSeek',
  baseURL: 'https://api.deepseek.com',
  env: 'DEEPSEEK_API_KEY',
  documentation,
  rules: [
    {
      statuses: [402],
      reason: 'insufficient_balance',
      judgement: { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 },
      source: documentation,
      evidence: 'documented',
    },
  ],
};
