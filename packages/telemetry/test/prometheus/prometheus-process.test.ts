import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ApiKeyManager } from '@api-key-fallback/core';
import { collectKeyMetrics, metricsHandler } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPrometheus, PrometheusProcess, promtool } from '../../../../test-support/prometheus-process.ts';
import { acmeManager, callWhile } from '../acme-manager.ts';
import { FailingService } from './failing-service.ts';

const packageDirectory = join(import.meta.dirname, '../..');
const rulesFile = join(packageDirectory, 'prometheus/alerts.yml');

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const dashboard = JSON.parse(
  readFileSync(join(packageDirectory, 'grafana/api-key-fallback.json'), 'utf8'),
) as Dashboard;

/** A query as Grafana sends it while all providers and keys are chosen. */
function asSent(query: string): string {
  return query.replaceAll(/\$(?:provider|key)\b/g, '.*').replaceAll('$__rate_interval', '1m');
}

const panelQueries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => asSent(expr)));
const variables = dashboard.templating.list.flatMap(({ query }) => (typeof query === 'object' ? [query.query] : []));

/** The only query of a panel. */
function queryOf(title: string): string {
  const [{ expr } = { expr: '' }] = dashboard.panels.find((panel) => panel.title === title)?.targets ?? [];
  return asSent(expr);
}

const shareOfPanel = queryOf('Success share');

/** The queries that the documentation offers to copy, by the questions that they answer. */
function documentedQueries(): ReadonlyMap<string, string> {
  const page = readFileSync(join(packageDirectory, '../../docs/guides/metrics-and-traces.md'), 'utf8');
  const [, section = ''] = page.split('## Queries to copy');
  const [table = ''] = section.split('\n## ');
  // Markdown escapes the pipes in a table.
  return new Map(
    Array.from(table.matchAll(/^\| (.+?) \| `(.+)` \|$/gm), ([, question = '', query = '']) => [
      question,
      query.replaceAll('\\|', '|'),
    ]),
  );
}

interface Rule {
  readonly name: string;
  /** `ok`, unless its expression fails. */
  readonly health: string;
  readonly state: 'inactive' | 'pending' | 'firing';
}

/** Makes of the names of prom-client those of exporters that leave out units and `_total`. */
const withoutSuffixes = {
  source_labels: ['__name__'],
  regex: '(api_key_fallback_.+?)(?:_timestamp)?(?:_seconds)?(?:_total)?(_bucket|_count|_sum)?',
  replacement: '$1$2',
  target_label: '__name__',
};

async function startService(): Promise<FailingService> {
  const service = new FailingService();
  onTestFinished(() => service.close());
  await service.start();
  return service;
}

async function startPrometheus(address: string, relabelings: readonly object[]): Promise<PrometheusProcess> {
  const static_configs = [{ targets: [address] }];
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rulesFile],
    scrape_configs: [{ job_name: 'service', static_configs, metric_relabel_configs: relabelings }],
  };
  const prometheus = await PrometheusProcess.start(JSON.stringify(config));
  onTestFinished(() => prometheus.stop());
  return prometheus;
}

/** A manager whose metrics a Prometheus has scraped before the first call. */
async function startWatched(relabelings: readonly object[]) {
  const manager = acmeManager();
  const register = new Registry();
  onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
  const metrics = createServer(metricsHandler({ register }).node).listen(0, '127.0.0.1');
  onTestFinished(() => {
    metrics.close();
    metrics.closeAllConnections();
  });
  await once(metrics, 'listening');
  const server = await startPrometheus(`127.0.0.1:${(metrics.address() as AddressInfo).port}`, relabelings);
  await expect.poll(() => valuesOf(server, 'api_key_fallback_keys_usable'), poll).toEqual([2]);
  return { manager, server };
}

function failAll(manager: ApiKeyManager): Promise<void> {
  return callWhile(manager, { main: 'invalid-key', spare: 'invalid-key' });
}

/** The values that a query has now, one for each series. */
async function valuesOf(server: PrometheusProcess, query: string): Promise<number[]> {
  const { result } = (await server.ask('query', { query })) as {
    readonly result: readonly { readonly value: readonly [timeSeconds: number, value: string] }[];
  };
  return result.map(({ value }) => Number(value[1]));
}

