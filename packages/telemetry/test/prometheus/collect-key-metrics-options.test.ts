import { registry } from '@api-key-fallback/core';
import { collectKeyMetrics } from '@api-key-fallback/telemetry/prometheus';
import { Gauge, register as defaultRegister, Registry } from 'prom-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { acmeKey, acmeManager, callWhile, statingAnswer } from '../acme-manager.ts';
import { scraped, scrapedOf } from './scraped.ts';

/** Counts the listeners and tracers that something has and has not removed. */
function countWatchers(watched: { on: (...args: never) => () => void; trace: (...args: never) => () => void }) {
  const active = { count: 0 };
  for (const method of ['on', 'trace'] as const) {
    const original = watched[method].bind(watched);
    vi.spyOn(watched, method).mockImplementation((...args: never) => {
      const stop = original(...args);
      active.count++;
      return () => {
        active.count--;
        stop();
      };
    });
  }
  onTestFinished(() => void vi.restoreAllMocks());
  return active;
}

describe('collectKeyMetrics()', () => {
  it('uses the default register, and adds no metric but its own', async () => {
    const stop = collectKeyMetrics({ managers: [acmeManager()] });
    onTestFinished(stop);
    const names = defaultRegister.getMetricsAsArray().map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith('api_key_fallback_'))).toEqual([]);
    expect(names).toHaveLength(20);
    stop();
    expect(defaultRegister.getMetricsAsArray()).toEqual([]);
  });

  it('leaves the other metrics of a register', async () => {
    const register = new Registry();
    new Gauge({ name: 'own_metric', help: 'A metric of the application.', registers: [register] }).set(1);
    collectKeyMetrics({ register, managers: [] })();
    expect(register.getMetricsAsArray().map(({ name }) => name)).toEqual(['own_metric']);
  });

  it.each([
    ['of the registry', undefined],
    ['of a list', [acmeManager()]],
  ])('leaves no listener and no tracer when it is stopped: managers %s', (_which, managers) => {
    const active = countWatchers(managers?.[0] ?? registry);
    const stop = collectKeyMetrics({ register: new Registry(), ...(managers ? { managers } : {}) });
    expect(active.count).toBeGreaterThan(3);
    stop();
    expect(active.count).toBe(0);
    stop();
    expect(active.count).toBe(0);
  });

  it('can be called again when it is stopped, but not before', async () => {
    const register = new Registry();
    const manager = acmeManager();
    const stop = collectKeyMetrics({ register, managers: [manager] });
    const again = () => collectKeyMetrics({ register, managers: [manager] });
    expect(again).toThrowErrorMatchingInlineSnapshot(
      `[InvalidOptionsError: The register has the metric api_key_fallback_attempts_total already. Call collectKeyMetrics() once for each register, or first call the function that it has returned.]`,
    );
    stop();
    onTestFinished(again());
    stop();
    await callWhile(manager);
    expect(await scraped(register, 'call_duration_seconds_count')).toContain(
      'api_key_fallback_call_duration_seconds_count{provider="acme",outcome="success"} 1',
    );
  });

  it('removes only its own metrics from a register that was cleared and has got them again', () => {
    const register = new Registry();
    const stop = collectKeyMetrics({ register, managers: [] });
    register.clear();
    onTestFinished(collectKeyMetrics({ register, managers: [] }));
    const metrics = register.getMetricsAsArray();
    stop();
    expect(metrics).not.toEqual([]);
    expect(register.getMetricsAsArray()).toEqual(metrics);
  });

  it('reads each status once per scrape', async () => {
    const register = new Registry();
    const manager = acmeManager();
    const status = vi.spyOn(manager, 'status');
    onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
    expect(status).not.toHaveBeenCalled();
    await register.metrics();
    expect(status).toHaveBeenCalledTimes(1);
    await callWhile(manager);
    expect(await scraped(register, 'attempts_total')).toContain(
      'api_key_fallback_attempts_total{provider="acme",pool="default",key="main",outcome="success"} 1',
    );
    expect(status).toHaveBeenCalledTimes(2);
  });

  it.each([
    [{}, 120, 30],
    [{ tokens: true }, 120, 30],
    [{ tokens: false }, 0, 0],
  ])('counts the tokens that answers state, unless that is switched off: %j', async (options, input, output) => {
    const register = new Registry();
    const manager = acmeManager({ keys: [acmeKey('main')] });
    onTestFinished(collectKeyMetrics({ register, managers: [manager], ...options }));
    await manager.retryWithFallback(statingAnswer);
    expect(await scrapedOf(register, 'tokens_total')).toEqual([
      `tokens_total{key="main",direction="input"} ${input}`,
      `tokens_total{key="main",direction="output"} ${output}`,
    ]);
  });

  it.each([
    [{ registry: new Registry() }, 'Unknown option "registry".'],
    [{ register: {} }, '"register" must be a Registry of prom-client. Write { register: new Registry() }.'],
    [{ managers: acmeManager() }, '"managers" must be a list of key managers, for example [manager].'],
    [{ managers: ['openai'] }, '"managers" must be a list of key managers, for example [manager].'],
    [{ keyLabel: 'masked' }, '"keyLabel" must be one of label, ordinal, id, none.'],
    [{ durationBuckets: [] }, '"durationBuckets" must be a list of seconds above 0 in ascending order'],
    [{ durationBuckets: [1, 1] }, '"durationBuckets" must be a list of seconds above 0 in ascending order'],
    [{ durationBuckets: [0, 1] }, '"durationBuckets" must be a list of seconds above 0 in ascending order'],
    [{ durationBuckets: [1, Infinity] }, '"durationBuckets" must be a list of seconds above 0 in ascending order'],
    [{ tokens: 'yes' }, '"tokens" must be true or false.'],
    [null, '"options" must be an object'],
  ])('refuses %j', (options, message) => {
    expect(() => collectKeyMetrics(options as object)).toThrow(message);
  });
});
