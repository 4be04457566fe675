import * as api from '@api-key-fallback/rapidapi';
import { expect, it } from 'vitest';

it('exports exactly these names', () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b))).toMatchInlineSnapshot(`
    [
      "rapidApiAdapter",
      "RapidApiError",
      "rapidApiFetch",
      "RapidApiKeyManager",
      "rapidApiProbe",
    ]
  `);
});
