import { ApiKeyManager, MemoryStore } from '@api-key-fallback/core';
import { collectKeyMetrics } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acmeAdapter, acmeKey, acmeManager, callWhile } from '../acme-manager.ts';
import { scrapedOf } from './scraped.ts';

describe('the transitions of a key', () => {
  it('begin at 0, because Prometheus sees no increase in a series that begins with 1', async () => {
    const register = new Registry();
    const manager = acmeManager();
    onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
    const transitions = () => scrapedOf(register, 'key_transitions');
    await callWhile(manager, { main: 'invalid-key' });
    manager.reset();
    await callWhile(manager, { main: 'invalid-key' });
    expect(await transitions()).toEqual([
      'key_transitions_total{key="main",to="disabled",reason="reported_by_method"} 0',
      'key_transitions_total{key="main",to="healthy"} 0',
    ]);
    manager.reset();
    expect(await transitions()).toEqual([
      'key_transitions_total{key="main",to="disabled",reason="reported_by_method"} 2',
      'key_transitions_total{key="main",to="healthy"} 2',
    ]);
    await callWhile(manager, { main: 'rate-limited' });
    expect((await transitions()).at(-1)).toMatch(/to="cooling".* 0$/);
    expect((await transitions()).at(-1)).toMatch(/to="cooling".* 1$/);
  });

  it('are counted by the process that has caused them, not by those that learn of them from the store', async () => {
    const store = new MemoryStore();
    const [here, there] = [1, 2].map(() => new ApiKeyManager(acmeAdapter, [acmeKey('main')], { logger: false, store }));
    const registers = [here, there].map((manager) => {
      const register = new Registry();
      onTestFinished(collectKeyMetrics({ register, managers: manager ? [manager] : [] }));
      onTestFinished(() => manager?.close());
      return register;
    });
    await Promise.all([here?.ready(), there?.ready()]);
    const hasArrived = new Promise((resolve) => there?.on('key.disabled', resolve));
    if (here) await callWhile(here, { main: 'invalid-key' });
    await hasArrived;
    const scrapes = () => Promise.all(registers.map((register) => scrapedOf(register, 'key_')));
    await scrapes();
    const [ofHere, ofThere] = await scrapes();
    expect(ofHere).toContain('key_transitions_total{key="main",to="disabled",reason="reported_by_method"} 1');
    expect(ofThere).toContain('key_state{key="main",state="disabled"} 1');
    expect(ofThere?.filter((line) => line.startsWith('key_transitions'))).toEqual([]);
  });

  it('have the reason "other" beyond 100 reasons, because applications can make up any number of them', async () => {
    const register = new Registry();
    const manager = acmeManager({ keys: [acmeKey('main')] });
    onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
    for (let call = 1; call <= 103; call++) {
      const classifyError = () => ({ kind: 'rate-limited', reason: `request ${call}`, retryAfterMs: 60_000 }) as const;
      const refused = manager.retryWithFallback(() => Promise.reject(new Error('refused')), {
        classifyError,
        maxRetries: 1,
      });
      await expect(refused).rejects.toThrow('refused');
      manager.reset();
    }
    await scrapedOf(register, 'key_transitions');
    const lines = await scrapedOf(register, 'key_transitions');
    expect(lines).toHaveLength(102);
    expect(lines).toContain('key_transitions_total{key="main",to="cooling",reason="other"} 3');
    expect(lines).toContain('key_transitions_total{key="main",to="healthy"} 103');
  });
});
