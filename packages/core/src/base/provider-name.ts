import { checkName, shown, shownKind } from './check-arguments.ts';
import { InvalidOptionsError } from './errors.ts';
import { redactor } from './redaction.ts';

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

/** A wrong provider name as a message shows it. A longer text can be a key in the wrong place. */
export function shownProvider(name: unknown): string {
  return typeof name === 'string' && name.length > 20 ? `with a name of ${name.length} characters` : shown(name);
}

/** @throws InvalidOptionsError unless the name can be used in logs, in the keys of a store and in addresses. */
export function checkProviderName(what: string, name: unknown): void {
  if (typeof name === 'string' && /^[\w.-]{1,64}$/.test(name)) return checkIsNotDots(what, name);
  // A text is not shown, because it can be a key in the wrong place.
  const kind = typeof name === 'object' || typeof name === 'function' ? shownKind(name) : shown(name);
  const instead = kind === 'a key manager' ? '. Write manager.provider' : '';
  const found = typeof name === 'string' ? '' : `; it is ${kind}${instead}`;
  throw new InvalidOptionsError(
    `${what} must be 1 to 64 letters, digits, ".", "_" and "-", for example 'openai'${found}.`,
  );
}

/** The pool of a manager that names none, and of a call that names none. */
export const defaultPool = 'default';

/** @throws InvalidOptionsError unless the name can be used in logs, in the keys of a store and in addresses. A part of a key cannot. */
export function checkPoolName(what: string, name: unknown): asserts name is string {
  checkName('pool', name, what);
  checkIsNotDots(what, name as string);
  if (redactor.redact(name as string) === name) return;
  throw new InvalidOptionsError(
    `${what} contains a part of a key. Write the name of a tenant, for example 'tenant-a'.`,
  );
}

/** In the path of an address, `.` and `..` mean a directory. */
function checkIsNotDots(what: string, name: string): void {
  if (/^\.+$/.test(name)) throw new InvalidOptionsError(`${what} must not consist of dots only.`);
}

/**
 * Makes a type-safe name for a provider that no adapter package declares.
 *
 * @throws InvalidOptionsError unless the name is 1 to 64 letters, digits, `.`, `_` and `-`, and not only dots.
 * @example
 * const weather = customProvider('weather');
 * registry.register(new ApiKeyManager(weatherAdapter, loadApiKeys('WEATHER_API_KEY')));
 * const forecast = wrapWithFallback(async (apiKey, city: string) => fetchForecast(apiKey, city), { provider: weather });
 */
export function customProvider<const Name extends string>(name: Name): CustomProvider<Name> {
  checkProviderName('The "name" of a provider', name);
  return name as CustomProvider<Name>;
}
