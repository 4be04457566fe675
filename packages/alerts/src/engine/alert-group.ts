import type { KeyManagerStatus } from '@api-key-fallback/core';
import type { Alert, Severity } from '../model/alert.ts';
import type { Deliverer } from '../model/deliverer.ts';
import type { Notification, NotificationKind } from '../model/notification.ts';
import { worstOf } from '../model/severity.ts';
import { AlertPools } from './alert-pools.ts';
import { DailyTime, type DailyTimeOptions } from './daily-time.ts';
import { planMessage, type GroupTimes, type LastMessage, type PlannedMessage } from './group-schedule.ts';
import { HourlyLimit } from './hourly-limit.ts';
import { latestNotification } from './latest-notification.ts';
import { Leadership } from './leadership.ts';
import type { Moment } from './moment.ts';
import { byImportance, mostAlerts, notificationOf, type NotificationOptions } from './notification-of.ts';
import type { LookContext } from './pool-alerts.ts';
import { isQuietFor, type QuietHours } from './quiet-hours.ts';
import type { Sender, SentRecord } from './sender.ts';
import { spentRecord, SpentAlerts } from './spent-alerts.ts';
import type { TrackedAlert } from './tracked-alert.ts';

/** Options of the messages of each group. */
export interface GroupOptions extends GroupTimes, NotificationOptions {
  readonly sendResolved: boolean;
  readonly quietHours?: QuietHours;
  readonly digest?: DailyTimeOptions;
}

/** What a group needs of its surroundings. */
export interface GroupContext {
  readonly deliverer: Deliverer;
  readonly warn: (text: string) => void;
  readonly now: () => Moment;
  /** Called when the group has something to do at once. */
  readonly wake: () => void;
}

const digestRecord = 'digest';
const dayMs = 86_400_000;
const neverSent: LastMessage = { steadyMs: -Infinity, epochMs: -Infinity, reminders: 0 };

/** The alerts of all pools of one provider, and their messages. */
export class AlertGroup {
  readonly #provider: string;
  readonly #options: GroupOptions;
  readonly #deliverer: Deliverer;
  readonly #leadership: Leadership;
  readonly #now: () => Moment;
  readonly #limit = new HourlyLimit();
  readonly #pools: AlertPools;
  readonly #spent = new SpentAlerts();
  readonly #digest: DailyTime | undefined;
  #displayName: string;
  #last = neverSent;

