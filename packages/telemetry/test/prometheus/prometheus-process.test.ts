import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
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

const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => asSent(expr)));
const variables = dashboard.templating.list.flatMap(({ query }) => (typeof query === 'object' ? [query.query] : []));

interface Rule {
  readonly name: string;
  /** `ok`, unless its expression fails. */
  readonly health: string;
  readonly state: 'inactive' | 'pending' | 'firing';
}

let service: FailingService;
let prometheus: PrometheusProcess | undefined;

function configOf(address: string, metricRelabelings: readonly object[]): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rulesFile],
    scrape_configs: [
      { job_name: 'service', static_configs: [{ targets: [address] }], metric_relabel_configs: metricRelabelings },
    ],
  });
}

async function start(metricRelabelings: readonly object[]): Promise<PrometheusProcess> {
  service = new FailingService();
  await service.start();
  prometheus = await PrometheusProcess.start(configOf(service.address, metricRelabelings));
  return prometheus;
}

afterEach(async () => {
  await prometheus?.stop();
  prometheus = undefined;
  await service.close();
});

/** Those of the queries that have no answer with a number. */
async function unanswered(server: PrometheusProcess): Promise<string[]> {
  const values = await Promise.all(
    queries.map(async (query) => {
      const { result } = (await server.ask('query', { query })) as { result: { value: [number, string] }[] };
      return result.map(({ value }) => value[1]);
    }),
  );
  return queries.filter((_query, index) => !values[index]?.some((value) => value !== 'NaN'));
}

/** The names of the rules whose expression has data. */
async function activeRules(server: PrometheusProcess): Promise<string[]> {
  const { groups } = (await server.ask('rules')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  return rules.filter(({ health, state }) => health === 'ok' && state !== 'inactive').map(({ name }) => name);
}

const poll = { timeout: 20_000, interval: 300 };

describe.skipIf(!hasPrometheus())('a real Prometheus', () => {
  it.each([
    ['of prom-client', []],
    [
      'that an exporter leaves without suffixes',
      [
        {
          source_labels: ['__name__'],
          regex: '(api_key_fallback_.+?)(?:_timestamp)?(?:_seconds)?(?:_total)?(_bucket|_count|_sum)?',
          replacement: '$1$2',
          target_label: '__name__',
        },
      ],
    ],
  ])('answers every query of the dashboard and every rule with data, by the names %s', async (_names, relabelings) => {
    const server = await start(relabelings);
    expect(promtool(['check', 'config', server.configFile])).toMatchObject({ status: 0 });
    const failed = async () => {
      await service.fail();
      return unanswered(server);
    };
    await expect.poll(failed, poll).toEqual([]);
    await expect
      .poll(() => activeRules(server), poll)
      .toEqual([
        'ApiKeysAllOut',
        'ApiKeyLastOne',
        'ApiKeyInvalid',
        'ApiKeyQuotaHigh',
        'ApiKeySourceStale',
        'ApiKeyStoreAway',
        'ApiKeyFailoverRateHigh',
      ]);
    for (const variable of variables) {
      const [, match = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(asSent(variable)) ?? [];
      expect(await server.ask(`label/${label}/values`, { 'match[]': match })).not.toEqual([]);
    }
    service.recover();
    await expect
      .poll(() => activeRules(server), poll)
      .toEqual(['ApiKeyQuotaHigh', 'ApiKeySourceStale', 'ApiKeyFailoverRateHigh']);
  });

  it('finds nothing to complain of in the names and texts of the metrics', async () => {
    service = new FailingService();
    await service.start();
    await service.fail();
    const response = await fetch(`http://${service.address}`);
    expect(promtool(['check', 'metrics'], await response.text())).toEqual({ status: 0, output: '' });
  });

  it('accepts the rules, and their tests pass', async () => {
    service = new FailingService();
    expect(promtool(['check', 'rules', rulesFile])).toMatchObject({ status: 0 });
    expect(promtool(['test', 'rules', join(packageDirectory, 'prometheus/alerts.test.yml')])).toMatchObject({
      status: 0,
    });
  });
});
