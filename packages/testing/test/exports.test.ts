import * as api from '@api-key-fallback/testing';
import { expect, it } from 'vitest';

it('exports exactly these names', () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b))).toMatchInlineSnapshot(`
    [
      "createTestManager",
      "recordedResponses",
      "startProviderServer",
    ]
  `);
});
