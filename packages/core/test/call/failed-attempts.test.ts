import { inspect } from 'node:util';
import { type AllKeysFailedError, ApiKeyManager } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { renderings } from '../base/renderings.ts';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const secret = 'a-key-of-a-tenant-4f9a81c2e07b';

async function failureOf(error: unknown): Promise<AllKeysFailedError> {
  const options = { logger: false, runtime: new FakeRuntime() } as const;
  const manager = new ApiKeyManager(scriptedAdapter, [secret], options);
  const call = manager.retryWithFallback(() => Promise.reject(error), { maxRetries: 1 });
  const failure: unknown = await call.catch((thrown: unknown) => thrown);
  await manager.close();
  return failure as AllKeysFailedError;
}

it('a failed attempt shows no key, also after the key was forgotten', async () => {
  const failure = await failureOf(new Error(`503 bad ${secret}`, { cause: secret }));
  for (let number = 0; number < 1100; number++) {
    await new ApiKeyManager(scriptedAdapter, [`other-${number}`], { logger: false }).close();
  }
  const shown = [failure, failure.attempts, failure.errors].flatMap(renderings);
  for (const text of shown) expect(text).not.toContain(secret.slice(0, 12));
});

it('a printed failure shows the error of each attempt', async () => {
  const error = Object.assign(new RangeError('down'), { status: 503 });
  const printed = inspect(await failureOf(error), { depth: 5 });
  expect(printed).toMatch(
    /AllKeysFailedError: .*attempts: \[.*RangeError\]: down\n.*failed-attempts\.test.*status: 503/s,
  );
});
