import { describeProviderAdapter, type RecordedUsage } from '@api-key-fallback/testing/vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { geminiAdapter } from '../src/index.ts';
import { midnight, provokeGeminiError } from './provoke-gemini-error.ts';

const metadata = { promptTokenCount: 70, candidatesTokenCount: 12, thoughtsTokenCount: 30, totalTokenCount: 112 };
const interaction = { total_input_tokens: 70, total_output_tokens: 12, total_thought_tokens: 30, total_tokens: 112 };
const expected = { inputTokens: 70, outputTokens: 42, uncountedTokens: 42 };

const usages: readonly RecordedUsage[] = [
  { name: 'a response', answer: { candidates: [], usageMetadata: metadata }, expected },
  {
    name: 'a response with tools',
    answer: { usageMetadata: { promptTokenCount: 70, toolUsePromptTokenCount: 9 } },
    expected: { inputTokens: 79 },
  },
  { name: 'an interaction', answer: { usage: interaction }, expected },
  { name: 'the last event of an interaction', answer: { interaction: { usage: interaction } }, expected },
  { name: 'a cached content', answer: { usageMetadata: { totalTokenCount: 4096 } }, expected: undefined },
  { name: 'a count of tokens', answer: { totalTokens: 7 }, expected: undefined },
];

describeProviderAdapter(
  geminiAdapter,
  {
    transient: [
      { name: 'an overloaded model', error: () => provokeGeminiError('unavailable') },
      { name: 'a cut connection', error: () => provokeGeminiError('reset') },
      { name: 'a timeout', error: () => provokeGeminiError('hang', { timeout: 50 }), expected: { reason: 'timeout' } },
    ],
    'rate-limited': [
      {
        name: 'requests per minute',
        error: () => provokeGeminiError('gemini_requests_per_minute'),
        expected: { scope: 'group', bucket: 'gemini-2.5-flash', retryAfterMs: 20_045 },
      },
      {
        name: 'a limit without a name',
        error: () => provokeGeminiError('rate-limited'),
        expected: { scope: 'group', bucket: undefined, retryAfterMs: undefined },
      },
    ],
    'quota-exhausted': [
      {
        name: 'requests per day',
        error: () => provokeGeminiError('quota-exhausted'),
        expected: { reason: 'daily_quota', scope: 'group', bucket: 'gemini-3.6-flash', resetsAtMs: midnight },
      },
      {
        name: 'no credit',
        error: () => provokeGeminiError('gemini_prepay_depleted'),
        expected: { scope: 'group', recheckAfterMs: 3_600_000 },
      },
    ],
    'invalid-key': [
      {
        name: 'API_KEY_INVALID',
        error: () => provokeGeminiError('invalid-key'),
        expected: { reason: 'API_KEY_INVALID', scope: 'key', recheckAfterMs: undefined },
      },
      {
        name: 'CONSUMER_SUSPENDED',
        error: () => provokeGeminiError('gemini_consumer_suspended'),
        expected: { scope: 'group', group: 'projects/123456789012' },
      },
    ],
    'caller-error': [
      { name: 'a model without access', error: () => provokeGeminiError('gemini_model_denied') },
      { name: 'an abort', error: () => provokeGeminiError('hang', { signal: abortSoon() }) },
    ],
  },
  {
    usages,
    clientOptions: (url) => ({ httpOptions: { baseUrl: url } }),
    useClient: (client) => client.models.list(),
  },
);
