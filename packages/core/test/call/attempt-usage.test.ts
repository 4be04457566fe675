import { currentAttempt, type FallbackOptions } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { FakeRuntime, outcomeNow } from '../fake-runtime.ts';
import { ScriptedError } from '../scripted-keys.ts';
import { answer, events, json, statingManager, used, type StatingClient } from './stating-keys.ts';

const cost = { tokens: 300 };

/** The tokens that count after a call of this method. */
async function tokensOf(method: (client: StatingClient) => unknown, options: FallbackOptions = {}): Promise<number> {
  const manager = statingManager();
  await manager.retryWithFallback(method, { inject: 'client', cost, ...options } as never);
  const [tokens, running] = used(manager);
  expect(running).toBe(0);
  return tokens;
}

describe('the tokens of a call', () => {
  it.each([
    [{ in: 70, out: 12 }, 82],
    [{ in: 70, out: 12, free: 60 }, 22],
    [{ in: 70 }, 70],
    [{ out: 0 }, 0],
    [{ all: 99, in: 1 }, 99],
    [{ in: 0.4, out: 0.4 }, 1],
    [{ in: 5, free: 9 }, 0],
    [{ free: 9 }, 300],
    [{ in: -1, out: Number.NaN, all: '7' }, 300],
    [{}, 300],
  ])('are those that its value states: %j', async (usage, tokens) => {
    expect(await tokensOf(() => answer(usage))).toBe(tokens);
  });

  it.each([undefined, null, 'text', 7, new Response('{}')])('are the estimate for the value %s', async (value) => {
    expect(await tokensOf(() => value)).toBe(300);
  });

  it('are those that the responses of its client state', async () => {
    expect(await tokensOf(async (client) => void (await client.send(json({ in: 7, out: 2 })).json()))).toBe(9);
  });

  it('add up over its responses, and count once in its value', async () => {
    const three = async (client: StatingClient) => {
      const answers = [];
      for (const out of [1, 2, 3]) answers.push(await client.send(json({ in: 10, out })).json());
      return answers.at(-1);
    };
    expect(await tokensOf(three)).toBe(36);
  });

  it('are those of its value if it has read no body', async () => {
    const unread = (client: StatingClient) => {
      client.send(json({ in: 7 }));
      return answer({ in: 4 });
    };
    expect(await tokensOf(unread)).toBe(4);
  });

  it('count once when a response is observed twice', async () => {
    const twice = (client: StatingClient) =>
      currentAttempt()
        .observe(client.send(json({ in: 7 })))
        .text();
    expect(await tokensOf(twice)).toBe(7);
  });

  it('can be left to a response that is read without what observe() returns', async () => {
    const response = json({ in: 7 });
    const ignoring = (client: StatingClient) => {
      client.send(response);
      return response.json();
    };
    expect(await tokensOf(ignoring)).toBe(7);
  });

  it('are those that spent() states, whatever the answers say', async () => {
    const stating = async (client: StatingClient) => {
      currentAttempt().spent({ inputTokens: 20, outputTokens: 1 });
      const value: unknown = await client.send(json({ in: 7 })).json();
      currentAttempt().spent({ tokens: 2 });
      return value;
    };
    expect(await tokensOf(stating)).toBe(23);
  });

  it('are the last ones that a stream states of each field', async () => {
    const stream = events({ in: 50, free: 40, out: 1 }, { out: 5 }, {}, { out: 30 });
    expect(await tokensOf((client) => client.send(stream).text())).toBe(40);
  });

  it('are those that were stated until the call was aborted', async () => {
    const manager = statingManager();
    const controller = new AbortController();
    const call = manager.retryWithFallback(
      async (client) => {
        const reader = client.send(events({ in: 5 }, { out: 7 })).body?.getReader();
        await reader?.read();
        controller.abort();
        return reader?.read();
      },
      { inject: 'client', cost, signal: controller.signal },
    );
    await expect(call).rejects.toThrow('aborted');
    expect(used(manager)).toEqual([12, 0]);
  });

  it('are those that were stated before it was refused, and else none', async () => {
    for (const [usage, tokens] of [
      [{ in: 5 }, 5],
      [{}, 0],
    ] as const) {
      const manager = statingManager();
      const refused = async (client: StatingClient) => {
        await client.send(json(usage)).text();
        throw new ScriptedError(() => ({ kind: 'rate-limited', reason: 'scripted' }));
      };
      await manager.retryWithFallback(refused, { inject: 'client', cost, maxRetries: 1 }).catch(() => {});
      expect(used(manager)).toEqual([tokens, 0]);
    }
  });

  it('are counted on the key of each attempt', async () => {
    const manager = statingManager();
    const outcomes = [5, 9];
    const call = manager.retryWithFallback(
      async (client) => {
        const value: unknown = await client.send(json({ in: outcomes.shift() })).json();
        if (outcomes.length > 0) throw new ScriptedError(() => ({ kind: 'invalid-key', reason: 'scripted' }));
        return value;
      },
      { inject: 'client', cost },
    );
    await expect(call).resolves.toEqual(answer({ in: 9 }));
    expect([used(manager, 0), used(manager, 1)]).toEqual([
      [5, 0],
      [9, 0],
    ]);
  });
});

