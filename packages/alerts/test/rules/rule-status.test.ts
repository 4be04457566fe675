import { expect, it } from 'vitest';
import { Scene } from '../scene.ts';

it('lists all built-in rules with their defaults', () => {
  const scene = new Scene();
  const common = { keepFiringMs: 60_000, isBuiltIn: true };
  expect(scene.watch([scene.manager(['main'])]).rules()).toEqual([
    { name: 'provider.exhausted', severity: 'critical', forMs: 15_000, isOn: true, ...common },
    { name: 'operation.exhausted', severity: 'critical', forMs: 15_000, isOn: true, ...common },
    { name: 'last.key', severity: 'warning', forMs: 60_000, isOn: true, ...common },
    { name: 'key.invalid', severity: 'warning', forMs: 0, isOn: true, ...common },
    { name: 'quota.high', severity: 'warning', forMs: 0, isOn: true, ...common, options: { share: 0.9 } },
    { name: 'source.stale', severity: 'warning', forMs: 60_000, isOn: true, ...common, options: { afterMs: 900_000 } },
    { name: 'store.away', severity: 'warning', forMs: 60_000, isOn: true, ...common },
    { name: 'keys.degraded', severity: 'warning', forMs: 60_000, isOn: false, ...common, options: { share: 0.5 } },
    {
      name: 'failover.rate',
      severity: 'warning',
      forMs: 0,
      isOn: false,
      ...common,
      options: { count: 20, windowMs: 300_000 },
    },
  ]);
});

it('lists what was changed, what was switched on and off, and rules of your own', () => {
  const scene = new Scene();
  const watch = scene.watch([scene.manager(['main'])], {
    rules: {
      'last.key': false,
      'quota.high': { share: 0.8, severity: 'critical' },
      'source.stale': { afterMs: 0, forMs: 1000, keepFiringMs: 2000 },
      'keys.degraded': true,
      'failover.rate': { count: 5 },
    },
    extraRules: [{ name: 'few.keys', severity: 'info', forMs: 600_000, evaluate: () => undefined }],
  });
  const rules = new Map(watch.rules().map((rule) => [rule.name, rule]));
  expect([...rules.keys()].slice(8)).toEqual(['failover.rate', 'few.keys']);
  expect(rules.get('last.key')).toMatchObject({ isOn: false, severity: 'warning', forMs: 60_000 });
  expect(rules.get('quota.high')).toMatchObject({ isOn: true, severity: 'critical', options: { share: 0.8 } });
  expect(rules.get('source.stale')).toMatchObject({ forMs: 1000, keepFiringMs: 2000, options: { afterMs: 0 } });
  expect(rules.get('keys.degraded')).toMatchObject({ isOn: true, options: { share: 0.5 } });
  expect(rules.get('failover.rate')).toMatchObject({ isOn: true, options: { count: 5, windowMs: 300_000 } });
  expect(rules.get('few.keys')).toEqual({
    name: 'few.keys',
    severity: 'info',
    forMs: 600_000,
    keepFiringMs: 60_000,
    isOn: true,
    isBuiltIn: false,
  });
});
