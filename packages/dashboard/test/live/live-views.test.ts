import { expect, it } from 'vitest';
import { shortOf, ViewsScene } from './views-scene.ts';

const seen = (sequence: number, incarnation = 'first') => ({ incarnation, sequence });

it('sends a snapshot, and then patches at most four times a second', async () => {
  const scene = new ViewsScene();
  const { messages } = scene.follow('page=alerts');
  const head = { type: 'snapshot', nowMs: scene.clock.now(), view: 'page=alerts', sequence: 1 };
  expect(messages).toMatchObject([{ ...head, document: { value: ['one'] } }]);
  for (const value of ['two', 'three', 'four']) {
    scene.value = value;
    await scene.clock.advance(100);
  }
  expect(messages[1]).toMatchObject({ type: 'patch', view: 'page=alerts', sequence: 2, patch: { value: ['four'] } });
  expect(messages).toHaveLength(2);
});

it('sends nothing while nothing changes, and builds nothing that is not followed', async () => {
  const scene = new ViewsScene();
  const { messages, stop } = scene.follow('page=alerts');
  await scene.clock.advance(1000);
  expect(shortOf(messages)).toEqual(['snapshot 1']);
  expect(scene.built).toHaveLength(5);
  stop();
  await scene.clock.advance(1000);
  expect(scene.built).toHaveLength(5);
});

it('shares a view by its canonical form, and serialises a frame once for 100 followers', async () => {
  const scene = new ViewsScene();
  const queries = ['page=overview', '', 'page=overview&pools=1', 'page=wrong'];
  const followers = Array.from({ length: 100 }, (_, index) => scene.follow(queries[index % 4] ?? ''));
  expect(scene.built).toEqual(['page=overview']);
  expect(scene.serialisations).toBe(1);
  scene.value = 'two';
  await scene.clock.advance(250);
  expect(scene.serialisations).toBe(2);
  expect(new Set(followers.map(({ messages }) => shortOf(messages).join(' ')))).toEqual(
    new Set(['snapshot 1 patch 2']),
  );
  const [frame] = followers.map(({ frames }) => frames[1]);
  expect(followers.every(({ frames }) => frames[1] === frame)).toBe(true);
  expect(frame?.bytes).toBe(frame?.bytes);
  expect(frame?.event.toString()).toBe(`id: first:2\ndata: ${frame?.text}\n\n`);
});

it('sends a client that comes back what it has missed, and never a snapshot', async () => {
  const scene = new ViewsScene();
  const gone = scene.follow('page=alerts');
  const other = scene.follow('page=alerts');
  gone.stop();
  for (const value of ['two', 'three']) {
    scene.value = value;
    await scene.clock.advance(250);
  }
  other.stop();
  // What has changed while the view was not followed.
  scene.value = 'four';
  await scene.clock.advance(60_000);
  const { messages } = scene.follow('page=alerts', seen(1));
  expect(shortOf(messages)).toEqual(['patch 2', 'patch 3', 'patch 4', 'heartbeat']);
  expect(messages.at(-1)).toEqual({ type: 'heartbeat', nowMs: scene.clock.now() });
  expect(shortOf(scene.follow('page=alerts', seen(4)).messages)).toEqual(['heartbeat']);
});

it('sends a snapshot to a client that has seen another history', async () => {
  const scene = new ViewsScene();
  scene.follow('page=alerts');
  scene.value = 'two';
  await scene.clock.advance(250);
  for (const unknown of [seen(1, 'before the restart'), seen(3), seen(0), seen(-1)]) {
    expect(shortOf(scene.follow('page=alerts', unknown).messages)).toEqual(['snapshot 2']);
  }
});

it('sends a snapshot if the ring no longer has what a client has missed', async () => {
  const scene = new ViewsScene();
  const { messages } = scene.follow('page=alerts');
  for (let index = 1; index <= 121; index++) {
    scene.value = String(index);
    await scene.clock.advance(250);
  }
  expect(shortOf(messages).at(-1)).toBe('patch 122');
  expect(shortOf(scene.follow('page=alerts', seen(1)).messages)).toEqual(['snapshot 122']);
  expect(shortOf(scene.follow('page=alerts', seen(2)).messages)).toHaveLength(121);
});

