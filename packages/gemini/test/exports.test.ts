import * as api from '@api-key-fallback/gemini';
import { expect, it } from 'vitest';

it('exports exactly these names', () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b))).toMatchInlineSnapshot(`
    [
      "geminiAdapter",
      "GeminiKeyManager",
    ]
  `);
});
