import type { Actor, Authorize } from '@api-key-fallback/dashboard';
import { expect, it } from 'vitest';
import { DashboardScene, problemOf, token } from './dashboard-scene.ts';

const session = '/api/v1/session';

function sceneOf(authorize: Authorize): DashboardScene {
  return new DashboardScene({ auth: false, authorize });
}

it('asks the application at each request, except for the page and its files', async () => {
  const asked: string[] = [];
  const scene = sceneOf((request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get('x-user')}`);
    return true;
  });
  await scene.fetch('/');
  await scene.fetch('/assets/none.js');
  const headers = { 'x-user': 'ana' };
  expect(await (await scene.fetch(session, { headers })).json()).toMatchObject({
    actor: 'operator',
    isReadOnly: false,
    canSignOut: false,
  });
  await scene.act('main', 'disable', headers);
  expect(asked).toEqual([
    `GET ${session} ana`,
    `POST /api/v1/pools/acme/default/keys/${scene.keyId('main')}/disable ana`,
  ]);
});

it.each([[false], [undefined], [null], [0], [''], [Promise.resolve(false)]])(
  'refuses all requests for %j',
  async (answer) => {
    const scene = sceneOf((() => answer) as Authorize);
    for (const path of [session, '/api/v1/view', '/api/v1/stream', '/api/v1/live']) {
      expect(await problemOf(scene.get(path))).toBe('401 not-let-in');
    }
    expect(await problemOf(scene.act('main', 'disable'))).toBe('401 not-let-in');
  },
);

it('records the actor, and honours that one can only look', async () => {
  const scene = sceneOf(({ headers }): Actor => ({
    actor: headers.get('x-user') ?? '',
    isReadOnly: headers.get('x-user') === 'guest',
  }));
  const guest = { 'x-user': 'guest' };
  expect(await (await scene.fetch(session, { headers: guest })).json()).toMatchObject({
    actor: 'guest',
    isReadOnly: true,
  });
  expect(await problemOf(scene.act('main', 'disable', guest))).toBe('405 read-only');
  const actors: unknown[] = [];
  scene.manager.on('key.disabled', ({ actor }) => actors.push(actor));
  expect(await problemOf(scene.act('main', 'disable', { 'x-user': 'ana' }))).toBe('200');
  expect(actors).toEqual(['ana']);
});

it.each([
  [() => Promise.reject(new Error('The session store is away.')), 'authorize() has failed: The session store is away.'],
  [
    () => {
      throw 'a text';
    },
    'authorize() has failed: a text',
  ],
  [() => ({ name: 'ana' }), 'authorize() must return true, false or { actor }'],
  [() => ({ actor: ' ' }), 'authorize() must return true, false or { actor }'],
  [() => ({ actor: 'two\nlines' }), 'authorize() must return true, false or { actor }'],
  [() => 'ana', 'authorize() must return true, false or { actor }'],
  [() => ({ actor: 'sk-live-1234567890abcdefghij' }), 'authorize() must return true, false or { actor }'],
] as readonly (readonly [() => unknown, string])[])(
  'refuses all requests after a mistake, and writes it into the log',
  async (authorize, line) => {
    const scene = sceneOf(authorize as Authorize);
    expect(await problemOf(scene.fetch(session))).toBe('500 failed');
    expect(scene.logged).toEqual([expect.stringContaining(line)]);
    expect(scene.logged.join()).not.toContain('1234567890');
  },
);

it('has no sign-in of its own, and takes no token', async () => {
  const scene = sceneOf(() => false);
  expect(await problemOf(scene.get(session, { authorization: `Bearer ${token}` }))).toBe('401 not-let-in');
  const open = sceneOf(() => true);
  for (const path of ['/api/v1/login', '/api/v1/logout'])
    expect(await problemOf(open.post(path))).toBe('404 not-found');
});

it('still checks the host and the site', async () => {
  const scene = sceneOf(() => true);
  expect(await problemOf(scene.fetch(session, { headers: { host: 'evil.example' } }))).toBe('421 unknown-host');
  expect(await problemOf(scene.act('main', 'disable', { origin: 'http://evil.example' }))).toBe('403 forbidden-origin');
});
