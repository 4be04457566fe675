import { customProvider, registry, wrapWithFallback, type ApiClient } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedError } from '../scripted-keys.ts';
import { answer, events, statingManager, used, type StatingClient } from './stating-keys.ts';

const provider = customProvider('scripted');
const cost = { tokens: 300 };
type Chunks = AsyncGenerator<unknown, unknown, unknown>;

afterEach(() => registry.unregister(provider));

/** Opens a stream of the first key, and says how much of the limits of both keys is used. */
function open(method: (client: StatingClient) => Chunks, signal = new AbortController().signal) {
  const manager = statingManager();
  registry.register(manager);
  const opened = wrapWithFallback(
    async function* (client: unknown, _signal: AbortSignal): Chunks {
      return yield* method(client as StatingClient);
    } as (client: ApiClient<typeof provider>, signal: AbortSignal) => Chunks,
    { provider, inject: 'client', cost },
  );
  return { stream: opened(signal), used: () => [used(manager, 0), used(manager, 1)] };
}

async function readAll(stream: Chunks): Promise<void> {
  while ((await stream.next()).done !== true);
}

async function* three(): Chunks {
  yield answer({ in: 50, out: 1 });
  yield answer({ out: 5 });
  yield answer({ out: 20 });
  return undefined;
}

describe('the tokens of a stream', () => {
  it('are the last ones that its chunks state of each field', async () => {
    const { stream, used: now } = open(three);
    await stream.next();
    expect(now()).toEqual([
      [300, 1],
      [0, 0],
    ]);
    await readAll(stream);
    expect(now()).toEqual([
      [70, 0],
      [0, 0],
    ]);
  });

  it('are those that were stated until its consumer leaves', async () => {
    const { stream, used: now } = open(three);
    await stream.next();
    await stream.next();
    await stream.return(undefined);
    expect(now()).toEqual([
      [55, 0],
      [0, 0],
    ]);
  });

  it('are those that were stated until its caller aborts', async () => {
    const controller = new AbortController();
    const { stream, used: now } = open(three, controller.signal);
    await stream.next();
    controller.abort();
    await expect(stream.next()).rejects.toThrow('aborted');
    expect(now()).toEqual([
      [51, 0],
      [0, 0],
    ]);
  });

  it('are the estimate if it ends before a chunk has stated any', async () => {
    const { stream, used: now } = open(async function* () {
      yield 'text';
      yield answer({ in: 3 });
      return undefined;
    });
    await stream.next();
    await stream.return(undefined);
    expect(now()).toEqual([
      [300, 0],
      [0, 0],
    ]);
  });

  it('are those of what the method returns at its end', async () => {
    const { stream, used: now } = open(async function* () {
      yield 'text';
      return answer({ in: 4 });
    });
    await readAll(stream);
    expect(now()).toEqual([
      [4, 0],
      [0, 0],
    ]);
  });

  it('are those that were stated before it fails, on each key', async () => {
    let attempts = 0;
    const { stream, used: now } = open(async function* (client) {
      const response = client.send(events({ in: 5 }, { out: 2 }));
      if (attempts++ === 0) throw new ScriptedError(() => ({ kind: 'invalid-key', reason: 'scripted' }));
      await response.text();
      yield 'text';
      throw new ScriptedError(() => ({ kind: 'transient', reason: 'scripted' }));
    });
    await stream.next();
    await expect(stream.next()).rejects.toThrow('scripted failure');
    expect(now()).toEqual([
      [0, 0],
      [7, 0],
    ]);
  });

  it('count once when its chunks are the events of a response', async () => {
    const { stream, used: now } = open(async function* (client) {
      const text = await client.send(events({ in: 50, out: 1 }, { out: 9 })).text();
      for (const [, data = ''] of text.matchAll(/^data: (.+)$/gm)) yield JSON.parse(data) as unknown;
      return undefined;
    });
    await readAll(stream);
    expect(now()).toEqual([
      [59, 0],
      [0, 0],
    ]);
  });

  it('do not wait for a body that its method has left open', async () => {
    const { stream, used: now } = open(async function* (client) {
      const reader = client.send(events({ in: 50 }, { out: 9 })).body?.getReader();
      yield (await reader?.read())?.done;
      return undefined;
    });
    await readAll(stream);
    expect(now()).toEqual([
      [59, 0],
      [0, 0],
    ]);
  });
});
