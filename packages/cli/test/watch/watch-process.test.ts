import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { FileStore } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasRedisServer, RedisProcess } from '../../../../test-support/redis-process.ts';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const keys = { OPENAI_API_KEY: 'sk-proj-first0123456789abcdef', OPENAI_API_KEY_2: 'sk-proj-second0123456789abcdef' };
const main = join(import.meta.dirname, '../../src/main.ts');

function project(): string {
  return createProject({ files: { '.env': envText(keys) }, packages: ['@api-key-fallback/openai'] });
}

function startWatch(cwd: string, args: readonly string[] = []) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=@api-key-fallback/source', main, 'watch', ...args], {
    cwd,
    env: { PATH, HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Disables a key like another process of the service. */
async function disableSecond(directory: string): Promise<void> {
  const store = new FileStore(directory);
  const manager = new OpenAIKeyManager(Object.values(keys), { store, logger: false });
  await manager.ready();
  manager.disable(keys.OPENAI_API_KEY_2, { actor: 'ana' });
  await manager.close();
  await store.close();
}

describe('watch without a terminal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('writes a line for each event until %s', async (signal) => {
    const cwd = project();
    const child = startWatch(cwd, ['--state-dir', 'state']);
    const stdout = text(child.stdout);
    const [note] = (await once(child.stderr, 'data')) as [Buffer];
    expect(String(note)).toContain('Watching 2 keys of 1 provider.');
    const line = once(child.stdout, 'data');
    await disableSecond(join(cwd, 'state'));
    await line;
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(await stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z OpenAI OPENAI_API_KEY_2: disabled \(by hand\)\n$/);
  });

  it('writes an object a line with --json', async () => {
    const cwd = project();
    const child = startWatch(cwd, ['--state-dir', 'state', '--json']);
    await once(child.stderr, 'data');
    const line = once(child.stdout, 'data');
    await disableSecond(join(cwd, 'state'));
    const [chunk] = (await line) as [Buffer];
    expect(JSON.parse(String(chunk))).toMatchObject({
      name: 'key.disabled',
      provider: 'openai',
      pool: 'default',
      key: { label: 'OPENAI_API_KEY_2' },
      reason: 'operator',
      isFromStore: true,
    });
    expect(String(chunk)).not.toContain(keys.OPENAI_API_KEY_2);
  });

  it.skipIf(!hasRedisServer())('shows what another process does through Redis', async () => {
    const redis = await RedisProcess.start();
    onTestFinished(() => redis.stop());
    const packages = ['@api-key-fallback/openai', '@api-key-fallback/redis', 'ioredis'];
    const cwd = createProject({ files: { '.env': envText(keys) }, packages });
    const child = startWatch(cwd, ['--redis', redis.url]);
    await once(child.stderr, 'data');
    const line = once(child.stdout, 'data');
    const { code } = await runCli(['disable', 'openai', 'OPENAI_API_KEY_2', '--redis', redis.url], { cwd });
    expect(code).toBe(0);
    expect(String(await line)).toContain('OpenAI OPENAI_API_KEY_2: disabled (by hand)');
  });

  it('says what it cannot see without a store', async () => {
    const child = startWatch(project());
    const stderr = text(child.stderr);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect((await stderr).replaceAll(/\s+/g, ' ')).toContain('No store: states of keys stay inside the process');
  });

  it('explains where keys would be in a folder without any', async () => {
    const { stderr } = await runCli(['watch'], { cwd: createProject() });
    expect(stderr).toContain('No API keys were found');
  });
});

// It makes a terminal, and is part of util-linux.
describe.skipIf(spawnSync('script', ['--version']).status !== 0)('watch on a terminal', () => {
  it.each([
    { name: 'q', pressed: 'q', code: 0 },
    { name: 'Ctrl-C', pressed: '\u0003', code: 130 },
  ])('shows the keys on a screen of its own until $name', async ({ pressed, code }) => {
    const { PATH = '', HOME = '' } = process.env;
    const command = `stty cols 80 rows 24; '${process.execPath}' --conditions=@api-key-fallback/source '${main}' watch`;
    const child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: project(),
      env: { PATH, HOME, TERM: 'xterm-256color', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let shown = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      shown += String(chunk);
      if (shown.includes('EVENTS')) break;
    }
    child.stdin.write(pressed);
    const [rest, [exit]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number]>]);
    expect(exit).toBe(code);
    expect(shown).toContain('\u001B[?1049h\u001B[?25l');
    expect(shown + rest).toContain('\u001B[?25h\u001B[?1049l');
    expect(stripVTControlCharacters(shown)).toContain('2 of 2 keys usable');
    for (const secret of Object.values(keys)) expect(shown + rest).not.toContain(secret);
  });
});