/** Those of the queries that have no answer with a number. */
async function unanswered(server: PrometheusProcess, queries: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(queries.map((query) => valuesOf(server, query)));
  return queries.filter((_query, index) => answers[index]?.every(Number.isNaN));
}

/** The names of the rules whose expression has data. */
async function activeRules(server: PrometheusProcess): Promise<string[]> {
  const { groups } = (await server.ask('rules')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  return rules.filter(({ health, state }) => health === 'ok' && state !== 'inactive').map(({ name }) => name);
}

const poll = { timeout: 25_000, interval: 300 };
const allRules = [
  'ApiKeysAllOut',
  'ApiKeyLastOne',
  'ApiKeyInvalid',
  'ApiKeyQuotaHigh',
  'ApiKeySourceStale',
  'ApiKeyStoreAway',
  'ApiKeyFailoverRateHigh',
];

describe.skipIf(!hasPrometheus())('a real Prometheus', () => {
  it('answers every query of the dashboard and every rule with data while keys fail and recover', async () => {
    const service = await startService();
    // By the names of prom-client, and by those of some exporters of OpenTelemetry.
    const servers = await Promise.all([[], [withoutSuffixes]].map((names) => startPrometheus(service.address, names)));
    const ofServers = async (ask: (server: PrometheusProcess) => Promise<unknown>) => Promise.all(servers.map(ask));
    for (const { configFile } of servers)
      expect(promtool(['check', 'config', configFile])).toMatchObject({ status: 0 });

    const failed = async () => {
      await service.fail();
      return ofServers((server) => unanswered(server, panelQueries));
    };
    await expect.poll(failed, poll).toEqual([[], []]);
    await expect.poll(() => ofServers(activeRules), poll).toEqual([allRules, allRules]);
    for (const variable of variables) {
      const [, match = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(asSent(variable)) ?? [];
      expect(await ofServers((server) => server.ask(`label/${label}/values`, { 'match[]': match }))).not.toContainEqual(
        [],
      );
    }

    await service.recover();
    const left = ['ApiKeyQuotaHigh', 'ApiKeyFailoverRateHigh'];
    await expect.poll(() => ofServers(activeRules), poll).toEqual([left, left]);
  });

  it('answers every query of the documentation with data', async () => {
    const queries = [...documentedQueries().values()];
    expect(queries.length).toBeGreaterThan(10);
    const service = await startService();
    const server = await startPrometheus(service.address, []);
    const failed = async () => {
      await service.fail();
      return unanswered(server, queries);
    };
    await expect.poll(failed, poll).toEqual([]);
  });

  it('sees the first failure of a key and of a call', async () => {
    const { manager, server } = await startWatched([]);
    await failAll(manager);
    const queries = [shareOfPanel, documentedQueries().get('Which share of the calls succeeds?') ?? ''];
    const shares = () => Promise.all(queries.map((query) => valuesOf(server, query)));
    await expect.poll(shares, poll).toEqual([[0], [0]]);
    const changes = async () => Math.max(...(await valuesOf(server, queryOf('Changes of state'))));
    await expect.poll(changes, poll).toBeGreaterThan(0);

    manager.reset();
    await callWhile(manager);
    await expect(manager.retryWithFallback(() => 1, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await expect.poll(shares, poll).toEqual([[0.5], [0.5]]);
  });

  it('shows that no call succeeds, also where the series of successes begins with the first one', async () => {
    const { manager, server } = await startWatched([{ source_labels: ['outcome'], regex: 'success', action: 'drop' }]);
    await failAll(manager);
    await expect.poll(() => valuesOf(server, shareOfPanel), poll).toEqual([0]);
  });

  it('finds nothing to complain of in the names and texts of the metrics', async () => {
    const service = await startService();
    await service.fail();
    const response = await fetch(`http://${service.address}`);
    expect(promtool(['check', 'metrics'], await response.text())).toEqual({ status: 0, output: '' });
  });

  it('accepts the rules, and their tests pass', () => {
    expect(promtool(['check', 'rules', rulesFile])).toMatchObject({ status: 0 });
    const tests = join(packageDirectory, 'prometheus/alerts.test.yml');
    expect(promtool(['test', 'rules', tests])).toMatchObject({ status: 0 });
  });
});
