import { checkName, shownKind } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { sha256 } from '../base/node-builtins.ts';
import type { KeyChangeReason } from '../events/events.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';

/** Why a source is asked: at the start, by interval, before the keys expire, after a change, after a refusal, or by `refreshKeys()`. */
export type LoadReason = Exclude<KeyChangeReason, 'list'>;

/** What a source receives. */
export interface LoadContext {
  /** Aborted when the answer is not waited for any more. Pass it to the client of the secret manager. */
  readonly signal: AbortSignal;
  readonly reason: LoadReason;
}

/** The answer of a source that knows more than the keys. */
export interface LoadedKeys {
  readonly keys: readonly ApiKeyInput[];
  /** When the keys expire, in ms since the epoch. They are loaded again 5 min before, or when a fifth of their life is left. */
  readonly expiresAtMs?: number;
  /** Identifies this state of the keys. An answer with the version of the last one changes nothing. */
  readonly version?: string;
}

/**
 * Where keys come from while the service runs: a secret manager, a file, the environment.
 *
 * @example
 * const source: KeySource = { name: 'vault', load: async ({ signal }) => readKeysFromVault(signal) };
 * const manager = new OpenAIKeyManager(source, { refresh: { everyMs: 60_000 } });
 */
export interface KeySource {
  /** A short name for events and errors, up to 64 characters. */
  readonly name: string;
  /** Returns the keys. A rejection keeps the last good list. */
  load(context: LoadContext): PromiseLike<readonly ApiKeyInput[] | LoadedKeys> | readonly ApiKeyInput[] | LoadedKeys;
  /** Calls `changed` when the keys may have changed. Returns the function that stops it. */
  watch?(changed: () => void): (() => void) | PromiseLike<() => void>;
}

/** A source, or its `load` function alone. */
export type KeySourceInput = KeySource | KeySource['load'];

/** Whether a manager's first argument is a source instead of a list of keys. */
export function isKeySource(keys: readonly ApiKeyInput[] | KeySourceInput): keys is KeySourceInput {
  return typeof keys === 'function' || (typeof keys === 'object' && keys !== null && 'load' in keys);
}

/** @throws InvalidOptionsError for a source without a name or without a `load` function. */
export function checkKeySource(input: KeySourceInput): KeySource {
  if (typeof input === 'function') return { name: input.name || 'function', load: input };
  checkName('kind', input.name, 'The "name" of a key source');
  for (const method of ['load', 'watch'] as const) {
    if (typeof input[method] === 'function' || (method === 'watch' && input.watch === undefined)) continue;
    throw new InvalidOptionsError(
      `"${method}" of the key source must be a function; it is ${shownKind(input[method])}.`,
    );
  }
  return input;
}

/** The answer of a source in one form. @throws InvalidOptionsError for anything but a list of keys or `{ keys }` */
export function asLoadedKeys(answer: unknown): LoadedKeys {
  if (Array.isArray(answer)) return { keys: answer as readonly ApiKeyInput[] };
  if (typeof answer === 'object' && answer !== null && 'keys' in answer) {
    const { expiresAtMs, version } = answer as LoadedKeys;
    const isTime = expiresAtMs === undefined || Number.isFinite(expiresAtMs);
    if (!isTime) throw new InvalidOptionsError('"expiresAtMs" of a key source must be a time in ms since the epoch.');
    if (version === undefined || typeof version === 'string') return answer as LoadedKeys;
    throw new InvalidOptionsError(`"version" of a key source must be a text; it is ${shownKind(version)}.`);
  }
  throw new InvalidOptionsError(
    `A key source must return a list of keys, or { keys }; the value is ${shownKind(answer)}.`,
  );
}

/** Adds a version made from the keys: reading the same keys again changes nothing. */
export function withVersion(keys: readonly ApiKeyInput[]): LoadedKeys {
  return { keys, version: sha256(JSON.stringify(keys)).toString('base64url') };
}
