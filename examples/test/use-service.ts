import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { startExample } from './run-example.ts';
import { untilPrinted, type Printed } from './until-printed.ts';

export const firstKey = 'sk-example-first-00001';
export const secondKey = 'sk-example-second-0001';

/** What a busy machine needs at most until a service has reacted. These only end a test that hangs. */
export const patience = { timeout: 60_000, interval: 20 };

/** An example that is a web service, and the server that plays its provider. */
export interface RunningService {
  readonly url: string;
  readonly provider: ProviderServer;
  readonly process: ChildProcess;
  readonly printed: Printed;
}

/**
 * Starts the service before the tests of a block, with keys that work before each of them, and ends it after them. Fails if the
 * service has printed a key.
 */
export function useService(file: string, env: Readonly<Record<string, string>> = {}): RunningService {
  const printed: Printed = { text: '' };
  let url = '';
  let provider: ProviderServer;
  let service: ChildProcess;

  beforeAll(async () => {
    provider = await startProviderServer({ otherwise: 'ok' });
    service = startExample(file, {
      OPENAI_BASE_URL: provider.openaiBaseURL,
      OPENAI_API_KEY: firstKey,
      OPENAI_API_KEY_2: secondKey,
      PORT: '0',
      ...env,
    });
    const address = await untilPrinted(service, /listening on (http:\S+)/i, printed);
    url = address.replace('[::1]', '127.0.0.1');
  });
  beforeEach(() => {
    for (const key of [firstKey, secondKey]) provider.script(key, ['ok']);
  });
  afterAll(async () => {
    if (service.exitCode === null && service.signalCode === null) {
      service.kill('SIGKILL');
      await once(service, 'exit');
    }
    await provider.close();
    for (const key of [firstKey, secondKey]) expect(printed.text).not.toContain(key);
  });

  return {
    get url() {
      return url;
    },
    get provider() {
      return provider;
    },
    get process() {
      return service;
    },
    printed,
  };
}
