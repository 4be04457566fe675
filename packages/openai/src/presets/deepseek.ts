import { outOfCredit, type Preset } from './preset.ts';

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
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
  ],
};
