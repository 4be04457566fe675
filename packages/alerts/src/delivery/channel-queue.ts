import type { FullRuntime } from '@api-key-fallback/core/adapter';
import type { Channel } from '../model/channel.ts';
import type { ChannelStatus, Latest, TestResult } from '../model/deliverer.ts';
import type { Notification } from '../model/notification.ts';
import { isAtLeast } from '../model/severity.ts';
import { ChannelLog } from './channel-log.ts';
import type { DeliveryHistory, RunningDelivery } from './delivery-history.ts';
import { MissedNotifications } from './missed-notifications.ts';
import { retryPauseMs } from './retry-pause.ts';
import { tryChannel, type Failure } from './try-channel.ts';
import { WaitingNotifications, type Waiting } from './waiting-notifications.ts';

/** What the delivery needs of its surroundings. */
export interface DeliveryContext {
  readonly runtime: FullRuntime;
  /** Writes one log line. */
  readonly warn: (text: string) => void;
}

const mostTries = 5;

type Outcome = 'delivered' | 'refused' | 'missed';

/** Sends notifications through one channel, one after the other, and tries again what fails. */
export class ChannelQueue {
  readonly channel: Channel;
  readonly #runtime: FullRuntime;
  readonly #history: DeliveryHistory;
  readonly #log: ChannelLog;
  readonly #waiting = new WaitingNotifications();
  readonly #missed: MissedNotifications;
  /** Aborts when nothing is to be sent any more: the channel is gone, or the delivery is closed. */
  readonly #ended = new AbortController();
  #work: Promise<void> | undefined;
  #endPause: () => void = () => {};
  #isFlushing = false;
  #isGone = false;
  #lost = 0;
  #hasFailedTest = false;
  #currentTry: number | undefined;
  #lastDurationMs: number | undefined;
  #lastDeliveredAtMs: number | undefined;
  #lastError: ChannelStatus['lastError'];

  constructor(channel: Channel, { runtime, warn }: DeliveryContext, history: DeliveryHistory) {
    this.channel = channel;
    this.#runtime = runtime;
    this.#history = history;
    this.#log = new ChannelLog(channel.name, warn);
    this.#missed = new MissedNotifications(runtime);
  }

  /** Resolves to whether it was delivered; `undefined` if the channel wants only what matters more. */
  add(notification: Notification, latest?: Latest): Promise<boolean> | undefined {
    this.#missed.replaceBy(notification);
    const { minSeverity = 'info' } = this.channel;
    if (!isAtLeast(notification.severity, minSeverity)) return undefined;
    if (this.#ended.signal.aborted) return Promise.resolve(false);
    const { promise, resolve: settle } = Promise.withResolvers<boolean>();
    const dropped = this.#waiting.add({ notification, settle, latest });
    if (dropped) this.#lose(dropped.settle);
    this.#work ??= this.#sendAll();
    return promise;
  }

  status(): ChannelStatus {
    const isFailing = this.#log.isFailing || this.#hasFailedTest;
    const state = this.#isGone ? 'stopped' : isFailing ? 'failing' : 'working';
    return {
      channel: this.channel.name,
      state,
      waiting: this.#waiting.length + (this.#work ? 1 : 0),
      lost: this.#lost,
      ...(this.#currentTry === undefined ? {} : { currentTry: this.#currentTry }),
      ...(this.#lastDurationMs === undefined ? {} : { lastDurationMs: this.#lastDurationMs }),
      ...(this.#lastDeliveredAtMs === undefined ? {} : { lastDeliveredAtMs: this.#lastDeliveredAtMs }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  /** Sends a notification once and at once, also below the channel's severity. A failure is returned, not logged. */
  async test(notification: Notification, ended: AbortSignal): Promise<TestResult> {
    const { name: channel } = this.channel;
    const running = this.#history.begin(channel, notification);
    const failure = await this.#try(notification, ended, running);
    this.#history.add(running);
    if (!failure) {
      this.#delivered();
      return { channel, isDelivered: true };
    }
    if (!ended.aborted) this.#failedTest(failure);
    return { channel, isDelivered: false, error: failure.message };
  }

  /** Tries each waiting message once more, without pauses. Resolves when none is left. */
  async flush(): Promise<void> {
    this.#isFlushing = true;
    this.#endPause();
    await this.#work;
  }

  /** Gives up the waiting messages and the one that is being sent. */
  close(): void {
    this.#ended.abort(new Error('The alerts are closed.'));
    this.#missed.close();
    this.#endPause();
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting.takeFirst(); next; next = this.#waiting.takeFirst()) {
      const outcome = await this.#send(next.notification);
      if (outcome === 'delivered') next.settle(true);
      else this.#lose(next.settle);
      if (outcome === 'missed') this.#keep(next);
    }
    this.#work = undefined;
  }

  /** When another channel has delivered it, nothing else would send it again before the next reminder. */
  #keep({ notification, latest }: Waiting): void {
    if (!latest) return;
    this.#missed.add(notification, () => {
      const still = latest();
      if (still) void this.add(still, latest);
    });
  }

  async #send(notification: Notification): Promise<Outcome> {
    const running = this.#history.begin(this.channel.name, notification);
    const outcome = await this.#tryUntilItEnds(notification, running);
    this.#currentTry = undefined;
    this.#history.add(running);
    return outcome;
  }

  async #tryUntilItEnds(notification: Notification, running: RunningDelivery): Promise<Outcome> {
    const { signal } = this.#ended;
    for (let tries = 1; !signal.aborted; tries++) {
      const isLast = tries === mostTries || this.#isFlushing;
      this.#currentTry = tries;
      const failure = await this.#try(notification, signal, running);
      if (!failure) return this.#delivered();
      if (signal.aborted) return 'refused';
      this.#failed(failure);
      if (failure.isFinal) return 'refused';
      if (isLast) return 'missed';
      this.#currentTry = tries + 1;
      if (!this.#isFlushing) await this.#pause(retryPauseMs(tries, failure.retryAfterMs, this.#runtime.random()));
      // The receiver asked for a pause, and the process is about to end.
      if (this.#isFlushing && failure.retryAfterMs !== undefined) return 'refused';
    }
    return 'refused';
  }

  async #try(notification: Notification, ended: AbortSignal, running: RunningDelivery): Promise<Failure | undefined> {
    const startedMs = this.#runtime.steadyNow();
    const failure = await tryChannel(this.channel, notification, this.#runtime, ended);
    this.#lastDurationMs = this.#runtime.steadyNow() - startedMs;
    running.noteTry(failure);
    return failure;
  }

  #delivered(): 'delivered' {
    this.#log.delivered();
    this.#hasFailedTest = false;
    this.#lastDeliveredAtMs = this.#runtime.now();
    return 'delivered';
  }

  #failed(failure: Failure): void {
    this.#log.failed(failure);
    this.#note(failure);
    if (!failure.stopsChannel) return;
    this.#isGone = true;
    this.close();
  }

  #failedTest(failure: Failure): void {
    this.#hasFailedTest = true;
    this.#note(failure);
  }

  #note({ message }: Failure): void {
    this.#lastError = { message, atMs: this.#runtime.now() };
  }

  #lose(settle: (isDelivered: boolean) => void): void {
    this.#lost += 1;
    settle(false);
  }

  /** Not with `runtime.sleep`, which would keep the process alive. */
  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#runtime.timer(ms, resolve, true);
    this.#endPause = resolve;
    await promise;
    cancel();
  }
}
