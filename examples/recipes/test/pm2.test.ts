import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../../test-support/redis-process.ts';
import { bareEnvironment, recipes } from './recipe-process.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;
const pm2 = join(recipes, 'node_modules/pm2/bin/pm2');

let folder: string;
let provider: ProviderServer;
let port: number;
let env: NodeJS.ProcessEnv;

async function run(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [pm2, ...args], { cwd: recipes, env });
  return stdout + stderr;
}

function killDaemon(): void {
  spawnSync(process.execPath, [pm2, 'kill'], { env });
}

/** What all instances have logged. */
async function log(): Promise<string> {
  const logs = join(folder, 'pm2', 'logs');
  const files = await readdir(logs);
  return (await Promise.all(files.map((file) => readFile(join(logs, file), 'utf8')))).join('\n');
}

async function ask(prompt: string): Promise<{ readonly instance: string | null; readonly answer: string }> {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    body: prompt,
    headers: { connection: 'close' },
  });
  return { instance: response.headers.get('x-instance'), answer: await response.text() };
}

/** Asks until each of the two instances has answered. */
async function askBoth(prompt: string): Promise<void> {
  const instances = new Set<string | null>();
  while (instances.size < 2) {
    const { instance, answer } = await ask(prompt);
    expect(answer).toBe(`You said: ${prompt}`);
    instances.add(instance);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm2-'));
  provider = await startProviderServer({ keys: { [second]: ['ok'] } });
  port = await freePort();
  await writeFile(join(folder, 'openai-keys'), `${first}\n${second}\n`);
  env = {
    ...bareEnvironment(),
    HOME: folder,
    PM2_HOME: join(folder, 'pm2'),
    OPENAI_API_KEYS_FILE: join(folder, 'openai-keys'),
    OPENAI_BASE_URL: provider.openaiBaseURL,
    API_KEY_STATE_DIR: join(folder, 'state'),
    PORT: `${port}`,
  };
  // A run that is broken off must leave no daemon running.
  process.once('exit', killDaemon);
  await run('start', 'pm2/ecosystem.config.cjs');
});
afterAll(async () => {
  await run('kill');
  process.off('exit', killDaemon);
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

it('pm2: one instance learns that a key is refused, and the other one does not try it', async () => {
  expect((await ask('Bom dia')).answer).toBe('You said: Bom dia');
  await vi.waitFor(
    async () => expect(await log()).toContain('Key 1/2 is disabled (invalid-key), reported by another process'),
    10_000,
  );
  await askBoth('Boa tarde');
  expect(provider.requestCount(first)).toBe(1);
});

/** Sends the beginning of a request. The instance has it, but waits for the rest. */
async function beginRequest(): Promise<ClientRequest> {
  const begun = request({ port, method: 'POST', headers: { expect: '100-continue' }, agent: false });
  begun.flushHeaders();
  await once(begun, 'continue');
  begun.write('Boa ');
  return begun;
}

it('pm2: a reload ends no running request, and the new instances know the refused key', async () => {
  // One for each instance: PM2 hands them out in turn.
  const begun = [await beginRequest(), await beginRequest()];
  const reloaded = run('reload', 'chat');
  await vi.waitFor(async () => expect(await log()).toContain('Ending after the running requests'), 20_000);
  for (const each of begun) {
    each.end('noite');
    const [response] = (await once(each, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('You said: Boa noite');
  }
  await reloaded;

  await askBoth('Bom dia');
  expect(provider.requestCount(first)).toBe(1);
});

it('pm2: keeps no key in its own files and lists', async () => {
  await run('save');
  const dump = await readFile(join(folder, 'pm2/dump.pm2'), 'utf8');
  expect(dump).toContain('OPENAI_API_KEYS_FILE');
  expect(dump + (await log()) + (await run('prettylist'))).not.toMatch(/sk-example-(?:first|second)/);
});
