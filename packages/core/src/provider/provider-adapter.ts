import type { ErrorVerdict } from '../base/verdict.ts';
import type { HeadersLike } from './headers.ts';

/** One limit as an answer's headers tell it. */
export interface RateLimit {
  /** The provider's name for it, for example `requests`. */
  readonly name: string;
  /** What is left; 0 or less demotes the key until the reset. */
  readonly remaining: number;
  readonly limit?: number;
  /** When it is full again, in ms since the epoch. */
  readonly resetsAtMs?: number;
  /** The quota bucket that it belongs to, where it is not the whole key's. */
  readonly bucket?: string;
}

/** What an adapter is told about the call beside the error or the headers. */
export interface ClassifyContext {
  /** The time of the judgement, in milliseconds since the epoch. */
  readonly now: number;
  /** The `operation` option of the call. */
  readonly operation?: string;
}

/**
 * What the fallback loop has to know about a provider.
 *
 * An adapter holds no state, never retries and never throws. Core calls it; it calls nobody.
 */
export interface ProviderAdapter<Client = unknown> {
  /** What users write in `{ provider }`, for example `openai`. */
  readonly name: string;
  /** What the log says, for example `OpenAI`. */
  readonly displayName: string;
  /** The variable of the first key; `<env>_2` … `<env>_n` and the list `<env>S` are read as well. */
  readonly env: string;
  /** Judges an error of an attempt; `undefined` leaves it to core's own rules. */
  classifyError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined;
  /**
   * Makes a client bound to one key, with its own retries switched off; called once per key, when first needed.
   *
   * A client that sees the provider's responses hands them to `observe`, so that limits and groups are learned.
   */
  createClient?(secret: string, options?: object, observe?: (response: unknown) => void): Client | Promise<Client>;
  /** Puts a key into a request, for `createKeyedFetch`. @default an `Authorization: Bearer` header */
  authorize?(request: Request, secret: string): Request;
  /** Watches an answer that `createKeyedFetch` hands on, so that a stream which is cut off fails instead of ending. */
  watch?(response: Response, url: string): Response;
  /** Reads the limits that an answer tells about. */
  readLimits?(headers: HeadersLike, context: ClassifyContext): readonly RateLimit[];
  /** The project or organisation of the key, learned from a response or an error. */
  groupOf?(source: unknown): string | undefined;
  /** The quota bucket of an operation; without this each operation is a bucket of its own. */
  bucketOf?(operation: string): string;
  /** What one attempt of an operation costs, in the provider's quota units. @default 1 */
  unitsOf?(operation: string | undefined): number;
  /** Where the provider's day begins, as an IANA time zone, for example `America/Los_Angeles`. @default 'UTC' */
  readonly timeZone?: string;
  /** What a key of this provider looks like. A key that does not match is used all the same, with a warning. */
  readonly keyPattern?: RegExp;
}
