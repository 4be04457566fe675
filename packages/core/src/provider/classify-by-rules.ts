import type { ErrorVerdict } from '../base/verdict.ts';
import { readHeader } from '../http/headers.ts';
import { judgeStatus } from './classify-error.ts';
import type { ClassifyContext } from './provider-adapter.ts';
import type { Failure } from './read-failure.ts';
import { waitForRoom, type RateLimitReading } from './read-rate-limits.ts';
import { statedWait, statedWaitOf } from './stated-wait.ts';

/** A verdict whose reason is that of the rule, if it names none. */
export type VerdictOfRule<Verdict = ErrorVerdict> = Verdict extends unknown
  ? Omit<Verdict, 'reason'> & { readonly reason?: string }
  : never;

/**
 * What a rule concludes: a verdict without its reason. Waits that the response states are added.
 *
 * `unstatedWaitMs` is the wait of a rate limit whose response states none.
 */
export type Judgement = VerdictOfRule & { readonly unstatedWaitMs?: number };

/**
 * One row of a provider's table of errors.
 *
 * It matches a failure that has one of the `statuses`, and one of the `codes` or the `text`, and for which `when` returns `true`; a
 * condition that is left out always holds. A failure without a status, such as an error inside a stream, has all statuses, but `statuses`
 * alone do not match it.
 */
export interface ErrorRule {
  readonly statuses?: readonly number[];
  /** Codes, types and reasons of the provider, as `Failure.codes` lists them. A pattern must match the whole code. */
  readonly codes?: readonly (string | RegExp)[];
  /** Matches the provider's message. */
  readonly text?: RegExp;
  readonly when?: (failure: Failure) => boolean;
  /** The reason of the verdict. @default the code that matched, else `http_<status>` */
  readonly reason?: string;
  /**
   * The conclusion, or a function for one that depends on the response. No stated wait is added to what the function returns; with
   * `undefined` the rule does not match.
   */
  readonly judgement: Judgement | ((failure: Failure, context: ClassifyContext) => VerdictOfRule | undefined);
  /** The address of the provider's documentation or of a public report. */
  readonly source: string;
  /** `documented` by the provider, `observed` in a public report, or `measured` with the real client. */
  readonly evidence: 'documented' | 'observed' | 'measured';
}

/** The errors of a provider. */
export interface ErrorTable {
  /** The first rule that matches wins. */
  readonly rules: readonly ErrorRule[];
  /** How limit headers state when there is room again, for a refusal that states no wait. @default `{}` */
  readonly limits?: Omit<RateLimitReading, 'now'>;
  /**
   * Returns the group and the bucket that a response names. A verdict against the key's group affects the group, and every verdict
   * against a key, except that it is invalid, affects only the bucket. @default none
   */
  readonly affected?: (failure: Failure) => {
    readonly group?: string | undefined;
    readonly bucket?: string | undefined;
  };
}

/**
 * Classifies a failure by a provider's rules, then by its status, then as a network failure.
 *
 * Returns `undefined` for a failure that is none of these, such as a bug in the method.
 *
 * @example
 * classifyError: (error, context) => classifyByRules(readFailure(error), context, { rules }),
 */
export function classifyByRules(
  failure: Failure,
  context: ClassifyContext,
  table: ErrorTable,
): ErrorVerdict | undefined {
  if (failure.kind === 'aborted') return { kind: 'caller-error', reason: 'aborted' };
  for (const rule of table.rules) {
    const reason = match(rule, failure);
    const verdict = reason === undefined ? undefined : conclude(rule, reason, failure, context, table);
    if (verdict) return verdict;
  }
  const judged = judgeStatus(failure);
  if (judged) return verdictOn(failure, judged, judged.reason, context, table);
  if (failure.kind === 'timeout' || failure.kind === 'network') return { kind: 'transient', reason: failure.kind };
  return undefined;
}

function conclude(
  { judgement }: ErrorRule,
  reason: string,
  failure: Failure,
  context: ClassifyContext,
  table: ErrorTable,
): ErrorVerdict | undefined {
  if (typeof judgement !== 'function') return verdictOn(failure, judgement, reason, context, table);
  const concluded = judgement(failure, context);
  return concluded && { ...affectedBy(failure, concluded, table), ...concluded, reason: concluded.reason ?? reason };
}

/** Returns the reason if the rule matches. */
function match({ statuses, codes = [], text, when, reason }: ErrorRule, failure: Failure): string | undefined {
  const { status, message } = failure;
  const hasOtherCondition = codes.length > 0 || text !== undefined || when !== undefined;
  if (statuses && !(status === undefined ? hasOtherCondition : statuses.includes(status))) return undefined;
  // A status or a text means nothing in an error that no provider sent, for example one of the application.
  const isResponse = failure.kind === 'response';
  const code = failure.codes.find((found) => codes.some((known) => isSameCode(known, found)));
  const hasText = isResponse && (text?.test(message) ?? false);
  const isNamed = code !== undefined || hasText || (isResponse && codes.length === 0 && !text);
  if (!isNamed || when?.(failure) === false) return undefined;
  return reason ?? code ?? `http_${status}`;
}

function isSameCode(known: string | RegExp, code: string): boolean {
  return typeof known === 'string' ? known === code : known.test(code);
}

function verdictOn(
  failure: Failure,
  { unstatedWaitMs, ...judgement }: Judgement,
  reason: string,
  context: ClassifyContext,
  table: ErrorTable,
): ErrorVerdict {
  const { now } = context;
  const affected = affectedBy(failure, judgement, table);
  const statedMs = statedWaitOf(failure, now);
  switch (judgement.kind) {
    case 'caller-error':
    case 'invalid-key':
      return { ...affected, ...judgement, reason };
    case 'transient':
      // The provider knows that a repetition fails: https://github.com/openai/openai-node/blob/master/src/client.ts
      if (readHeader(failure.headers, 'x-should-retry') === 'false') return { kind: 'caller-error', reason };
      return { ...statedWait(statedMs), ...judgement, reason };
    case 'rate-limited': {
      const roomMs = waitForRoom(failure.headers ?? {}, { ...table.limits, now });
      return { ...affected, ...statedWait(statedMs ?? roomMs ?? unstatedWaitMs), ...judgement, reason };
    }
    case 'quota-exhausted': {
      const { recheckAfterMs, ...rest } = judgement;
      const recheck = recheckAfterMs === undefined ? {} : { recheckAfterMs };
      return { ...affected, ...(statedMs === undefined ? recheck : { resetsAtMs: now + statedMs }), ...rest, reason };
    }
  }
}

/** Returns the group and the bucket that a verdict against a key affects. */
function affectedBy(
  failure: Failure,
  judgement: VerdictOfRule,
  { affected }: ErrorTable,
): { group?: string; bucket?: string } {
  if (judgement.kind === 'caller-error' || judgement.kind === 'transient' || !affected) return {};
  const { group, bucket } = affected(failure);
  const hasGroup = group !== undefined && judgement.scope === 'group';
  const hasBucket = bucket !== undefined && judgement.kind !== 'invalid-key';
  return { ...(hasGroup ? { group } : {}), ...(hasBucket ? { bucket } : {}) };
}
