import { currentAttempt, customProvider, registry, wrapWithFallback, type ApiClient } from '@api-key-fallback/core';
import { array, assert, asyncProperty, constantFrom, nat, option, record, type Arbitrary } from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { ScriptedError } from '../scripted-keys.ts';
import { answer, events, json, statingManager, used, type StatingClient } from './stating-keys.ts';

const provider = customProvider('scripted');
const estimate = 1000;
const limit = 1e9;

/** A response of an attempt: what it states, and how far it is read. */
interface Sent {
  readonly form: 'json' | 'events';
  readonly tokens: readonly number[];
  readonly reading: 'all' | 'first' | 'none' | 'late';
}

/** What one attempt does. */
interface Script {
  readonly sent: readonly Sent[];
  readonly spent: number | undefined;
  readonly value: number | undefined;
  readonly ending: 'return' | 'throw' | 'refuse' | 'abort' | 'time out';
  /** The number of chunks that the consumer of a stream reads. */
  readonly chunks: number;
}

const scripts: Arbitrary<Script> = record({
  sent: array(
    record({
      form: constantFrom('json', 'events'),
      tokens: array(nat(50), { minLength: 1, maxLength: 3 }),
      reading: constantFrom('all', 'first', 'none', 'late'),
    }),
    { maxLength: 3 },
  ),
  spent: option(nat(50), { nil: undefined }),
  value: option(nat(50), { nil: undefined }),
  ending: constantFrom('return', 'throw', 'refuse', 'abort', 'time out'),
  chunks: nat(3),
});

/** The tokens that an attempt takes, computed from its script alone. */
function expected({ sent, spent, value, ending }: Script, isValueSeen: boolean): number {
  if (spent !== undefined) return spent;
  const read = sent.filter(({ reading }) => reading !== 'none');
  const ofBodies = read.map(({ tokens }) => tokens.at(-1) ?? 0).reduce((sum, tokens) => sum + tokens, 0);
  const isStated = read.length > 0 || (isValueSeen && value !== undefined);
  if (!isStated) return ending === 'refuse' ? 0 : estimate;
  return Math.max(ofBodies, (isValueSeen && value) || 0);
}

afterEach(() => registry.unregister(provider));

/** Plays scripts with calls that run at once, and reads what is left to read. */
async function play(
  all: readonly Script[],
  isStream: boolean,
): Promise<readonly [counted: number, running: number, sum: number]> {
  registry.unregister(provider);
  const runtime = new FakeRuntime();
  const manager = statingManager({ runtime, limits: { tokensPerMinute: limit, concurrency: 1e6 } });
  registry.register(manager);
  const left = [...all];
  const late: Response[] = [];
  let sum = 0;

  async function send(client: StatingClient, { form, tokens, reading }: Sent): Promise<void> {
    const stated = tokens.map((amount) => ({ all: amount }));
    const response = client.send(form === 'json' ? json(stated.at(-1) ?? {}) : events(...stated));
    if (reading === 'all') await response.text();
    if (reading === 'late') late.push(response);
    if (reading !== 'first') return;
    const reader = response.body?.getReader();
    await reader?.read();
    // A body of JSON says nothing until its end.
    if (form === 'json') await reader?.read();
    else await reader?.cancel();
  }

  async function attempt(client: StatingClient, script: Script, controller: AbortController): Promise<unknown> {
    for (const sent of script.sent) await send(client, sent);
    if (script.spent !== undefined) currentAttempt().spent({ tokens: script.spent });
    switch (script.ending) {
      case 'throw':
        throw new ScriptedError(() => ({ kind: 'transient', reason: 'scripted' }));
      case 'refuse':
        throw new ScriptedError(() => ({ kind: 'rate-limited', reason: 'scripted' }));
      case 'abort':
        controller.abort();
        return new Promise(() => {});
      case 'time out':
        await runtime.pass(11);
        return new Promise(() => {});
      default:
        return script.value === undefined ? 'text' : answer({ all: script.value });
    }
  }

  const take = (isValueSeen: (script: Script) => boolean): Script => {
    const script = left.shift() ?? { sent: [], spent: 0, value: undefined, ending: 'return', chunks: 0 };
    sum += expected(script, isValueSeen(script));
    return script;
  };
  const options = {
    inject: 'client',
    cost: { tokens: estimate },
    maxRetries: 2,
    delay: 0,
    attemptTimeout: 10,
  } as const;

  async function call(): Promise<void> {
    const controller = new AbortController();
    const method = (client: StatingClient) =>
      attempt(
        client,
        take(({ ending }) => ending === 'return'),
        controller,
      );
    await manager.retryWithFallback(method, { ...options, signal: controller.signal });
  }

  async function stream(): Promise<void> {
    const controller = new AbortController();
    let chunks = 0;
    const method = wrapWithFallback(
      async function* (client: unknown, _signal: AbortSignal): AsyncGenerator {
        const script = take(() => true);
        ({ chunks } = script);
        yield script.value === undefined ? 'text' : answer({ all: script.value });
        await attempt(client as StatingClient, script, controller);
        for (;;) yield 'more';
      } as (client: ApiClient<typeof provider>, signal: AbortSignal) => AsyncGenerator,
      { provider, ...options, idleTimeout: 10 },
    );
    const opened = method(controller.signal);
    // The second chunk is the one behind which the script is over.
    for (let read = 0; read <= chunks + 1; read++) await opened.next();
    await opened.return(undefined);
  }

  // A timeout moves the clock for all.
  const isSerial = all.some(({ ending }) => ending === 'time out');
  const running: Promise<void>[] = [];
  while (running.length < all.length) {
    running.push((isStream ? stream() : call()).catch(() => {}));
    if (isSerial) await Promise.all(running);
  }
  await Promise.all(running);
  for (const response of late) await response.text();
  const counts = [used(manager, 0), used(manager, 1)];
  manager.reset();
  const nowMs = runtime.now();
  for (const [index, { keyId }] of manager.status().keys.entries()) {
    // Has room at once only if nothing is reserved.
    const rest = { key: keyId, cost: { tokens: limit - (counts[index]?.[0] ?? 0) } };
    await manager.retryWithFallback(() => answer({ all: 0 }), rest);
  }
  expect(runtime.now()).toBe(nowMs);
  return [(counts[0]?.[0] ?? 0) + (counts[1]?.[0] ?? 0), (counts[0]?.[1] ?? 0) + (counts[1]?.[1] ?? 0), sum];
}

it.each([
  ['calls', false],
  ['streams', true],
])('counts the tokens of %s exactly once, and leaves nothing running or reserved', async (_name, isStream) => {
  await assert(
    asyncProperty(array(scripts, { minLength: 1, maxLength: 8 }), async (played) => {
      const [counted, running, sum] = await play(played, isStream);
      expect({ counted, running }).toEqual({ counted: sum, running: 0 });
    }),
    { numRuns: 150 },
  );
});
