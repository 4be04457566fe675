import type { PresetAnswer } from './preset-answer.ts';

const debugging = 'https://docs.x.ai/developers/debugging';
const noPermission = 'The caller does not have permission to execute the specified operation';

export const xaiAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: na***ys. You can obtain an API key from https://console.x.ai.',
    },
    expected: { kind: 'invalid-key', scope: 'key', reason: 'incorrect_api_key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10778',
  },
  {
    name: 'a missing key',
    status: 401,
    body: null,
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'documented',
    source: debugging,
  },
  {
    name: 'a leaked key',
    status: 403,
    body: { code: noPermission, error: 'API key is currently blocked: Blocked due to API key leak' },
    expected: { kind: 'invalid-key', scope: 'key', reason: 'key_blocked' },
    evidence: 'observed',
    source: debugging,
  },
  {
    name: 'an expired access token',
    status: 403,
    body: {
      code: 'unauthenticated:bad-credentials',
      error: 'The OAuth2 access token could not be validated.',
    },
    expected: { kind: 'invalid-key', scope: 'key', reason: 'bad_credentials' },
    evidence: 'observed',
    source: 'https://github.com/NousResearch/hermes-agent/issues/82052',
  },
  {
    name: 'spent credits',
    status: 403,
    body: {
      code: 'permission-denied',
      error:
        'Your team 16f2151a-40f4-4a80-8ad0-cae00c27e8dd has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
    },
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'out_of_credits' },
    evidence: 'observed',
    source: 'https://github.com/Anantys-oss/koan/issues/2412',
  },
  {
    name: 'spent credits, with the older status',
    status: 429,
    body: {
      code: 'Some resource has been exhausted',
      error:
        'Your team 16f2151a-40f4-4a80-8ad0-cae00c27e8dd has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
    },
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'out_of_credits' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10373',
  },
  {
    name: 'a team that never bought credits',
    status: 403,
    body: {
      code: noPermission,
      error:
        "Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/16f2151a-40f4-4a80-8ad0-cae00c27e8dd.",
    },
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'out_of_credits' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/12670',
  },
  {
    name: 'a team that never bought credits, in the older text',
    status: 403,
    body: {
      code: noPermission,
      error:
        "Your newly created teams doesn't have any credits yet. You can purchase credits on https://console.x.ai/team/16f2151a-40f4-4a80-8ad0-cae00c27e8dd.",
    },
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'out_of_credits' },
    evidence: 'observed',
    source: 'https://github.com/griptape-ai/griptape-nodes-engine/issues/1079',
  },
  {
    name: 'a personal team without credits',
    status: 403,
    body: {
      code: 'personal-team-blocked:spending-limit',
      error: 'You have run out of credits or need a Grok subscription.',
    },
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'out_of_credits' },
    evidence: 'observed',
    source: 'https://github.com/tetsuo-ai/agenc-core/pull/2483',
  },
  {
    name: 'a restricted key',
    status: 403,
    body: {
      code: 'permission-denied',
      error:
        "Access to the chat endpoint is denied. Please ensure you're using the correct credentials. If you believe this is a mistake, please log into console.x.ai and update the permissions.",
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/decolua/9router/issues/2559',
  },
  {
    name: 'a model that the team may not use',
    status: 404,
    body: {
      code: 'Some requested entity was not found',
      error:
        'The model grok-beta does not exist or your team bdc397fa-0000-0000-0000-000000000000 does not have access to it. Please ensure you are using the correct API key.',
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/yihong0618/bilingual_book_maker/issues/464',
  },
  {
    name: 'tokens per minute',
    status: 429,
    body: {
      code: 'Some resource has been exhausted',
      error:
        "Too many tokens for team bdc397fa-0000-0000-0000-000000000000 and model grok-4-0709. Your team's rate limit is — Tokens per Minute (actual/limit): 65605/16000.",
    },
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/cline/cline/issues/4826',
  },
];
