import { ApiKeyManager, currentAttempt, customProvider, registry, wrapWithFallback } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { warnOnce } from '../../src/events/dev-warnings.ts';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';
import { watchWarnings } from '../watch-warnings.ts';

let runtime: FakeRuntime;
let manager: ApiKeyManager;

beforeEach(() => {
  runtime = new FakeRuntime();
  manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a warning of a mistake', () => {
  it('tells once of a loop inside an attempt of the same provider', async () => {
    const emitWarning = watchWarnings();
    const nested = () => manager.retryWithFallback(() => manager.retryWithFallback((key) => key));
    await nested();
    await nested();
    expect(emitWarning).toHaveBeenCalledTimes(1);
    expect(emitWarning.mock.calls[0]).toMatchObject([
      expect.stringContaining('scripted'),
      { code: 'AKF_NESTED_LOOPS' },
    ]);
  });

  it('tells of a method that goes on past its time limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const emitWarning = watchWarnings();
    const call = manager.retryWithFallback(() => new Promise(() => {}), { deadline: 10 });
    call.catch(() => {});
    await runtime.pass(10);
    await settle();
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(emitWarning.mock.calls).toMatchObject([
      [expect.stringContaining('scripted'), { code: 'AKF_SIGNAL_IGNORED' }],
    ]);
  });

  it('names a method of any name in a short line', async () => {
    const emitWarning = watchWarnings();
    const provider = customProvider('long-name');
    const response = async () => new Response('', { status: 500 });
    Object.defineProperty(response, 'name', { value: `two\nlines${'x'.repeat(10_000_000)}` });
    registry.register(new ApiKeyManager({ ...scriptedAdapter, name: provider }, ['K1'], { logger: false }));
    onTestFinished(() => void registry.unregister(provider));
    await wrapWithFallback(response, { provider })();
    expect(emitWarning.mock.calls).toHaveLength(1);
    expect(String(emitWarning.mock.calls[0]?.[0])).toMatch(/^long-name in two linesx{40,60}…\(\): .{1,300}$/);
  });

  it('is silent in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const emitWarning = watchWarnings();
    const quiet = new ApiKeyManager({ ...scriptedAdapter, name: 'quiet' }, ['K1'], { logger: false });
    await quiet.retryWithFallback(() => quiet.retryWithFallback(() => currentAttempt().attemptNumber));
    expect(emitWarning).not.toHaveBeenCalled();
    vi.unstubAllEnvs();
  });

  // The last test of this file, because no warning comes after it.
  it('is not remembered without end: after 1,000 of them there are no more', () => {
    const emitWarning = watchWarnings();
    for (let site = 0; site < 1500; site++) warnOnce('AKF_TEST', `site ${site}`, 'text');
    const given = emitWarning.mock.calls.length;
    expect(given).toBeGreaterThan(900);
    expect(given).toBeLessThanOrEqual(1000);
  });
});
