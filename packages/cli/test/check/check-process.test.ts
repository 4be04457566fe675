import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const [works, invalid, empty, limited] = ['works', 'wrong', 'spent', 'limit'].map(
  (name) => `sk-proj-${name.repeat(5)}0123456789`,
) as [string, string, string, string];
const packages = ['@api-key-fallback/openai', '@api-key-fallback/rapidapi'];

let server: ProviderServer;

beforeAll(async () => {
  server = await startProviderServer({
    keys: { [works]: ['ok'], [empty]: ['quota-exhausted'], [limited]: ['rate-limited'] },
  });
});
afterAll(() => server.close());

function check(keys: Readonly<Record<string, string>>, args: readonly string[] = [], env = {}) {
  const cwd = createProject({ files: { '.env': envText(keys) }, packages });
  return runCli(['check', ...args], { cwd, env: { OPENAI_BASE_URL: server.openaiBaseURL, ...env } });
}

describe('check', () => {
  it('shows what each key is good for, and fails for an invalid one', async () => {
    const keys = {
      OPENAI_API_KEY: works,
      OPENAI_API_KEY_2: invalid,
      OPENAI_API_KEY_3: empty,
      OPENAI_API_KEY_4: limited,
    };
    const { code, stdout, stderr } = await check(keys);
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[1]).toMatch(/^OpenAI +OPENAI_API_KEY +sk-…6789 +works +\d+ ms/);
    expect(lines[2]).toMatch(/OPENAI_API_KEY_2 .*invalid/);
    expect(lines[3]).toMatch(/OPENAI_API_KEY_3 .*no quota left/);
    expect(lines[4]).toMatch(/OPENAI_API_KEY_4 .*rate-limited/);
    expect(stdout).toContain('1 of 4 keys work, 1 invalid, 1 without quota, 1 rate-limited.');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const secret of Object.values(keys)) expect(stdout + stderr).not.toContain(secret.slice(8));
    // Colours and progress are for terminals.
    expect(stdout + stderr).not.toContain('\u001B');
  });

  it.each([
    { failOn: 'invalid', code: 0 },
    { failOn: 'any', code: 1 },
    { failOn: 'none', code: 0 },
  ])('exits with $code for an exhausted key and --fail-on $failOn', async ({ failOn, code }) => {
    expect((await check({ OPENAI_API_KEY: empty }, ['--fail-on', failOn])).code).toBe(code);
  });

  it('takes an option from its variable, and a flag before that', async () => {
    const env = { API_KEY_FALLBACK_FAIL_ON: 'none' };
    expect((await check({ OPENAI_API_KEY: invalid }, [], env)).code).toBe(0);
    expect((await check({ OPENAI_API_KEY: invalid }, ['--fail-on', 'any'], env)).code).toBe(1);
  });

  it('writes the documented JSON', async () => {
    const { stdout } = await check({ OPENAI_API_KEY: works, OPENAI_API_KEY_2: invalid, XAI_API_KEY: '"a b"' }, [
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual({
      command: 'check',
      hasFailed: true,
      summary: { total: 2, working: 1, invalid: 1, exhausted: 0, limited: 0, unknown: 0 },
      keys: [
        expect.objectContaining({ provider: 'openai', pool: 'default', label: 'OPENAI_API_KEY', outcome: 'working' }),
        expect.objectContaining({ ordinal: 2, outcome: 'refused', verdict: 'invalid-key', reason: 'invalid_api_key' }),
      ],
      problems: [{ provider: 'xai', problem: expect.stringContaining('white space') }],
      missing: [],
    });
  });

  it('writes one key a line with ndjson', async () => {
    const { stdout } = await check({ OPENAI_API_KEY: works, OPENAI_API_KEY_2: empty }, ['--format', 'ndjson']);
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { label: string });
    expect(entries.map(({ label }) => label)).toEqual(['OPENAI_API_KEY', 'OPENAI_API_KEY_2']);
  });

  it('does not know about keys of RapidAPI until it is told which API to ask', async () => {
    const { code, stdout } = await check({ RAPIDAPI_KEY: 'a'.repeat(50) }, ['--fail-on', 'any']);
    expect(stdout).toMatch(/RAPIDAPI_KEY +aaa…aaaa +unknown\n/);
    expect(stdout).toContain('--rapidapi');
    expect(code).toBe(0);
  });

  it('asks the API of RapidAPI that --rapidapi names', async () => {
    const key = 'a'.repeat(50);
    const { code, stdout } = await check({ RAPIDAPI_KEY: key }, ['--rapidapi', 'localhost/status', '--fail-on', 'any']);
    expect(stdout).toContain('RapidAPI cannot be reached');
    expect(code).toBe(1);
  });

  it('says which adapter is missing, and how to install it with the package manager of the project', async () => {
    const files = {
      '.env': envText({ YOUTUBE_API_KEY: `AIzaSyTest${'k'.repeat(29)}` }),
      'pnpm-lock.yaml': '',
    };
    const { code, stdout, stderr } = await runCli(['check'], { cwd: createProject({ files }) });
    expect(stderr).toContain('pnpm add @api-key-fallback/youtube @googleapis/youtube');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('explains what it has looked for in a folder with nothing', async () => {
    const cwd = createProject();
    const { code, stderr } = await runCli(['check'], { cwd });
    expect(stderr).toContain(`No API keys were found in ${cwd}`);
    expect(stderr).toContain('OPENAI_API_KEY');
    expect(stderr).toContain('api-key-fallback init');
    expect(code).toBe(2);
  });

  it('stops at Ctrl-C', async () => {
    await using hanging = await startProviderServer({ otherwise: 'hang' });
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: works }) }, packages });
    const env = { OPENAI_BASE_URL: hanging.openaiBaseURL };
    const controller = new AbortController();
    const ended = runCli(['check', '--timeout', '60000'], { cwd, env, signal: controller.signal });
    await expect.poll(() => hanging.openCount, { timeout: 20_000 }).toBe(1);
    controller.abort();
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
  });

  it('checks 200 keys side by side', async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `sk-proj-many${String(index).padStart(20, '0')}`);
    await using many = await startProviderServer({ otherwise: 'ok' });
    const env = { OPENAI_BASE_URL: many.openaiBaseURL };
    const { code, stdout } = await check({ OPENAI_API_KEYS: keys.join(',') }, ['--json'], env);
    expect(code).toBe(0);
    const { summary } = JSON.parse(stdout) as { summary: object };
    expect(summary).toMatchObject({ total: 200, working: 200 });
  });
});
