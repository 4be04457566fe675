import { describeProviderAdapter } from '@api-key-fallback/testing/vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { openaiAdapter } from '../src/index.ts';
import { provokeOpenAIError } from './provoke-openai-error.ts';

describeProviderAdapter(
  openaiAdapter,
  {
    transient: [
      {
        name: 'server_is_overloaded',
        error: () => provokeOpenAIError('unavailable'),
        expected: { retryAfterMs: 2000 },
      },
      { name: 'a cut connection', error: () => provokeOpenAIError('reset'), expected: { retryAfterMs: undefined } },
    ],
    'rate-limited': [
      {
        name: 'slow_down',
        error: () => provokeOpenAIError('slow_down'),
        expected: { reason: 'slow_down', scope: 'group' },
      },
      {
        name: 'a stated wait',
        error: () => provokeOpenAIError('rate_limit_tokens_message_only'),
        expected: { reason: 'rate_limit_exceeded', scope: 'key' },
      },
    ],
    'quota-exhausted': [
      {
        name: 'credit_balance_exhausted',
        error: () => provokeOpenAIError('quota-exhausted'),
        expected: { reason: 'credit_balance_exhausted', scope: 'group', recheckAfterMs: 3_600_000 },
      },
    ],
    'invalid-key': [
      {
        name: 'invalid_api_key',
        error: () => provokeOpenAIError('invalid-key'),
        expected: { reason: 'invalid_api_key', recheckAfterMs: undefined },
      },
    ],
    'caller-error': [
      { name: 'a request too large', error: () => provokeOpenAIError('request_too_large_tpm') },
      { name: 'an abort', error: () => provokeOpenAIError('hang', { signal: abortSoon() }) },
    ],
  },
  {
    clientOptions: (url) => ({ baseURL: `${url}/v1` }),
    useClient: (client) => client.models.list(),
  },
);
