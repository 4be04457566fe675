import { UnrecoverableError } from '@api-key-fallback/core';
import { AbortError } from 'p-retry';
import { describe, expect, it, vi } from 'vitest';
import { ok, scriptKeys, throws } from '../scripted-keys.ts';

async function thrownAfterOneAttempt(error: unknown, options: object = {}): Promise<unknown> {
  const keys = scriptKeys({ K1: [throws(error)], K2: [ok] }, options);
  const thrown = await keys
    .call({ classifyError: () => ({ kind: 'transient', reason: 'mine' }) })
    .catch((e: unknown) => e);
  expect(keys.calls).toEqual(['K1']);
  expect(keys.manager.getFailedKeys()).toEqual([]);
  return thrown;
}

describe('an UnrecoverableError', () => {
  it('ends the call with this very error, whatever the option and the adapter say', async () => {
    const cause = new Error('no budget');
    const error = new UnrecoverableError('stop', { cause });
    const adapter = { classifyError: () => ({ kind: 'transient', reason: 'adapter' }) as const };
    await expect(thrownAfterOneAttempt(error, { adapter })).resolves.toBe(error);
    expect(error).toMatchObject({ name: 'UnrecoverableError', code: 'UNRECOVERABLE', message: 'stop', cause });
  });

  it('of another copy of this package ends the call, too, and is recognised', async () => {
    vi.resetModules();
    const copy = await import('../../src/index.ts');
    const error = new copy.UnrecoverableError('stop');
    expect(error).not.toBeInstanceOf(UnrecoverableError);
    expect(UnrecoverableError.isInstance(error)).toBe(true);
    await expect(thrownAfterOneAttempt(error)).resolves.toBe(error);
  });

  it('of BullMQ, which has only the name, ends the call, too', async () => {
    const error = Object.assign(new Error('stop'), { name: 'UnrecoverableError' });
    await expect(thrownAfterOneAttempt(error)).resolves.toBe(error);
    expect(UnrecoverableError.isInstance(error)).toBe(false);
  });
});

describe('an AbortError of p-retry', () => {
  it('ends the call with the error that it was made from, as p-retry does', async () => {
    const original = new Error('no such user');
    await expect(thrownAfterOneAttempt(new AbortError(original))).resolves.toBe(original);
    await expect(thrownAfterOneAttempt(new AbortError('stop'))).resolves.toMatchObject({ message: 'stop' });
  });
});
