import { ApiKeyManager, MemoryStore } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { startCheckedServer } from '../api/start-checked-server.ts';
import { answer, hang, ok, one, reset, two } from '../api/start-key-server.ts';

const refused = answer(401);
const limited = answer(429, {}, { 'retry-after': '30' });
const used = answer(402);

describe('checkKeys', () => {
  it('asks each key once and returns the results in the order of the list', async () => {
    await using server = await startCheckedServer({ [one]: [ok], [two]: [refused] });
    const checks = await server.manager.checkKeys();
    expect(checks).toMatchObject([
      { label: 'key 1', ordinal: 1, total: 2, masked: '…', outcome: 'working', state: 'healthy' },
      {
        label: 'key 2',
        ordinal: 2,
        total: 2,
        outcome: 'refused',
        verdict: 'invalid-key',
        reason: 'http_401',
        state: 'disabled',
      },
    ]);
    expect(server.requests.map(({ key, method, url }) => `${key} ${method} ${url}`).toSorted()).toEqual([
      `${one} GET /probe`,
      `${two} GET /probe`,
    ]);
    for (const { latencyMs } of checks) expect(latencyMs).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['a limit with a stated wait', limited, 'rate-limited', 'cooling'],
    ['a used-up budget', used, 'quota-exhausted', 'cooling'],
    ['an unknown key', refused, 'invalid-key', 'disabled'],
  ])('marks a key that is refused for %s, so that calls take the next one', async (_name, response, verdict, state) => {
    await using server = await startCheckedServer({ [one]: [response], [two]: [ok] });
    expect(await server.check()).toMatchObject({ outcome: 'refused', verdict, state });
    expect(server.key(one)).toMatchObject({ state, reason: verdict });
    expect(server.manager.getCurrentKey()).toBe(two);
  });

  it.each([
    ['a failing provider', answer(503), 'http_503'],
    ['a wrong request', answer(404), 'http_404'],
    ['a redirect', answer(302, {}, { location: 'https://elsewhere.example' }), 'http_302'],
    ['a cut connection', reset, 'network'],
  ])('is inconclusive for %s, and changes nothing', async (_name, response, reason) => {
    await using server = await startCheckedServer({ [one]: [response] });
    expect(await server.check()).toMatchObject({ outcome: 'inconclusive', reason, state: 'healthy' });
    expect(server.requests).toHaveLength(1);
  });

  it('brings back a key that was refused as invalid', async () => {
    await using server = await startCheckedServer({ [one]: [refused, ok] });
    const recovered: string[] = [];
    server.manager.on('key.recovered', ({ key }) => recovered.push(key.label));
    await server.check();
    expect(server.key(one).state).toBe('disabled');
    expect(await server.check()).toMatchObject({ outcome: 'working', state: 'healthy' });
    expect(recovered).toEqual(['key 1']);
  });

  it('brings back a suspect key, but not one that a network failure left suspect', async () => {
    await using server = await startCheckedServer({ [one]: [reset, ok] });
    server.manager.markKeyFailed(one, 'transient');
    expect(await server.check()).toMatchObject({ outcome: 'inconclusive', state: 'suspect' });
    expect(await server.check()).toMatchObject({ outcome: 'working', state: 'healthy' });
  });

  it.each(['rate-limited', 'quota-exhausted'] as const)(
    'leaves a %s key cooling, because its limit may apply to other requests only',
    async (reason) => {
      await using server = await startCheckedServer({ [one]: [ok] });
      server.manager.markKeyFailed(one, reason);
      expect(await server.check()).toMatchObject({ outcome: 'working', state: 'cooling' });
    },
  );

  it('asks a key that an operator has disabled, but leaves it disabled', async () => {
    await using server = await startCheckedServer({ [one]: [ok, refused] });
    server.manager.disable(one);
    expect(await server.check()).toMatchObject({ outcome: 'working', state: 'disabled' });
    expect(await server.check()).toMatchObject({ outcome: 'refused', state: 'disabled' });
    expect(server.key(one).reason).toBe('operator');
  });

  it('leaves an invalid key disabled with recheckInvalid: false', async () => {
    await using server = await startCheckedServer({ [one]: [refused, ok] }, { recheckInvalid: false });
    await server.check();
    expect(await server.check()).toMatchObject({ outcome: 'working', state: 'disabled' });
  });

  it('only looks with apply: false', async () => {
    await using server = await startCheckedServer({ [one]: [refused], [two]: [ok] });
    server.manager.markKeyFailed(two, 'invalid-key');
    const checks = await server.manager.checkKeys({ apply: false });
    expect(checks).toMatchObject([
      { outcome: 'refused', state: 'healthy' },
      { outcome: 'working', state: 'disabled' },
    ]);
  });

  it('does not undo what happens during the check', async () => {
    await using server = await startCheckedServer({ [one]: [hang] });
    let respond = (_response: Response): void => {};
    const fetch = () => new Promise<Response>((resolve) => (respond = resolve));
    const checked = server.manager.checkKeys({ fetch });
    await settle();
    server.manager.markKeyFailed(one, 'invalid-key');
    respond(new Response('{}'));
    expect(await checked).toMatchObject([{ outcome: 'working', state: 'disabled' }]);
  });

  it('does not count in usage', async () => {
    await using server = await startCheckedServer({ [one]: [ok, refused, reset] });
    for (let check = 0; check < 3; check++) await server.check();
    expect(server.key(one).usage).toMatchObject({ attempts: 0, successes: 0, quotaUnits: 0, lastUsedAtMs: 0 });
  });

  it('shares what it has found out', async () => {
    const store = new MemoryStore();
    await using server = await startCheckedServer({ [one]: [refused] }, { store });
    const other = new ApiKeyManager(
      { name: 'keyed', displayName: 'Keyed', env: 'KEYED_API_KEY', classifyError: () => undefined },
      [one],
      { store, logger: false, runtime: server.runtime },
    );
    await Promise.all([server.manager.ready(), other.ready()]);
    await server.check();
    await server.manager.close();
    await expect.poll(() => other.status().keys[0]?.state).toBe('disabled');
    await other.close();
  });
});
