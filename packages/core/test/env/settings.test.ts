import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeyManager, InvalidOptionsError, loadApiKeys, type KeyManagerOptions } from '@api-key-fallback/core';
import { keyManagerClass } from '@api-key-fallback/core/adapter';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callerError, scriptedAdapter } from '../scripted-keys.ts';

let directory: string;
let lines: string[];

const line = (text: string) => void lines.push(text);
const logger = { debug: line, info: line, warn: line, error: line };
const settings = ['API_KEY_FALLBACK_LOG_LEVEL', 'API_KEY_FALLBACK_LOCALE', 'API_KEY_STATE_DIR'];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'settings-'));
  lines = [];
  for (const name of settings) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** Writes `.env` files, and makes a manager for them. */
function managerOf(files: Readonly<Record<string, string | Buffer>>, options: KeyManagerOptions = {}): ApiKeyManager {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return new ApiKeyManager(scriptedAdapter, ['sk-test-4f9a81c2e07b'], { directory, logger, ...options });
}

it('the level and the language of the log are read from .env files', async () => {
  const manager = managerOf({ '.env': 'API_KEY_FALLBACK_LOG_LEVEL=warn\nAPI_KEY_FALLBACK_LOCALE=pt-BR' });
  await manager.retryWithFallback(() => 'value');
  expect(lines).toEqual([]);
  await manager.retryWithFallback((key) => callerError(key, undefined as never)).catch(() => {});
  expect(lines).toEqual(['Scripted: Erro na tentativa 1/3: scripted failure']);
});

it('the environment takes precedence over the files, and an option over both', async () => {
  vi.stubEnv('API_KEY_FALLBACK_LOCALE', 'en');
  const file = { '.env': 'API_KEY_FALLBACK_LOCALE=pt-BR' };
  await managerOf(file).retryWithFallback(() => 'value');
  await managerOf(file, { locale: 'pt-BR' }).retryWithFallback(() => 'value');
  expect(lines).toEqual([
    'Scripted: Using key 1/1',
    'Scripted: Success with key 1/1',
    'Scripted: Usando chave 1/1',
    'Scripted: Sucesso com chave 1/1',
  ]);
});

it('the files follow their precedence and the name of the environment', async () => {
  const files = { '.env': 'API_KEY_FALLBACK_LOG_LEVEL=info', '.env.staging': 'API_KEY_FALLBACK_LOG_LEVEL=silent' };
  await managerOf(files, { environmentName: 'staging' }).retryWithFallback(() => 'value');
  expect(lines).toEqual([]);
});

it('a wrong value in a file is refused by the name of its variable', () => {
  const make = () => managerOf({ '.env': 'API_KEY_FALLBACK_LOG_LEVEL=loud' });
  expect(make).toThrow(InvalidOptionsError);
  expect(make).toThrow(/API_KEY_FALLBACK_LOG_LEVEL.*debug, info, warn, error, silent/);
});

it('the state directory is read from .env files', async () => {
  const state = join(directory, 'state');
  const manager = managerOf({ '.env': `API_KEY_STATE_DIR=${state}` });
  await manager.ready();
  manager.markKeyFailed();
  await manager.close();
  expect(readdirSync(state)).not.toEqual([]);
});

it('the loader of keys follows them too', () => {
  managerOf({ '.env': 'API_KEY_FALLBACK_LOG_LEVEL=silent\nACME_KEY=same\nACME_KEY_2=same' });
  loadApiKeys('ACME_KEY', { directory, logger });
  loadApiKeys('ACME_KEY', { directory, logger, logLevel: 'warn' });
  expect(lines).toEqual(['ACME_KEY: ACME_KEY_2 is the same key as ACME_KEY and is ignored']);
});

it('fromEnv reads the settings and the keys of the same files', async () => {
  managerOf({ '.env': 'SCRIPTED_KEY=sk-test-77d0b3a9c1f2\nAPI_KEY_FALLBACK_LOCALE=pt-BR' });
  const Keys = keyManagerClass({ ...scriptedAdapter, env: 'SCRIPTED_KEY' });
  await Keys.fromEnv({ directory, logger }).retryWithFallback(() => 'value');
  expect(lines[0]).toBe('Scripted: Usando chave 1/1');
});

it('a manager with its own keys only warns of a file that cannot be read', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const manager = managerOf({ '.env': Buffer.from([0xfe, 0xff, 0, 65]) });
  await expect(manager.retryWithFallback(() => 'value')).resolves.toBe('value');
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(join(directory, '.env')), {
    type: 'ApiKeyFallbackWarning',
    code: 'AKF_ENV_FILES',
  });
  warned.mockRestore();
});

it('a relative directory starts at the present working directory', async () => {
  const [one, two] = ['one', 'two'].map((name) => join(directory, name));
  for (const path of [one, two]) mkdirSync(join(path ?? '', 'app'), { recursive: true });
  const file = join(two ?? '', 'app', '.env');
  writeFileSync(file, 'API_KEY_FALLBACK_LOCALE=pt-BR');
  for (const path of [one, two]) {
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(path ?? '');
    await managerOf({}, { directory: 'app' }).retryWithFallback(() => 'value');
    cwd.mockRestore();
  }
  expect(lines.filter((_line, index) => index % 2 === 0)).toEqual([
    'Scripted: Using key 1/1',
    'Scripted: Usando chave 1/1',
  ]);
});

it('keys in code need no working directory', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw new Error('ENOENT: uv_cwd');
  });
  const manager = new ApiKeyManager(scriptedAdapter, ['sk-test-4f9a81c2e07b'], { logger });
  await expect(manager.retryWithFallback(() => 'value')).resolves.toBe('value');
  expect(warned).toHaveBeenCalledWith(
    expect.stringContaining('uv_cwd'),
    expect.objectContaining({ code: 'AKF_ENV_FILES' }),
  );
  vi.restoreAllMocks();
});
