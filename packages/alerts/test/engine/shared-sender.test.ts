import type { WatchKeysOptions } from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';
import { hourMs, keyOf, minuteMs, secondMs } from '../scene.ts';
import { SharedProcesses } from './shared-processes.ts';
import { StoreLink } from './store-link.ts';

/** Starts three processes, and lets one of them send an alert. */
async function threeAfterAlert() {
  const shared = new SharedProcesses();
  for (let started = 0; started < 3; started++) shared.start();
  await shared.advance(minuteMs);
  shared.isBroken = true;
  await shared.advance(minuteMs);
  const { sender } = shared;
  expect(shared.takeSorted()).toEqual(['alert']);
  if (!sender) throw new Error('No process has sent the alert.');
  return { shared, sender };
}

function noteOf({ store, leaseName }: SharedProcesses): Promise<string | undefined> {
  return store.readNote('acme', leaseName);
}

describe('processes that share a store', () => {
  it('send one message for all, for as long as the sender lives', async () => {
    const { shared } = await threeAfterAlert();
    await shared.advance(4 * hourMs);
    expect(shared.takeSorted()).toEqual(['reminder']);
    shared.isBroken = false;
    await shared.advance(10 * minuteMs);
    expect(shared.takeSorted()).toEqual(['resolved']);
  });

  it('send each on their own with `store: false`', async () => {
    const shared = new SharedProcesses();
    for (let started = 0; started < 2; started++) shared.start({ store: false });
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(shared.take()).toEqual(['alert', 'alert']);
  });

  it('send each on their own when the store of their managers keeps no notes', async () => {
    const shared = new SharedProcesses();
    for (let started = 0; started < 2; started++) Object.assign(shared.start().link, { readNote: undefined });
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(shared.take()).toEqual(['alert', 'alert']);
  });

  it('share the given store instead of that of their managers', async () => {
    const shared = new SharedProcesses();
    const store = new StoreLink(shared.newStore());
    for (let started = 0; started < 2; started++) shared.start({ store });
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(shared.takeSorted()).toEqual(['alert']);
    expect(await store.readNote('acme', store.alertsLease)).toContain('broken');
    expect(await shared.store.readNote('acme', store.alertsLease)).toBeUndefined();
  });

  it('know which of them sends, also when they send nothing', async () => {
    const { shared, sender } = await threeAfterAlert();
    const firing = shared.all.map(({ watch }) => watch.firing().length);
    expect(firing).toEqual([1, 1, 1]);
    await sender.watch.close();
    expect(sender.watch.firing()).toEqual([]);
  });
});

describe('different watches on one store', () => {
  it.each([
    ['other channels', { channels: [{ name: 'pager', send: async () => {} }] }, ['alert']],
    ['other rules', { rules: { 'store.away': false, 'last.key': false } }, ['alert', 'alert']],
  ])('send each: %s', async (_, options, kinds) => {
    const shared = new SharedProcesses();
    const other = shared.start(options as Partial<WatchKeysOptions>);
    shared.start();
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(other.link.alertsLease).not.toBe(shared.all[1]?.link.alertsLease);
    expect(shared.takeSorted()).toEqual(kinds);
  });

  it('send together if their channels and rules are only in another order', async () => {
    const shared = new SharedProcesses();
    const sent: string[] = [];
    const channels = ['pager', 'chat'].map((name) => ({ name, send: async () => void sent.push(name) }));
    shared.start({ channels });
    shared.start({ channels: channels.toReversed() });
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(sent.toSorted()).toEqual(['chat', 'pager']);
  });
});

describe('when the sender closes', () => {
  it('another process sends the reminder and the end, once', async () => {
    const { shared, sender } = await threeAfterAlert();
    await sender.watch.close();
    await shared.advance(4 * hourMs);
    expect(shared.takeSorted()).toEqual(['reminder']);
    await shared.advance(8 * hourMs);
    expect(shared.takeSorted()).toEqual(['reminder']);
    shared.isBroken = false;
    await shared.advance(10 * minuteMs);
    expect(shared.takeSorted()).toEqual(['resolved']);
    expect(shared.scene.logged).toEqual([]);
  });

  it('a process that starts later sends the end of an alert that it has not seen', async () => {
    const { shared } = await threeAfterAlert();
    for (const { watch } of shared.all) await watch.close();
    shared.isBroken = false;
    shared.start();
    await shared.advance(10 * minuteMs);
    expect(shared.take()).toEqual(['', '', '', 'resolved']);
  });

  it('its lease is released', async () => {
    const { shared, sender } = await threeAfterAlert();
    for (const { watch } of shared.all.filter((other) => other !== sender)) await watch.close();
    expect(await shared.store.lease('acme', shared.leaseName, 1000)).toBeNull();
    await sender.watch.close();
    expect(await shared.store.lease('acme', shared.leaseName, 1000)).not.toBeNull();
  });
});

