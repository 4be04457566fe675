import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { ask } from '../../src/init/ask.ts';
import type { Answers } from '../../src/init/plan-files.ts';
import { knownProviders } from '../../src/project/known-providers.ts';
import { init as texts } from '../../src/texts/english/init.ts';

const [openai, anthropic] = knownProviders;
if (!openai || !anthropic) throw new Error('The known providers have changed.');
const offered = [openai, anthropic];
const defaults: Answers = { providers: [openai], keyCount: 2, store: 'none' };

/** Asks on a terminal of this test. */
function start() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => {} });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let shown = '';
  stderr.on('data', (chunk) => (shown += stripVTControlCharacters(String(chunk))));
  const io = { stdin, stderr, stdout: new PassThrough(), env: {}, cwd: '.', signal: new AbortController().signal };
  /** Presses keys as soon as a question is there. */
  async function answer(question: string, ...keys: readonly string[]): Promise<void> {
    await vi.waitFor(() => expect(shown).toContain(question));
    for (const key of keys) stdin.write(key);
  }
  return { answers: ask(io, { offered, defaults }, texts), answer };
}

const [enter, space, down, ctrlC] = ['\r', ' ', '\u001B[B', '\u0003'] as const;

describe('ask', () => {
  it('offers the defaults', async () => {
    const { answers, answer } = start();
    await answer(texts.askProviders, enter);
    await answer(texts.askKeys, enter);
    await answer(texts.askStore, enter);
    expect(await answers).toEqual(defaults);
  });

  it('takes what the user chooses', async () => {
    const { answers, answer } = start();
    await answer(texts.askProviders, down, space, enter);
    await answer(texts.askKeys, '\u007F', '3', enter);
    await answer(texts.askStore, down, enter);
    expect(await answers).toEqual({ providers: offered, keyCount: 3, store: 'file' });
  });

  it('refuses a number that is none', async () => {
    const { answers, answer } = start();
    await answer(texts.askProviders, enter);
    await answer(texts.askKeys, 'x', enter);
    await answer(texts.wrongKeys, '\u007F', enter);
    await answer(texts.askStore, enter);
    expect(await answers).toEqual(defaults);
  });

  it.each([0, 1, 2])('ends with Ctrl-C at question %d', async (index) => {
    const { answers, answer } = start();
    const questions = [texts.askProviders, texts.askKeys, texts.askStore];
    for (const question of questions.slice(0, index)) await answer(question, enter);
    await answer(questions[index] ?? '', ctrlC);
    expect(await answers).toBeUndefined();
  });
});
