import { errorMessage } from '../base/error-message.ts';
import { ApiKeyFallbackError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import { redactFields, redactor } from '../base/redaction.ts';
import { ignoreRejection } from '../base/safely.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { classifyByDefault, withSaneTimes } from './classify-error.ts';
import type { HeadersLike } from './headers.ts';
import type { ClassifyContext, RateLimit, ProviderAdapter } from './provider-adapter.ts';

/** The bucket of a call that names no operation. */
export const unspecifiedBucket = 'unspecified';

/**
 * An adapter whose mistakes never reach a call: a hook that throws or returns nonsense is ignored, and warned of once.
 *
 * What an adapter returns is redacted here, because a provider that repeats a key does so anywhere. `createClient` and
 * `authorize` are not guarded: without their result there is nothing to call with.
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

  /** The adapter's verdict on an error, else the one of core's own rules. */
  classifyError(error: unknown, now: number, operation: string | undefined): ErrorVerdict {
    const context = contextOf(now, operation);
    // A loop inside the method has given up already: repeating it here would multiply its requests.
    if (ApiKeyFallbackError.isInstance(error)) return { kind: 'caller-error', reason: 'nested' };
    const verdict = this.#ask('classifyError', () => this.definition.classifyError(error, context), isVerdict);
    return verdict ? withSaneTimes(redactFields(verdict)) : classifyByDefault(error, context);
  }

  /** The quota bucket of an operation; its name goes into events, `status()` and the store. */
  bucketOf(operation: string | undefined): string {
    if (operation === undefined) return unspecifiedBucket;
    const bucket = this.#ask('bucketOf', () => this.definition.bucketOf?.(operation), isString);
    // An application may put anything into the name of an operation.
    return redactor.redact(bucket ?? operation);
  }

  /** What one attempt costs in the provider's quota units; 1 where the adapter does not know. */
  unitsOf(operation: string | undefined): number {
    return this.#ask('unitsOf', () => this.definition.unitsOf?.(operation), isAmount) ?? 1;
  }

  /** The limits that the headers of a response state. */
  readLimits(headers: HeadersLike, now: number, operation: string | undefined): readonly RateLimit[] {
    const context = contextOf(now, operation);
    const limits = this.#ask('readLimits', () => this.definition.readLimits?.(headers, context), isListOfLimits);
    return (limits ?? []).map(redactFields);
  }

  /** The project or organisation that a response or an error names. */
  groupOf(source: unknown): string | undefined {
    const group = this.#ask('groupOf', () => this.definition.groupOf?.(source), isString);
    return group === undefined ? undefined : redactor.redact(group);
  }

  /** The response that a keyed fetch hands on. */
  watch(response: Response, url: string): Response {
    return this.#ask('watch', () => this.definition.watch?.(response, url), isResponse) ?? response;
  }

  #ask<T>(hook: string, ask: () => T | undefined, isValid: (answer: unknown) => answer is T): T | undefined {
    try {
      const answer = ask();
      if (answer === undefined || isValid(answer)) return answer;
      ignoreRejection(answer);
      throw new TypeError('it returned a value of another type');
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
