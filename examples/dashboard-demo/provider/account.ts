import type { Answer, Plan } from './plan.ts';

/** What the provider knows of one key. */
export interface Account {
  readonly key: string;
  readonly plan: Plan;
  /** What it always answers to requests whose path ends in this name, for example to searches. */
  readonly operations?: Readonly<Record<string, Answer>>;
  /** States the limits of the key in each good response. */
  readonly limits?: readonly StatedLimit[];
  /** Half of its responses take longer than this, in ms. */
  readonly medianMs: number;
}

/** A limit as the headers of a response state it. */
export interface StatedLimit {
  /** As in `x-ratelimit-limit-<name>`. */
  readonly name: string;
  readonly limit: number;
  /** The share that is used, from 0 to 1. */
  readonly share: number;
  /** After how many seconds nothing of it is used. */
  readonly resetSeconds: number;
}

/** Writes the headers of a limit, as OpenAI, Mistral and RapidAPI do. */
export function headersOf({ name, limit, share, resetSeconds }: StatedLimit): Readonly<Record<string, string>> {
  return {
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(Math.round(limit * (1 - share))),
    [`x-ratelimit-reset-${name}`]: String(resetSeconds),
  };
}
