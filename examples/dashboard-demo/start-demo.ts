import { randomUUID } from 'node:crypto';
import type { Locale } from '@api-key-fallback/core';
import { createDashboard } from '@api-key-fallback/dashboard';
import { DemoClock } from './demo-clock.ts';
import { mistralPool } from './pools/mistral-pool.ts';
import { openaiPool } from './pools/openai-pool.ts';
import { rapidApiPool } from './pools/rapidapi-pool.ts';
import { youtubePool } from './pools/youtube-pool.ts';
import { startProvider } from './provider/start-provider.ts';
import type { Scene } from './scene.ts';
import { startAlertReceiver } from './start-alert-receiver.ts';
import { watchDemoKeys } from './watch-demo-keys.ts';

/** Options of {@link startDemo}. */
export interface DemoOptions {
  readonly scene: Scene;
  readonly locale: Locale;
  /** The port of the dashboard; 0 for a free one. */
  readonly port: number;
  /** @default the real time */
  readonly clock?: DemoClock;
}

/** A running demo. */
export interface Demo {
  /** Opens the dashboard and signs in. */
  readonly link: string;
  /** Ends the traffic, the dashboard and the servers. */
  close(): Promise<void>;
}

/** Starts a provider, an application that calls it with four pools of keys, and the dashboard of these keys. */
export async function startDemo({ scene, locale, port, clock = new DemoClock() }: DemoOptions): Promise<Demo> {
  // Google's client would send the requests to this machine through a proxy.
  for (const name of Object.keys(process.env)) if (/_PROXY$/i.test(name)) delete process.env[name];
  const started: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of started.splice(0).toReversed()) await end();
  };
  try {
    const provider = await startProvider(clock);
    started.push(() => provider.close());
    const receiver = await startAlertReceiver();
    started.push(() => receiver.close());
    const traffic = new AbortController();
    const setting = { scene, provider, clock, signal: traffic.signal };
    const pools = [openaiPool, youtubePool, rapidApiPool, mistralPool].map((create) => create(setting));
    const managers = pools.map(({ manager }) => manager);
    started.push(() => Promise.all(managers.map((manager) => manager.close())));
    const alerts = watchDemoKeys({ managers, receiverUrl: receiver.url, locale, clock });
    // Not awaited: for five seconds it would try to deliver what the receiver refuses.
    started.push(async () => void alerts.close());

    const token = randomUUID();
    const dashboard = createDashboard({
      managers,
      alerts,
      auth: { token, actor: 'you' },
      title: 'checkout-api',
      environment: 'demo',
      locale,
      runtime: clock,
    });
    started.push(() => dashboard.close());
    const { url } = await dashboard.listen({ port });

    started.push(async () => traffic.abort());
    for (const pool of pools) void pool.run();
    return { link: `${url}#token=${token}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
