import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const keys = readFileSync(join(import.meta.dirname, '../demo/.env'), 'utf8')
  .split('\n')
  .flatMap((line) => /^\w+=(.+)$/.exec(line)?.[1] ?? []);

/** The lines of each case's log, without the text of the error. */
const logs = {
  en: [
    [
      'INFO: OpenAI: Using key 1/4',
      'WARNING: OpenAI: Error on attempt 1/3: …',
      'WARNING: OpenAI: Key 1/4 failed. Trying next key...',
      'INFO: OpenAI: Using key 2/4',
      'INFO: OpenAI: Attempt 1/3 with key 2/4',
      'INFO: OpenAI: Success with key 2/4',
    ],
    [
      'INFO: YouTube: Using key 1/4',
      'WARNING: YouTube: Error on attempt 1/3: …',
      'WARNING: YouTube: Key 1/4 failed. Trying next key...',
      'INFO: YouTube: Using key 2/4',
      'INFO: YouTube: Attempt 1/3 with key 2/4',
      'INFO: YouTube: Success with key 2/4',
    ],
    [
      'INFO: OpenAI: Using key 1/4',
      'WARNING: OpenAI: Error on attempt 1/3: …',
      'INFO: OpenAI: Attempt 2/3 with key 1/4',
      'WARNING: OpenAI: Error on attempt 2/3: …',
      'INFO: OpenAI: Attempt 3/3 with key 1/4',
      'WARNING: OpenAI: Error on attempt 3/3: …',
      'WARNING: OpenAI: Key 1/4 failed. Trying next key...',
      'INFO: OpenAI: Using key 2/4',
      'INFO: OpenAI: Attempt 1/3 with key 2/4',
      'INFO: OpenAI: Success with key 2/4',
    ],
    [
      'INFO: OpenAI: Using key 1/4',
      'WARNING: OpenAI: Error on attempt 1/3: …',
      'WARNING: OpenAI: Key 1/4 failed. Trying next key...',
      'INFO: OpenAI: Using key 2/4',
      'INFO: OpenAI: Attempt 1/3 with key 2/4',
      'WARNING: OpenAI: Error on attempt 1/3: …',
      'WARNING: OpenAI: Key 2/4 failed. Trying next key...',
      'INFO: OpenAI: Using key 3/4',
      'INFO: OpenAI: Attempt 1/3 with key 3/4',
      'WARNING: OpenAI: Error on attempt 1/3: …',
      'WARNING: OpenAI: Key 3/4 failed. Trying next key...',
      'INFO: OpenAI: Using key 4/4',
      'INFO: OpenAI: Attempt 1/3 with key 4/4',
      'WARNING: OpenAI: Error on attempt 1/3: …',
      'ERROR: OpenAI: All keys failed (rate-limited). The first one is back in 15 s',
    ],
  ],
  'pt-BR': [
    [
      'INFO: OpenAI: Usando chave 1/4',
      'WARNING: OpenAI: Erro na tentativa 1/3: …',
      'WARNING: OpenAI: Chave 1/4 falhou. Tentando próxima chave...',
      'INFO: OpenAI: Usando chave 2/4',
      'INFO: OpenAI: Tentativa 1/3 com chave 2/4',
      'INFO: OpenAI: Sucesso com chave 2/4',
    ],
    [
      'INFO: YouTube: Usando chave 1/4',
      'WARNING: YouTube: Erro na tentativa 1/3: …',
      'WARNING: YouTube: Chave 1/4 falhou. Tentando próxima chave...',
      'INFO: YouTube: Usando chave 2/4',
      'INFO: YouTube: Tentativa 1/3 com chave 2/4',
      'INFO: YouTube: Sucesso com chave 2/4',
    ],
    [
      'INFO: OpenAI: Usando chave 1/4',
      'WARNING: OpenAI: Erro na tentativa 1/3: …',
      'INFO: OpenAI: Tentativa 2/3 com chave 1/4',
      'WARNING: OpenAI: Erro na tentativa 2/3: …',
      'INFO: OpenAI: Tentativa 3/3 com chave 1/4',
      'WARNING: OpenAI: Erro na tentativa 3/3: …',
      'WARNING: OpenAI: Chave 1/4 falhou. Tentando próxima chave...',
      'INFO: OpenAI: Usando chave 2/4',
      'INFO: OpenAI: Tentativa 1/3 com chave 2/4',
      'INFO: OpenAI: Sucesso com chave 2/4',
    ],
    [
      'INFO: OpenAI: Usando chave 1/4',
      'WARNING: OpenAI: Erro na tentativa 1/3: …',
      'WARNING: OpenAI: Chave 1/4 falhou. Tentando próxima chave...',
      'INFO: OpenAI: Usando chave 2/4',
      'INFO: OpenAI: Tentativa 1/3 com chave 2/4',
      'WARNING: OpenAI: Erro na tentativa 1/3: …',
      'WARNING: OpenAI: Chave 2/4 falhou. Tentando próxima chave...',
      'INFO: OpenAI: Usando chave 3/4',
      'INFO: OpenAI: Tentativa 1/3 com chave 3/4',
      'WARNING: OpenAI: Erro na tentativa 1/3: …',
      'WARNING: OpenAI: Chave 3/4 falhou. Tentando próxima chave...',
      'INFO: OpenAI: Usando chave 4/4',
      'INFO: OpenAI: Tentativa 1/3 com chave 4/4',
      'WARNING: OpenAI: Erro na tentativa 1/3: …',
      'ERROR: OpenAI: Todas as chaves falharam (rate-limited). A primeira volta a ficar disponível em 15 s',
    ],
  ],
};

