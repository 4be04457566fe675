import * as api from '@api-key-fallback/telemetry/otel';
import { expect, it } from 'vitest';

it('exports these names, and no others', () => {
  expect(Object.keys(api)).toEqual(['instrument']);
});
