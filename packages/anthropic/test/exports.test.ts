import * as api from '@api-key-fallback/anthropic';
import { expect, it } from 'vitest';

it('exports exactly these names', () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b))).toMatchInlineSnapshot(`
    [
      "anthropicAdapter",
      "AnthropicKeyManager",
      "firstOutput",
      "watchEventStream",
    ]
  `);
});
