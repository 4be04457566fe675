import { InvalidOptionsError } from './errors.ts';

/**
 * Provider name → key manager; empty here, an adapter package adds itself.
 *
 * @example
 * declare module '@api-key-fallback/core' {
 *   interface KeyManagers { openai: OpenAIKeyManager }
 * }
 */
export interface KeyManagers {}

declare const custom: unique symbol;

/** A provider name that no installed package declares; made by {@link customProvider}. */
export type CustomProvider<Name extends string = string> = Name & { readonly [custom]: true };

/** The names that `{ provider }` accepts. */
export type ProviderName = (keyof KeyManagers & string) | CustomProvider;

/** Names a provider of your own, for which no adapter package declares a name. */
export function customProvider<const Name extends string>(name: Name): CustomProvider<Name> {
  if (typeof name !== 'string' || name === '') throw new InvalidOptionsError('A provider needs a name.');
  return name as CustomProvider<Name>;
}
