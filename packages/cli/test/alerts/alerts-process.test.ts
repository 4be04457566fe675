import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const key = 'sk-proj-first0123456789abcdef';

/** Starts a receiver of webhooks that answers with a status by path. */
async function startReceiver(answers: Readonly<Record<string, number>>) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(answers[request.url ?? ''] ?? 404).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

function project(channels: string): string {
  // Node.js loads this by itself. `defineConfig` would be compiled with all that it imports from our sources.
  const config = `import { webhook } from '@api-key-fallback/alerts';
export default { channels: [${channels}] };
`;
  return createProject({
    files: { '.env': envText({ OPENAI_API_KEY: key }), 'api-key-fallback.config.ts': config },
    packages: ['@api-key-fallback/openai', '@api-key-fallback/alerts', '@api-key-fallback/core'],
  });
}

describe('alerts test', () => {
  it('sends a test through each channel, and fails if one fails', async () => {
    const { url, bodies } = await startReceiver({ '/good': 200, '/bad': 403 });
    const cwd = project(`webhook('${url}/good', { name: 'good' }), webhook('${url}/bad', { name: 'bad' })`);
    const { code, stdout, stderr } = await runCli(['alerts', 'test'], { cwd });
    expect(stdout).toMatch(/good +delivered\n/);
    expect(stdout).toMatch(/bad +not delivered +\S/);
    expect(code).toBe(1);
    expect(bodies).toHaveLength(2);
    // The address of a webhook is a secret.
    expect(stdout + stderr).not.toContain(url);
  });

  it('sends it through one channel, and writes JSON', async () => {
    const { url, bodies } = await startReceiver({ '/good': 200, '/bad': 403 });
    const cwd = project(`webhook('${url}/good', { name: 'good' }), webhook('${url}/bad', { name: 'bad' })`);
    const { code, stdout } = await runCli(['alerts', 'test', 'good', '--json'], { cwd });
    expect(JSON.parse(stdout)).toEqual({ command: 'alerts test', results: [{ channel: 'good', isDelivered: true }] });
    expect(code).toBe(0);
    expect(bodies).toHaveLength(1);
  });

  it('suggests the name of a channel', async () => {
    const cwd = project("webhook('http://127.0.0.1:1', { name: 'pager' })");
    const { code, stderr } = await runCli(['alerts', 'test', 'pagr'], { cwd });
    expect(stderr).toContain('Unknown channel "pagr". Did you mean pager?');
    expect(code).toBe(2);
  });

  it('says what to write without channels', async () => {
    const { code, stdout, stderr } = await runCli(['alerts', 'test'], { cwd: createProject() });
    expect(stderr).toContain("channels: [slack(process.env['SLACK_WEBHOOK_URL'])],");
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
