import { errorMessage } from '../base/error-message.ts';
import { ApiKeyFallbackError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import { redactFields, redactor } from '../base/redaction.ts';
import { ignoreRejection } from '../base/safely.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { classifyByDefault, withValidTimes } from './classify-error.ts';
import type { HeadersLike } from './headers.ts';
import type { ClassifyContext, RateLimit, ProviderAdapter } from './provider-adapter.ts';

/** The bucket of a call that names no operation. */
export const unspecifiedBucket = 'unspecified';

/**
 * Keeps an adapter's mistakes out of calls. A hook that throws or returns an invalid value is ignored, with one warning.
 *
 * Redacts what the hooks return, because a provider can echo a key in any field. `createClient` and `authorize` are not
 * guarded: no call can be made without their result.
 */
export class GuardedAdapter<Client = unknown> {
  readonly definition: ProviderAdapter<Client>;
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();

  constructor(definition: ProviderAdapter<Client>, warn: (text: string) => void) {
    this.definition = definition;
    this.#warn = warn;
  }

  get displayName(): string {
    return this.definition.displayName;
  }

  /** Returns the adapter's verdict on an error, or that of core's own rules if the adapter has none. */
  classifyError(error: unknown, now: number, operation: string | undefined): ErrorVerdict {
    const context = contextOf(now, operation);
    // A nested fallback loop has already retried this. Repeating it here would multiply its requests.
    if (ApiKeyFallbackError.isInstance(error)) return { kind: 'caller-error', reason: 'nested' };
    const verdict = this.#callHook('classifyError', () => this.definition.classifyError(error, context), isVerdict);
    return verdict ? withValidTimes(redactFields(verdict)) : classifyByDefault(error, context);
  }

  /** Returns the quota bucket of an operation. Events, `status()` and the store show its name. */
  bucketOf(operation: string | undefined): string {
    if (operation === undefined) return unspecifiedBucket;
    const bucket = this.#callHook('bucketOf', () => this.definition.bucketOf?.(operation), isString);
    // Operation names come from the application and can contain anything.
    return redactor.redact(bucket ?? operation);
  }

  /** Returns the cost of one attempt in the provider's quota units; 1 if the adapter does not define it. */
  unitsOf(operation: string | undefined): number {
    return this.#callHook('unitsOf', () => this.definition.unitsOf?.(operation), isAmount) ?? 1;
  }

  /** Returns the rate limits in the headers of a response. */
  readLimits(headers: HeadersLike, now: number, operation: string | undefined): readonly RateLimit[] {
    const context = contextOf(now, operation);
    const limits = this.#callHook('readLimits', () => this.definition.readLimits?.(headers, context), isListOfLimits);
    return (limits ?? []).map(redactFields);
  }

  /** Returns the project or organisation that a response or an error names. */
  groupOf(source: unknown): string | undefined {
    const group = this.#callHook('groupOf', () => this.definition.groupOf?.(source), isString);
    return group === undefined ? undefined : redactor.redact(group);
  }

  /** Returns the response that a keyed fetch passes to its caller. */
  watch(response: Response, url: string): Response {
    return this.#callHook('watch', () => this.definition.watch?.(response, url), isResponse) ?? response;
  }

  #callHook<T>(hook: string, call: () => T | undefined, isValid: (result: unknown) => result is T): T | undefined {
    try {
      const result = call();
      if (result === undefined || isValid(result)) return result;
      ignoreRejection(result);
      throw new TypeError('it returned a value of the wrong type');
    } catch (error) {
      if (!this.#warned.has(hook)) this.#warn(`the adapter's ${hook} failed and is ignored: ${errorMessage(error)}`);
      this.#warned.add(hook);
      return undefined;
    }
  }
}

function contextOf(now: number, operation: string | undefined): ClassifyContext {
  return operation === undefined ? { now } : { now, operation };
}

const kinds: readonly unknown[] = ['transient', 'rate-limited', 'quota-exhausted', 'invalid-key', 'caller-error'];

function isVerdict(value: unknown): value is ErrorVerdict {
  return kinds.includes(readField(value, 'kind')) && isString(readField(value, 'reason'));
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function isListOfLimits(value: unknown): value is readonly RateLimit[] {
  return Array.isArray(value) && value.every((limit) => typeof readField(limit, 'remaining') === 'number');
}

function isResponse(value: unknown): value is Response {
  return typeof readField(value, 'status') === 'number';
}
