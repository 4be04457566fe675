import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { DashboardScene, problemOf, token } from './dashboard-scene.ts';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': expect.stringContaining('camera=()'),
};

/** The path of a script of the page, as the page names it. */
async function scriptOf(scene: DashboardScene, base = '/'): Promise<string> {
  const html = await (await scene.fetch(base)).text();
  return base + (/src="\.\/(?<path>assets\/[^"]+\.js)"/.exec(html)?.groups?.['path'] ?? '');
}

it('protects every answer, and lets none but the files of the page be kept', async () => {
  const scene = new DashboardScene();
  const paths = ['/', '/none', '/assets/none.js', '/api/v1/session', '/api/v1/view', '/api/v1/stream', '/api/v1/live'];
  const answers = [
    ...paths.map((path) => scene.get(path)),
    scene.fetch('/api/v1/session'),
    scene.post('/api/v1/login'),
    scene.post('/'),
    scene.get('/', { host: 'evil.example' }),
    scene.act('main', 'none'),
  ];
  for (const answer of await Promise.all(answers)) {
    const sent = Object.fromEntries(answer.headers);
    expect(sent).toMatchObject({ ...headers, 'cache-control': expect.stringMatching(/^no-store/) });
    await answer.body?.cancel();
  }
  const file = await scene.fetch(await scriptOf(scene));
  expect(Object.fromEntries(file.headers)).toMatchObject({
    ...headers,
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
  });
});

it('serves the page with the path where it is mounted, without signing in', async () => {
  for (const [basePath, base] of [
    ['/', '/'],
    ['/ops/keys', '/ops/keys/'],
    ['/ops/keys/', '/ops/keys/'],
  ] as const) {
    const answer = await new DashboardScene({ basePath }).fetch(base);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    const html = await answer.text();
    expect(html).toContain(`<base href="${base}"`);
    expect(html).not.toMatch(/__BASE_PATH__|<script(?![^>]* src=)|<style|style=/);
  }
});

it('redirects the path without a slash at its end', async () => {
  const scene = new DashboardScene({ basePath: '/ops/keys' });
  const answer = await scene.fetch('/ops/keys?page=alerts');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/ops/keys/?page=alerts']);
});

it('takes paths with and without the one where it is mounted', async () => {
  for (const basePath of ['/ops/keys', '/api', '/api/v1', '/assets']) {
    const scene = new DashboardScene({ basePath });
    const script = await scriptOf(scene, `${basePath}/`);
    for (const prefix of ['', basePath]) {
      for (const path of ['/', script.slice(basePath.length), '/api/v1/session']) {
        expect([prefix + path, (await scene.get(prefix + path)).status]).toEqual([prefix + path, 200]);
      }
    }
    for (const path of ['/none', '/opskeys/', '/ops/keysapi/v1/session', `${basePath}${basePath}/`]) {
      expect([path, (await scene.get(path)).status]).toEqual([path, 404]);
    }
  }
});

it.each([
  ['br, gzip', 'br'],
  ['gzip, deflate, br;q=0.5', 'br'],
  ['gzip, br;q=0', 'gzip'],
  ['gzip', 'gzip'],
  ['deflate', null],
  ['identity', null],
  ['', null],
])('compresses files for Accept-Encoding %j with %s', async (accepted, encoding) => {
  const scene = new DashboardScene();
  const path = await scriptOf(scene);
  const answer = await scene.fetch(path, { headers: { 'accept-encoding': accepted } });
  expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([encoding, 'accept-encoding']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const plain = await (await scene.fetch(path)).text();
  const decoded = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
  expect(decoded.toString()).toBe(plain);
  expect(plain.length).toBeGreaterThan(100);
});

it('answers HEAD without a body', async () => {
  const scene = new DashboardScene();
  for (const path of ['/', await scriptOf(scene), '/api/v1/session', '/api/v1/stream']) {
    const answer = await scene.fetch(path, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, '']);
  }
  // Only those of a client would be left.
  await scene.clock.advance(60_000);
  expect(scene.clock.timers).toBeLessThanOrEqual(2);
});

it('says which method is needed', async () => {
  const scene = new DashboardScene();
  for (const [path, method, allow] of [
    ['/', 'POST', 'GET, HEAD'],
    ['/api/v1/session', 'DELETE', 'GET, HEAD'],
    ['/api/v1/login', 'GET', 'POST'],
    [`/api/v1/pools/acme/default/keys/${scene.keyId('main')}/reset`, 'GET', 'POST'],
  ] as const) {
    const answer = await scene.fetch(path, { method, headers: { authorization: `Bearer ${token}` } });
    expect([answer.headers.get('allow'), await problemOf(answer)]).toEqual([allow, '405 not-allowed']);
  }
});

it('answers unknown addresses with a problem', async () => {
  const scene = new DashboardScene();
  for (const path of [
    '/none',
    '/api',
    '/api/v1',
    '/api/v1/none',
    '/api/v1/session/',
    '/assets/',
    '/assets/..%2Findex.html',
  ]) {
    expect([path, await problemOf(scene.get(path))]).toEqual([path, '404 not-found']);
  }
});
