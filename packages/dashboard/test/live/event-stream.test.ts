import { expect, it } from 'vitest';
import { DashboardScene, problemOf, token } from '../http/dashboard-scene.ts';
import { openEventStream } from '../../src/live/event-stream.ts';
import { LiveEvents } from './live-client.ts';
import { LiveScene } from './live-scene.ts';

const headers = { authorization: `Bearer ${token}` };

/** Opens a stream of a dashboard without a network, and lets the server begin. */
async function open(
  scene: DashboardScene,
  query: string,
  sent: Readonly<Record<string, string>> = {},
): Promise<LiveEvents> {
  const send = ((request: Request) => scene.dashboard.fetch(request)) as typeof fetch;
  const events = await LiveEvents.open('http://localhost:4321/', query, { ...headers, ...sent }, send);
  await scene.clock.advance(0);
  return events;
}

it('carries the live protocol, and no proxy may hold it back', async () => {
  const scene = new DashboardScene();
  const events = await open(scene, 'page=alerts');
  expect(Object.fromEntries(events.response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  const { incarnation, session } = await events.next('hello');
  expect(session.actor).toBe('ana');
  expect(await events.next('snapshot')).toMatchObject({ view: 'page=alerts', sequence: 1 });
  scene.manager.disable({ keyId: scene.keyId('refused') });
  await scene.clock.advance(250);
  await events.next('patch');
  expect(events.ids).toEqual([`${incarnation}:1`, `${incarnation}:2`]);
  await scene.clock.advance(5000);
  await events.next('heartbeat');
});

it.each(['header', 'address'])('resumes by the id of the last event in the %s', async (place) => {
  const scene = new DashboardScene();
  const first = await open(scene, 'page=overview');
  const { sequence } = await first.next('snapshot');
  const id = first.ids[0] ?? '';
  scene.manager.disable({ keyId: scene.keyId('main') });
  await scene.clock.advance(250);
  const resumed =
    place === 'header'
      ? await open(scene, 'page=overview', { 'last-event-id': id })
      : await open(scene, `page=overview&seen=${id}`);
  expect(await resumed.next('patch')).toMatchObject({ sequence: sequence + 1 });
  await resumed.next('heartbeat');
});

it('begins with a snapshot after an id that it does not know', async () => {
  const scene = new DashboardScene();
  for (const id of ['', 'x', 'x:1', ':', '1:2:3', `${'x'.repeat(10_000)}:1`]) {
    const events = await open(scene, 'page=overview', { 'last-event-id': id });
    expect(await events.next('snapshot')).toMatchObject({ sequence: 1 });
  }
});

it('ends with the session, and is then refused', async () => {
  const scene = new DashboardScene();
  const cookie = await scene.signIn();
  const events = await open(scene, 'page=overview', { authorization: '', cookie });
  await events.next('snapshot');
  scene.clock.spend(12 * 3_600_000);
  await scene.clock.advance(1000);
  await events.ended;
  expect(await problemOf(scene.fetch('/api/v1/stream', { headers: { cookie } }))).toBe('401 unauthorized');
});

it('ends when the dashboard is closed, and then costs nothing', async () => {
  const scene = new DashboardScene();
  const events = await open(scene, 'page=overview');
  await events.next('snapshot');
  await scene.dashboard.close();
  await events.ended;
  expect(scene.clock.timers).toBe(0);
  const late = await open(scene, 'page=overview');
  await late.ended;
  expect(scene.clock.timers).toBe(0);
});

it('forgets a client that has gone', async () => {
  const scene = new DashboardScene();
  const idle = scene.clock.timers;
  const response = await scene.get('/api/v1/stream?page=overview');
  await scene.clock.advance(1000);
  expect(scene.clock.timers).toBeGreaterThan(idle);
  await response.body?.cancel();
  await scene.clock.advance(121_000);
  expect(scene.clock.timers).toBe(idle);
});

it('drops a client that does not read, below the stream too', async () => {
  const scene = new LiveScene('.'.repeat(100_000));
  let destroyed = 0;
  const subscription = { type: 'subscribe', view: 'page=overview' } as const;
  const { live, visitor } = scene;
  const body = openEventStream({ live, visitor, subscription, destroy: () => (destroyed += 1) });
  await scene.clock.advance(2400);
  expect(destroyed).toBe(0);
  await scene.clock.advance(400);
  expect(destroyed).toBe(1);
  const sent = await new Response(body).text();
  expect(sent.length).toBeGreaterThan(1024 * 1024);
  expect(sent.length).toBeLessThan(1024 * 1024 + 110_000);
  await scene.clock.advance(121_000);
  expect(scene.clock.timers).toBe(0);
});
