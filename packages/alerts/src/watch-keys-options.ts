import {
  InvalidOptionsError,
  type ApiKeyManager,
  type KeyStateStore,
  type Locale,
  type LogOptions,
  type Runtime,
} from '@api-key-fallback/core';
import { checkDuration, checkOption, checkOptionNames, readField, redactKeys } from '@api-key-fallback/core/adapter';
import { checkChannel } from './channels/check-channel.ts';
import type { DailyTimeOptions } from './engine/daily-time.ts';
import { isTimeOfDay, localTime } from './engine/local-time.ts';
import type { QuietHours } from './engine/quiet-hours.ts';
import type { Channel, ChannelFunction } from './model/channel.ts';
import { severities } from './model/severity.ts';
import type { BuiltInRules } from './rules/built-in-rules.ts';
import type { AlertRule } from './rules/own-rule.ts';

/** Options of {@link watchKeys}. All times are in ms. */
export interface WatchKeysOptions extends Pick<LogOptions, 'logger'> {
  /** Where messages go: at least one channel, or function. */
  readonly channels: readonly (Channel | ChannelFunction)[];
  /** The key managers to watch, at least one, each of its own pool. @default all of `registry`, those that are registered later included */
  readonly managers?: readonly ApiKeyManager[];
  /** Switches built-in rules off and on, and changes them. @default all but `keys.degraded` and `failover.rate` */
  readonly rules?: BuiltInRules;
  /** Rules of your own. */
  readonly extraRules?: readonly AlertRule[];
  /** How long the first alert of a provider waits for others, to be sent with them. @default 10_000 */
  readonly groupWaitMs?: number;
  /** The least time between two messages about a provider, unless something worse begins. @default 300_000 */
  readonly groupIntervalMs?: number;
  /** When people are reminded of what still fires. The time doubles with each reminder; `Infinity` for none. @default 14_400_000 */
  readonly repeatIntervalMs?: number;
  /** Whether a message is sent when it is over. @default true */
  readonly sendResolved?: boolean;
  /** The language of the messages. @default API_KEY_FALLBACK_LOCALE, or 'en' if that is not set */
  readonly locale?: Locale;
  /** The time zone of the times in messages, for example `America/Sao_Paulo`. @default that of the process */
  readonly timeZone?: string;
  /** The address of the dashboard, for a link in the messages. It contains no key. */
  readonly dashboardUrl?: string;
  /** When only what matters most is sent. */
  readonly quietHours?: QuietHours;
  /** When a message with all that fires is sent each day, also if nothing does: a sign that alerts work. @default never */
  readonly digest?: DailyTimeOptions;
  /**
   * Through which store processes agree that one of them sends for all; `false` if each sends for itself. It must be able to renew
   * leases, as `FileStore` and `RedisStore` can. @default that of the provider's key managers
   */
  readonly store?: KeyStateStore | false;
  /** Replaces the clock and timers, for tests. */
  readonly runtime?: Partial<Runtime>;
}

const knownOptions: Readonly<Record<keyof WatchKeysOptions, true>> = {
  channels: true,
  managers: true,
  rules: true,
  extraRules: true,
  groupWaitMs: true,
  groupIntervalMs: true,
  repeatIntervalMs: true,
  sendResolved: true,
  locale: true,
  timeZone: true,
  dashboardUrl: true,
  quietHours: true,
  digest: true,
  runtime: true,
  store: true,
  logger: true,
};
const optionNames = new Set(Object.keys(knownOptions));
const quietNames = new Set(['from', 'to', 'timeZone', 'minSeverity']);
const digestNames = new Set(['at', 'timeZone']);

/** @throws InvalidOptionsError naming the option and what to write, unless all but the rules are valid. */
export function checkWatchKeysOptions(options: WatchKeysOptions): void {
  checkOptionNames('options', options, optionNames, '{ channels: [slack(url)] }');
  const { channels, managers, groupWaitMs = 0, groupIntervalMs = 0, repeatIntervalMs = 1, sendResolved } = options;
  checkChannels(channels);
  if (managers !== undefined) checkManagers(managers);
  checkDuration('groupWaitMs', groupWaitMs);
  checkDuration('groupIntervalMs', groupIntervalMs);
  const isInterval = typeof repeatIntervalMs === 'number' && repeatIntervalMs > 0;
  checkOption(isInterval, 'repeatIntervalMs', repeatIntervalMs, 'a time in ms above 0, or Infinity for no reminders');
  const isFlag = sendResolved === undefined || typeof sendResolved === 'boolean';
  checkOption(isFlag, 'sendResolved', sendResolved, 'true or false');
  checkSurroundings(options);
}

