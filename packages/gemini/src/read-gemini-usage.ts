import { readField, statedUsage, type TokenUsage } from '@api-key-fallback/core/adapter';

/**
 * Returns the tokens that a response states, or a chunk of its stream, whose numbers are those so far.
 *
 * The limit of tokens per minute is one of the input, so the output does not count: https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function readGeminiUsage(answer: unknown): TokenUsage | undefined {
  const usage = usageIn(answer);
  const inputTokens = sumOf(usage, [
    'promptTokenCount',
    'toolUsePromptTokenCount',
    'total_input_tokens',
    'total_tool_use_tokens',
  ]);
  const outputTokens = sumOf(usage, [
    'candidatesTokenCount',
    'thoughtsTokenCount',
    'total_output_tokens',
    'total_thought_tokens',
  ]);
  return statedUsage({ inputTokens, outputTokens, uncountedTokens: outputTokens });
}

function usageIn(answer: unknown): unknown {
  return (
    readField(answer, 'usageMetadata') ??
    // Interactions: https://ai.google.dev/gemini-api/docs/interactions
    readField(answer, 'usage') ??
    readField(answer, 'interaction', 'usage')
  );
}

function sumOf(usage: unknown, names: readonly string[]): number | undefined {
  const amounts = names.map((name) => readField(usage, name)).filter((amount) => typeof amount === 'number');
  return amounts.length === 0 ? undefined : amounts.reduce((sum, amount) => sum + amount, 0);
}