  constructor(provider: string, options: GroupOptions, sender: Sender, context: GroupContext, now: Moment) {
    this.#provider = provider;
    this.#displayName = provider;
    this.#pools = new AlertPools(provider);
    this.#options = options;
    this.#deliverer = context.deliverer;
    this.#now = context.now;
    this.#digest = options.digest && new DailyTime(options.digest, now.epochMs);
    this.#leadership = new Leadership(sender, {
      warn: context.warn,
      onGained: (records) => {
        this.#adopt(records, this.#now());
        context.wake();
      },
      onLost: () => this.#forgetSent(),
    });
  }

  /** The alerts in all their states, also those that are not shown. */
  get tracked(): readonly TrackedAlert[] {
    return this.#pools.all;
  }

  /** The alerts that fire. */
  get firing(): readonly Alert[] {
    return this.#shown.filter(({ isFiring }) => isFiring).map(({ alert }) => alert);
  }

  /** Whether there is an alert of this pool, so that time alone can change something. */
  tracks(pool: string): boolean {
    return this.#pools.tracks(pool);
  }

  get isEmpty(): boolean {
    return this.#pools.isEmpty;
  }

  look(status: KeyManagerStatus, context: Omit<LookContext, 'isSpent'>, now: Moment): void {
    this.#displayName = status.displayName;
    const isSpent = (fingerprint: string) => this.#spent.has(fingerprint, now.epochMs);
    const changes = this.#pools.of(status.pool).look(status, { ...context, isSpent }, now);
    this.#limit.noteChanges(changes, now.steadyMs);
  }

  /** Notes which pools have a manager now. */
  watch(pools: ReadonlySet<string>, now: Moment): void {
    this.#limit.noteChanges(this.#pools.watch(pools, now), now.steadyMs);
  }

  /** Sends what is due. */
  send(now: Moment): void {
    if (!this.#leadership.check()) return;
    if (!this.#options.sendResolved) this.#dropResolved(now);
    const planned = this.#plan(now);
    if (planned && planned.dueMs <= now.steadyMs) this.#sendPlanned(planned.kind, now);
    if (this.#digest?.isDue(now.epochMs)) this.#sendDigest(this.#digest, now);
  }

  /** When time alone can change something, by the steady clock. */
  dueAtMs(now: Moment): number {
    const changes = this.#pools.all.map(({ dueAtMs }) => dueAtMs);
    const message = this.#plan(now)?.dueMs ?? Infinity;
    return Math.min(...[...changes, message].filter((dueMs) => dueMs > now.steadyMs));
  }

  close(): Promise<void> {
    return this.#leadership.close();
  }

  get #shown(): readonly TrackedAlert[] {
    return this.#pools.all.filter(({ isMuted }) => !isMuted);
  }

  #plan(now: Moment): PlannedMessage | undefined {
    const { quietHours } = this.#options;
    const mustWait = (severity: Severity) => isQuietFor(severity, quietHours, now.epochMs);
    const state = { alerts: this.#shown, last: this.#last, limit: this.#limit, times: this.#options, mustWait };
    return planMessage(state, now.steadyMs);
  }

  #sendPlanned(kind: NotificationKind, now: Moment): void {
    const sent = this.#shown.filter(({ isFiring, isResolved }) => isFiring || isResolved);
    const news = sent.filter(({ isNews }) => isNews);
    const alerts = sent.map(({ alert }) => alert);
    const severity = worstOf(alerts.map((alert) => alert.severity));
    if (kind === 'summary') {
      // What it sums up can be over.
      this.#deliver(
        { kind, severity: worstOf([severity, this.#limit.severity]), count: this.#limit.count },
        alerts,
        news,
        now,
      );
      this.#limit.noteSummary();
    } else {
      this.#deliver({ kind, severity }, alerts, news, now);
      if (kind !== 'reminder') this.#limit.noteMessage(criticalOf(alerts), now.steadyMs);
    }
    this.#last = { ...now, reminders: kind === 'reminder' ? this.#last.reminders + 1 : 0 };
    this.#markSent(sent, now);
  }

  #sendDigest(digest: DailyTime, now: Moment): void {
    digest.note(now.epochMs);
    const alerts = this.firing;
    this.#deliver({ kind: 'digest', severity: worstOf(alerts.map(({ severity }) => severity)) }, alerts, [], now);
  }

  /** Hands a notification to the channels. What was sent is kept after that: a process that ends before leaves it to the next one. */
  #deliver(
    what: Pick<Notification, 'kind' | 'severity' | 'count'>,
    alerts: readonly Alert[],
    news: readonly TrackedAlert[],
    now: Moment,
  ): void {
    const origin = { provider: this.#provider, displayName: this.#displayName };
    const notification = notificationOf({ ...origin, ...what, atMs: now.epochMs }, alerts, this.#options);
    const latest = () => this.#latestOf(notification);
    void this.#deliverer.deliver(notification, latest).then((isDelivered) => this.#noteDelivery(isDelivered, news));
  }

  /** For a channel that has missed it: what still fires of it, unless it waits for the end of the quiet hours. */
  #latestOf(sent: Notification): Notification | undefined {
    const now = this.#now();
    if (!this.#leadership.check()) return undefined;
    const latest = latestNotification(sent, this.#shown, now.epochMs);
    return latest && !isQuietFor(latest.severity, this.#options.quietHours, now.epochMs) ? latest : undefined;
  }

  /** What was delivered is kept. News that was not is news again, and did not count for the limit of the hour. */
  #noteDelivery(isDelivered: boolean, news: readonly TrackedAlert[]): void {
    if (!isDelivered && news.length > 0) {
      const now = this.#now();
      this.#limit.takeBack(criticalOf(news.map(({ alert }) => alert)));
      for (const tracked of news) {
        if (tracked.isOver) this.#pools.of(tracked.alert.pool).takeBack(tracked, now);
        else tracked.forgetSent(now);
      }
    }
    this.#leadership.save(() => this.#records());
  }

  #markSent(alerts: readonly TrackedAlert[], now: Moment): void {
    for (const tracked of alerts) {
      tracked.markSent();
      const { isOver, onceUntilMs = 0, alert } = tracked;
      if (isOver && onceUntilMs > now.epochMs) this.#spent.add(alert.fingerprint, onceUntilMs);
    }
    this.#pools.forgetOver();
    this.#spent.forgetOld(now.epochMs);
  }

  #dropResolved(now: Moment): void {
    const resolved = this.#pools.all.filter(({ isResolved }) => isResolved);
    if (resolved.length === 0) return;
    this.#markSent(resolved, now);
    this.#leadership.save(() => this.#records());
  }

  /** What another process needs to go on. */
  #records(): readonly SentRecord[] {
    const { epochMs, reminders } = this.#last;
    const sent = this.#pools.all.filter(({ isSent }) => isSent).toSorted((a, b) => byImportance(a.alert, b.alert));
    const digestMs = this.#digest?.doneAtMs;
    return [
      ...sent.slice(0, mostAlerts).map((tracked) => tracked.toRecord(epochMs, reminders)),
      ...this.#spent.toRecords(),
      ...(digestMs === undefined ? [] : [spentRecord(digestRecord, digestMs + dayMs)]),
    ];
  }

  /** Goes on after what another process has sent. */
  #adopt(records: readonly SentRecord[], now: Moment): void {
    for (const { fingerprint, alert, untilMs } of records) {
      if (untilMs === undefined) {
        if (alert) this.#pools.of(alert.pool).adopt(alert, now);
      } else if (fingerprint === digestRecord) this.#digest?.note(untilMs - dayMs);
      else {
        this.#spent.add(fingerprint, untilMs);
        this.#pools.forget(fingerprint);
      }
    }
    const [last] = records.filter(({ state }) => state === 'firing').toSorted((a, b) => b.atMs - a.atMs);
    if (!last) return;
    const steadyMs = now.steadyMs - (now.epochMs - last.atMs);
    this.#last = { steadyMs, epochMs: last.atMs, reminders: last.reminders };
  }

  #forgetSent(): void {
    const now = this.#now();
    for (const tracked of this.#pools.all) tracked.forgetSent(now);
  }
}

function criticalOf(alerts: readonly Alert[]): readonly string[] {
  return alerts.filter(({ severity }) => severity === 'critical').map(({ fingerprint }) => fingerprint);
}
