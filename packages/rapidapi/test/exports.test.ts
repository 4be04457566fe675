import * as api from '@api-key-fallback/rapidapi';
import { expect, it } from 'vitest';

it('exports these names, and no others', () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b))).toMatchInlineSnapshot(`
    [
      "rapidApiAdapter",
      "RapidApiError",
      "rapidApiFetch",
      "RapidApiKeyManager",
    ]
  `);
});
