import { expect, it } from 'vitest';
import { LiveScene } from './live-scene.ts';

const subscribe = (view: string) => ({ type: 'subscribe', view }) as const;

it('greets a client, and says who it is', () => {
  const scene = new LiveScene();
  const { messages } = scene.connect();
  expect(messages).toEqual([
    {
      type: 'hello',
      nowMs: scene.clock.now(),
      incarnation: expect.stringMatching(/^[\da-f-]{36}$/),
      session: { protocol: 1, title: 'API keys', locale: 'en', actor: 'ana', isReadOnly: false, canSignOut: true },
    },
  ]);
});

it('has another incarnation after a restart', () => {
  const [first, second] = [new LiveScene(), new LiveScene()].map((scene) => scene.connect().messages[0]);
  expect(first).not.toEqual(second);
});

it('is never silent for five seconds, whether a view is followed or not', async () => {
  const scene = new LiveScene();
  const { messages } = scene.connect();
  const times: number[] = [];
  for (let second = 0; second < 60; second++) {
    await scene.clock.advance(1000);
    times.push(messages.at(-1)?.nowMs ?? 0);
    expect(scene.clock.now() - (times.at(-1) ?? 0)).toBeLessThan(5000);
  }
  expect(messages.filter(({ type }) => type === 'heartbeat')).toHaveLength(15);
});

it('follows one view at a time', async () => {
  const scene = new LiveScene();
  const { connection, messages } = scene.connect();
  connection.receive(subscribe('page=alerts'));
  await scene.clock.advance(500);
  connection.receive(subscribe('page=events'));
  await scene.clock.advance(500);
  connection.receive({ type: 'unsubscribe' });
  await scene.clock.advance(500);
  const views = messages.map((message) => ('view' in message ? `${message.type} ${message.view}` : message.type));
  expect([...new Set(views)]).toEqual([
    'hello',
    'snapshot page=alerts',
    'patch page=alerts',
    'snapshot page=events',
    'patch page=events',
  ]);
  const count = messages.length;
  await scene.clock.advance(3000);
  expect(messages).toHaveLength(count);
});

it('does the last of many messages, however many there are', async () => {
  const scene = new LiveScene();
  const { connection } = scene.connect();
  for (let index = 0; index < 10_000; index++) connection.receive(subscribe(`page=overview&search=${index}`));
  await scene.clock.advance(0);
  expect(scene.built).toEqual(['page=overview&search=9999']);
});

it('builds at most ten views a second for a client that keeps changing its view', async () => {
  const scene = new LiveScene();
  const { connection } = scene.connect();
  for (let index = 0; index < 900; index++) {
    connection.receive(subscribe(`page=overview&search=${index}`));
    await scene.clock.advance(1);
  }
  expect(scene.built.length).toBeLessThanOrEqual(10);
  expect(scene.built.length).toBeGreaterThan(5);
});

it('drops a client that reads too slowly, and serves the others', async () => {
  const scene = new LiveScene();
  const [slow, other] = [scene.connect(), scene.connect()];
  for (const { connection } of [slow, other]) connection.receive(subscribe('page=alerts'));
  await scene.clock.advance(1000);
  slow.waitingBytes = 1024 * 1024;
  await scene.clock.advance(1000);
  expect(slow.closed).toEqual([]);
  slow.waitingBytes += 1;
  const [before, beforeOfOther] = [slow.messages.length, other.messages.length];
  await scene.clock.advance(1000);
  expect(slow.closed).toEqual(['tooSlow']);
  expect(slow.messages).toHaveLength(before);
  expect(other.messages.length).toBeGreaterThan(beforeOfOther);
});

it('follows nothing for a client that was too slow for its first snapshot', async () => {
  const scene = new LiveScene();
  const client = scene.connect();
  client.waitingBytes = 1024 * 1024 + 1;
  client.connection.receive(subscribe('page=alerts'));
  await scene.clock.advance(10_000);
  expect(client.closed).toEqual(['tooSlow']);
  expect(scene.built).toHaveLength(1);
});

it('ends when the session does', async () => {
  const scene = new LiveScene();
  const client = scene.connect({ expiresAtMs: scene.clock.now() + 60_000 });
  await scene.clock.advance(59_000);
  expect(client.closed).toEqual([]);
  await scene.clock.advance(1000);
  expect(client.closed).toEqual(['signedOut']);
});

it('asks the application each minute whether the visitor is still allowed', async () => {
  const scene = new LiveScene();
  const answers = [true, false];
  const client = scene.connect({ isStillAllowed: async () => answers.shift() === true });
  const unsure = scene.connect({ isStillAllowed: () => Promise.reject(new Error('away')) });
  await scene.clock.advance(61_000);
  expect([client.closed, unsure.closed]).toEqual([[], ['signedOut']]);
  await scene.clock.advance(60_000);
  expect(client.closed).toEqual(['signedOut']);
});

it('ends all connections of a session that was ended, and no others', () => {
  const scene = new LiveScene();
  const session = { actor: 'ana', expiresAtMs: scene.clock.now() + 1000 };
  const clients = [
    scene.connect(session),
    scene.connect(session),
    scene.connect({ ...session, expiresAtMs: session.expiresAtMs + 1 }),
    scene.connect({ ...session, actor: 'bia' }),
  ];
  scene.live.signOut(session);
  expect(clients.map(({ closed }) => closed)).toEqual([['signedOut'], ['signedOut'], [], []]);
});

it('has no timers after its end, and no connections', async () => {
  const scene = new LiveScene();
  const client = scene.connect();
  client.connection.receive(subscribe('page=alerts'));
  await scene.clock.advance(1000);
  expect(scene.clock.holdsProcess).toBe(false);
  scene.live.close();
  expect(client.closed).toEqual(['closing']);
  expect(scene.clock.timers).toBe(0);
  const late = scene.connect();
  expect([late.closed, late.messages, scene.clock.timers]).toEqual([['closing'], [], 0]);
});

it('has no timers while there are no clients and no views', async () => {
  const scene = new LiveScene();
  const { connection } = scene.connect();
  connection.receive(subscribe('page=alerts'));
  await scene.clock.advance(1000);
  connection.end();
  await scene.clock.advance(121_000);
  expect(scene.clock.timers).toBe(0);
});