describe('a body that is read after the end of its call', () => {
  const late = (manager: ReturnType<typeof statingManager>, ...usages: readonly object[]) =>
    manager.retryWithFallback((client) => client.send(events(...(usages as never[]))), { inject: 'client', cost });

  it('corrects the estimate at its end', async () => {
    const manager = statingManager();
    const response = await late(manager, { in: 5 }, { out: 7 });
    expect(used(manager)).toEqual([300, 0]);
    await response.text();
    expect(used(manager)).toEqual([12, 0]);
  });

  it('leaves the larger estimate until its end, also when its first answers were read', async () => {
    const manager = statingManager();
    const reading = async (client: StatingClient) => {
      const reader = client.send(events({ in: 5 })).body?.getReader();
      await reader?.read();
      return reader;
    };
    const reader = await manager.retryWithFallback(reading, { inject: 'client', cost });
    expect(used(manager)).toEqual([300, 0]);
    await reader?.cancel();
    expect(used(manager)).toEqual([5, 0]);
  });

  it('leaves the estimate when it is given up', async () => {
    const manager = statingManager();
    await (await late(manager, { in: 5 })).body?.cancel();
    expect(used(manager)).toEqual([300, 0]);
  });

  it('lets a call begin that waits for room', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const manager = statingManager({ runtime, limits: { tokensPerMinute: 300, concurrency: 9 } });
    const responses = await Promise.all([late(manager, { in: 5 }), late(manager, { in: 6 })]);
    const waiting = manager.retryWithFallback(() => 'begun', { onExhausted: 'wait', cost: { tokens: 200 } });
    expect(await outcomeNow(waiting)).toBe('pending');
    await responses[1]?.text();
    expect(await outcomeNow(waiting)).toEqual({ value: 'begun' });
    expect([used(manager, 0), used(manager, 1)]).toEqual([
      [300, 0],
      [206, 0],
    ]);
  });

  it('corrects nothing once its minute is over', async () => {
    const runtime = new FakeRuntime();
    const manager = statingManager({ runtime });
    const response = await late(manager, { in: 500 });
    await runtime.pass(70_000);
    await response.text();
    expect(used(manager)).toEqual([0, 0]);
  });
});

describe('usageOf', () => {
  it.each([
    ['no limit', {}],
    ['a limit of requests', { limits: { requestsPerMinute: 9 } }],
    ['a limit of tokens in another bucket', { limits: { buckets: { other: { tokensPerDay: 9 } } } }],
    ['a limit of tokens of another group', { groupLimits: { other: { tokensPerDay: 9 } } }],
  ])('is not asked with %s', async (_name, options) => {
    const usageOf = vi.fn<() => undefined>();
    const manager = statingManager({ limits: {}, ...options }, { usageOf });
    const response = json({ in: 1 });
    await manager.retryWithFallback((client) => expect(client.send(response)).toBe(response), { inject: 'client' });
    expect(usageOf).not.toHaveBeenCalled();
  });

  it.each([
    ['a bucket', { limits: { buckets: { own: { tokensPerMinute: 9 } } } }],
    ['a day', { limits: { tokensPerDay: 9 } }],
  ])('is asked with a limit of tokens of %s', async (_name, options) => {
    const usageOf = vi.fn<() => undefined>();
    const manager = statingManager(options, { usageOf });
    await manager.retryWithFallback(() => 'value', { operation: 'own' });
    expect(usageOf.mock.calls).toEqual([['value']]);
  });

  it('may be missing', async () => {
    const manager = statingManager({}, { usageOf: undefined as never });
    await manager.retryWithFallback((client) => client.send(json({ in: 1 })).json(), { inject: 'client', cost });
    expect(used(manager)).toEqual([300, 0]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['returns null', () => null],
    ['returns a number', () => 7],
    ['returns no number of tokens', () => ({ uncountedTokens: 1 })],
    ['returns a negative number', () => ({ inputTokens: -1 })],
    ['returns an infinite number', () => ({ tokens: Infinity })],
    [
      'returns a promise',
      async () => {
        throw new Error('bug');
      },
    ],
  ])('is ignored with one warning when it %s', async (_name, usageOf) => {
    const warnings: string[] = [];
    const logger = {
      debug: () => {},
      info: () => {},
      warn: (text: string) => void warnings.push(text),
      error: () => {},
    };
    const manager = statingManager({ logger }, { usageOf: usageOf as never });
    for (let call = 0; call < 2; call++) {
      const sending = (client: StatingClient) => client.send(json({ in: 1 })).json();
      expect(await manager.retryWithFallback(sending, { inject: 'client', cost })).toEqual(answer({ in: 1 }));
    }
    expect(used(manager)).toEqual([600, 0]);
    expect(warnings.filter((text) => text.includes('usageOf'))).toEqual([
      expect.stringContaining("the adapter's usageOf failed and is ignored: "),
    ]);
  });
});
