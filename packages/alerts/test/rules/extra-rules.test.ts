import type { KeyManagerStatus } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { call, exhaust, hourMs, keyOf, minuteMs, Scene, secondMs } from '../scene.ts';

it('sends the text of a rule of your own', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager], {
    extraRules: [
      {
        name: 'busy.day',
        severity: 'info',
        evaluate: ({ keys }) => keys.some(({ usage }) => usage.attempts > 1) && `A busy day for ${keyOf('main')}.`,
      },
    ],
  });
  await call(manager);
  await scene.clock.advance(minuteMs);
  expect(watch.firing()).toEqual([]);
  await call(manager);
  await scene.clock.advance(minuteMs);
  expect(watch.firing()).toMatchObject([{ rule: 'busy.day', severity: 'info', fingerprint: 'busy.day/acme/default' }]);
  expect(watch.firing()[0]?.message).toMatch(/^A busy day for /);
  expect(watch.firing()[0]?.message).not.toContain('0123456789abcdefghij');
  expect(scene.take()).toEqual([expect.stringContaining('alert info: busy.day')]);
});

it('does not mute a rule of your own while all keys are out', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const watch = scene.watch([manager], {
    extraRules: [{ name: 'queue.full', severity: 'critical', evaluate: ({ usable }) => usable === 0 && 'It is full.' }],
  });
  await exhaust(manager, hourMs);
  await scene.clock.advance(minuteMs);
  expect(watch.firing().map(({ rule }) => rule)).toEqual(['provider.exhausted', 'queue.full']);
});

it('waits for the time that a rule of your own asks for', async () => {
  const scene = new Scene();
  const watch = scene.watch([scene.manager(['main'])], {
    extraRules: [{ name: 'always', forMs: 5 * minuteMs, evaluate: () => 'Always so.' }],
  });
  await scene.clock.advance(5 * minuteMs);
  expect(watch.firing()).toEqual([]);
  await scene.clock.advance(secondMs);
  expect(watch.firing()).toHaveLength(1);
});

it('logs a rule that throws once, leaves its alerts as they are, and goes on with the others', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  let isBroken = false;
  const watch = scene.watch([manager], {
    extraRules: [
      {
        name: 'fragile',
        evaluate: () => {
          if (isBroken) throw new Error(`It cannot read ${keyOf('main')}.`);
          return 'Wrong.';
        },
      },
      { name: 'sound', evaluate: () => isBroken && 'Wrong as well.' },
    ],
  });
  await scene.clock.advance(minuteMs);
  isBroken = true;
  await scene.clock.advance(10 * minuteMs);
  expect(watch.firing().map(({ rule }) => rule)).toEqual(['fragile', 'sound']);
  expect(scene.logged).toEqual([expect.stringMatching(/^Alerts: The rule "fragile" throws.*It cannot read /)]);
  expect(scene.logged.join('')).not.toContain('0123456789abcdefghij');
});

it('logs a rule that throws for one pool and not for another once', async () => {
  const scene = new Scene();
  const managers = ['one', 'two'].map((pool) => scene.manager(['main'], { pool }));
  const evaluate = ({ pool }: KeyManagerStatus) => {
    if (pool === 'one') throw new Error('It is broken.');
    return undefined;
  };
  scene.watch(managers, { extraRules: [{ name: 'fragile', evaluate }] });
  await scene.clock.advance(10 * minuteMs);
  expect(scene.logged).toEqual([expect.stringContaining('throws for the pool "one" of acme')]);
});

it('refuses the answer of an async rule, which would come too late', async () => {
  const scene = new Scene();
  const watch = scene.watch([scene.manager(['main'])], {
    extraRules: [{ name: 'async', evaluate: (() => Promise.reject(new Error('Late.'))) as unknown as () => string }],
  });
  await scene.clock.advance(minuteMs);
  expect(watch.firing()).toEqual([]);
  expect(scene.logged).toEqual([expect.stringContaining('must not be async')]);
});
