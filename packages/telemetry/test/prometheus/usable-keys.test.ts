import { ApiKeyManager } from '@api-key-fallback/core';
import { collectKeyMetrics } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acmeAdapter, acmeKey, acmeManager, callWhile } from '../acme-manager.ts';
import { scrapedOf } from './scraped.ts';

let register: Registry;

beforeEach(() => {
  register = new Registry();
});

function collect(manager: ApiKeyManager): void {
  onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
}

describe('the metrics of keys that can or cannot be used', () => {
  it('say nothing about how many keys there are before the key source has answered once', async () => {
    let isBroken = true;
    const source = {
      name: 'vault',
      load: () => {
        if (isBroken) throw new Error('the vault is sealed');
        return [acmeKey('main')];
      },
    };
    const manager = new ApiKeyManager(acmeAdapter, source, { logger: false, store: false });
    onTestFinished(() => manager.close());
    collect(manager);
    expect(await scrapedOf(register, 'keys')).toEqual([]);
    await expect(manager.refreshKeys()).rejects.toThrow('sealed');
    expect(await scrapedOf(register, 'keys_usable')).toEqual([]);
    expect(await scrapedOf(register, 'keys{')).toEqual([]);
    expect(await scrapedOf(register, 'keys_source_last_attempt')).toHaveLength(1);
    isBroken = false;
    await manager.refreshKeys();
    expect(await scrapedOf(register, 'keys{')).toContain('keys{state="healthy"} 1');
    expect(await scrapedOf(register, 'keys_usable')).toEqual(['keys_usable{} 1']);
  });

  it('say that a healthy key at its limit cannot be used', async () => {
    const manager = acmeManager({ limits: { requestsPerMinute: 1 } });
    collect(manager);
    expect(await scrapedOf(register, 'keys_usable')).toEqual(['keys_usable{} 2']);
    await callWhile(manager);
    expect(await scrapedOf(register, 'keys_usable')).toEqual(['keys_usable{} 1']);
    expect(await scrapedOf(register, 'keys{')).toContain('keys{state="healthy"} 2');
  });

  it('say which keys the provider has refused, also in a check, and not which an operator has disabled', async () => {
    const refused = { outcome: 'refused', verdict: { kind: 'invalid-key', reason: 'revoked' } } as const;
    const adapter = {
      ...acmeAdapter,
      probe: async (key: string) => (key.startsWith('main') ? refused : ({ outcome: 'working' } as const)),
    };
    const keys = [acmeKey('main'), acmeKey('spare')];
    const manager = new ApiKeyManager(adapter, keys, { logger: false, store: false });
    collect(manager);
    await manager.checkKeys();
    expect(await scrapedOf(register, 'key_invalid')).toEqual([
      'key_invalid{key="main"} 1',
      'key_invalid{key="spare"} 0',
    ]);
    for (const { key } of keys) manager.disable(key);
    expect(await scrapedOf(register, 'key_invalid')).toEqual([
      'key_invalid{key="main"} 0',
      'key_invalid{key="spare"} 0',
    ]);
  });
});