function checkSurroundings({ timeZone, dashboardUrl, quietHours, digest, runtime, store }: WatchKeysOptions): void {
  const isLink = dashboardUrl === undefined || /^https?:$/.test(String(readField(URL.parse(dashboardUrl), 'protocol')));
  // Not shown: it can contain a token.
  if (!isLink) throw new InvalidOptionsError('"dashboardUrl" must be an http(s) URL.');
  if (dashboardUrl !== undefined && redactKeys(dashboardUrl) !== dashboardUrl) {
    throw new InvalidOptionsError(
      '"dashboardUrl" must not contain a key, or a parameter "key" or "api_key", because messages show it.',
    );
  }
  if (timeZone !== undefined) checkTimeZone('timeZone', timeZone);
  if (quietHours !== undefined) checkQuietHours(quietHours);
  if (digest !== undefined) checkDigest(digest);
  const isRuntime = runtime === undefined || (typeof runtime === 'object' && runtime !== null);
  if (store !== undefined && store !== false) checkStore(store);
  checkOption(isRuntime, 'runtime', runtime, 'an object with now, timer, sleep or random');
}

function checkChannels(channels: unknown): void {
  const isList = Array.isArray(channels) && channels.length > 0;
  checkOption(isList, 'channels', channels, 'a list of at least one channel, for example [slack(url)]');
  for (const [index, channel] of (channels as readonly unknown[]).entries())
    checkChannel(`channels[${index}]`, channel);
}

function checkStore(store: unknown): void {
  const example = "a KeyStateStore such as new FileStore('.api-key-state'), or false";
  checkOption(typeof readField(store, 'lease') === 'function', 'store', store, example);
  if (typeof readField(store, 'readNote') === 'function') return;
  // It would be the same as `store: false`, without a trace.
  throw new InvalidOptionsError(
    '"store" must have readNote(), and renew() on its leases. Without them each process sends for itself: write store: false.',
  );
}

function checkManagers(managers: readonly ApiKeyManager[]): void {
  // Not by its class, because another copy of core may have made it.
  const isManager = (value: unknown) => ['status', 'on'].every((name) => typeof readField(value, name) === 'function');
  const areManagers = Array.isArray(managers) && managers.length > 0 && managers.every(isManager);
  checkOption(areManagers, 'managers', managers, 'a list of at least one key manager, for example [manager]');
  const pools = managers.map(({ provider, pool }) => `${provider}\0${pool}`);
  const areDifferent = new Set(pools).size === managers.length;
  checkOption(
    areDifferent,
    'managers',
    managers,
    'key managers of different pools; give one of them a { pool } of its own',
  );
}

function checkQuietHours(quietHours: QuietHours): void {
  const example = "{ from: '22:00', to: '07:00', timeZone: 'America/Sao_Paulo' }";
  checkOptionNames('quietHours', quietHours, quietNames, example);
  const { from, to, timeZone, minSeverity } = quietHours;
  checkTimeOfDay('quietHours.from', from);
  checkTimeOfDay('quietHours.to', to);
  checkOption(from !== to, 'quietHours.to', to, 'another time than "quietHours.from"');
  checkTimeZone('quietHours.timeZone', timeZone);
  const isSeverity = minSeverity === undefined || severities.includes(minSeverity);
  checkOption(isSeverity, 'quietHours.minSeverity', minSeverity, `one of ${severities.join(', ')}`);
}

function checkDigest(digest: DailyTimeOptions): void {
  checkOptionNames('digest', digest, digestNames, "{ at: '09:00', timeZone: 'America/Sao_Paulo' }");
  checkTimeOfDay('digest.at', digest.at);
  checkTimeZone('digest.timeZone', digest.timeZone);
}

function checkTimeOfDay(name: string, value: unknown): void {
  checkOption(isTimeOfDay(value), name, value, 'a time from 00:00 to 23:59, for example "07:00"');
}

function checkTimeZone(name: string, value: unknown): void {
  checkOption(isTimeZone(value), name, value, 'an IANA time zone, for example America/Sao_Paulo');
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    localTime(0, value);
    return true;
  } catch {
    return false;
  }
}
