import type { ProbeResult, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { startCheckedServer } from '../api/start-checked-server.ts';
import { ok, one, startKeyServer, two } from '../api/start-key-server.ts';

describe('a faulty probe', () => {
  const rejected = (): never => {
    throw new Error(`no use of ${one}`);
  };

  it.each<[string, unknown]>([
    ['throws', rejected],
    ['rejects', async () => rejected()],
    ['returns nothing', () => undefined],
    ['returns null', async () => null],
    ['returns an unknown outcome', async () => ({ outcome: 'fine' })],
    ['refuses without a verdict', async () => ({ outcome: 'refused' })],
    [
      'refuses for a failure that is not the key’s',
      async () => ({ outcome: 'refused', verdict: { kind: 'transient', reason: 'x' } }),
    ],
    ['gives no reason', async () => ({ outcome: 'inconclusive' })],
    ['returns no list of limits', async () => ({ outcome: 'working', rateLimits: 'none' })],
    ['names a group that is not a string', async () => ({ outcome: 'working', group: 7 })],
    ['is no function', 'probe'],
  ])('is inconclusive and warns once if the probe %s', async (_name, probe) => {
    await using server = await startCheckedServer(
      { [one]: [ok], [two]: [ok] },
      { adapter: { probe: probe as () => Promise<ProbeResult> }, logLevel: 'warn' },
    );
    for (let time = 0; time < 2; time++) {
      expect(await server.manager.checkKeys()).toMatchObject([
        { outcome: 'inconclusive', reason: 'probe_failed', state: 'healthy' },
        { outcome: 'inconclusive', reason: 'probe_failed', state: 'healthy' },
      ]);
    }
    expect(server.log).toEqual([expect.stringMatching(/^Keyed: the adapter's probe failed and is ignored: /)]);
    expect(server.log.join()).not.toContain(one);
  });

  it('does not warn of a probe that was cut short', async () => {
    const probe: ProviderAdapter['probe'] = (_secret, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
    await using server = await startCheckedServer(
      { [one]: [ok] },
      { adapter: { probe }, stepped: true, logLevel: 'warn' },
    );
    const checked = server.manager.checkKeys({ timeout: 5 });
    await server.runtime.advance(5);
    expect(await checked).toMatchObject([{ outcome: 'inconclusive', reason: 'timeout' }]);
    expect(server.log).toEqual([]);
  });

  it('is inconclusive without a probe', async () => {
    await using server = await startKeyServer({ [one]: [ok] }, { logLevel: 'warn' });
    expect(await server.manager.checkKeys()).toMatchObject([{ outcome: 'inconclusive', reason: 'no_probe' }]);
    expect([server.requests, server.log]).toEqual([[], []]);
  });
});
