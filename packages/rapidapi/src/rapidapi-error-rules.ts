/** A verdict without the wait, which comes from the response. `onHost`: affects the key on the called host only. */
export type Judgement =
  | { readonly kind: 'transient' }
  | { readonly kind: 'caller-error' }
  | { readonly kind: 'rate-limited'; readonly onHost: true }
  | { readonly kind: 'quota-exhausted'; readonly onHost: true }
  | { readonly kind: 'invalid-key'; readonly onHost: boolean };

/** One row of the table. It matches one of its statuses and, where given, its text and a response of the gateway itself. */
export interface Rule {
  readonly statuses: readonly number[];
  readonly text?: RegExp;
  readonly fromGateway?: true;
  readonly reason: string;
  readonly judgement: Judgement;
}

const invalidOnHost = { kind: 'invalid-key', onHost: true } as const;
const invalidEverywhere = { kind: 'invalid-key', onHost: false } as const;

/**
 * The gateway's errors; the first match wins. The gateway sends no codes, but its texts have been stable for years:
 * https://github.com/OpenBMB/ToolBench/blob/HEAD/toolbench/inference/server.py
 */
export const rules: readonly Rule[] = [
  // The key still works for other APIs: https://github.com/OpenBMB/ToolBench/issues/174
  { statuses: [401, 403], text: /not subscribed/i, reason: 'not_subscribed', judgement: invalidOnHost },
  { statuses: [401, 403], text: /\bblocked user\b/i, reason: 'blocked_user', judgement: invalidOnHost },
  // One application key serves all APIs: https://docs.rapidapi.com/docs/keys
  { statuses: [401], text: /invalid api key/i, reason: 'invalid_api_key', judgement: invalidEverywhere },
  { statuses: [401], fromGateway: true, reason: 'invalid_api_key', judgement: invalidEverywhere },
  // https://github.com/evuventures/hyperbuds-app/blob/HEAD/docs/leaderboard/API-QUOTA-ERRORS.md
  {
    statuses: [429],
    text: /\b(?:hourly|daily|monthly) quota\b/i,
    reason: 'quota_exceeded',
    judgement: { kind: 'quota-exhausted', onHost: true },
  },
  { statuses: [429], reason: 'rate_limit_exceeded', judgement: { kind: 'rate-limited', onHost: true } },
];

/** Classifies by status. A response that matches no rule comes from the API itself, or from the gateway for a wrong path. */
export function judgeStatus(status: number): Judgement {
  return { kind: status === 408 || status >= 500 ? 'transient' : 'caller-error' };
}

const windows = [
  { pattern: /\bper second\b/i, lengthMs: 1000 },
  { pattern: /\bper minute\b/i, lengthMs: 60_000 },
  { pattern: /\bper hour\b/i, lengthMs: 3_600_000 },
] as const;

/** Returns the length in ms of the window named in a text, for example "the rate limit per second for your plan". */
export function windowIn(text: string): number | undefined {
  return windows.find(({ pattern }) => pattern.test(text))?.lengthMs;
}
