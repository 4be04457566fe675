/** What an answer says before the waits in it are read; `onHost` where it holds on the called host only. */
export type Judgement =
  | { readonly kind: 'transient' }
  | { readonly kind: 'caller-error' }
  | { readonly kind: 'rate-limited'; readonly onHost: true }
  | { readonly kind: 'quota-exhausted'; readonly onHost: true }
  | { readonly kind: 'invalid-key'; readonly onHost: boolean };

/** A row of the table: it applies at its status, to an answer of the gateway or one with its text; else to any. */
export interface Rule {
  readonly statuses: readonly number[];
  readonly text?: RegExp;
  readonly fromGateway?: true;
  readonly reason: string;
  readonly judgement: Judgement;
}

const deadOnHost = { kind: 'invalid-key', onHost: true } as const;
const deadEverywhere = { kind: 'invalid-key', onHost: false } as const;

/**
 * What the gateway's answers mean; the first match wins. It has no codes, but its texts have been the same for years:
 * https://github.com/OpenBMB/ToolBench/blob/HEAD/toolbench/inference/server.py
 */
export const rules: readonly Rule[] = [
  // The same key serves other APIs: https://github.com/OpenBMB/ToolBench/issues/174
  { statuses: [401, 403], text: /not subscribed/i, reason: 'not_subscribed', judgement: deadOnHost },
  { statuses: [401, 403], text: /\bblocked user\b/i, reason: 'blocked_user', judgement: deadOnHost },
  // One application key serves every API: https://docs.rapidapi.com/docs/keys
  { statuses: [401], text: /invalid api key/i, reason: 'invalid_api_key', judgement: deadEverywhere },
  { statuses: [401], fromGateway: true, reason: 'invalid_api_key', judgement: deadEverywhere },
  // https://github.com/evuventures/hyperbuds-app/blob/HEAD/docs/leaderboard/API-QUOTA-ERRORS.md
  {
    statuses: [429],
    text: /\b(?:hourly|daily|monthly) quota\b/i,
    reason: 'quota_exceeded',
    judgement: { kind: 'quota-exhausted', onHost: true },
  },
  { statuses: [429], reason: 'rate_limit_exceeded', judgement: { kind: 'rate-limited', onHost: true } },
];

/** What the status alone says: whatever is left is the API's own answer, or the gateway's to a wrong path. */
export function judgeStatus(status: number): Judgement {
  return { kind: status === 408 || status >= 500 ? 'transient' : 'caller-error' };
}

const windows = [
  { pattern: /\bper second\b/i, lengthMs: 1000 },
  { pattern: /\bper minute\b/i, lengthMs: 60_000 },
  { pattern: /\bper hour\b/i, lengthMs: 3_600_000 },
] as const;

/** The length in ms of the window that a text names, as in "the rate limit per second for your plan". */
export function windowIn(text: string): number | undefined {
  return windows.find(({ pattern }) => pattern.test(text))?.lengthMs;
}
