import type { PresetAnswer } from './preset-answer.ts';

const hourMs = 3_600_000;

/** The server wraps the errors of its OpenAI endpoints, and those of the cloud that it passes on. */
const wrapped = (message: string, type = 'api_error'): unknown => ({
  error: { message, type, param: null, code: null },
});

export const ollamaAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key at ollama.com',
    status: 401,
    body: { error: 'unauthorized' },
    expected: { kind: 'invalid-key', reason: 'unauthorized', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/diegosouzapw/OmniRoute/issues/276',
  },
  {
    name: 'a wrong key behind the local server',
    status: 401,
    body: wrapped('unauthorized'),
    expected: { kind: 'invalid-key', reason: 'unauthorized', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/ollama/ollama/blob/main/middleware/openai.go',
  },
  {
    name: 'a used-up session',
    status: 429,
    body: {
      error:
        'you (someone) have reached your session usage limit, upgrade for higher limits: https://ollama.com/upgrade',
    },
    expected: { kind: 'quota-exhausted', reason: 'usage_limit', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/11444',
  },
  {
    name: 'a used-up hour',
    status: 429,
    body: wrapped("you've reached your hourly usage limit, please wait or upgrade to continue"),
    expected: { kind: 'quota-exhausted', reason: 'usage_limit', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/9233',
  },
  {
    name: 'a used-up week',
    status: 429,
    body: {
      error:
        'you (someone) have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade or add extra usage: https://ollama.com/settings (ref: 7f2c)',
    },
    expected: { kind: 'quota-exhausted', reason: 'usage_limit', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/NousResearch/hermes-agent/pull/68832',
  },
  {
    name: 'a model that the plan does not include',
    status: 403,
    body: { error: 'this model requires a subscription, upgrade for access: https://ollama.com/upgrade' },
    expected: { kind: 'caller-error', reason: 'subscription_required' },
    evidence: 'observed',
    source: 'https://github.com/ollama/ollama/issues/15741',
  },
  {
    name: 'a full queue',
    status: 503,
    body: wrapped('server busy, please try again.  maximum pending requests exceeded'),
    expected: { kind: 'transient', reason: 'server_busy' },
    evidence: 'observed',
    source: 'https://github.com/valentinfrlch/ha-llmvision/issues/648',
  },
  {
    name: 'a limit that is not named',
    status: 429,
    body: wrapped('rate limit exceeded'),
    expected: { kind: 'rate-limited' },
    evidence: 'documented',
    source: 'https://docs.ollama.com/api/errors',
  },
  {
    name: 'an unknown model',
    status: 404,
    body: wrapped("model 'llama9' not found", 'not_found_error'),
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: 'https://docs.ollama.com/api/errors',
  },
  {
    name: 'a cloud that does not answer',
    status: 502,
    body: { error: 'upstream error' },
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: 'https://docs.ollama.com/api/errors',
  },
];
