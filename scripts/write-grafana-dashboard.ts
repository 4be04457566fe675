import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrange } from './grafana/panel.ts';
import { panels } from './grafana/panels.ts';

// Writes the Grafana dashboard from its panels and from the metrics of telemetry. With --check it only compares.

const file = join(import.meta.dirname, '../packages/telemetry/grafana/api-key-fallback.json');

function variable(name: string, label: string, expr: string): object {
  return {
    name,
    label,
    type: 'query',
    datasource: { type: 'prometheus', uid: '$datasource' },
    query: { query: expr, refId: name },
    // Also matches series without the label.
    allValue: '.*',
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
    refresh: 2,
    sort: 1,
  };
}

const dashboard = {
  uid: 'api-key-fallback',
  title: 'API Key Fallback',
  description: 'Calls, attempts and keys of services that use API Key Fallback.',
  tags: ['api-key-fallback'],
  schemaVersion: 39,
  editable: true,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      variable('provider', 'Provider', 'label_values(api_key_fallback_keys, provider)'),
      variable('key', 'Key', 'label_values(api_key_fallback_key_state{provider=~"$provider"}, key)'),
    ],
  },
  panels: arrange(panels),
};

const { stdout: written } = spawnSync('oxfmt', ['--stdin-filepath', file], {
  input: JSON.stringify(dashboard),
  encoding: 'utf8',
});

if (!process.argv.includes('--check')) writeFileSync(file, written);
else if (written !== readFileSync(file, 'utf8')) {
  console.error('packages/telemetry/grafana/api-key-fallback.json is out of date. Run: npx pnpm@12 run docs:dashboard');
  process.exitCode = 1;
}
