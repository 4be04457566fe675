import { errorMessage } from '../base/error-message.ts';
import { ApiKeyFallbackError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import { redactor } from '../base/redaction.ts';
import { ignoreRejection } from '../base/safely.ts';
import type { TokenUsage } from '../base/token-usage.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { HeadersLike } from '../http/headers.ts';
import { classifyByDefault } from './classify-error.ts';
import { FailedResultError } from './failed-result-error.ts';
import { hookResults, readVerdict, type HookResult } from './hook-results.ts';
import { KeyFailedError } from './key-failed-error.ts';
import type {
  ClassifyContext,
  ClassifyError,
  ClassifyResult,
  ProbeContext,
  ProbeResult,
  ProviderAdapter,
  RateLimit,
} from './provider-adapter.ts';
import { endsCall } from './unrecoverable-error.ts';

/** What a call brings along for judging its attempts. */
export interface CallRules {
  readonly operation?: string | undefined;
  readonly classifyError?: ClassifyError | undefined;
  readonly classifyResult?: ClassifyResult | undefined;
  /** For warnings. */
  readonly methodName?: string;
}

/** The bucket of a call that names no operation. */
export const unspecifiedBucket = 'unspecified';

/**
 * Keeps an adapter's mistakes out of calls. A hook that throws or returns an invalid value is ignored, with one warning.
 *
 * Of what the hooks return it keeps the known fields only, redacted, because a provider can echo a key in any field.
 * `createClient` and `authorize` are not guarded: no call can be made without their result.
 */
export class GuardedAdapter<Client = unknown> {
  readonly definition: ProviderAdapter<Client>;
  /** Returns the tokens that an answer of the provider states; `undefined` for an adapter that does not know. */
  readonly usageReader: ((answer: unknown) => TokenUsage | undefined) | undefined;
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();

  constructor(definition: ProviderAdapter<Client>, warn: (text: string) => void) {
    this.definition = definition;
    this.#warn = warn;
    const usageOf = (answer: unknown) =>
      this.#callHook('usageOf', () => definition.usageOf?.(answer), hookResults.usageOf);
    this.usageReader = definition.usageOf && usageOf;
  }

  get displayName(): string {
    return this.definition.displayName;
  }

  /** Returns the verdict on an error: the method's own, that of the call's option, the adapter's, or that of core's rules. */
  classifyError(error: unknown, now: number, rules: CallRules): ErrorVerdict {
    if (endsCall(error)) return { kind: 'caller-error', reason: 'unrecoverable' };
    const stated = this.#statedVerdict(error);
    if (stated) return stated;
    // A nested fallback loop has already retried this. Repeating it here would multiply its requests.
    if (ApiKeyFallbackError.isInstance(error)) return { kind: 'caller-error', reason: 'nested' };
    const context = contextOf(now, rules.operation);
    const { classifyError } = hookResults;
    return (
      this.#callOption(rules, 'classifyError', () => rules.classifyError?.(error, context), classifyError) ??
      this.#callHook('classifyError', () => this.definition.classifyError(error, context), classifyError) ??
      classifyByDefault(error, context)
    );
  }

  /** Returns the verdict of the call's option on a value that an attempt returned; `undefined` for a success. */
  async classifyResult(value: unknown, now: number, rules: CallRules): Promise<ErrorVerdict | undefined> {
    const context = contextOf(now, rules.operation);
    // The option may be async, for example to read a body. A rejection is caught like an error.
    const settled = await settle(async () => rules.classifyResult?.(value, context));
    return this.#callOption(rules, 'classifyResult', settled, hookResults.classifyResult);
  }

  /** Returns what a probe has found out about a key. Never rejects; a probe that fails is inconclusive. */
  async probe(secret: string, context: ProbeContext): Promise<ProbeResult> {
    if (!this.definition.probe) return { outcome: 'inconclusive', reason: 'no_probe' };
    const settled = await settle(async () => this.definition.probe?.(secret, context));
    // A probe that was cut short has not failed.
    if (context.signal.aborted) return { outcome: 'inconclusive', reason: 'aborted' };
    const result = this.#callHook('probe', () => settled() ?? null, hookResults.probe);
    return result ?? { outcome: 'inconclusive', reason: 'probe_failed' };
  }

  #statedVerdict(error: unknown): ErrorVerdict | undefined {
    if (!KeyFailedError.isInstance(error) && !FailedResultError.isInstance(error)) return undefined;
    // The verdict on a key of a nested call says nothing about the key of this one.
    const provider = readField(error, 'provider');
    if (provider !== undefined && provider !== this.definition.name) return undefined;
    // Another copy of this package can state something that this one does not know.
    return readVerdict(readField(error, 'verdict'));
  }

  /** Returns the quota bucket of an operation. Events, `status()` and the store show its name. */
  bucketOf(operation: string | undefined): string {
    if (operation === undefined) return unspecifiedBucket;
    const bucket = this.#callHook('bucketOf', () => this.definition.bucketOf?.(operation), hookResults.bucketOf);
    // Operation names come from the application and can contain anything.
    return redactor.redact(bucket ?? operation);
  }

  /** Returns the cost of one attempt in the provider's quota units; 1 if the adapter does not define it. */
  unitsOf(operation: string | undefined): number {
    return this.#callHook('unitsOf', () => this.definition.unitsOf?.(operation), hookResults.unitsOf) ?? 1;
  }

  /** Returns the rate limits in the headers of a response. */
  readLimits(headers: HeadersLike, now: number, operation: string | undefined): readonly RateLimit[] {
    const context = contextOf(now, operation);
    const read = () => this.definition.readLimits?.(headers, context);
    return this.#callHook('readLimits', read, hookResults.readLimits) ?? [];
  }

  /** Returns the project or organisation that a response or an error names. */
  groupOf(source: unknown): string | undefined {
    return this.#callHook('groupOf', () => this.definition.groupOf?.(source), hookResults.groupOf);
  }

  /** Returns the response that a keyed fetch passes to its caller. */
  watch(response: Response, url: string): Response {
    return this.#callHook('watch', () => this.definition.watch?.(response, url), hookResults.watch) ?? response;
  }

  #callOption<T>(
    { methodName }: CallRules,
    name: string,
    call: () => T | undefined,
    expected: HookResult<T>,
  ): T | undefined {
    const owner = methodName === undefined ? '' : ` of ${methodName}()`;
    return this.#guard(`the option "${name}"${owner}`, call, expected);
  }

  #callHook<T>(hook: string, call: () => T | undefined, expected: HookResult<T>): T | undefined {
    return this.#guard(`the adapter's ${hook}`, call, expected);
  }

  #guard<T>(who: string, call: () => T | undefined, { read, description }: HookResult<T>): T | undefined {
    try {
      const result = call();
      if (result === undefined) return undefined;
      const known = read(result);
      if (known !== undefined) return known;
      ignoreRejection(result);
      throw new TypeError(`it must return ${description}`);
    } catch (error) {
      if (!this.#warned.has(who)) this.#warn(`${who} failed and is ignored: ${errorMessage(error)}`);
      this.#warned.add(who);
      return undefined;
    }
  }
}

/** Waits for a call, and returns a function that returns its result or throws its error. */
async function settle<T>(call: () => Promise<T>): Promise<() => T> {
  const [result] = await Promise.allSettled([call()]);
  return () => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
}

function contextOf(now: number, operation: string | undefined): ClassifyContext {
  return operation === undefined ? { now } : { now, operation };
}
