import { expect, it } from 'vitest';
import { DashboardScene, problemOf } from './dashboard-scene.ts';

const session = '/api/v1/session';

async function reset(scene: DashboardScene, headers: Readonly<Record<string, string>>): Promise<string> {
  return problemOf(scene.act('main', 'reset', headers));
}

it.each([
  ['localhost', '200'],
  ['LOCALHOST:80', '200'],
  ['127.0.0.1:9999', '200'],
  ['[::1]:4321', '200'],
  ['keys.example.com', '200'],
  ['Keys.Example.com:8443', '200'],
  ['ops.example.com:8443', '200'],
  ['ops.example.com', '421 unknown-host'],
  ['ops.example.com:443', '421 unknown-host'],
  ['evil.example', '421 unknown-host'],
  ['keys.example.com.evil.example', '421 unknown-host'],
  ['evil-keys.example.com', '421 unknown-host'],
  ['localhost.evil.example', '421 unknown-host'],
  ['localhost@evil.example', '421 unknown-host'],
  ['127.0.0.1.evil.example', '421 unknown-host'],
  ['10.0.0.5:4321', '421 unknown-host'],
  ['', '421 unknown-host'],
])('takes requests for the host %s: %s', async (host, answer) => {
  const scene = new DashboardScene({ allowedHosts: ['keys.example.com', 'ops.example.com:8443'] });
  expect(await problemOf(scene.get(session, { host }))).toBe(answer);
});

it('refuses an unknown host everywhere, and does not repeat its name', async () => {
  const scene = new DashboardScene();
  const host = 'evil.example';
  for (const path of ['/', '/assets/none.js', '/api/v1/view', '/api/v1/stream', '/none']) {
    const answer = await scene.get(path, { host });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([421, expect.stringContaining('allowedHosts')]);
    expect(text).not.toContain('evil');
  }
});

it('acts only with the header that no form can send', async () => {
  const scene = new DashboardScene();
  const path = `/api/v1/pools/acme/default/keys/${scene.keyId('main')}/disable`;
  const cookie = await scene.signIn();
  for (const each of [path, '/api/v1/login', '/api/v1/logout', '/api/v1/alerts/channels/slack/test']) {
    expect(await problemOf(scene.fetch(each, { method: 'POST', headers: { cookie } }))).toBe('403 forbidden-origin');
  }
  expect(scene.manager.status().keys[0]?.state).toBe('healthy');
});

it.each([
  [{}, '200'],
  [{ 'sec-fetch-site': 'same-origin' }, '200'],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:4321' }, '200'],
  [{ origin: 'http://localhost:4321' }, '200'],
  [{ origin: 'https://LOCALHOST:4321' }, '200'],
  [{ 'sec-fetch-site': 'none' }, '200'],
  [{ 'sec-fetch-site': 'cross-site' }, '403 forbidden-origin'],
  [{ 'sec-fetch-site': 'same-site' }, '403 forbidden-origin'],
  [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost:4321' }, '403 forbidden-origin'],
  [{ 'sec-fetch-site': 'none', origin: 'http://localhost:3000' }, '403 forbidden-origin'],
  [{ origin: 'http://localhost:3000' }, '403 forbidden-origin'],
  [{ origin: 'http://localhost' }, '403 forbidden-origin'],
  [{ origin: 'http://evil.example' }, '403 forbidden-origin'],
  [{ origin: 'null' }, '403 forbidden-origin'],
  [{ origin: 'nonsense' }, '403 forbidden-origin'],
])('acts on a request with %j: %s', async (headers, answer) => {
  expect(await reset(new DashboardScene(), headers)).toBe(answer);
});

it('lets other sites read nothing', async () => {
  const scene = new DashboardScene();
  for (const path of [session, '/api/v1/view', '/api/v1/stream', '/api/v1/live']) {
    for (const site of ['cross-site', 'same-site']) {
      expect(await problemOf(scene.get(path, { 'sec-fetch-site': site }))).toBe('403 forbidden-origin');
    }
  }
});

it('opens the page from a link of another site', async () => {
  expect((await new DashboardScene().fetch('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(200);
});

it('answers no preflight', async () => {
  const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
  const answer = await new DashboardScene().fetch('/api/v1/login', { method: 'OPTIONS', headers });
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});
