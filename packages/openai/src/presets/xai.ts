import { outOfCredit, type Preset } from './preset.ts';

const documentation = 'https://docs.x.ai/developers/debugging';

/**
 * xAI. The body is `{ code, error }` with a sentence as `error`, so OpenAI's client knows only the sentence, in quotes.
 * The group is the team.
 */
export const xai: Preset = {
  displayName: 'xAI',
  baseURL: 'https://api.x.ai/v1',
  env: 'XAI_API_KEY',
  documentation,
  rules: [
    // A wrong or deleted key, with status 400.
    {
      statuses: [400, 401],
      text: /^"?incorrect api key provided: /i,
      reason: 'incorrect_api_key',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: 'https://github.com/continuedev/continue/issues/10778',
      evidence: 'observed',
    },
    // Found in a public place, for example: `Blocked due to API key leak`.
    {
      statuses: [403],
      text: /\bapi key is currently blocked\b/i,
      reason: 'key_blocked',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: documentation,
      evidence: 'observed',
    },
    // The access tokens of a subscription.
    {
      statuses: [401, 403],
      text: /\boauth2 access token could not be validated\b/i,
      reason: 'bad_credentials',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: 'https://github.com/NousResearch/hermes-agent/issues/82052',
      evidence: 'observed',
    },
    {
      statuses: [403, 429],
      text: /\bhas either used all available credits or reached its monthly spending limit\b/i,
      reason: 'out_of_credits',
      judgement: outOfCredit,
      source: 'https://github.com/Anantys-oss/koan/issues/2412',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /\bnewly created teams? doesn't have any credits\b/i,
      reason: 'out_of_credits',
      judgement: outOfCredit,
      source: 'https://github.com/continuedev/continue/issues/12670',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /\byou have run out of credits or need a grok subscription\b/i,
      reason: 'out_of_credits',
      judgement: outOfCredit,
      source: 'https://github.com/tetsuo-ai/agenc-core/pull/2483',
      evidence: 'observed',
    },
  ],
};
