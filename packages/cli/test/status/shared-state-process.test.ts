import { startProviderServer } from '@api-key-fallback/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FileStore, loadApiKeys } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { RedisStore } from '@api-key-fallback/redis';
import { join } from 'node:path';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const keys = { OPENAI_API_KEY: 'sk-proj-first-0123456789abcdef', OPENAI_API_KEY_2: 'sk-proj-second-0123456789abcdef' };
const packages = ['@api-key-fallback/openai', '@api-key-fallback/redis', 'ioredis'];
// The package of the store declares it, whose tests this one does not import.
const redisUrl = inject('redisUrl' as never) as string | undefined;

function projectOf(files: Readonly<Record<string, string>> = {}) {
  return createProject({ files: { '.env': envText(keys), ...files }, packages });
}

/** A service of the project that shares the state of its keys. */
function serviceIn(directory: string) {
  const store = new FileStore(join(directory, 'state'));
  const loaded = loadApiKeys('OPENAI_API_KEY', { directory, logger: false });
  const manager = new OpenAIKeyManager(loaded, { store, logger: false });
  const close = async () => {
    await manager.close();
    await store.close();
  };
  return { manager, [Symbol.asyncDispose]: close };
}

describe('status, reset, disable and enable with a directory', () => {
  it('disables a key in a running service, by label, and enables it again by position', async () => {
    const cwd = projectOf();
    await using service = serviceIn(cwd);
    await service.manager.ready();
    const states = () => service.manager.status().keys.map(({ state }) => state);
    const env = { API_KEY_STATE_DIR: 'state' };

    const disabled = await runCli(['disable', 'openai', 'openai_api_key_2', '--actor', 'ana'], { cwd, env });
    expect(disabled).toMatchObject({ code: 0, stdout: 'OpenAI: OPENAI_API_KEY_2 is disabled.\n' });
    await expect.poll(states, { timeout: 10_000 }).toEqual(['healthy', 'disabled']);

    const enabled = await runCli(['enable', 'openai', '2', '--json', '--actor', 'ana'], { cwd, env });
    expect(JSON.parse(enabled.stdout)).toEqual({
      command: 'enable',
      provider: 'openai',
      pool: 'default',
      actor: 'ana',
      store: join(cwd, 'state'),
      keys: [
        {
          keyId: service.manager.status().keys[1]?.keyId,
          ordinal: 2,
          label: 'OPENAI_API_KEY_2',
          masked: 'sk-…cdef',
          state: 'healthy',
        },
      ],
    });
    await expect.poll(states, { timeout: 10_000 }).toEqual(['healthy', 'healthy']);
  });

  it('shows what a service has found out, and resets all keys with --yes', async () => {
    const cwd = projectOf({ '.env.local': 'API_KEY_STATE_DIR=state\n' });
    await using service = serviceIn(cwd);
    service.manager.markKeyFailed(keys.OPENAI_API_KEY, 'rate-limited');
    await service.manager.close();

    const shown = await runCli(['status'], { cwd });
    expect(shown.stdout).toMatch(/OPENAI_API_KEY +rate-limited +(?:1 min(?: 1 s)?|\d+ s) +0 +0\n/);
    expect(shown.stdout).toContain('OpenAI: 1 of 2 keys usable.');

    const refused = await runCli(['reset', 'openai'], { cwd });
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') });

    const reset = await runCli(['reset', 'openai', '--yes'], { cwd });
    expect(reset).toMatchObject({ code: 0 });
    const { stdout } = await runCli(['status', '--json'], { cwd });
    const { providers } = JSON.parse(stdout) as { providers: readonly { usable: number; total: number }[] };
    expect(providers).toMatchObject([
      { provider: 'openai', usable: 2, total: 2, store: { kind: 'file', isAway: false } },
    ]);
    expect(shown.stdout + reset.stdout + stdout).not.toContain('0123456789');
  });

  it('gives the results of a check to a running service, unless told otherwise', async () => {
    await using server = await startProviderServer({ keys: { [keys.OPENAI_API_KEY]: ['ok'] } });
    const cwd = projectOf();
    await using service = serviceIn(cwd);
    await service.manager.ready();
    const states = () => service.manager.status().keys.map(({ state }) => state);
    const env = { API_KEY_STATE_DIR: 'state', OPENAI_BASE_URL: server.openaiBaseURL };

    await runCli(['check', '--dry-run'], { cwd, env });
    expect((await runCli(['status', '--json'], { cwd, env })).stdout).not.toContain('"disabled"');
    const { code, stderr } = await runCli(['check'], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(join(cwd, 'state')) });
    await expect.poll(states, { timeout: 10_000 }).toEqual(['healthy', 'disabled']);
  });

  it.each([
    [['disable', 'opnai', '1'], /Did you mean openai\?/],
    [['disable', 'openai', 'OPENAI_API_KEY_3'], /Did you mean OPENAI_API_KEY/],
    [['disable', 'openai', '7'], /OpenAI has no key "7"\. Its keys:\n {2}1 {2}OPENAI_API_KEY {2}sk-…cdef\n/],
    [['disable', 'openai', keys.OPENAI_API_KEY], /OpenAI has no key "…"/],
  ])('says what is wrong with %o', async (args, message) => {
    const cwd = projectOf();
    const { code, stdout, stderr } = await runCli([...args, '--state-dir', 'state'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('0123456789');
  });

  it('keeps the managers of a configuration quiet, because the commands say themselves what happens', async () => {
    const config = `
      import { OpenAIKeyManager } from '@api-key-fallback/openai';
      export default { managers: (options) => [OpenAIKeyManager.fromEnv(options)] };
    `;
    const cwd = projectOf({ 'api-key-fallback.config.mts': config });
    const { code, stderr } = await runCli(['disable', 'openai', '1', '--state-dir', 'state'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Written to .*\n$/);
  });

  it('asks which key is meant if several have the same label', async () => {
    const config = `
      import { OpenAIKeyManager } from '@api-key-fallback/openai';
      const keys = ['first', 'second'].map((name) => ({ key: 'sk-proj-' + name + '-0123456789', label: 'team' }));
      export default { managers: (options) => [new OpenAIKeyManager(keys, options)] };
    `;
    const cwd = projectOf({ 'api-key-fallback.config.ts': config });
    const { code, stderr } = await runCli(['disable', 'openai', 'team', '--state-dir', 'state'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/Several keys have the label "team".*\n {2}1 {2}team {2}sk-…6789\n {2}2 {2}team/);
  });
});

describe('without a store', () => {
  it('status says that the state is inside each process, and how to share it', async () => {
    const { code, stdout, stderr } = await runCli(['status'], { cwd: projectOf() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('API_KEY_STATE_DIR');
    expect(stderr).toContain('--redis');
  });

  it('disable refuses', async () => {
    const { code, stderr } = await runCli(['disable', 'openai', '1'], { cwd: projectOf() });
    expect(code).toBe(2);
    expect(stderr).toContain('--state-dir (API_KEY_STATE_DIR) or --redis');
  });
});

describe('with Redis', () => {
  it('says which packages are missing', async () => {
    const cwd = createProject({ files: { '.env': envText(keys) } });
    const { code, stderr } = await runCli(['status', '--redis', 'redis://localhost:6379'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('npm install @api-key-fallback/redis ioredis');
  });

  it('says that the server cannot be reached, without its password', async () => {
    const { code, stdout, stderr } = await runCli(['status', '--redis', 'redis://:hunter22@127.0.0.1:1'], {
      cwd: projectOf(),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('The redis store cannot be reached');
    expect(stderr).not.toContain('hunter22');
  });

  describe.skipIf(redisUrl === undefined)('on a server', () => {
    const client = new Redis(redisUrl ?? 'redis://127.0.0.1:6379', { lazyConnect: true });
    const store = new RedisStore(client);
    const loaded = Object.entries(keys).map(([label, key]) => ({ key: `${key}-${process.pid}`, label }));
    const manager = new OpenAIKeyManager(loaded, { store, logger: false });
    beforeAll(() => manager.ready());
    afterAll(async () => {
      await manager.close();
      await store.close();
    });

    it('disables a key in a running service', async () => {
      const env = envText(Object.fromEntries(loaded.map(({ label, key }) => [label, key])));
      const cwd = projectOf({ '.env': env });
      const { code, stderr } = await runCli(['disable', 'openai', '1', '--redis', redisUrl ?? ''], { cwd });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Written to redis://') });
      await expect.poll(() => manager.status().keys[0]?.state, { timeout: 10_000 }).toBe('disabled');
    });
  });
});
