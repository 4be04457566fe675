import { readField, statedUsage, type TokenUsage } from '@api-key-fallback/core/adapter';

/**
 * Returns the tokens that a message states, or an event of its stream: `message_start` those of the prompt, `message_delta` those of the
 * output so far.
 *
 * Reads from a cache do not count against the rate limits: https://platform.claude.com/docs/en/api/rate-limits
 */
export function readAnthropicUsage(answer: unknown): TokenUsage | undefined {
  const usage = readField(answer, 'usage') ?? readField(answer, 'message', 'usage');
  const input = readField(usage, 'input_tokens');
  const outputTokens = readField(usage, 'output_tokens');
  // Many events state the output alone.
  if (typeof input !== 'number') return statedUsage({ outputTokens });
  const [written, read] = ['cache_creation_input_tokens', 'cache_read_input_tokens'].map((name) => {
    const amount = readField(usage, name);
    return typeof amount === 'number' ? amount : 0;
  }) as [number, number];
  return statedUsage({ inputTokens: input + written + read, outputTokens, uncountedTokens: read });
}
