import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProviderServer } from '@api-key-fallback/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const shared = 'sk-proj-shared0123456789abcdef';
const other = 'sk-proj-other0123456789abcdef';
const packages = ['@api-key-fallback/core', '@api-key-fallback/openai', '@api-key-fallback/youtube'];

describe('doctor', () => {
  it('finds the mistakes of a project, and fails', async () => {
    const files = {
      '.env': envText({
        OPENAI_API_KEY: shared,
        OPENAI_API_KEY_2: other,
        OPENAI_API_KEY_3: other,
        YOUTUBE_API_KEY: shared,
        ANTHROPIC_API_KEY: 'sk-ant-test0123456789abcdef',
      }),
      'src/chat.ts': "import '@api-key-fallback/openai';\n\nexport const client = new OpenAI({ apiKey: 'unused' });\n",
    };
    const cwd = createProject({ files, packages });
    execFileSync('git', ['init', '--quiet'], { cwd });
    execFileSync('git', ['add', '.env'], { cwd });
    const { code, stdout, stderr } = await runCli(['doctor', '--offline'], { cwd });
    expect(code).toBe(1);
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain('error .env: .env has keys, and is in git.');
    expect(text).toContain('The same key for different providers: OpenAI OPENAI_API_KEY, YouTube YOUTUBE_API_KEY.');
    expect(text).toContain('OPENAI_API_KEY_3 is the same key as OPENAI_API_KEY_2');
    expect(text).toContain('There are keys for Anthropic, but its adapter is not installed.');
    expect(text).toContain('npm install @api-key-fallback/anthropic @anthropic-ai/sdk');
    expect(text).toContain('warning src/chat.ts:3: This client seems to try again by itself');
    expect(text).toContain('2 errors, 3 warnings.');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    for (const secret of [shared, other]) expect(stdout + stderr).not.toContain(secret);
  });

  it('finds nothing in a project that is fine, also about its clock', async () => {
    await using server = await startProviderServer({ keys: { [other]: ['ok'] } });
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: other }) }, packages });
    const env = { OPENAI_BASE_URL: server.openaiBaseURL, API_KEY_STATE_DIR: `${cwd}/state` };
    const { code, stdout } = await runCli(['doctor', '--json'], { cwd, env });
    const document = JSON.parse(stdout) as {
      readonly findings: readonly { readonly check: string; readonly level: string }[];
    };
    expect(document).toMatchObject({ command: 'doctor', errors: 0, warnings: 0 });
    expect(document.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['node', 'core', 'client-packages', 'decorators', 'env-files', 'keys', 'store', 'clock']),
    );
    expect(code).toBe(0);
    expect(server.requestCount()).toBe(1);
    expect(stdout).not.toContain(other);
  });

  it('ends at once with Ctrl-C while a provider does not answer, without a report', async () => {
    const interrupted = new AbortController();
    const server = createServer(() => interrupted.abort());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: other }) }, packages });
    const env = { OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
    expect(await runCli(['doctor'], { cwd, env, signal: interrupted.signal })).toMatchObject({ code: 130, stdout: '' });
  });

  it('writes the levels in colour on request', async () => {
    const { stdout } = await runCli(['doctor', '--offline', '--color'], { cwd: createProject() });
    expect(stdout).toContain('\u001B[33mwarning\u001B[39m  @api-key-fallback/core is not installed');
    expect(stdout).toContain('\u001B[2mRun: api-key-fallback init\u001B[22m');
  });

  it('sends nothing with --offline, and speaks Portuguese', async () => {
    await using server = await startProviderServer({ keys: { [other]: ['ok'] } });
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: other }) }, packages });
    const env = { OPENAI_BASE_URL: server.openaiBaseURL };
    const { stdout } = await runCli(['doctor', '--offline', '--lang', 'pt-BR'], { cwd, env });
    expect(stdout).toContain('Está tudo certo.');
    expect(server.requestCount()).toBe(0);
  });
});
