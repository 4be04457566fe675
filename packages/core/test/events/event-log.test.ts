import {
  ApiKeyManager,
  InvalidOptionsError,
  type KeyManagerOptions,
  type Locale,
  type Logger,
} from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { EventHub } from '../../src/events/event-hub.ts';
import { EventLog } from '../../src/events/event-log.ts';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import {
  fails,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptedAdapter,
  transient,
  throws,
  type Outcome,
} from '../scripted-keys.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
const keys = [1, 2, 3, 4].map((number) => `sk-key-${number}-of-the-log-0123456789`);

/** A logger that records its lines with their level. */
function recorder(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const [debug, info, warn, error] = levels.map((level) => (line: string) => lines.push(`${level} ${line}`)) as [
    Logger['debug'],
    Logger['info'],
    Logger['warn'],
    Logger['error'],
  ];
  return { lines, debug, info, warn, error };
}

/** Returns the log lines of calls on four keys, the first of which follow the script. */
async function log(script: readonly Outcome[][], options: KeyManagerOptions = {}, calls = 1): Promise<string[]> {
  const logger = recorder();
  const adapter = { ...scriptedAdapter, displayName: 'OpenAI' };
  const runtime = new FakeRuntime();
  const manager = new ApiKeyManager(adapter, keys.slice(0, Math.max(script.length, 1)), {
    logger,
    runtime,
    ...options,
  });
  const done = new Map<string, number>();
  for (let number = 0; number < calls; number++) {
    const call = manager.retryWithFallback((key) => {
      const attempt = done.get(key) ?? 0;
      done.set(key, attempt + 1);
      const outcomes = script[keys.indexOf(key)] ?? [];
      return (outcomes[attempt] ?? outcomes.at(-1) ?? ok)(key, runtime);
    });
    await call.catch(() => {});
  }
  return logger.lines;
}

const limited = throws(Object.assign(new Error('429 Rate limit exceeded'), { status: 429 }));
const rateLimit = [[limited], [ok], [ok], [ok]];

describe('the log of a rate limit', () => {
  it('matches line by line in English', async () => {
    expect(await log(rateLimit)).toEqual([
      'info OpenAI: Using key 1/4',
      'warn OpenAI: Error on attempt 1/3: Rate limit exceeded',
      'info OpenAI: Attempt 2/3 with key 1/4',
      'warn OpenAI: Error on attempt 2/3: Rate limit exceeded',
      'info OpenAI: Attempt 3/3 with key 1/4',
      'warn OpenAI: Error on attempt 3/3: Rate limit exceeded',
      'warn OpenAI: Key 1/4 failed. Trying next key...',
      'info OpenAI: Using key 2/4',
      'info OpenAI: Attempt 1/3 with key 2/4',
      'info OpenAI: Success with key 2/4',
    ]);
  });

  it('matches line by line in Brazilian Portuguese', async () => {
    expect(await log(rateLimit, { locale: 'pt-BR' })).toEqual([
      'info OpenAI: Usando chave 1/4',
      'warn OpenAI: Erro na tentativa 1/3: Rate limit exceeded',
      'info OpenAI: Tentativa 2/3 com chave 1/4',
      'warn OpenAI: Erro na tentativa 2/3: Rate limit exceeded',
      'info OpenAI: Tentativa 3/3 com chave 1/4',
      'warn OpenAI: Erro na tentativa 3/3: Rate limit exceeded',
      'warn OpenAI: Chave 1/4 falhou. Tentando próxima chave...',
      'info OpenAI: Usando chave 2/4',
      'info OpenAI: Tentativa 1/3 com chave 2/4',
      'info OpenAI: Sucesso com chave 2/4',
    ]);
  });
});

