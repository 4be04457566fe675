import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPrometheus, PrometheusProcess, promtool } from '../../../../test-support/prometheus-process.ts';
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

/** The queries that the documentation offers to copy. */
function documentedQueries(): string[] {
  const page = readFileSync(join(packageDirectory, '../../docs/metrics-and-traces.md'), 'utf8');
  const [, section = ''] = page.split('## Queries to copy');
  const [table = ''] = section.split('\n## ');
  // Markdown escapes the pipes in a table.
  return Array.from(table.matchAll(/ \| `(.+)` \|$/gm), ([, query = '']) => query.replaceAll('\\|', '|'));
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

/** Those of the queries that have no answer with a number. */
async function unanswered(server: PrometheusProcess, queries: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(queries.map((query) => server.ask('query', { query })));
  return queries.filter((_query, index) => {
    const { result } = answers[index] as { result: { value: [timeSeconds: number, value: string] }[] };
    return result.every(({ value }) => value[1] === 'NaN');
  });
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
    const queries = documentedQueries();
    expect(queries.length).toBeGreaterThan(10);
    const service = await startService();
    const server = await startPrometheus(service.address, []);
    const failed = async () => {
      await service.fail();
      return unanswered(server, queries);
    };
    await expect.poll(failed, poll).toEqual([]);
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
