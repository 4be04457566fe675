import type { Notification } from '../model/notification.ts';
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

/** A message that a group is to send. */
export interface PlannedMessage {
  readonly kind: Notification['kind'];
  /** When it is due, by the steady clock. */
  readonly dueMs: number;
  /** How much it matters, for the quiet hours. */
  readonly severity: Notification['severity'];
}

/** Plans the next message of a group; `undefined` if nothing has changed that people do not know. `alerts` are those that are not muted. */
export function planMessage(
  alerts: readonly TrackedAlert[],
  last: LastMessage,
  limit: HourlyLimit,
  times: GroupTimes,
  nowMs: number,
): PlannedMessage | undefined {
  const news = alerts.filter(({ isNews }) => isNews);
  if (limit.isHolding(nowMs)) return planSummary(news, limit, times);
  return news.length > 0 ? planChange(news, alerts, last, times) : planReminder(alerts, last, times);
}

/** The summary at the end of the hour; or at once, if there is a critical alert that people have not heard of in this hour. */
function planSummary(news: readonly TrackedAlert[], limit: HourlyLimit, times: GroupTimes): PlannedMessage | undefined {
  const unheard = news.filter(
    ({ isFiring, alert }) => isFiring && alert.severity === 'critical' && !limit.hasSent(alert.fingerprint),
  );
  const atMs = limit.summaryAtMs;
  if (atMs === undefined) return undefined;
  const dueMs = Math.min(atMs, firstOf(unheard) + times.groupWaitMs);
  return { kind: 'summary', dueMs, severity: limit.severity };
}

function planChange(
  news: readonly TrackedAlert[],
  alerts: readonly TrackedAlert[],
  last: LastMessage,
  { groupWaitMs, groupIntervalMs }: GroupTimes,
): PlannedMessage {
  const known = alerts.filter(({ isFiring, isSent }) => isFiring && isSent);
  const worstKnown = severityOf(known);
  // What is worse than all that people know does not wait for its turn.
  const worse = news.filter(
    ({ isFiring, alert }) => isFiring && (known.length === 0 || !isAtLeast(worstKnown, alert.severity)),
  );
  const inTurnMs = Math.max(firstOf(news) + groupWaitMs, last.steadyMs + groupIntervalMs);
  const dueMs = Math.min(inTurnMs, firstOf(worse) + groupWaitMs);
  const kind = alerts.some(({ isFiring }) => isFiring) ? 'alert' : 'resolved';
  return { kind, dueMs, severity: severityOf(news) };
}

function planReminder(
  alerts: readonly TrackedAlert[],
  { steadyMs, reminders }: LastMessage,
  { repeatIntervalMs }: GroupTimes,
): PlannedMessage | undefined {
  const lasting = alerts.filter(({ isFiring, onceUntilMs }) => isFiring && onceUntilMs === undefined);
  if (lasting.length === 0) return undefined;
  return { kind: 'reminder', dueMs: steadyMs + repeatIntervalMs * 2 ** reminders, severity: severityOf(lasting) };
}

function firstOf(alerts: readonly TrackedAlert[]): number {
  return Math.min(...alerts.map(({ changedAtMs }) => changedAtMs));
}

function severityOf(alerts: readonly TrackedAlert[]): Notification['severity'] {
  return worstOf(alerts.map(({ alert }) => alert.severity));
}
