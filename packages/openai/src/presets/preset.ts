import type { ErrorRule, ErrorTable, RateLimit } from '@api-key-fallback/core/adapter';
import type { UncountedTokens } from '../read-openai-usage.ts';

/** What `openAICompatible()` knows of one server. */
export interface Preset {
  /** The name in log lines. */
  readonly displayName: string;
  /** The address of the API; absent if every user has a different one. */
  readonly baseURL?: string;
  /** The environment variable of the first key. */
  readonly env: string;
  /** The address of the documentation of its errors. */
  readonly documentation: string;
  /** Tried before OpenAI's rules. */
  readonly rules: readonly ErrorRule[];
  /** The group and bucket that a verdict affects. @default those of OpenAI */
  readonly affected?: ErrorTable['affected'];
  /** The window of a limit whose header does not state it, for example `{ requests: 'day' }`. */
  readonly limitWindows?: Readonly<Record<string, NonNullable<RateLimit['window']>>>;
  /** Whether the reset in the headers is the time at which a limit is full again. @default false */
  readonly limitsRefill?: boolean;
  /** The tokens that the server's rate limits leave out. @default none */
  readonly uncountedTokens?: UncountedTokens;
  /** A header that carries the key beside `Authorization: Bearer`. */
  readonly keyHeader?: string;
  /** A path below `baseURL` that needs a key and costs nothing; `false` if there is none. @default 'models' */
  readonly probePath?: string | false;
}

/** The account has no credit or quota left. Topping up or a new period ends it; no response says when. */
export const outOfCredit = { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 } as const;