describe('the log', () => {
  it('shows that an invalid key falls over at once', async () => {
    expect(await log([[invalidKey()], [ok]])).toEqual([
      'info OpenAI: Using key 1/2',
      'warn OpenAI: Error on attempt 1/3: scripted failure',
      'warn OpenAI: Key 1/2 failed. Trying next key...',
      'info OpenAI: Using key 2/2',
      'info OpenAI: Attempt 1/3 with key 2/2',
      'info OpenAI: Success with key 2/2',
    ]);
  });

  it.each<[Locale, RegExp, RegExp]>([
    ['en', /^error OpenAI: .*failed.*rate-limited.*30 s/, /^error OpenAI: .*No key.*rate-limited.*30 s/],
    ['pt-BR', /^error OpenAI: .*falharam.*rate-limited.*30 s/, /^error OpenAI: .*Nenhuma chave.*rate-limited.*30 s/],
  ])('ends with an error that says when the first key is available again (%s)', async (locale, failed, unusable) => {
    const lines = await log([[rateLimited(30_000)], [rateLimited(60_000)]], { locale }, 2);
    const errors = lines.filter((line) => line.startsWith('error'));
    expect(errors).toEqual([expect.stringMatching(failed), expect.stringMatching(unusable)]);
    expect(lines.at(-1)).toBe(errors[1]);
  });

  it.each<Locale>(['en', 'pt-BR'])('has a line for each health event at debug level (%s)', async (locale) => {
    const lines = await log([[transient], [rateLimited()], [quotaExhausted()], [invalidKey()]], {
      locale,
      logLevel: 'debug',
    });
    const debug = lines.filter((line) => line.startsWith('debug'));
    expect(debug).toHaveLength(4);
    for (const [index, line] of debug.entries()) expect(line).toContain(`${index + 1}/4`);
  });

  it('writes a multi-line error as one line and truncates a long one', async () => {
    const noisy = throws(new Error(`first\n  second\r\n${'long '.repeat(500)}`));
    const lines = await log([[noisy, ok]]);
    const errors = lines.filter((line) => line.startsWith('warn'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^warn OpenAI: Error on attempt 1\/3: first second long/);
    expect(errors[0]?.length).toBeLessThan(500);
  });

  it.each([undefined, null, 0, '', 'text', { code: 1 }, Symbol('x'), Object.create(null)])(
    'survives that %s is thrown',
    async (value) => {
      const lines = await log([[throws(value), ok]]);
      expect(lines).toHaveLength(4);
      expect(lines.at(-1)).toBe('info OpenAI: Success with key 1/1');
    },
  );
});

function hubOf(options: KeyManagerOptions): EventHub {
  return new EventHub(new EventLog({ provider: 'scripted', pool: 'default' }, 'OpenAI', options));
}

describe('the level', () => {
  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('%s lets only %j through', async (logLevel, expected) => {
    const lines = await log([[invalidKey()], [transient]], { logLevel });
    const seen = new Set(lines.map((line) => line.split(' ')[0]));
    expect(levels.filter((level) => seen.has(level))).toEqual(expected);
  });

  it("can be the logger's own, checked before an event is built", async () => {
    const build = vi.fn<() => never>(() => expect.unreachable());
    const off = { ...recorder(), isLevelEnabled: vi.fn<(level: string) => boolean>(() => false) };
    const silent: KeyManagerOptions[] = [{ logger: off }, { logger: off, logLevel: 'silent' }, { logger: false }];
    for (const options of silent) {
      expect(await log([[transient, ok]], options)).toEqual([]);
      hubOf(options).emit('attempt.failed', build);
    }
    hubOf({ logger: recorder(), logLevel: 'error' }).emit('attempt.failed', build);
    expect(off.lines).toEqual([]);
    expect(off.isLevelEnabled).toHaveBeenCalledWith('warn');
    expect(build).not.toHaveBeenCalled();

    hubOf({ logger: recorder(), logLevel: 'warn' }).emit('attempt.failed', build);
    expect(build).toHaveBeenCalled();
  });
});

describe('a logger', () => {
  const thrower = () => {
    throw new Error('logger');
  };

  it.each([
    ['throws', thrower],
    ['rejects', () => Promise.reject(new Error('logger'))],
  ])('that %s does not affect calls', async (_how, write) => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    const adapter = { ...scriptedAdapter, classifyError: thrower };
    const manager = new ApiKeyManager(adapter, keys, { logger, logLevel: 'debug', runtime: new FakeRuntime() });
    let attempts = 0;
    const call = manager.retryWithFallback(() => {
      if (++attempts < 5) throw new Error('down');
      return attempts;
    });
    await expect(call).resolves.toBe(5);
    await settle();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('that throws does not fail the constructor of a manager', () => {
    const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K1'], { logger: { ...recorder(), warn: thrower } });
    expect(manager.getAllKeys()).toEqual(['K1']);
  });

  it('keeps its `this`', async () => {
    class Lines {
      readonly #lines: string[] = [];
      debug(line: string): void {
        this.#lines.push(line);
      }
      info(line: string): void {
        this.debug(line);
      }
      warn(line: string): void {
        this.debug(line);
      }
      error(line: string): void {
        this.debug(line);
      }
      get count(): number {
        return this.#lines.length;
      }
    }
    const logger = new Lines();
    await log([[fails({ kind: 'transient', reason: 'x' }), ok]], { logger });
    expect(logger.count).toBe(4);
  });
});

describe('log options', () => {
  it.each([
    [{ logger: {} }, 'logger'],
    [{ logger: { info() {}, warn() {}, error() {} } }, 'debug'],
    [{ locale: 'de' }, 'locale'],
    [{ logLevel: 'loud' }, 'logLevel'],
  ])('reject invalid values: %j', (options, name) => {
    const make = () => new ApiKeyManager(scriptedAdapter, keys, options as KeyManagerOptions);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(name);
  });
});
