import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectKeyMetrics } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';

const file = join(import.meta.dirname, '../../grafana/api-key-fallback.json');

it('the dashboard shows every metric', () => {
  const register = new Registry();
  onTestFinished(collectKeyMetrics({ register, managers: [] }));
  const text = readFileSync(file, 'utf8');
  const patterns = Array.from(
    text.matchAll(/__name__=~\\"(.+?)\\"/g),
    ([, pattern = '']) => new RegExp(`^${pattern}$`),
  );
  const names = register.getMetricsAsArray().map(({ name }) => name);
  const shown = names.filter((name) =>
    ['', '_bucket', '_count', '_sum'].some((part) => patterns.some((pattern) => pattern.test(name + part))),
  );
  expect(shown).toEqual(names);
});
