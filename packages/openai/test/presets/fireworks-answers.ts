import type { PresetAnswer } from './preset-answer.ts';

const errorCodes = 'https://docs.fireworks.ai/guides/inference-error-codes';
const badKeys = 'https://github.com/typeclaw/typeclaw/pull/388';

function error(message: string, code: string): object {
  return { error: { message, param: null, code, type: 'error' } };
}

export const fireworksAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    // Reported without its text.
    body: error('', 'UNAUTHORIZED'),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: badKeys,
  },
  {
    name: 'a suspended account',
    status: 412,
    body: error(
      'Account acme is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information.',
      'PRECONDITION_FAILED',
    ),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'account_suspended' },
    evidence: 'observed',
    source: 'https://github.com/pollinations/pollinations/issues/12136',
  },
  {
    name: 'an unpaid account',
    status: 402,
    body: null,
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'payment_required' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'an adapter of a model that cannot be loaded',
    status: 412,
    body: null,
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'a key for other routes',
    status: 403,
    body: error('Fire Pass API keys are not authorized for this route.', 'FORBIDDEN'),
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: badKeys,
  },
  {
    name: 'a model that the account may not use',
    status: 404,
    body: {
      error: {
        message: 'Model not found, inaccessible, and/or not deployed',
        param: 'model',
        code: 'NOT_FOUND',
        type: 'error',
      },
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/warpdotdev/warp/issues/15107',
  },
  {
    name: 'a rate limit',
    status: 429,
    body: {
      error: 'Too Many Requests',
      message:
        'You have exceeded your usage limits. Please try again later or contact Fireworks to explore dedicated capacity.',
    },
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/GordeyZuev/LEAP/issues/6',
  },
  {
    name: 'a timeout',
    status: 408,
    body: null,
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'a server error',
    status: 500,
    body: error('Error listing deployed models', 'INTERNAL'),
    expected: { kind: 'transient' },
    evidence: 'observed',
    source: 'https://github.com/can1357/oh-my-pi/issues/3219',
  },
  {
    name: 'an overloaded server',
    status: 503,
    body: null,
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errorCodes,
  },
];