/** The rows of the tables, each as its cells. */
function rows(output: string): string[][] {
  const lines = output.split('\n').filter((line) => line.startsWith('│'));
  return lines.map((line) =>
    line
      .split('│')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('the demo', () => {
  let runs: Record<'en' | 'pt-BR', { code: number | null; output: string }>;

  beforeAll(async () => {
    // Neither the developer's settings nor the directory of a shared state may change what the demo shows.
    const env = { API_KEY_FALLBACK_LOG_LEVEL: 'silent', API_KEY_FALLBACK_LOCALE: 'en', TZ: 'America/Sao_Paulo' };
    const [en, portuguese] = await Promise.all(
      ['en', 'pt-BR'].map((lang) => runExample('demo/main.ts', env, ['--lang', lang])),
    );
    runs = { en: en!, 'pt-BR': portuguese! };
  });

  it.each(['en', 'pt-BR'] as const)('shows four cases, each with its log, in %s', (lang) => {
    const { code, output } = runs[lang];
    // Long lines continue with an indent.
    const cases = output
      .replaceAll(/\n {2,}/g, ' ')
      .split(/^[1-4]\. .+$/m)
      .slice(1)
      .map((text) =>
        [...text.matchAll(/^(?:INFO|WARNING|ERROR): .+$/gm)].map(([line]) =>
          line.replace(/(attempt|tentativa) (\d\/\d): .+/, '$1 $2: …'),
        ),
      );
    expect(cases).toEqual(logs[lang]);
    expect(code).toBe(0);
  });

  it.each([
    ['en', 'cooling', 'disabled', 'suspect', 'healthy'],
    ['pt-BR', 'em espera', 'desativada', 'sob suspeita', 'saudável'],
  ] as const)('shows what became of the keys, in %s', (lang, cooling, disabled, suspect, healthy) => {
    const states = rows(runs[lang].output).flatMap((cells) => (/_KEY/.test(cells[0] ?? '') ? cells[2]! : []));
    const untouched = [healthy, healthy, healthy];
    expect(states).toEqual(
      [
        [cooling, ...untouched],
        [disabled, ...untouched],
        [suspect, ...untouched],
        [cooling, cooling, cooling, cooling],
      ].flat(),
    );
  });

  it('gives times in the local time zone', () => {
    const local = new Intl.DateTimeFormat('en', { timeZone: 'America/Sao_Paulo', hour: '2-digit', hourCycle: 'h23' });
    const hours = [Date.now() - 600_000, Date.now() + 600_000].map((time) => local.format(time));
    const times = rows(runs.en.output).flatMap((cells) => (/\d/.test(cells[5] ?? '') ? cells[5]! : []));
    expect(times.length).toBeGreaterThan(4);
    for (const time of times) {
      // With the day if midnight is close.
      const hour = /^(?:\d\d:\d\d:\d\d|\w{3} \d\d, \d\d:\d\d)$/.test(time)
        ? time.split(', ').at(-1)!.slice(0, 2)
        : time;
      expect(hours).toContain(hour);
    }
  });

  it('says when the first key is back', () => {
    const [english, portuguese] = [runs.en, runs['pt-BR']].map(({ output }) => output.replaceAll(/\s+/g, ' '));
    expect(english).toMatch(
      /AllKeysFailedError \S+ after 4 attempts. The first key is back at [^.]*\d\d:\d\d.*, in 15 s/,
    );
    expect(portuguese).toMatch(/AllKeysFailedError \S+ depois de 4 .+ A primeira volta às .*\d\d:\d\d.*, daqui a 15 s/);
  });

  it.each(['en', 'pt-BR'] as const)('fits into 80 columns in %s', (lang) => {
    const { output } = runs[lang];
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(output).not.toContain('\u001B');
  });

  it('speaks one language at a time', () => {
    // The provider's own messages and the names of the API stay as they are.
    const words = /\b(?:key|state|failed|healthy|cooling|disabled|answer|back|the|you)\b/gi;
    const texts = runs['pt-BR'].output.replaceAll(/(?:tentativa \d\/\d: .+?)(?=\n\S)/gs, '');
    expect(texts.match(words)).toBeNull();
  });

  it('shows no key and nothing about keys of an earlier case', () => {
    expect(keys).toHaveLength(8);
    for (const { output } of Object.values(runs)) {
      for (const key of keys) expect(output).not.toContain(key);
      expect(output).not.toMatch(/recovered|recuperada/);
    }
  });

  it.each([
    ['en', [], '--lang', 'Language'],
    ['pt-BR', ['--lang', 'pt-BR'], '--lang', 'Idioma'],
  ])('explains its options in %s', async (_lang, args, option, word) => {
    const { code, output } = await runExample('demo/main.ts', {}, [...args, '--help']);
    expect(output).toContain('npx pnpm@12 demo');
    expect(output).toContain(option);
    expect(output).toContain(word);
    expect(output).not.toContain('OpenAI: ');
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(code).toBe(0);
  });

  it.each([
    [['--lang=fr'], '--lang must be en or pt-BR, not "fr".'],
    [['--lang=pt'], '--lang deve ser en ou pt-BR, não "pt". Escreva --lang pt-BR.'],
    [['--lang'], '--lang must be en or pt-BR.'],
    [['--speed', '3'], 'Unknown option "--speed". See --help.'],
    [['live'], 'Unknown option "live". See --help.'],
    [['--lang', 'pt-BR', '--rapido'], 'Opção desconhecida: "--rapido". Veja --help.'],
  ])('refuses %j in one line', async (args, message) => {
    const { code, output } = await runExample('demo/main.ts', {}, args);
    expect(output).toBe(`${message}\n`);
    expect(code).toBe(2);
  });

  it('shows no key that was given as an argument', async () => {
    const key = 'sk-test-7b1e94d20c5f8a36';
    const { code, output } = await runExample('demo/main.ts', {}, [key]);
    expect(output).toMatch(/^Unknown option ".+"\. See --help\.$/m);
    expect(output).not.toContain(key.slice(-12));
    expect(code).toBe(2);
  });

  it.each([
    ['en', 'Set OPENAI_API_KEY'],
    ['pt-BR', 'Defina OPENAI_API_KEY'],
  ])('names the missing variables when it runs live without keys, in %s', async (lang, text) => {
    const { code, output } = await runExample('demo/main.ts', {}, ['--live', '--lang', lang]);
    expect(output).toContain(text);
    expect(output).toContain('YOUTUBE_API_KEY');
    expect(code).toBe(0);
  });
});
