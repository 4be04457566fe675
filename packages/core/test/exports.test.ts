import { expect, it } from 'vitest';
import * as core from '@api-key-fallback/core';
import * as adapter from '@api-key-fallback/core/adapter';
import * as store from '@api-key-fallback/core/store';

it.each([
  ['', core],
  ['/adapter', adapter],
  ['/store', store],
])('@api-key-fallback/core%s exports these names, and no others', (_name, door) => {
  expect(Object.keys(door).toSorted((a, b) => a.localeCompare(b))).toMatchSnapshot();
});