it('keeps patches of 256 Ki characters at most', async () => {
  const scene = new ViewsScene();
  scene.value = 'x'.repeat(150_000);
  scene.follow('page=alerts');
  for (const letter of ['a', 'b']) {
    scene.value = letter.repeat(150_000 - 100);
    await scene.clock.advance(250);
  }
  expect(shortOf(scene.follow('page=alerts', seen(1)).messages)).toEqual(['snapshot 3']);
  expect(shortOf(scene.follow('page=alerts', seen(2)).messages)).toEqual(['patch 3', 'heartbeat']);
});

it('numbers a view that was forgotten so that no client takes its patches for those that it has missed', async () => {
  const scene = new ViewsScene();
  const first = scene.follow('page=alerts');
  scene.value = 'two';
  await scene.clock.advance(250);
  first.stop();
  await scene.clock.advance(120_000);
  expect(shortOf(scene.follow('page=alerts', seen(2)).messages)).toEqual(['snapshot 3']);
  expect(shortOf(scene.follow('page=events', seen(2)).messages)).toEqual(['snapshot 3']);
});

it('keeps at most 200 views that are not followed, and forgets the one that was left first', async () => {
  const scene = new ViewsScene();
  const queries = Array.from({ length: 201 }, (_, index) => `page=overview&search=${index}`);
  for (const query of queries) scene.follow(query).stop();
  expect(scene.clock.timers).toBe(200);
  scene.built.length = 0;
  const kinds = ['1', '0'].map((search) => scene.follow(`page=overview&search=${search}`, seen(1)).messages);
  expect(kinds.map((messages) => shortOf(messages))).toEqual([['heartbeat'], ['snapshot 2']]);
});

it('takes at most a twentieth of the time, with all views together', async () => {
  const scene = new ViewsScene();
  for (const search of ['a', 'b', 'c', 'd']) scene.follow(`page=overview&search=${search}`);
  scene.built.length = 0;
  scene.costMs = 50;
  await scene.clock.advance(21_000);
  const spentMs = scene.built.length * scene.costMs;
  expect(spentMs / 21_000).toBeLessThanOrEqual(0.05);
  expect(spentMs / 21_000).toBeGreaterThan(0.04);
  const counts = Map.groupBy(scene.built, (view) => view);
  expect([...counts.values()].map(({ length }) => length)).toEqual([5, 5, 5, 5]);
});

it('goes on after an error, and writes one line for it', async () => {
  const scene = new ViewsScene();
  const { messages } = scene.follow('page=alerts');
  scene.value = 'broken';
  await scene.clock.advance(1000);
  expect(scene.warnings).toEqual(['A page cannot be updated: A text of the application.']);
  scene.value = 'two';
  await scene.clock.advance(250);
  expect(shortOf(messages)).toEqual(['snapshot 1', 'patch 2']);
});

it('sends the document instead of a patch that is longer', async () => {
  const scene = new ViewsScene();
  scene.names = Array.from({ length: 100 }, (_, index) => `name ${index}`);
  const { messages } = scene.follow('page=alerts');
  scene.names = scene.names.slice(0, 90);
  await scene.clock.advance(250);
  scene.names = [];
  await scene.clock.advance(250);
  scene.value = 'two';
  await scene.clock.advance(250);
  expect(shortOf(messages)).toEqual(['snapshot 1', 'patch 2', 'snapshot 3', 'patch 4']);
  expect(shortOf(scene.follow('page=alerts', seen(2)).messages)).toEqual(['snapshot 4']);
  expect(shortOf(scene.follow('page=alerts', seen(3)).messages)).toEqual(['patch 4', 'heartbeat']);
});

it('has no timer that keeps the process alive, and none after its end', async () => {
  const scene = new ViewsScene();
  const { stop } = scene.follow('page=alerts');
  scene.follow('page=events');
  expect([scene.clock.timers > 0, scene.clock.holdsProcess]).toEqual([true, false]);
  stop();
  expect(scene.clock.holdsProcess).toBe(false);
  scene.views.close();
  expect(scene.clock.timers).toBe(0);
});
