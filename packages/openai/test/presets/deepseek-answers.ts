import type { PresetAnswer } from './preset-answer.ts';

const errorCodes = 'https://api-docs.deepseek.com/quick_start/error_codes';

function error(message: string, type: string, code = 'invalid_request_error'): object {
  return { error: { message, type, param: null, code } };
}

export const deepseekAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: error('Authentication Fails, Your api key: ****fcc2 is invalid', 'authentication_error'),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/11820',
  },
  {
    name: 'the key of an account that does not exist',
    status: 401,
    body: error('Authentication Fails (no such user)', 'authentication_error'),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/deepseek-ai/DeepSeek-R1/issues/82',
  },
  {
    name: 'a key with the wrong shape, as plain text',
    status: 401,
    headers: { 'content-type': 'text/plain' },
    body: 'Authentication Fails (auth header format should be Bearer sk-...)',
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10056',
  },
  {
    name: 'a spent balance',
    status: 402,
    body: error('Insufficient Balance', 'unknown_error'),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'insufficient_balance' },
    evidence: 'observed',
    source: 'https://github.com/Aider-AI/aider/issues/4851',
  },
  {
    name: 'a prompt that is too long',
    status: 400,
    body: error(
      "This model's maximum context length is 65536 tokens. However, you requested 66343 tokens (62247 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
      'invalid_request_error',
    ),
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/FoundationAgents/OpenManus/issues/79',
  },
  {
    name: 'an invalid parameter',
    status: 422,
    body: null,
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'too many requests',
    status: 429,
    body: null,
    expected: { kind: 'rate-limited' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'a server error',
    status: 500,
    body: null,
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errorCodes,
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
