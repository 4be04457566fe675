import { expect, it } from 'vitest';
import { FailedTries } from '../../src/http/failed-tries.ts';
import { DashboardScene, problemOf, token } from './dashboard-scene.ts';

const session = '/api/v1/session';
const wrong = { authorization: 'Bearer a-wrong-token-of-the-test' };

it('refuses a wrong token, and says so', async () => {
  const scene = new DashboardScene();
  const answer = await scene.get(session, wrong);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(await problemOf(answer)).toBe('401 wrong-token');
});

it('answers the tries after a wrong token without looking at them', async () => {
  const scene = new DashboardScene();
  await scene.post('/api/v1/login', wrong);
  const [login, bearer] = [await scene.post('/api/v1/login'), await scene.get(session)];
  expect([login.headers.get('retry-after'), login.headers.get('set-cookie')]).toEqual(['1', null]);
  expect(await login.json()).toMatchObject({ code: 'too-many-tries', retryAfterSeconds: 1 });
  expect(await problemOf(bearer)).toBe('429 too-many-tries');
  scene.clock.spend(500);
  expect(await problemOf(scene.get(session))).toBe('200');
});

it('doubles the pause up to four seconds, and forgets it after a success', async () => {
  const scene = new DashboardScene();
  const pauses: number[] = [];
  for (let index = 0; index < 6; index++) {
    expect(await problemOf(scene.get(session, wrong))).toBe('401 wrong-token');
    let pauseMs = 0;
    while ((await problemOf(scene.get(session, wrong))) === '429 too-many-tries' && pauseMs < 10_000) {
      scene.clock.spend(500);
      pauseMs += 500;
    }
    pauses.push(pauseMs);
    // The loop ends with a wrong token that was looked at.
    scene.clock.spend(4000);
  }
  expect(pauses).toEqual([500, 2000, 4000, 4000, 4000, 4000]);
  expect(await problemOf(scene.get(session))).toBe('200');
  await scene.get(session, wrong);
  scene.clock.spend(500);
  expect(await problemOf(scene.get(session))).toBe('200');
});

it('forgets the wrong tokens after a quiet minute', async () => {
  const scene = new DashboardScene();
  for (let index = 0; index < 4; index++) {
    await scene.get(session, wrong);
    scene.clock.spend(4000);
  }
  scene.clock.spend(56_000);
  await scene.get(session, wrong);
  scene.clock.spend(500);
  expect(await problemOf(scene.get(session))).toBe('200');
});

it('never slows down those who are signed in', async () => {
  const scene = new DashboardScene();
  const cookie = await scene.signIn();
  await scene.get(session, wrong);
  expect(await problemOf(scene.get(session))).toBe('429 too-many-tries');
  expect(await problemOf(scene.fetch(session, { headers: { cookie } }))).toBe('200');
});

it('counts neither requests without a token nor wrong cookies', async () => {
  const scene = new DashboardScene();
  await scene.fetch(session);
  await scene.fetch(session, { headers: { cookie: 'api-key-fallback-4321=1.ana.x' } });
  expect(await problemOf(scene.get(session))).toBe('200');
});

it('looks at one of many tries that come together', async () => {
  const scene = new DashboardScene();
  const tries = Array.from({ length: 50 }, () => problemOf(scene.get(session, wrong)));
  const answers = await Promise.all(tries);
  expect(answers.filter((answer) => answer === '401 wrong-token')).toHaveLength(1);
  expect(answers.filter((answer) => answer === '429 too-many-tries')).toHaveLength(49);
});

it('keeps the clients apart, and remembers a thousand of them', () => {
  const tries = new FailedTries({ now: () => 0 });
  for (let index = 0; index <= 1000; index++) tries.failed(`10.0.${index >> 8}.${index % 256}`);
  expect(['10.0.0.0', '10.0.0.1', '10.0.3.232', '10.1.0.0'].map((client) => tries.waitMs(client))).toEqual([
    0, 500, 500, 0,
  ]);
});

it('writes no token into the log', async () => {
  const scene = new DashboardScene();
  await scene.get(session, wrong);
  await scene.get(session);
  expect(scene.logged.join('\n')).not.toContain(token);
});
