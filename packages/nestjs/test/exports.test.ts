import * as api from '@api-key-fallback/nestjs';
import * as dashboard from '@api-key-fallback/nestjs/dashboard';
import * as metrics from '@api-key-fallback/nestjs/metrics';
import * as terminus from '@api-key-fallback/nestjs/terminus';
import { expect, it } from 'vitest';

it('exports these names, and no others', () => {
  expect([api, dashboard, metrics, terminus].map((entry) => Object.keys(entry))).toEqual([
    [
      'ApiKeyFallbackFilter',
      'API_KEY_FALLBACK_OPTIONS',
      'ApiKeyFallbackModule',
      'getKeyManagerToken',
      'InjectKeyManager',
      'nestLogger',
      'requestPool',
      'runInPool',
    ],
    ['KeyDashboardModule'],
    ['KeyMetricsModule'],
    ['KeyHealthIndicator'],
  ]);
});
