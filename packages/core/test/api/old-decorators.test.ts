import { expect, it } from 'vitest';
import { retryWithApiKeyFallback } from '../../src/index.ts';

it('a compiler that applies decorators as in 2018 gets an error that says what to set', () => {
  const decorate = retryWithApiKeyFallback({ provider: 'acme' as never }) as (element: object) => unknown;
  const chat = async (): Promise<void> => {};
  const element = { kind: 'method', key: 'chat', placement: 'prototype', descriptor: { value: chat } };
  expect(() => decorate(element)).toThrow(
    new TypeError(
      'The compiler applies @retryWithApiKeyFallback as decorators worked in 2018. Set "experimentalDecorators": true in ' +
        'tsconfig.json (Next.js), or jsc.transform.decoratorVersion: "2022-03" (swc).',
    ),
  );
});
