import { watchKeys, webhook, type AlertWatch } from '@api-key-fallback/alerts';
import type { ApiKeyManager, Locale, Runtime } from '@api-key-fallback/core';

/** What the alerts of the demo need. */
export interface DemoAlertsOptions {
  readonly managers: readonly ApiKeyManager[];
  readonly receiverUrl: string;
  readonly locale: Locale;
  readonly clock: Runtime;
}

/** Sends alerts after seconds where an application would wait for minutes. */
export function watchDemoKeys({ managers, receiverUrl, locale, clock }: DemoAlertsOptions): AlertWatch {
  async function oncall(): Promise<void> {
    await clock.sleep(120);
  }
  return watchKeys({
    managers,
    channels: [oncall, webhook(receiverUrl, { name: 'ops-webhook' })],
    rules: {
      'quota.high': { share: 0.4 },
      'keys.degraded': true,
      'failover.rate': true,
      'provider.exhausted': { forMs: 5000 },
    },
    groupWaitMs: 2000,
    groupIntervalMs: 20_000,
    locale,
    runtime: clock,
    logger: false,
  });
}
