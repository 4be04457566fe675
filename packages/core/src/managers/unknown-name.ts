import { shortened, shown, shownKind } from '../base/check-arguments.ts';
import { closestName, didYouMean } from '../base/check-option-names.ts';
import { UnknownProviderError } from '../base/errors.ts';
import { checkPoolName, defaultPool, shownProvider } from '../base/provider-name.ts';

/** An error message lists at most this number of pools. */
const mostShown = 10;

/** The providers that have a package @api-key-fallback/<name>. */
const adapters: readonly string[] = ['openai', 'anthropic', 'gemini', 'youtube', 'rapidapi'];

/** The known servers of `openAICompatible()`, except for Gemini, which has a package too. */
const servers: ReadonlySet<string> = new Set([
  'azure-openai',
  'cerebras',
  'deepseek',
  'fireworks',
  'groq',
  'litellm',
  'mistral',
  'moonshot',
  'nim',
  'ollama',
  'openrouter',
  'together',
  'vllm',
  'xai',
]);

const synonyms: ReadonlyMap<string, string> = new Map([
  ['claude', 'anthropic'],
  ['google', 'gemini'],
  ['chatgpt', 'openai'],
  ['gpt', 'openai'],
  ['azure', 'azure-openai'],
  ['grok', 'xai'],
]);

/** The error of a provider that the registry does not know. */
export function unknownProvider(given: unknown, known: readonly string[]): UnknownProviderError {
  const provider = typeof given === 'string' ? given : '';
  const list = known.length > 0 ? known.join(', ') : 'none';
  return new UnknownProviderError(
    provider.length > 20 ? '…' : shortened(provider),
    `Unknown provider ${shownProvider(given)} (known: ${list}).${adviceOn(given, known)}`,
  );
}

/** The error of a pool that a provider does not have. @throws InvalidOptionsError for anything that cannot be the name of a pool */
export function unknownPool(
  provider: string,
  pool: string,
  known: readonly string[],
  hasFactory: boolean,
): UnknownProviderError {
  checkPoolName('"pool"', pool);
  const more = known.length > mostShown ? ` and ${known.length - mostShown} more` : '';
  const list = known.length > 0 ? known.slice(0, mostShown).join(', ') + more : 'none';
  return new UnknownProviderError(
    provider,
    `Unknown pool ${shown(pool)} of "${provider}" (known: ${list}).${adviceOnPool(pool, known, hasFactory)}`,
    shortened(pool),
  );
}

function adviceOnPool(pool: string, known: readonly string[], hasFactory: boolean): string {
  const meant = didYouMean(pool, known);
  if (meant) return meant;
  if (pool === defaultPool && known.length === 0) return ' Register a key manager.';
  if (pool === defaultPool) return ' Name one of them with { pool }, or register a manager without a pool.';
  if (hasFactory) return ' The function of registerPools() has returned no manager for it.';
  return ' Register it with register(new OpenAIKeyManager(keys, { pool })), or make pools at first use with registerPools().';
}

function adviceOn(given: unknown, known: readonly string[]): string {
  if (shownKind(given) === 'a key manager') return ' It is a key manager: write manager.provider.';
  const name = typeof given === 'string' ? (synonyms.get(given.toLowerCase()) ?? given) : '';
  if (servers.has(name))
    return ` Register it: openAICompatible('${name}').createKeyManager() of @api-key-fallback/openai.`;
  const meant = adapters.includes(name) || known.includes(name) ? name : closestName(name, [...known, ...adapters]);
  const question = meant === undefined || meant === given ? '' : ` Did you mean "${meant}"?`;
  const isMissing = meant !== undefined && !known.includes(meant);
  const instead = isMissing
    ? `Install and import @api-key-fallback/${meant}`
    : 'Import its adapter, or register() a key manager';
  return `${question} ${instead}.`;
}
