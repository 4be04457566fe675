import { wholeSecond } from '../history/whole-second.ts';
import type { AlertsDocument, AlertView } from '../protocol/alerts-document.ts';
import { defined } from '../protocol/defined.ts';
import type { WatchedAlert, WatchedAlerts, WatchedChannel } from './watched-alerts.ts';

const [mostLabels, mostDeliveries] = [8, 20];

const notSetUp: AlertsDocument = {
  kind: 'alerts',
  isSetUp: false,
  firing: [],
  pending: [],
  muted: [],
  rules: [],
  channels: [],
  deliveries: [],
};

/** The page of alerts. Copies named fields only, so that nothing else gets out of the process. */
export function buildAlerts(alerts: WatchedAlerts | undefined): AlertsDocument {
  if (!alerts) return notSetUp;
  return {
    kind: 'alerts',
    isSetUp: true,
    firing: alerts.firing().map((alert) => alertView(alert)),
    pending: alerts
      .pending()
      .map((alert) => alertView(alert, { firesAtMs: alert.firesAtMs && wholeSecond(alert.firesAtMs) })),
    muted: alerts.muted().map((alert) => alertView(alert, { mutedBy: alert.mutedBy })),
    rules: alerts.rules().map(({ name, severity, forMs, isOn, isBuiltIn, options }) => ({
      name,
      severity,
      forMs,
      isOn,
      isBuiltIn,
      options: { ...options },
    })),
    channels: alerts.channels().map(channelView),
    deliveries: alerts.deliveries().slice(0, mostDeliveries).map(deliveryView),
  };
}

function alertView(
  alert: WatchedAlert,
  more: { readonly firesAtMs?: number | undefined; readonly mutedBy?: string | undefined } = {},
): AlertView {
  const { fingerprint, rule, severity, provider, pool, displayName, startsAtMs, keys, backAtMs, values, message } =
    alert;
  return {
    fingerprint,
    rule,
    severity,
    provider,
    pool,
    displayName,
    startsAtMs,
    keys: keys.slice(0, mostLabels).map(({ label }) => label),
    keyCount: keys.length,
    ...defined({ backAtMs, values: values && { ...values }, message, ...more }),
  };
}

function channelView(watched: WatchedChannel): AlertsDocument['channels'][number] {
  const { channel, state, waiting, lost, currentTry, lastDeliveredAtMs, lastDurationMs, lastError } = watched;
  const error = lastError && { message: lastError.message, atMs: lastError.atMs };
  return {
    channel,
    state,
    waiting,
    lost,
    ...defined({ tries: currentTry, lastDeliveredAtMs, lastDurationMs, lastError: error }),
  };
}

function deliveryView(delivery: AlertsDocument['deliveries'][number]): AlertsDocument['deliveries'][number] {
  const { channel, atMs, durationMs, tries, isDelivered, kind, displayName, error } = delivery;
  return { channel, atMs, durationMs, tries, isDelivered, kind, displayName, ...defined({ error }) };
}
