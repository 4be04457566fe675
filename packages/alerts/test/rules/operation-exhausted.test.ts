import { ApiKeyManager, KeyFailedError } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import { describeNotification, type Notification } from '@api-key-fallback/alerts';
import { expect, it, onTestFinished } from 'vitest';
import { acme, exhaust, hourMs, keyOf, minuteMs, Scene } from '../scene.ts';

/** A manager whose provider counts each operation alone: a used-up quota names the operation. */
function managerOfOperations(scene: Scene): ApiKeyManager {
  const adapter = defineAdapter({
    name: acme,
    displayName: 'Acme',
    env: 'ACME_API_KEY',
    bucketOf: (operation) => operation ?? 'unspecified',
    classifyError: (_error, { operation }) => ({
      kind: 'quota-exhausted',
      reason: 'quota',
      recheckAfterMs: hourMs,
      ...(operation === undefined ? {} : { bucket: operation }),
    }),
  });
  const keys = ['main', 'spare'].map((label) => ({ key: keyOf(label), label }));
  const manager = new ApiKeyManager(adapter, keys, {
    logger: false,
    retryBudget: false,
    store: false,
    runtime: scene.clock,
  });
  onTestFinished(() => manager.close());
  return manager;
}

async function useUp(manager: ApiKeyManager, operation: string): Promise<void> {
  await manager
    .retryWithFallback(() => Promise.reject(new Error('used up')), { operation, maxRetries: 1 })
    .catch(() => {});
}

it('fires when all keys are out for one operation, and is over when one is back', async () => {
  const scene = new Scene();
  const manager = managerOfOperations(scene);
  scene.watch([manager]);
  await useUp(manager, 'search.list');
  await scene.clock.advance(minuteMs);
  const [notification] = scene.sent;
  expect(scene.take()).toEqual(['00:00:25 alert critical: operation.exhausted']);
  const { title, sections } = describeNotification(notification as Notification);
  expect(title).toBe('Acme: no key left for search.list');
  expect(sections[0]?.text).toBe('None of the 2 keys of Acme can be used for search.list.');
  await scene.clock.advance(hourMs);
  await manager.retryWithFallback(() => 'answer', { operation: 'search.list' });
  await scene.clock.advance(10 * minuteMs);
  expect(scene.take()).toEqual([expect.stringContaining('resolved critical: operation.exhausted resolved')]);
});

it('says nothing while one key serves the operation, nor beside the alert that all keys are out', async () => {
  const scene = new Scene();
  const manager = managerOfOperations(scene);
  scene.watch([manager]);
  let attempts = 0;
  await manager.retryWithFallback(
    () => {
      if (attempts++ === 0) throw new Error('used up');
      return 'answer';
    },
    { operation: 'search.list', maxRetries: 1 },
  );
  await scene.clock.advance(hourMs / 2);
  expect(scene.take()).toEqual([]);
  await useUp(manager, 'videos.list');
  await manager
    .retryWithFallback(() => Promise.reject(new KeyFailedError('quota-exhausted', { recheckAfterMs: hourMs })), {
      maxRetries: 1,
    })
    .catch(() => {});
  await exhaust(manager, hourMs);
  await scene.clock.advance(minuteMs);
  expect(scene.take()).toEqual([expect.stringMatching(/alert critical: provider\.exhausted$/)]);
});
