import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const key = 'sk-proj-first0123456789abcdef';
const main = join(import.meta.dirname, '../../src/main.ts');

function project(files: Readonly<Record<string, string>> = {}): string {
  return createProject({
    files: { '.env': envText({ OPENAI_API_KEY: key }), ...files },
    packages: ['@api-key-fallback/openai', '@api-key-fallback/alerts'],
  });
}

/** Starts the dashboard, and returns what it prints first. */
async function startDashboard(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  cwd = project(),
) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    process.execPath,
    ['--conditions=@api-key-fallback/source', main, 'dashboard', '--port', '0', ...args],
    { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const stderr = text(child.stderr);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, stderr, line: String(line) };
}

/** Asks who is signed in, like a script. */
function session(url: string, token: string): Promise<Response> {
  return fetch(new URL('api/v1/session', url), { headers: { authorization: `Bearer ${token}` } });
}

describe('dashboard', () => {
  it('prints a link with a token of its own, serves the page, and ends with Ctrl-C', async () => {
    const { child, stderr, line } = await startDashboard();
    const [, url = '', token = ''] = /(http:\/\/127\.0\.0\.1:\d+\/)#token=([\w-]{24})/.exec(line) ?? [];
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<!doctype html>');
    expect((await session(url, token)).status).toBe(200);
    expect((await session(url, `${token}x`)).status).toBe(401);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    const notes = (await stderr).replaceAll(/\s+/g, ' ');
    expect(notes).toContain('Without a store the dashboard knows only this process');
    expect(line + notes).not.toContain(key);
  });

  it('takes the token of the environment, and does not print it', async () => {
    const token = 'a-token-of-my-own-0123';
    const { child, stderr, line } = await startDashboard(['--json'], { API_KEY_FALLBACK_DASHBOARD_TOKEN: token });
    const { url } = JSON.parse(line) as { readonly url: string };
    expect((await session(url, token)).status).toBe(200);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(line + (await stderr)).not.toContain(token);
  });

  it('names another port if the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runCli(['dashboard', '--port', String(port)], { cwd: project() });
    expect(stderr).toContain(`Port ${port} is in use. Take another one: api-key-fallback dashboard --port ${port + 1}`);
    expect(code).toBe(2);
  });

  it.each([
    { args: ['--port', 'abc'], env: {}, says: '"abc" is not a port' },
    { args: ['--port', '70000'], env: {}, says: '"70000" is not a port' },
    { args: ['--port', '0', '--host', '192.0.2.1'], env: {}, says: 'no address "192.0.2.1"' },
    { args: [], env: { API_KEY_FALLBACK_DASHBOARD_TOKEN: 'short' }, says: 'must have at least 16 characters' },
  ])('explains $args $env', async ({ args, env, says }) => {
    const { code, stdout, stderr } = await runCli(['dashboard', ...args], { cwd: project(), env });
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
