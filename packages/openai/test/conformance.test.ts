import { describeProviderAdapter, type RecordedUsage } from '@api-key-fallback/testing/vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { openaiAdapter } from '../src/index.ts';
import { provokeOpenAIError } from './provoke-openai-error.ts';

const chat = { prompt_tokens: 70, completion_tokens: 12, total_tokens: 82 };
const response = { input_tokens: 70, output_tokens: 12, total_tokens: 82 };
const both = { inputTokens: 70, outputTokens: 12 };

const usages: readonly RecordedUsage[] = [
  { name: 'a chat completion', answer: { object: 'chat.completion', usage: chat }, expected: both },
  { name: 'the last chunk of a chat', answer: { choices: [], usage: chat }, expected: both },
  { name: 'any other chunk of a chat', answer: { choices: [{ delta: {} }], usage: null }, expected: undefined },
  {
    name: 'embeddings',
    answer: { usage: { prompt_tokens: 7, total_tokens: 7 } },
    expected: { inputTokens: 7, outputTokens: 0 },
  },
  { name: 'a response', answer: { object: 'response', usage: response }, expected: both },
  ...['completed', 'incomplete', 'failed'].map((end) => {
    return {
      name: `the event response.${end}`,
      answer: { type: `response.${end}`, response: { usage: response } },
      expected: both,
    };
  }),
  {
    name: 'the event response.created',
    answer: { type: 'response.created', response: { usage: null } },
    expected: undefined,
  },
  {
    name: 'a transcription that is priced by time',
    answer: { usage: { type: 'duration', seconds: 9 } },
    expected: undefined,
  },
  { name: 'a batch', answer: { object: 'batch', usage: response }, expected: undefined },
];

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
    usages,
    clientOptions: (url) => ({ baseURL: `${url}/v1` }),
    useClient: (client) => client.models.list(),
  },
);
