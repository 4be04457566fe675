import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { FileStore } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Output } from '../../src/output/output.ts';
import type { Project } from '../../src/project/open-project.ts';
import type { Session } from '../../src/session.ts';
import { textsOf } from '../../src/texts/texts-of.ts';
import { showScreen } from '../../src/watch/show-screen.ts';
import { createProject } from '../create-project.ts';

const keys = ['sk-test-4f9a81c2e07b1111', 'sk-test-90b3f6a1d52c2222'].map((key, index) => ({
  key,
  label: `KEY_${index + 1}`,
}));
const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const leave = '\u001B[?7h\u001B[?25h\u001B[?1049l';

async function managerIn(directory: string): Promise<OpenAIKeyManager> {
  const store = new FileStore(directory);
  const manager = new OpenAIKeyManager(keys, { store, logger: false });
  onTestFinished(async () => {
    await manager.close();
    await store.close();
  });
  await manager.ready();
  return manager;
}

/** Shows the screen on a terminal of this test. */
async function start(directory: string) {
  const manager = await managerIn(directory);
  const written: string[] = [];
  const modes: boolean[] = [];
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stdout.on('data', (chunk) => written.push(String(chunk)));
  const setRawMode = (isRaw: boolean) => modes.push(isRaw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode });
  const interrupted = new AbortController();
  const io = { stdout, stderr: new PassThrough(), stdin, env: {}, cwd: directory, signal: interrupted.signal };
  const output = new Output(io, { format: 'table', hasColor: false });
  const session = { io, output, texts: textsOf.en } as unknown as Session;
  const ended = showScreen(session, { managers: [manager] } as unknown as Project);
  const lines = () => stripVTControlCharacters(written.at(-1) ?? '').split('\r\n');
  return { ended, stdin, stdout, interrupted, written, modes, lines };
}

/** The terminal is as it was: the usual screen with its cursor, and the keyboard read by lines. */
function expectClean({ written, modes, stdin }: Awaited<ReturnType<typeof start>>): void {
  expect(written[0]).toContain(enter);
  expect(written.join('').endsWith(leave)).toBe(true);
  expect(modes).toEqual([true, false]);
  expect(stdin.isPaused()).toBe(true);
  expect(stdin.listenerCount('data')).toBe(0);
}

describe('the screen of watch', () => {
  it.each([
    { keyName: 'q', pressed: 'q', code: 0 },
    { keyName: 'Ctrl-C', pressed: '\u0003', code: 130 },
  ])('ends with $keyName, and leaves the terminal clean', async ({ pressed, code }) => {
    const screen = await start(createProject());
    screen.stdin.write('x');
    screen.stdin.write(pressed);
    expect(await screen.ended).toBe(code);
    expectClean(screen);
    expect(screen.stdout.listenerCount('resize')).toBe(0);
  });

  it('leaves the terminal clean after a signal', async () => {
    const screen = await start(createProject());
    screen.interrupted.abort();
    expect(await screen.ended).toBe(130);
    expectClean(screen);
  });

  it('shows within a second what another process has done', async () => {
    const directory = join(createProject(), 'state');
    const screen = await start(directory);
    await vi.waitFor(() => expect(screen.lines()[0]).toContain('2 of 2 keys usable'));
    const other = await managerIn(directory);
    other.disable(keys[1]?.key ?? '');
    // A directory that cannot be watched is read every 1.5 s.
    await vi.waitFor(() => expect(screen.lines()[0]).toContain('1 of 2 keys usable'), { timeout: 5000 });
    expect(screen.lines().find((line) => line.includes('KEY_2'))).toContain('disabled: by hand');
    expect(screen.lines().find((line) => line.includes('OpenAI KEY_2: disabled'))).toBeDefined();
    screen.stdin.write('q');
    await screen.ended;
  });

  it('fits the terminal again when its size changes', async () => {
    const screen = await start(createProject());
    await vi.waitFor(() => expect(screen.lines()[0]).toHaveLength(80));
    Object.assign(screen.stdout, { columns: 60, rows: 10 });
    screen.stdout.emit('resize');
    await vi.waitFor(() => expect(screen.lines()[0]).toHaveLength(60));
    expect(screen.lines().length).toBeLessThanOrEqual(10);
    screen.stdin.write('q');
    await screen.ended;
  });
});
