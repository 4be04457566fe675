import { inspect } from 'node:util';
import type { KeyManagerEvents, Logger } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credential, secretManagers } from './secret-managers.ts';
import { SecretService } from './secret-service.ts';

const [first, second, rotated] = ['sk-test-4f9a81c2e07b', 'sk-test-90b3f6a1d52c', 'sk-test-c71e52d08f3a'] as const;
const before = { OPENAI_KEY_1: first, OPENAI_KEY_2: second };
const after = { OPENAI_KEY_1: rotated, OPENAI_KEY_2: second };

let provider: ProviderServer;
beforeEach(async () => {
  provider = await startProviderServer({ otherwise: 'ok' });
});
afterEach(() => provider.close());

describe.each(secretManagers)('$name', (secretManager) => {
  let service: SecretService;
  let manager: OpenAIKeyManager;
  /** Everything that was logged, emitted and thrown. */
  let shown: unknown[];
  /** Starts the load that is due, as the timer does. */
  let intervalEnds: () => void;
  /** The time, in ms since the epoch. */
  let now: number;

  async function start(keys: Readonly<Record<string, string>>): Promise<void> {
    service = await SecretService.start(keys, secretManager.protocol, secretManager.http);
    shown = [];
    now = Date.now();
    const write = (...line: unknown[]): unknown => shown.push(line);
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    const timer = (ms: number, fire: () => void): (() => void) => {
      if (ms === 300_000) intervalEnds = fire;
      const timeout = ms === 300_000 ? undefined : setTimeout(fire, ms);
      return () => clearTimeout(timeout);
    };
    manager = new OpenAIKeyManager(secretManager.source(service), {
      clientOptions: { baseURL: provider.openaiBaseURL },
      refresh: { jitter: 0 },
      runtime: { timer, now: () => now },
      logger,
      logLevel: 'debug',
      store: false,
    });
    for (const name of ['keys.changed', 'keys.refresh-failed', 'keys.refreshed', 'attempt.failed'] as const) {
      manager.on(name, (event) => shown.push(event));
    }
  }

  afterEach(async () => {
    await manager.close();
    await service[Symbol.asyncDispose]();
    const output = inspect(shown, { depth: 20 });
    for (const text of [first, second, rotated, credential]) {
      if (output.includes(text)) throw new Error(`A secret was shown: ${output}`);
    }
  });

  const call = (): Promise<unknown> =>
    manager.retryWithFallback(async (key) => (await manager.getClient(key)).models.list(), { maxRetries: 1 });

  const next = <Name extends keyof KeyManagerEvents>(name: Name): Promise<KeyManagerEvents[Name]> =>
    new Promise((resolve) => manager.on(name, resolve));

  it('loads the keys for the first calls, once', async () => {
    await start(before);
    await Promise.all([call(), call(), call()]);
    expect(manager.getAllKeys()).toEqual([first, second]);
    expect(manager.status().keys.map(({ label }) => label)).toEqual(['OPENAI_KEY_1', 'OPENAI_KEY_2']);
    expect(service.loads).toBe(1);
  });

  it('brings a rotated key without a failed call when the provider refuses the old one', async () => {
    await start({ OPENAI_KEY_1: first });
    await call();
    service.rotate({ OPENAI_KEY_1: rotated });
    provider.script(first, ['invalid-key']);
    now += 10_000;
    await Promise.all(Array.from({ length: 20 }, call));
    expect(service.loads).toBe(2);
    expect(provider.requestCount(rotated)).toBe(20);
  });

  it('brings a rotated key by interval, before the provider refuses the old one', async () => {
    await start(before);
    await call();
    service.rotate(after);
    const changed = next('keys.changed');
    intervalEnds();
    expect(await changed).toMatchObject({ reason: 'interval', source: secretManager.source(service).name });
    await call();
    expect(manager.getAllKeys()).toEqual([rotated, second]);
    expect([provider.requestCount(first), provider.requestCount(rotated)]).toEqual([1, 1]);
  });

  it('brings a rotated key by refreshKeys(), and changes nothing without a new version', async () => {
    await start(before);
    await call();
    const revisions: unknown[] = [];
    manager.on('keys.changed', (event) => revisions.push(event.reason));
    await manager.refreshKeys();
    expect(revisions).toEqual([]);
    service.rotate(after);
    await manager.refreshKeys();
    expect(revisions).toEqual(['manual']);
    expect(manager.getAllKeys()).toEqual([rotated, second]);
  });

  it('costs no call while the service is down', async () => {
    await start(before);
    await call();
    service.state = 'down';
    const failed = next('keys.refresh-failed');
    intervalEnds();
    expect(await failed).toMatchObject({ message: expect.stringMatching(/down|500/) as string });
    await Promise.all([call(), call()]);
    await manager.refreshKeys().catch((error: unknown) => shown.push(error));
    expect(shown.at(-1)).toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    service.state = 'up';
    service.rotate(after);
    await manager.refreshKeys();
    await call();
    expect(provider.requestCount(rotated)).toBe(1);
  });

  it('shows nothing of a secret that cannot be read', async () => {
    // Core masks keys that it knows. This one it has never loaded, and it has no common form.
    await start({ OPENAI_KEY_1: 'e83b17fa4c60' });
    service.state = 'garbled';
    await call().catch((error: unknown) => shown.push(error));
    expect(shown.at(-1)).toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    expect(inspect(shown, { depth: 20 })).not.toMatch(/e83b/);
  });

  it('states a version that changes with the secret only', async () => {
    await start(before);
    const { signal } = new AbortController();
    const version = async (): Promise<string | undefined> => {
      const answer = await secretManager.source(service).load({ signal, reason: 'manual' });
      return 'version' in answer ? answer.version : undefined;
    };
    const [one, again] = [await version(), await version()];
    expect(again).toBe(one);
    service.rotate(after);
    expect(await version()).not.toBe(one);
  });

  it.runIf(secretManager.takesSignal)('ends the request of a load that is given up', async () => {
    await start(before);
    service.state = 'hanging';
    const controller = new AbortController();
    const arrived = service.nextRequest();
    const load = Promise.resolve(secretManager.source(service).load({ signal: controller.signal, reason: 'manual' }));
    const outcome = load.catch((error: unknown) => error);
    await arrived;
    controller.abort();
    expect(await outcome).toBeInstanceOf(Error);
    await service.idle();
  });
});
