import type { Severity } from '../model/alert.ts';
import type { NotificationKind } from '../model/notification.ts';
import { isAtLeast, worstOf } from '../model/severity.ts';
import type { HourlyLimit } from './hourly-limit.ts';
import type { Moment } from './moment.ts';
import type { TrackedAlert } from './tracked-alert.ts';

/** How long a group waits before it sends, in ms. */
export interface GroupTimes {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

/** When a message was last sent. */
export interface LastMessage extends Moment {
  /** The number of reminders since the last change. */
  readonly reminders: number;
}

/** What a group knows when it plans its next message. */
export interface GroupState {
  /** Those that are not muted. */
  readonly alerts: readonly TrackedAlert[];
  readonly last: LastMessage;
  readonly limit: HourlyLimit;
  readonly times: GroupTimes;
  /** Whether something has to wait until the quiet hours end. */
  readonly mustWait: (severity: Severity) => boolean;
}

/** A message that a group is to send. */
export interface PlannedMessage {
  readonly kind: NotificationKind;
  /** When it is due, by the steady clock. */
  readonly dueMs: number;
}

/** Plans the next message of a group; `undefined` if there is nothing to send. */
export function planMessage(state: GroupState, nowMs: number): PlannedMessage | undefined {
  const { alerts, limit, mustWait } = state;
  const isAnyNews = alerts.some(({ isNews }) => isNews);
  const news = alerts.filter(({ isNews, alert }) => isNews && !mustWait(alert.severity));
  if (limit.isHolding(nowMs)) return planHeld(news, state);
  if (news.length > 0) return planChange(news, state);
  return isAnyNews ? undefined : planReminder(state);
}

/** What need not wait for the summary, or the summary. */
function planHeld(news: readonly TrackedAlert[], state: GroupState): PlannedMessage | undefined {
  const summary = planSummary(news, state);
  const isEnd = news.some(({ isResolved, alert }) => isResolved && alert.severity === 'critical');
  if (!isEnd || !state.limit.letsEndPass) return summary;
  const end = planChange(news, state);
  return summary && summary.dueMs <= end.dueMs ? summary : end;
}

/** The summary at the end of the hour; or at once, if there is a critical alert that people have not heard of in this hour. */
function planSummary(
  news: readonly TrackedAlert[],
  { limit, times, mustWait }: GroupState,
): PlannedMessage | undefined {
  if (limit.summaryAtMs === undefined || mustWait(limit.severity)) return undefined;
  const unheard = news.filter(
    ({ isFiring, alert }) => isFiring && alert.severity === 'critical' && !limit.hasSent(alert.fingerprint),
  );
  return { kind: 'summary', dueMs: Math.min(limit.summaryAtMs, firstOf(unheard) + times.groupWaitMs) };
}

function planChange(news: readonly TrackedAlert[], { alerts, last, times }: GroupState): PlannedMessage {
  const known = alerts.filter(({ isFiring, isSent }) => isFiring && isSent);
  const worstKnown = worstOf(known.map(({ alert }) => alert.severity));
  // What is worse than all that people know does not wait for its turn.
  const worse = news.filter(
    ({ isFiring, alert }) => isFiring && (known.length === 0 || !isAtLeast(worstKnown, alert.severity)),
  );
  const inTurnMs = Math.max(firstOf(news) + times.groupWaitMs, last.steadyMs + times.groupIntervalMs);
  const kind = alerts.some(({ isFiring }) => isFiring) ? 'alert' : 'resolved';
  return { kind, dueMs: Math.min(inTurnMs, firstOf(worse) + times.groupWaitMs) };
}

function planReminder({ alerts, last, times, mustWait }: GroupState): PlannedMessage | undefined {
  // What was fine a moment ago is over soon, unless it is wrong again.
  const lasting = alerts.filter(
    ({ isFiring, isFine, onceUntilMs }) => isFiring && !isFine && onceUntilMs === undefined,
  );
  if (lasting.length === 0 || mustWait(worstOf(lasting.map(({ alert }) => alert.severity)))) return undefined;
  return { kind: 'reminder', dueMs: last.steadyMs + times.repeatIntervalMs * 2 ** last.reminders };
}

function firstOf(alerts: readonly TrackedAlert[]): number {
  return Math.min(...alerts.map(({ changedAtMs }) => changedAtMs));
}
