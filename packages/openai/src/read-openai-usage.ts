import { readField, readList, statedUsage, type TokenUsage } from '@api-key-fallback/core/adapter';

/** The tokens that a server's rate limits leave out: those that come from a cache, or all of the output. */
export type UncountedTokens = 'cached' | 'output';

/**
 * Returns the tokens that an answer of OpenAI's API states: a completion, a response, embeddings, or the chunk or event of a stream that
 * has them. A chat stream has them with `stream_options: { include_usage: true }`.
 *
 * Tokens of the prompt count against OpenAI's limits also if they come from a cache:
 * https://platform.openai.com/docs/guides/prompt-caching
 */
export function readOpenAIUsage(answer: unknown, uncounted?: UncountedTokens): TokenUsage | undefined {
  // The tokens of a batch have a limit of their own: https://platform.openai.com/docs/guides/batch
  if (readField(answer, 'object') === 'batch') return undefined;
  const usage = usageIn(answer);
  const [prompt, input, completion, output, total] = [
    'prompt_tokens',
    'input_tokens',
    'completion_tokens',
    'output_tokens',
    'total_tokens',
  ].map((name) => amountIn(usage, name));
  const inputTokens = prompt ?? input;
  const outputTokens = outputOf(inputTokens, completion ?? output, total);
  const [cachedTokens] = ['prompt_tokens_details', 'input_tokens_details'].flatMap(
    (details) => amountIn(usage, details, 'cached_tokens') ?? [],
  );
  return statedUsage({
    inputTokens,
    outputTokens,
    uncountedTokens: uncounted && { cached: cachedTokens, output: outputTokens }[uncounted],
    tokens: inputTokens === undefined && outputTokens === undefined ? total : undefined,
  });
}

/**
 * All tokens besides the prompt: xAI does not count reasoning as a part of the completion.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/grok/capabilities/reasoning
 */
function outputOf(input: number | undefined, completion: number | undefined, total: number | undefined) {
  return input === undefined || total === undefined ? completion : Math.max(total - input, completion ?? 0);
}

function usageIn(answer: unknown): unknown {
  return (
    readField(answer, 'usage') ??
    // The last event of a response.
    readField(answer, 'response', 'usage') ??
    // The last chunk of Groq: https://console.groq.com/docs/api-reference
    readField(answer, 'x_groq', 'usage') ??
    // The last chunk of Moonshot AI: https://platform.kimi.ai/docs/api/chat
    readField(readList(answer, 'choices')[0], 'usage')
  );
}

function amountIn(usage: unknown, ...path: readonly string[]): number | undefined {
  const amount = readField(usage, ...path);
  return typeof amount === 'number' ? amount : undefined;
}
