import { checkOption, isAmount } from './check-option.ts';
import { checkOptionNames } from './check-option-names.ts';
import { InvalidOptionsError } from './errors.ts';
import { readField } from './read-field.ts';

/** The tokens of an answer or an attempt, each a number from 0. At least one of `tokens`, `inputTokens` and `outputTokens` is stated. */
export interface TokenUsage {
  /** All tokens of the prompt, also those that come from a cache. */
  readonly inputTokens?: number;
  /** All tokens of the output, also those of reasoning. */
  readonly outputTokens?: number;
  /** Those among them that do not count against the provider's rate limits, for example reads from a cache. @default 0 */
  readonly uncountedTokens?: number;
  /** The tokens that count against limits, where the directions are not known. @default inputTokens + outputTokens − uncountedTokens */
  readonly tokens?: number;
}

const fieldNames: ReadonlySet<string> = new Set([
  'inputTokens',
  'outputTokens',
  'uncountedTokens',
  'tokens',
] satisfies (keyof TokenUsage)[]);

/** @throws InvalidOptionsError naming the field of `spent()` and its value, unless all are valid. */
export function checkUsage(usage: TokenUsage): void {
  checkOptionNames('spent', usage, fieldNames, '{ tokens: 812 }');
  for (const [name, amount] of Object.entries(usage) as [string, unknown][]) {
    checkOption(amount === undefined || isAmount(amount), `spent.${name}`, amount, 'a number from 0');
  }
  if (saysHowMany(usage)) return;
  throw new InvalidOptionsError(
    '"spent" must state "tokens", "inputTokens" or "outputTokens", for example { tokens: 812 }.',
  );
}

function saysHowMany({ tokens, inputTokens, outputTokens }: TokenUsage): boolean {
  return (tokens ?? inputTokens ?? outputTokens) !== undefined;
}

/** Tokens as they are counted. */
export interface TokenCounts {
  /** Those that count against limits. */
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The tokens of a usage. Those of a direction that it does not state are 0. */
export function tokenCountsOf({
  tokens,
  inputTokens = 0,
  outputTokens = 0,
  uncountedTokens = 0,
}: TokenUsage): TokenCounts {
  return {
    tokens: tokens ?? Math.max(0, inputTokens + outputTokens - uncountedTokens),
    inputTokens,
    outputTokens,
  };
}

/** Tokens of which only those that count against limits are known. */
export function undirected(tokens: number): TokenCounts {
  return { tokens, inputTokens: 0, outputTokens: 0 };
}

/** Combines counts number by number. */
export function combineCounts(a: TokenCounts, b: TokenCounts, combine: (a: number, b: number) => number): TokenCounts {
  return {
    tokens: combine(a.tokens, b.tokens),
    inputTokens: combine(a.inputTokens, b.inputTokens),
    outputTokens: combine(a.outputTokens, b.outputTokens),
  };
}

/** Returns a usage with its known fields; `undefined` unless each is a number from 0, and one says how many tokens there are. */
export function readUsage(value: unknown): TokenUsage | undefined {
  const stated = [...fieldNames].map((name) => [name, readField(value, name)] as const);
  const known = stated.filter(([, amount]) => amount !== undefined);
  const usage: TokenUsage = Object.fromEntries(known);
  return known.every(([, amount]) => isAmount(amount)) && saysHowMany(usage) ? usage : undefined;
}

/**
 * Returns the usage with those of these fields that are numbers from 0, for `usageOf` of an adapter; `undefined` if none of them says how
 * many tokens there are.
 *
 * @example
 * return statedUsage({
 *   inputTokens: readField(answer, 'usage', 'prompt_tokens'),
 *   outputTokens: readField(answer, 'usage', 'completion_tokens'),
 * });
 */
export function statedUsage(fields: { readonly [Field in keyof TokenUsage]: unknown }): TokenUsage | undefined {
  return readUsage(Object.fromEntries(Object.entries(fields).filter(([, amount]) => isAmount(amount))));
}
