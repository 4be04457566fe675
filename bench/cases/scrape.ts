import type { KeyManagerOptions } from '@api-key-fallback/core';
import { collectKeyMetrics } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';
import { median, worstOf } from '../statistics.ts';

const count = 10_000;
const warmUpRounds = 5;

/** How long a scrape takes, and what of that `status()` takes, in ms. */
type Times = readonly [scrapeMs: number, statusMs: number];

async function scrapesOf(rounds: number, options: KeyManagerOptions, calls: number): Promise<Times> {
  const manager = benchManager(fakeKeys(count), { strategy: 'round-robin', ...options });
  const register = new Registry();
  const stop = collectKeyMetrics({ register, managers: [manager] });
  const [scrapes, statuses]: [number[], number[]] = [[], []];
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (let call = 0; call < calls; call++) await manager.retryWithFallback(() => 1);
    const start = performance.now();
    // The scrape asks for it again, and gets the same.
    manager.status();
    const between = performance.now();
    await register.metrics();
    if (round < 0) continue;
    scrapes.push(performance.now() - start);
    statuses.push(between - start);
  }
  stop();
  await manager.close();
  return [median(scrapes), median(statuses)];
}

/** The cost of a scrape of many keys. */
export async function scrape({ isQuick }: Effort): Promise<CaseReport> {
  const rounds = isQuick ? 7 : 51;
  const limits = { requestsPerMinute: 1_000_000, requestsPerDay: 1_000_000, tokensPerMinute: 1_000_000 };
  const rows = [
    { name: 'no key was used since the last scrape', values: await scrapesOf(rounds, {}, 0) },
    { name: 'a tenth of the keys was used', values: await scrapesOf(rounds, {}, count / 10) },
    { name: 'each key was used', values: await scrapesOf(rounds, {}, count) },
    {
      name: 'a tenth of the keys was used, each has three limits',
      values: await scrapesOf(rounds, { limits }, count / 10),
    },
  ];
  return {
    title: 'A scrape',
    about: `Prometheus scrapes a manager of ${count.toLocaleString('en')} keys, of which 100 have series of their own. The numbers are medians of ${rounds} scrapes.`,
    tables: [{ title: 'Time of a scrape', columns: ['in all, ms', 'of which `status()`, ms'], rows }],
    measures: {
      '10,000 keys: scrape': worstOf(Object.fromEntries(rows.map(({ name, values }) => [name, values[0]]))),
    },
  };
}
