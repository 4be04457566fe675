import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openAICompatible } from '../src/index.ts';

const keys = ['groq-test-4f9a81c2e07b', 'groq-test-77aa81c2e0ff'];

describe('the options of createKeyManager()', () => {
  it.each<[string, unknown, string]>([
    ['a misspelt name', { apiKeys: keys }, 'Unknown option "apiKeys". Keys go into the list of the key manager'],
    ['the list of keys', keys, 'createKeyManager() takes the keys as an option: { keys: [key] }.'],
    [
      'a misspelt address',
      { keys, clientOptions: { baseUrl: 'http://127.0.0.1:9' } },
      'Write clientOptions: { baseURL }.',
    ],
    ['null', null, 'createKeyManager() takes the keys as an option'],
  ])('refuse %s', (_name, options, message) => {
    expect(() => openAICompatible('groq').createKeyManager(options as never)).toThrow(message);
  });

  it('say where the files of the keys are', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'akf-groq-'));
    await writeFile(join(directory, '.env'), `GROQ_API_KEY=${keys[0]}`);
    vi.stubEnv('GROQ_API_KEY', undefined);
    const manager = openAICompatible('groq').createKeyManager({ directory, environmentName: 'none', logger: false });
    expect(manager.getAllKeys()).toEqual([keys[0]]);
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });
});
