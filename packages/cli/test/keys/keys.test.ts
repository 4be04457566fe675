import { describe, expect, it } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runHere } from '../run-cli.ts';

const [first, second, third] = ['first', 'second', 'third'].map((name) => `sk-proj-${name}-0123456789abcdef`) as [
  string,
  string,
  string,
];
const anthropicKey = 'sk-ant-api03-0123456789abcdefghij';

interface KeysDocument {
  readonly keys: readonly { label: string; origin: string; file?: string; masked: string }[];
  readonly mistakes: readonly { kind: string; label: string; other?: string }[];
}

async function keysOf(files: Readonly<Record<string, string>>, env = {}): Promise<KeysDocument> {
  const { stdout } = await runHere(['keys', '--json'], { cwd: createProject({ files }), env });
  return JSON.parse(stdout) as KeysDocument;
}

async function mistakesOf(variables: Readonly<Record<string, string>>): Promise<KeysDocument['mistakes']> {
  return (await keysOf({ '.env': envText(variables) })).mistakes;
}

describe('keys', () => {
  it('shows the variable and the file that each key is from', async () => {
    const files = {
      '.env': envText({ OPENAI_API_KEY: 'sk-proj-hidden-0123456789', OPENAI_API_KEYS: `${second},${third}` }),
      '.env.test': envText({ OPENAI_API_KEY: first }),
    };
    const { keys, mistakes } = await keysOf(files, { ANTHROPIC_API_KEY: anthropicKey });
    expect(keys).toMatchObject([
      { label: 'OPENAI_API_KEY', variable: 'OPENAI_API_KEY', origin: 'file', file: '.env.test', masked: 'sk-…cdef' },
      { label: 'OPENAI_API_KEYS[1]', variable: 'OPENAI_API_KEYS', file: '.env' },
      { label: 'OPENAI_API_KEYS[2]', variable: 'OPENAI_API_KEYS', file: '.env' },
      { provider: 'anthropic', label: 'ANTHROPIC_API_KEY', origin: 'environment' },
    ]);
    expect(mistakes).toEqual([]);
  });

  it.each([
    ['empty', { OPENAI_API_KEY: first, OPENAI_API_KEY_2: '' }, 'OPENAI_API_KEY_2', undefined],
    ['gap', { OPENAI_API_KEY: first, OPENAI_API_KEY_3: second }, 'OPENAI_API_KEY_2', undefined],
    ['repeated', { OPENAI_API_KEY: first, OPENAI_API_KEY_2: first }, 'OPENAI_API_KEY_2', 'OPENAI_API_KEY'],
    ['repeated', { OPENAI_API_KEYS: `${first},${second},${first}` }, 'OPENAI_API_KEYS[3]', 'OPENAI_API_KEYS[1]'],
    ['joined-number', { OPENAI_API_KEY: first, OPENAI_API_KEY2: second }, 'OPENAI_API_KEY2', 'OPENAI_API_KEY_2'],
    ['pattern', { OPENAI_API_KEY: anthropicKey }, 'OPENAI_API_KEY', 'Anthropic'],
    ['pattern', { ANTHROPIC_API_KEY: 'abcdefghijklmnopqrst' }, 'ANTHROPIC_API_KEY', undefined],
    ['placeholder', { OPENAI_API_KEY: 'your-key-here' }, 'OPENAI_API_KEY', undefined],
    ['placeholder', { OPENAI_API_KEY: 'sk-...' }, 'OPENAI_API_KEY', undefined],
    ['quotes', { OPENAI_API_KEY: `"'${first}'"` }, 'OPENAI_API_KEY', undefined],
    ['spaces', { OPENAI_API_KEY: `" ${first}"` }, 'OPENAI_API_KEY', undefined],
    ['spaces', { OPENAI_API_KEY: `"sk-proj 0123456789"` }, 'OPENAI_API_KEY', undefined],
  ])('finds the mistake %s in %o', async (kind, variables, label, other) => {
    expect(await mistakesOf(variables as unknown as Record<string, string>)).toEqual([
      { kind, provider: expect.any(String), label, ...(other === undefined ? {} : { other }) },
    ]);
  });

  it('finds a key that two providers have', async () => {
    const key = `AIzaSyTest${'k'.repeat(29)}`;
    expect(await mistakesOf({ GEMINI_API_KEY: key, YOUTUBE_API_KEY: key })).toEqual([
      { kind: 'repeated-elsewhere', provider: 'youtube', label: 'YOUTUBE_API_KEY', other: 'Gemini GEMINI_API_KEY' },
    ]);
  });

  it.each([
    { args: ['keys'], code: 0 },
    { args: ['keys', '--strict'], code: 1 },
  ])('exits with $code after $args if something looks wrong', async ({ args, code }) => {
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: first, OPENAI_API_KEY_2: first }) } });
    expect((await runHere(args, { cwd })).code).toBe(code);
  });

  it('looks at one provider only', async () => {
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: first, ANTHROPIC_API_KEY: '' }) } });
    const { stdout } = await runHere(['keys', '--provider', 'openai'], { cwd });
    expect(stdout).toContain('OPENAI_API_KEY');
    expect(stdout).not.toContain('ANTHROPIC_API_KEY');
  });

  it('shows no key, and fits 80 columns', async () => {
    const tenant = `sk-proj-${'x'.repeat(40)}`;
    const files = {
      '.env': envText({ OPENAI_API_KEY: `"${first} "`, GROQ_API_KEY: second, XAI_API_KEY: `"x ${tenant}"` }),
      [`.env.${'long'.repeat(20)}`]: envText({ FIREWORKS_API_KEY_20261130: tenant }),
    };
    const cwd = createProject({ files });
    const { stdout, stderr } = await runHere(['keys'], { cwd, env: { NODE_ENV: 'long'.repeat(20) } });
    for (const secret of [first, second, tenant]) expect(stdout + stderr).not.toContain(secret.slice(4, -4));
    expect(stdout).toContain('FIREWORKS_API_KEY_20261130');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('speaks Portuguese', async () => {
    const cwd = createProject({ files: { '.env': envText({ OPENAI_API_KEY: first, OPENAI_API_KEY_2: '' }) } });
    const { stdout } = await runHere(['keys', '--lang', 'pt-BR'], { cwd });
    expect(stdout).toContain('OPENAI_API_KEY_2 está definida, mas vazia.');
  });
});
