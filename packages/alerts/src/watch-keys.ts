import { InvalidOptionsError, registry } from '@api-key-fallback/core';
import { createRuntime, openWatchLog } from '@api-key-fallback/core/adapter';
import { asChannel } from './channels/as-channel.ts';
import { Delivery } from './delivery/delivery.ts';
import { AlertEngine } from './engine/alert-engine.ts';
import { chooseSender } from './engine/choose-sender.ts';
import { notificationOf } from './engine/notification-of.ts';
import { watchName } from './engine/watch-name.ts';
import type { Alert } from './model/alert.ts';
import type { ChannelStatus, TestResult } from './model/deliverer.ts';
import type { DeliveryRecord } from './model/delivery-record.ts';
import type { MutedAlert, PendingAlert } from './model/waiting-alert.ts';
import { makeRules } from './rules/make-rules.ts';
import { describeRules, type RuleStatus } from './rules/rule-status.ts';
import { checkWatchKeysOptions, type WatchKeysOptions } from './watch-keys-options.ts';
import { warnOfEmptyRegistry } from './warn-of-empty-registry.ts';

/** Watches key managers until it is closed. */
export interface AlertWatch {
  /**
   * Sends a test through all channels, or those of this name. Resolves with what each has made of it.
   *
   * @throws InvalidOptionsError for a name that no channel has.
   */
  test(channelName?: string): Promise<readonly TestResult[]>;
  /** The alerts that fire now, of all providers, without those that a worse one makes obvious. */
  firing(): readonly Alert[];
  /** What is wrong, but has not lasted for the time of its rule yet. */
  pending(): readonly PendingAlert[];
  /** The alerts that fire, but are not sent, because a worse one of their pool makes them obvious. */
  muted(): readonly MutedAlert[];
  /**
   * All built-in rules, also those that are off, then those of your own, with the values in use.
   *
   * @example
   * console.table(watch.rules().map(({ name, isOn, severity, forMs }) => ({ name, isOn, severity, forMs })));
   */
  rules(): readonly RuleStatus[];
  /** How each channel is doing: whether it works, how many messages wait, and its last error. */
  channels(): readonly ChannelStatus[];
  /**
   * How the last 50 deliveries and tests went, of all channels, the newest first. A message whose tries go on is not among them yet.
   *
   * @example
   * const lost = watch.deliveries().filter(({ isDelivered }) => !isDelivered);
   */
  deliveries(): readonly DeliveryRecord[];
  /** Ends all timers and listeners. Resolves when the messages on their way are sent, or after five seconds. Never rejects. */
  close(): Promise<void>;
}

const flushMs = 5000;

/**
 * Watches key managers, and sends a message when they need attention: one for all that is wrong with a provider, and one
 * when it is over. It costs calls nothing, throws no error into the application and does not keep the process alive.
 *
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * const watch = watchKeys({ channels: [slack(process.env.SLACK_WEBHOOK_URL)] });
 * process.once('SIGTERM', async () => {
 *   await watch.close();
 *   process.exit();
 * });
 */
export function watchKeys(options: WatchKeysOptions): AlertWatch {
  checkWatchKeysOptions(options);
  const { managers, rules, extraRules, channels, timeZone, dashboardUrl, quietHours, digest, logger, locale, store } =
    options;
  const {
    groupWaitMs = 10_000,
    groupIntervalMs = 300_000,
    repeatIntervalMs = 14_400_000,
    sendResolved = true,
  } = options;
  const made = makeRules(rules, extraRules);
  const log = openWatchLog('Alerts', {
    ...(logger === undefined ? {} : { logger }),
    ...(locale === undefined ? {} : { locale }),
  });
  const warn = (text: string) => log.warn(text);
  const texts = {
    locale: log.locale,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(dashboardUrl === undefined ? {} : { dashboardUrl }),
  };
  const runtime = createRuntime(options.runtime);
  const delivery = new Delivery(channels.map(asChannel), { runtime, warn });
  const shared = {
    store,
    watchName: watchName({ channels: delivery.names, rules: made.map(({ name }) => name) }),
    runtime,
  };
  const engine = new AlertEngine({
    managers,
    rules: made,
    group: {
      groupWaitMs,
      groupIntervalMs,
      repeatIntervalMs,
      sendResolved,
      ...texts,
      ...(quietHours === undefined ? {} : { quietHours }),
      ...(digest === undefined ? {} : { digest }),
    },
    runtime,
    deliverer: delivery,
    createSender: (provider) => chooseSender(provider, { ...shared, managers: managers ?? registry.managers() }),
    warn,
  });
  const cancelWarning = managers ? () => {} : warnOfEmptyRegistry(runtime, warn);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    cancelWarning();
    engine.stop();
    await delivery.flush(flushMs);
    await engine.close();
    delivery.close();
  }

  return {
    async test(channelName) {
      if (channelName !== undefined && !delivery.names.includes(channelName)) throw unknownChannel(delivery.names);
      const what = { kind: 'test', provider: 'test', displayName: 'Test', severity: 'info' } as const;
      return delivery.test(notificationOf({ ...what, atMs: runtime.now() }, [], texts), channelName);
    },
    firing: () => engine.firing,
    pending: () => engine.pending,
    muted: () => engine.muted,
    rules: () => describeRules(made),
    channels: () => delivery.status(),
    deliveries: () => delivery.deliveries(),
    close: () => (closing ??= close()),
  };
}

function unknownChannel(names: readonly string[]): InvalidOptionsError {
  return new InvalidOptionsError(`test() takes the name of a channel: ${[...new Set(names)].join(', ')}.`);
}
