import { expect, it } from 'vitest';
import { LiveEvents } from '../live/live-client.ts';
import { DashboardScene, keyOf, token } from './dashboard-scene.ts';

const labels = ['main', 'spare', 'refused'];

/** Calls, failures that quote keys, actions and checks: all that fills the pages. */
async function useKeys(scene: DashboardScene): Promise<void> {
  const { manager } = scene;
  await manager.retryWithFallback((key) => `answer to ${key}`);
  for (const kind of ['rate-limited', 'invalid-key', 'quota-exhausted', 'transient'] as const) {
    const fail = (key: string) =>
      Promise.reject(new Error(`The key ${key} of Bearer ${key} is wrong: ?api_key=${key}`));
    const classifyError = () => ({ kind, reason: `reason of ${keyOf('main')}` });
    await manager.retryWithFallback(fail, { maxRetries: 1, classifyError, operation: 'chat' }).catch(() => {});
    manager.reset();
  }
  manager.prefer(keyOf('spare'), { actor: `actor ${keyOf('spare')}` });
  manager.disable(keyOf('main'), { actor: 'ana' });
  manager.addKeys([keyOf('added')]);
  manager.removeKeys([keyOf('added')]);
}

it('puts no key and no token into any answer or frame', async () => {
  const scene = new DashboardScene();
  const cookie = await scene.signIn();
  const send = ((request: Request) => scene.dashboard.fetch(request)) as typeof fetch;
  const views = [
    'page=overview',
    'page=events',
    'page=alerts',
    'page=provider&provider=acme',
    'page=provider&provider=none',
  ];
  const queries = [...views, ...labels.map((label) => `page=provider&provider=acme&key=${scene.keyId(label)}`)];
  const streams = await Promise.all(
    queries.map((query) => LiveEvents.open('http://localhost:4321/', query, { cookie }, send)),
  );
  await scene.clock.advance(250);
  await useKeys(scene);
  for (let second = 0; second < 20; second++) await scene.clock.advance(1000);
  const answers = [
    ...queries.map((query) => scene.get(`/api/v1/view?${query}`)),
    ...labels.flatMap((label) =>
      ['check', 'reset', 'disable', 'enable', 'prefer'].map((action) => scene.act(label, action)),
    ),
    scene.get('/'),
    scene.get('/api/v1/session'),
    scene.get(`/${token}`),
    scene.post(`/api/v1/pools/acme/default/keys/${keyOf('main')}/reset`),
    scene.post(`/api/v1/alerts/channels/${keyOf('main')}/test`),
  ];
  const texts = await Promise.all(answers.map(async (answer) => (await answer).text()));
  await scene.clock.advance(1000);
  await scene.dashboard.close();
  await Promise.all(streams.map(({ ended }) => ended));
  const output = [...texts, ...streams.map(({ text }) => text), ...scene.logged].join('\n');
  for (const expected of ['is wrong', '"main"', 'key.disabled', 'attempt.failed', 'key.checked', '"type":"patch"']) {
    expect([expected, output.includes(expected)]).toEqual([expected, true]);
  }
  expect(output.match(/.{0,40}0123456789ab/g)).toBeNull();
  expect(output.includes(token)).toBe(false);
});
