import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApiKeyManager, FileStore, type KeyState } from '../../src/index.ts';
import { expectStates, patience } from './expect-process.ts';
import { emptyDirectory } from '../stores/file-store-requests.ts';
import { scriptedAdapter } from '../scripted-keys.ts';
import { ScriptedProcess } from './start-scripted-process.ts';

const keys = ['test-key-one', 'test-key-two', 'test-key-three'];
const [one, two, three] = keys as [string, string, string];
const limited = { kind: 'rate-limited', reason: 'scripted', retryAfterMs: 3_600_000 } as const;

/** Starts a process that has read the directory. */
async function start(directory: string, list: readonly string[] = keys): Promise<ScriptedProcess> {
  const child = new ScriptedProcess(list, { directory });
  await child.ask('ready');
  return child;
}

/** The attempts and states that a new process reads from the directory. */
async function known(directory: string): Promise<{ readonly attempts: number; readonly states: readonly KeyState[] }> {
  const reader = new ApiKeyManager(scriptedAdapter, keys, { store: new FileStore(directory), logger: false });
  await reader.ready();
  const { keys: found } = reader.status();
  await reader.close();
  return {
    attempts: found.reduce((sum, { sharedUsage }) => sum + sharedUsage.attempts, 0),
    states: found.map(({ state }) => state),
  };
}

