import type { Channel } from '../model/channel.ts';
import { alertmanagerAlerts } from './alertmanager-alerts.ts';
import { checkChannelOptions, makeChannel, type ChannelOptions } from './channel-options.ts';
import { postJson } from './post-json.ts';
import { redactedJson } from './redacted-json.ts';
import { readHeaders } from './webhook-headers.ts';
import { readWebhookUrl } from './webhook-url.ts';

/** Options of {@link alertmanager}. */
export interface AlertmanagerOptions extends ChannelOptions {
  /** Headers of each request, for example `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Hands alerts to Prometheus' Alertmanager, which groups, silences and routes them.
 *
 * Labels: `alertname` (the rule), `provider`, `pool`, `severity`, and `key` (its label) for an alert about one key. If no more comes of
 * an alert that fires, because its process has ended, Alertmanager resolves it after two days or twice its age.
 *
 * @param url The address that Alertmanager's own pages have, without `/api/v2/alerts`.
 * @throws InvalidOptionsError for an invalid URL or option. It does not show the URL.
 * @example
 * alertmanager('http://alertmanager:9093');
 */
export function alertmanager(url: string | URL | undefined, options: AlertmanagerOptions = {}): Channel {
  const rules = { of: 'alertmanager', example: 'http://alertmanager:9093', isSecret: false };
  const target = readWebhookUrl(url, rules);
  checkChannelOptions(options, ['headers']);
  const headers = readHeaders(options.headers);
  target.pathname = `${target.pathname.replace(/\/$/, '')}/api/v2/alerts`;
  return makeChannel('alertmanager', options, async (notification, { signal }) => {
    const alerts = alertmanagerAlerts(notification);
    if (alerts.length === 0) return;
    await postJson({ url: target, body: redactedJson(alerts), headers: new Headers(headers), signal });
  });
}