describe.each(['fails', 'hangs'] as const)('when the store %s', (state) => {
  it('the sender goes on, and the others begin after a minute, without what was sent', async () => {
    const { shared, sender } = await threeAfterAlert();
    for (const { link } of shared.all) link.state = state;
    await shared.advance(40 * secondMs);
    shared.isBroken = false;
    await shared.advance(10 * minuteMs);
    // Each has known that the alert was sent, so each sends its end.
    expect(shared.take()).toEqual(['resolved', 'resolved', 'resolved']);
    expect(sender.watch.firing()).toEqual([]);
    for (const { link } of shared.all) link.state = 'works';
    await shared.advance(2 * minuteMs);
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(shared.takeSorted()).toEqual(['alert']);
  });

  it('for less than a minute, nothing changes', async () => {
    const { shared, sender } = await threeAfterAlert();
    for (const { link } of shared.all) link.state = state;
    await shared.advance(30 * secondMs);
    for (const { link } of shared.all) link.state = 'works';
    await shared.advance(10 * minuteMs);
    shared.isBroken = false;
    await shared.advance(10 * minuteMs);
    expect(sender.sent.map(({ kind }) => kind)).toEqual(['resolved']);
    expect(shared.takeSorted()).toEqual(['resolved']);
  });

  it('for the sender only, another process sends too', async () => {
    const { shared, sender } = await threeAfterAlert();
    sender.link.state = state;
    await shared.advance(2 * minuteMs);
    shared.isBroken = false;
    await shared.advance(10 * minuteMs);
    expect(sender.sent.map(({ kind }) => kind)).toEqual(['resolved']);
    expect(shared.takeSorted()).toEqual(['resolved', 'resolved']);
  });

  it('from the start, a process sends after a minute', async () => {
    const shared = new SharedProcesses();
    shared.start().link.state = state;
    shared.isBroken = true;
    await shared.advance(50 * secondMs);
    expect(shared.take()).toEqual(['']);
    await shared.advance(50 * secondMs);
    expect(shared.take()).toEqual(['alert']);
  });
});

it('releases a lease that the store grants too late', async () => {
  const shared = new SharedProcesses();
  const { link } = shared.start();
  link.state = 'hangs';
  await shared.advance(8 * secondMs);
  link.state = 'works';
  await shared.advance(1);
  expect(await shared.store.lease('acme', shared.leaseName, 1000)).not.toBeNull();
});

describe('what was sent', () => {
  it('is written again after the store has lost its data', async () => {
    const { shared } = await threeAfterAlert();
    const before = await noteOf(shared);
    shared.store = shared.newStore();
    for (const { link } of shared.all) link.store = shared.store;
    await shared.advance(2 * minuteMs);
    expect(await noteOf(shared)).toBe(before);
    shared.isBroken = false;
    await shared.advance(10 * minuteMs);
    expect(shared.takeSorted()).toEqual(['resolved']);
  });

  it('without the store is kept when the store is back', async () => {
    const shared = new SharedProcesses();
    const { link, watch } = shared.start();
    await shared.advance(minuteMs);
    link.state = 'fails';
    await shared.advance(2 * minuteMs);
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(shared.take()).toEqual(['alert']);
    link.state = 'works';
    await shared.advance(minuteMs);
    await watch.close();
    shared.start();
    await shared.advance(minuteMs);
    expect(shared.take()).toEqual(['', '']);
    expect(shared.all[1]?.watch.firing()).toHaveLength(1);
  });

  it.each([
    'no JSON',
    '{"format":2,"revision":1,"records":[]}',
    '{"format":1,"revision":"x","records":[]}',
    '{"format":1,"revision":1,"records":{}}',
    '{"format":1,"revision":1,"records":[1,null,{"fingerprint":"a"},{"fingerprint":"a","state":"firing","atMs":1,"reminders":0,"alert":{}}]}',
  ])('is ignored where it cannot be read: %s', async (note) => {
    const shared = new SharedProcesses();
    const { watch } = shared.start();
    await watch.close();
    const lease = await shared.store.lease('acme', shared.leaseName, 1000);
    await lease?.renew?.(1000, note);
    await lease?.release();
    shared.start();
    shared.isBroken = true;
    await shared.advance(minuteMs);
    expect(shared.take()).toEqual(['', 'alert']);
    expect(shared.scene.logged).toEqual([]);
  });

  it('holds no key', async () => {
    const shared = new SharedProcesses();
    const evaluate = () => `Look at ${keyOf('one')}.`;
    shared.start({ extraRules: [{ name: 'broken', severity: 'critical', evaluate }] });
    await shared.advance(minuteMs);
    expect(shared.take()).toEqual(['alert']);
    const note = (await noteOf(shared)) ?? '';
    expect(note).toContain('Look at ');
    expect(note).not.toContain(keyOf('one'));
  });

  it('fits in 64 KiB', async () => {
    const shared = new SharedProcesses();
    const extraRules = Array.from({ length: 100 }, (_, index) => ({
      name: `broken-${index}`,
      severity: 'warning' as const,
      evaluate: () => 'ü'.repeat(1000),
    }));
    shared.start({ extraRules });
    await shared.advance(minuteMs);
    const note = (await noteOf(shared)) ?? '';
    expect(Buffer.byteLength(note)).toBeGreaterThan(60_000);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(65_536);
  });
});

it.each([true, null, 'redis', {}])('refuses %o as a store', (store) => {
  const shared = new SharedProcesses();
  expect(() => shared.start({ store: store as never })).toThrow(/"store" must be a KeyStateStore/);
});

it('refuses a store without notes, through which no process could send for others', () => {
  const shared = new SharedProcesses();
  const store = Object.assign(shared.newStore(), { readNote: undefined });
  expect(() => shared.start({ store: store as never })).toThrow(
    '"store" must have readNote(), and renew() on its leases. Without them each process sends for itself: write store: false.',
  );
});