describe('processes that share a directory', () => {
  it('see what the others learn, while they run and when they start later', async () => {
    const directory = await emptyDirectory();
    const [a, b] = await Promise.all([start(directory), start(directory)]);
    await a.ask('setOutcome', one, limited);
    expect(await a.ask('call')).toBe(two);
    await expectStates(b, 'cooling', 'healthy', 'healthy');
    await b.ask('disable', two);
    await expectStates(a, 'cooling', 'disabled', 'healthy');
    expect(await Promise.all([a.ask('call'), b.ask('call')])).toEqual([three, three]);
    const c = await start(directory);
    expect(await c.states()).toEqual(['cooling', 'disabled', 'healthy']);
    expect(await c.ask('call')).toBe(three);
    expect(c.attempted).toEqual([three]);
    await c.ask('reset', two);
    await expectStates(a, 'cooling', 'healthy', 'healthy');
    await expectStates(b, 'cooling', 'healthy', 'healthy');
    const ends = await Promise.all([a, b, c].map(async (each) => (await each.ask('keys'))[0]?.availableAtMs));
    // Times are in each process's own clock, and shared ends are rounded up to a second.
    for (const end of ends) expect(Math.abs((end ?? 0) - (ends[0] ?? 0))).toBeLessThan(1100);
  });

  it('keep state and usage when all of them restart', async () => {
    const directory = await emptyDirectory();
    for (let run = 1; run <= 3; run++) {
      const child = await start(directory);
      await child.ask('setOutcome', one, limited);
      for (let call = 0; call < 5; call++) await child.ask('call');
      await child.ask('close');
      await child.kill();
    }
    const child = await start(directory);
    const [first, second] = await child.ask('keys');
    expect(first).toMatchObject({ state: 'cooling', usage: { attempts: 0 } });
    expect(first?.sharedUsage).toMatchObject({ attempts: 1, failures: { 'rate-limited': 1 }, today: { attempts: 1 } });
    expect(second?.sharedUsage).toMatchObject({ attempts: 15, successes: 15, today: { successes: 15 } });
  });

  it('keep state by key when the list was edited between two runs', async () => {
    const directory = await emptyDirectory();
    const before = await start(directory);
    await before.ask('setOutcome', one, limited);
    await before.ask('call');
    await before.ask('disable', three);
    await before.ask('close');
    await before.kill();
    const without = await start(directory, [two, 'test-key-new']);
    expect(await without.states()).toEqual(['healthy', 'healthy']);
    expect(await without.sharedSuccesses()).toEqual([1, 0]);
    await without.ask('call');
    await without.ask('close');
    await without.kill();
    const after = await start(directory, ['test-key-new', three, one, two]);
    expect(await after.states()).toEqual(['healthy', 'disabled', 'cooling', 'healthy']);
    expect(await after.sharedSuccesses()).toEqual([0, 0, 0, 2]);
  });

  it('lose at most the last counts when they are killed under load', { timeout: 30_000 }, async () => {
    const directory = await emptyDirectory();
    let most = 0;
    for (const [round, key] of [one, two].entries()) {
      const workers = await Promise.all([start(directory), start(directory), start(directory)]);
      await Promise.all(workers.map((each) => each.ask('startCalling', 2)));
      const before = await known(directory);
      // More than one process sends in a single exchange.
      await expect
        .poll(async () => (await known(directory)).attempts, patience)
        .toBeGreaterThan(before.attempts + 1500);
      await workers[round]?.ask('setOutcome', key, limited);
      await expect.poll(async () => (await known(directory)).states[round], patience).toBe('cooling');
      const reported = await known(directory);
      await Promise.all(workers.map((each) => each.kill()));
      most += workers.reduce((sum, { attempted }) => sum + attempted.length, 0);
      const { attempts, states } = await known(directory);
      expect(attempts).toBeGreaterThanOrEqual(reported.attempts);
      expect(attempts).toBeLessThanOrEqual(most);
      expect(states).toEqual(keys.map((_, index) => (index <= round ? 'cooling' : 'healthy')));
    }
    for (const name of await readdir(directory)) {
      const text = await readFile(join(directory, name), 'utf8');
      expect(() => JSON.parse(text) as unknown).not.toThrow();
      for (const key of keys)
        for (let at = 0; at + 8 <= key.length; at++) expect(text).not.toContain(key.slice(at, at + 8));
    }
  });

  it('end by themselves when they never close, and lose no fact', async () => {
    const directory = await emptyDirectory();
    const [a, b] = await Promise.all([start(directory), start(directory)]);
    await a.ask('setOutcome', one, limited);
    await a.ask('call');
    expect(await a.disconnect()).toBe(0);
    await b.ask('disable', two);
    expect(await b.disconnect()).toBe(0);
    expect(await (await start(directory)).states()).toEqual(['cooling', 'disabled', 'healthy']);
  });

  it('lose nothing when they close', async () => {
    const directory = await emptyDirectory();
    const children = await Promise.all([start(directory), start(directory)]);
    await Promise.all(
      children.map(async (child, index) => {
        await child.ask('disable', keys[index] ?? '');
        for (let call = 0; call < 25; call++) await child.ask('call');
        await child.ask('close');
        expect(await child.disconnect()).toBe(0);
      }),
    );
    const counted = children.flatMap(({ attempted }) => attempted);
    const found = await (await start(directory)).ask('keys');
    expect(found.map(({ state }) => state)).toEqual(['disabled', 'disabled', 'healthy']);
    expect(found.map(({ sharedUsage }) => sharedUsage.attempts)).toEqual(
      keys.map((key) => counted.filter((attempted) => attempted === key).length),
    );
  });

  it('share the directory in API_KEY_STATE_DIR without any code', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const environment = { API_KEY_STATE_DIR: directory };
    const a = new ScriptedProcess(keys, { environment });
    const b = new ScriptedProcess(keys, { environment });
    const other = new ScriptedProcess(keys, {});
    await Promise.all([a, b, other].map((each) => each.ask('ready')));
    await a.ask('setOutcome', one, limited);
    await a.ask('call');
    await expectStates(b, 'cooling', 'healthy', 'healthy');
    expect(await a.disconnect()).toBe(0);
    expect(await b.disconnect()).toBe(0);
    expect(await (await start(directory)).states()).toEqual(['cooling', 'healthy', 'healthy']);
    expect(await other.states()).toEqual(['healthy', 'healthy', 'healthy']);
  });
});
