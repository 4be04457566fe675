import * as api from '@api-key-fallback/telemetry/prometheus';
import { expect, it } from 'vitest';

it('exports these names, and no others', () => {
  expect(Object.keys(api)).toMatchInlineSnapshot(`
    [
      "collectKeyMetrics",
      "metricsHandler",
    ]
  `);
});
