import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const keys = readFileSync(join(import.meta.dirname, '../demo/.env'), 'utf8')
  .split('\n')
  .flatMap((line) => /^\w+=(.+)$/.exec(line)?.[1] ?? []);

describe('the demo', () => {
  it.each([
    [
      'en',
      'Rate limit',
      'Using key',
      'Error on attempt',
      'Attempt',
      'with key',
      'Key 1/4 failed. Trying next key...',
      'Success with key',
    ],
    [
      'pt-BR',
      'Limite de requisições',
      'Usando chave',
      'Erro na tentativa',
      'Tentativa',
      'com chave',
      'Chave 1/4 falhou. Tentando próxima chave...',
      'Sucesso com chave',
    ],
  ])(
    'shows the four cases in %s, without any key',
    async (lang, title, using, errorOn, attempt, withKey, failed, success) => {
      const { code, output } = await runExample('demo/main.ts', {}, ['--lang', lang]);
      expect(code).toBe(0);
      const lines = output.split('\n').filter((line) => line !== '');
      const start = lines.findIndex((line) => line.includes(title));
      expect(lines.slice(start + 1, start + 11)).toEqual([
        `INFO: OpenAI: ${using} 1/4`,
        `WARNING: OpenAI: ${errorOn} 1/3: Rate limit exceeded`,
        `INFO: OpenAI: ${attempt} 2/3 ${withKey} 1/4`,
        `WARNING: OpenAI: ${errorOn} 2/3: Rate limit exceeded`,
        `INFO: OpenAI: ${attempt} 3/3 ${withKey} 1/4`,
        `WARNING: OpenAI: ${errorOn} 3/3: Rate limit exceeded`,
        `WARNING: OpenAI: ${failed}`,
        `INFO: OpenAI: ${using} 2/4`,
        `INFO: OpenAI: ${attempt} 1/3 ${withKey} 2/4`,
        `INFO: OpenAI: ${success} 2/4`,
      ]);
      for (const key of keys) expect(output).not.toContain(key);
      expect(keys).toHaveLength(8);
      expect(output).toContain('AllKeysFailedError, rate-limited');
    },
    30_000,
  );

  it('names the missing variables when it runs live without keys', async () => {
    const { code, output } = await runExample('demo/main.ts', {}, ['--live']);
    expect(output).toContain('OPENAI_API_KEY');
    expect(output).toContain('YOUTUBE_API_KEY');
    expect(code).toBe(0);
  });
});
