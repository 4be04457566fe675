import { describeProviderAdapter, type RecordedUsage } from '@api-key-fallback/testing/vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { anthropicAdapter } from '../src/index.ts';
import { provokeAnthropicError, question } from './provoke-anthropic-error.ts';

const cached = { cache_creation_input_tokens: 20, cache_read_input_tokens: 500 };

const usages: readonly RecordedUsage[] = [
  {
    name: 'a message',
    answer: { type: 'message', usage: { input_tokens: 50, output_tokens: 12 } },
    expected: { inputTokens: 50, outputTokens: 12, uncountedTokens: 0 },
  },
  {
    name: 'a message with a prompt from the cache',
    answer: { type: 'message', usage: { input_tokens: 50, ...cached, output_tokens: 12 } },
    expected: { inputTokens: 570, outputTokens: 12, uncountedTokens: 500 },
  },
  {
    name: 'the event message_start',
    answer: { type: 'message_start', message: { usage: { input_tokens: 50, ...cached, output_tokens: 1 } } },
    expected: { inputTokens: 570, outputTokens: 1, uncountedTokens: 500 },
  },
  {
    name: 'the event message_delta',
    answer: { type: 'message_delta', delta: {}, usage: { output_tokens: 12 } },
    expected: { outputTokens: 12 },
  },
  { name: 'the event content_block_delta', answer: { type: 'content_block_delta', index: 0 }, expected: undefined },
  { name: 'a count of tokens', answer: { input_tokens: 50 }, expected: undefined },
];

describeProviderAdapter(
  anthropicAdapter,
  {
    transient: [
      {
        name: 'overloaded_error',
        error: () => provokeAnthropicError('unavailable'),
        expected: { reason: 'overloaded_error', retryAfterMs: undefined },
      },
      { name: 'an overload in a stream', error: () => provokeAnthropicError('stream_overloaded', { stream: true }) },
      { name: 'a cut connection', error: () => provokeAnthropicError('reset') },
    ],
    'rate-limited': [
      {
        name: 'rate_limit_error',
        error: () => provokeAnthropicError('rate_limit_input_tokens'),
        expected: {
          reason: 'rate_limit_error',
          scope: 'group',
          group: '9d50ef40-6cc8-4ca6-9d35-1dc9cf26235c',
          bucket: 'claude-sonnet-4-6',
          retryAfterMs: 16_000,
        },
      },
    ],
    'quota-exhausted': [
      {
        name: 'a low balance',
        error: () => provokeAnthropicError('quota-exhausted'),
        expected: { reason: 'credit_balance_too_low', scope: 'group', recheckAfterMs: 3_600_000 },
      },
      {
        name: 'enforced_spend_limit_reached',
        error: () => provokeAnthropicError('enforced_spend_limit_reached'),
        expected: { scope: 'group', resetsAtMs: Date.parse('2026-08-01T00:00:00Z') },
      },
    ],
    'invalid-key': [
      {
        name: 'authentication_error',
        error: () => provokeAnthropicError('invalid-key'),
        expected: { reason: 'authentication_error', scope: 'key', recheckAfterMs: undefined },
      },
    ],
    'caller-error': [
      { name: 'a long prompt', error: () => provokeAnthropicError('prompt_too_long') },
      { name: 'an abort', error: () => provokeAnthropicError('hang', { signal: abortSoon() }) },
    ],
  },
  { usages, clientOptions: (url) => ({ baseURL: url }), useClient: (client) => client.messages.create(question) },
);
