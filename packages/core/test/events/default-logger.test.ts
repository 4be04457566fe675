import { ApiKeyManager, InvalidOptionsError, setDefaultLogger, type Logger } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function managerOf(options: { readonly logger?: Logger | false } = {}): ApiKeyManager {
  return new ApiKeyManager(scriptedAdapter, ['sk-key-1-of-the-log-0123456789'], {
    runtime: new FakeRuntime(),
    ...options,
  });
}

/** A logger that records its lines, as the default one. */
function useLogger(isEnabled = true): { readonly lines: string[]; readonly end: () => void } {
  const lines: string[] = [];
  const write = (line: string): number => lines.push(line);
  const end = setDefaultLogger({
    debug: write,
    info: write,
    warn: write,
    error: write,
    isLevelEnabled: () => isEnabled,
  });
  ends.push(end);
  return { lines, end };
}

const written = ['Scripted: Using key 1/1', 'Scripted: Success with key 1/1'];

async function call(manager: ApiKeyManager): Promise<void> {
  await manager.retryWithFallback(() => 'ok');
}

describe('setDefaultLogger()', () => {
  it('receives the lines of managers that were made before and after', async () => {
    const before = managerOf();
    const { lines } = useLogger();
    await call(before);
    await call(managerOf());
    expect(lines).toEqual([...written, ...written]);
  });

  it('leaves managers with a logger of their own, and those without a log, alone', async () => {
    const { lines } = useLogger();
    const own: string[] = [];
    const write = (line: string): number => own.push(line);
    await call(managerOf({ logger: { debug: write, info: write, warn: write, error: write } }));
    await call(managerOf({ logger: false }));
    expect([lines, own]).toEqual([[], written]);
  });

  it('is asked whether it writes lines of a level', async () => {
    const { lines } = useLogger(false);
    await call(managerOf());
    expect(lines).toEqual([]);
  });

  it('counts until it is ended; of several the last one', async () => {
    const manager = managerOf();
    const [first, second] = [useLogger(), useLogger()];
    await call(manager);
    second.end();
    second.end();
    await call(manager);
    expect([first.lines, second.lines]).toEqual([written, written]);
  });

  it('refuses anything but a logger', () => {
    for (const wrong of [undefined, false, 'console', { info: () => {} }] as never[]) {
      expect(() => setDefaultLogger(wrong)).toThrow(InvalidOptionsError);
    }
  });
});
