import type { ChildProcess } from 'node:child_process';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startExample } from './run-example.ts';
import { untilPrinted, type Printed } from './until-printed.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;
const token = 'a-token-of-this-test';

let server: ProviderServer;
let child: ChildProcess;
let url: string;
let printed: Printed;

beforeEach(async () => {
  server = await startProviderServer({ keys: { [first]: ['invalid-key'], [second]: ['ok'] } });
  printed = { text: '' };
  child = startExample('dashboard.ts', {
    OPENAI_BASE_URL: server.openaiBaseURL,
    OPENAI_API_KEY: first,
    OPENAI_API_KEY_2: second,
    DASHBOARD_TOKEN: token,
    PORT: '0',
  });
  url = (await untilPrinted(child, /Listening on (\S+)/, printed)).replace('[::1]', '127.0.0.1');
});
afterEach(async () => {
  await end();
  await server.close();
});

/** Ends the service as a container is ended. Resolves to its exit code. */
async function end(): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  return ended;
}

it('shows which key was refused', async () => {
  const chat = await fetch(`${url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'hello' }),
  });
  expect(await chat.text()).toContain('hello');

  const page = await fetch(`${url}/keys`);
  expect(await page.text()).toContain('<base href="/keys/"');

  const view = `${url}/keys/api/v1/view?page=provider&provider=openai`;
  expect((await fetch(view)).status).toBe(401);
  const document = await (await fetch(view, { headers: { authorization: `Bearer ${token}` } })).text();
  expect(JSON.parse(document)).toMatchObject({ page: { displayName: 'OpenAI', health: 'degraded', usable: 1 } });
  expect(document + printed.text).not.toMatch(/sk-example-(?:first|second)/);
});

it('signs in with the token, and ends when it is asked to', async () => {
  const headers = { authorization: `Bearer ${token}`, 'x-api-key-fallback': '1' };
  const login = await fetch(`${url}/keys/api/v1/login`, { method: 'POST', headers });
  expect(login.status).toBe(200);
  expect(login.headers.get('set-cookie')).toContain('HttpOnly');

  expect(await end()).toBe(0);
});
