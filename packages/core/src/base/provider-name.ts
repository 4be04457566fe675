import { InvalidOptionsError } from './errors.ts';

/**
 * Maps provider names to key manager types. Empty here; each adapter package adds its own entry.
 *
 * @example
 * declare module '@api-key-fallback/core' {
 *   interface KeyManagers { openai: OpenAIKeyManager }
 * }
 */
export interface KeyManagers {}

declare const custom: unique symbol;

declare const provided: unique symbol;

/** A type-only brand of arguments that the decorator injects. Does not exist at run time. */
export interface Provided<P extends string = string> {
  readonly [provided]: P;
}

/** A provider name that no installed package declares. Create one with {@link customProvider}. */
export type CustomProvider<Name extends string = string> = Name & { readonly [custom]: true };

/** The names that `{ provider }` accepts. */
export type ProviderName = (keyof KeyManagers & string) | CustomProvider;

/**
 * Makes a type-safe name for a provider that no adapter package declares.
 *
 * @throws InvalidOptionsError if the name is not a non-empty string.
 * @example
 * const weather = customProvider('weather');
 * registry.register(new ApiKeyManager(weatherAdapter, loadApiKeys('WEATHER_API_KEY')));
 * const forecast = wrapWithFallback(async (apiKey, city: string) => fetchForecast(apiKey, city), { provider: weather });
 */
export function customProvider<const Name extends string>(name: Name): CustomProvider<Name> {
  if (typeof name !== 'string' || name === '')
    throw new InvalidOptionsError("Expected a non-empty provider name, for example customProvider('weather').");
  return name as CustomProvider<Name>;
}
