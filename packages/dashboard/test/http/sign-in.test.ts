import { expect, it } from 'vitest';
import { DashboardScene, problemOf, token } from './dashboard-scene.ts';

const hourMs = 3_600_000;
const session = '/api/v1/session';

it('answers scripts that send the token with each request', async () => {
  const scene = new DashboardScene({ title: 'Keys of the shop', environment: 'staging', locale: 'pt-BR' });
  expect(await problemOf(scene.fetch(session))).toBe('401 unauthorized');
  expect(await (await scene.get(session)).json()).toEqual({
    protocol: 1,
    title: 'Keys of the shop',
    environment: 'staging',
    locale: 'pt-BR',
    actor: 'ana',
    isReadOnly: false,
    canSignOut: false,
  });
  for (const authorization of ['Bearer', 'Basic YW5hOg==', token]) {
    expect(await problemOf(scene.fetch(session, { headers: { authorization } }))).toBe('401 unauthorized');
  }
});

it('exchanges the token for a cookie that only the browser reads', async () => {
  const scene = new DashboardScene({ basePath: '/ops/keys/' });
  const response = await scene.post('/api/v1/login');
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie.replace(/=\d+\.ana\.[\w%]+;/, '=…;')).toBe(
    'api-key-fallback-4321=…; Max-Age=43200; Path=/ops/keys; HttpOnly; SameSite=Strict',
  );
  expect(cookie).not.toContain(token);
  expect(await response.json()).toMatchObject({ actor: 'ana', canSignOut: true });
  const headers = { cookie: cookie.split(';')[0] ?? '' };
  expect(await (await scene.fetch(session, { headers })).json()).toMatchObject({ actor: 'ana', canSignOut: true });
});

it('takes the token of a request for it, not a cookie', async () => {
  const tokens = { ana: token, bia: 'another-token-of-the-test' };
  const scene = new DashboardScene({ auth: { tokens } });
  const cookie = await scene.signIn();
  const authorization = `Bearer ${tokens.bia}`;
  const answer = await scene.fetch(session, { headers: { cookie, authorization } });
  expect(await answer.json()).toMatchObject({ actor: 'bia', canSignOut: false });
  const wrong = { cookie, authorization: 'Bearer a-wrong-token-of-the-test' };
  expect(await problemOf(scene.fetch(session, { headers: wrong }))).toBe('401 wrong-token');
  expect(await problemOf(scene.fetch(session, { headers: { cookie, authorization: 'Bearer' } }))).toBe(
    '401 unauthorized',
  );
  // A proxy in front asks for a password of its own, and browsers repeat that.
  const basic = { cookie, authorization: 'Basic YW5hOg==' };
  expect(await (await scene.fetch(session, { headers: basic })).json()).toMatchObject({ actor: 'ana' });
});

it('makes the cookie secure behind https, also if a proxy ends it', async () => {
  const scene = new DashboardScene({ allowedHosts: ['keys.example.com'] });
  const headers = { authorization: `Bearer ${token}`, 'x-api-key-fallback': '1' };
  const secure = new Request('https://keys.example.com/api/v1/login', { method: 'POST', headers });
  const behind = (proto: string) => scene.post('/api/v1/login', { 'x-forwarded-proto': proto });
  const answers = [scene.dashboard.fetch(secure), behind('https'), behind('https,http'), behind('HTTPS , http')];
  for (const answer of await Promise.all(answers)) expect(answer.headers.get('set-cookie')).toContain('; Secure');
  expect((await behind('http, https')).headers.get('set-cookie')).not.toContain('; Secure');
});

it('has another cookie for each port', async () => {
  const scene = new DashboardScene();
  const cookie = await scene.signIn({ host: 'localhost:4322' });
  expect(cookie).toContain('api-key-fallback-4322=');
  expect(await problemOf(scene.fetch(session, { headers: { cookie } }))).toBe('401 unauthorized');
  expect(await problemOf(scene.fetch(session, { headers: { cookie, host: 'localhost:4322' } }))).toBe('200');
});

it('accepts the cookie after a restart, and in other processes with the token', async () => {
  const cookie = await new DashboardScene().signIn();
  const tokens = { bia: 'another-token-of-the-test', ana: token };
  for (const auth of [{ token, actor: 'ana' }, { tokens }]) {
    const restarted = new DashboardScene({ auth });
    expect(await (await restarted.fetch(session, { headers: { cookie } })).json()).toMatchObject({ actor: 'ana' });
  }
});

it('accepts no cookie of a token or an actor that was removed', async () => {
  const cookie = await new DashboardScene().signIn();
  const changed = [
    { token: 'another-token-of-the-test', actor: 'ana' },
    { token, actor: 'bia' },
  ];
  for (const auth of changed) {
    expect(await problemOf(new DashboardScene({ auth }).fetch(session, { headers: { cookie } }))).toBe(
      '401 unauthorized',
    );
  }
});

it('accepts no cookie that was changed', async () => {
  const tokens = { ana: token, bia: 'another-token-of-the-test' };
  const scene = new DashboardScene({ auth: { tokens } });
  const cookie = await scene.signIn();
  const [name = '', value = ''] = cookie.split('=');
  const [expiry = '', , signature = ''] = value.split('.');
  const changed = [
    `${Number(expiry) + 1}.ana.${signature}`,
    `${expiry}.bia.${signature}`,
    `${expiry}.ana.${signature.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))}`,
    `${expiry}.ana.`,
    `${expiry}.ana`,
    expiry,
    '',
  ];
  for (const each of changed) {
    expect(await problemOf(scene.fetch(session, { headers: { cookie: `${name}=${each}` } }))).toBe('401 unauthorized');
  }
  expect(await problemOf(scene.fetch(session, { headers: { cookie } }))).toBe('200');
});

it('ends the session after 12 hours, on the server too', async () => {
  const scene = new DashboardScene();
  const cookie = await scene.signIn();
  scene.clock.spend(12 * hourMs - 1);
  expect(await problemOf(scene.fetch(session, { headers: { cookie } }))).toBe('200');
  scene.clock.spend(1);
  expect(await problemOf(scene.fetch(session, { headers: { cookie } }))).toBe('401 unauthorized');
});

it('signs out by removing the cookie', async () => {
  const scene = new DashboardScene();
  const cookie = await scene.signIn();
  const response = await scene.fetch('/api/v1/logout', {
    method: 'POST',
    headers: { cookie, 'x-api-key-fallback': '1' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('set-cookie')).toBe(
    'api-key-fallback-4321=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
  );
});

it('knows each actor by the token', async () => {
  const tokens = { ana: token, 'Bia.Souza ação': 'another-token-of-the-test' };
  const scene = new DashboardScene({ auth: { tokens } });
  const headers = { authorization: `Bearer ${tokens['Bia.Souza ação']}` };
  const cookie = await scene.signIn(headers);
  for (const by of [headers, { cookie }]) {
    expect(await (await scene.fetch(session, { headers: by })).json()).toMatchObject({ actor: 'Bia.Souza ação' });
  }
  await scene.act('main', 'disable', headers);
  const view = await (await scene.get('/api/v1/view?page=events')).text();
  expect(view).toContain('"actor":"Bia.Souza ação"');
});
