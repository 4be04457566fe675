import { injectKeys, registry, type KeyInjected, type KeyStatus } from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenAIKeyManager } from '../src/index.ts';
import { forms, StreamService, texts, type Api, type Form } from './stream-service.ts';

const keys = ['sk-test-key-number-1-0123456789', 'sk-test-key-number-2-0123456789'] as const;
const [first, second] = keys;
const words = { [first]: ['one ', 'two ', 'three'], [second]: ['uno ', 'due ', 'tre'] };

let server: ProviderServer;
let service: KeyInjected<StreamService>;
let manager: OpenAIKeyManager;
/** The pending timers; the test fires them. */
const timers = new Map<() => void, number>();

beforeEach(async () => {
  const reply = ({ key }: { key?: string }): string => words[key as typeof first].join('');
  server = await startProviderServer({ otherwise: 'ok', reply });
});
afterEach(() => server.close());

/** Resets everything: the first key plays this step, the second one answers. */
function start(step: ProviderStep): void {
  timers.clear();
  server.script(first, [step]);
  manager = new OpenAIKeyManager(keys, {
    logger: false,
    retryBudget: false,
    clientOptions: { baseURL: server.openaiBaseURL },
    runtime: {
      timer(ms, fire) {
        timers.set(fire, ms);
        return () => void timers.delete(fire);
      },
    },
  });
  registry.unregister(manager.provider);
  registry.register(manager);
  service = injectKeys(new StreamService(server.openaiBaseURL));
}

/** The chunks of a complete stream from the first key. */
async function chunksOf(api: Api): Promise<string[]> {
  const path = api === 'chat' ? 'chat/completions' : 'responses';
  const prompt = api === 'chat' ? { messages: [{ role: 'user', content: 'Hi' }] } : { input: 'Hi' };
  const response = await fetch(`${server.openaiBaseURL}/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${first}` },
    body: JSON.stringify({ model: 'gpt-5.6', stream: true, ...prompt }),
  });
  return (await response.text()).match(/[^]+?\n\n/g) ?? [];
}

async function* stream(form: Form, api: Api, signal?: AbortSignal): AsyncGenerator<string> {
  const options = signal ? { signal } : {};
  if (form === 'a generator with a key') return yield* service.generateByKey(api, options);
  if (form === 'a generator with a client') return yield* service.generateByClient(api, options);
  yield* texts(
    await (form === 'a stream with a key' ? service.openByKey(api, options) : service.openByClient(api, options)),
  );
}

function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { interval: 2, timeout: 3000 });
}

interface Outcome {
  readonly seen: string[];
  readonly error: unknown;
}

/** Reads to the end and records what it has read so far. */
async function consume(source: AsyncIterable<string>, seen: string[] = []): Promise<Outcome> {
  try {
    for await (const text of source) seen.push(text);
    return { seen, error: undefined };
  } catch (error) {
    return { seen, error };
  }
}

function textsIn(chunks: readonly string[]): number {
  return chunks.join('').match(/"(?:content|delta)":"(?:one |two |three)"/g)?.length ?? 0;
}

function isGenerator(form: Form): boolean {
  return form.startsWith('a generator');
}

function statusOf(key: string): KeyStatus {
  return manager.status().keys[keys.indexOf(key as typeof first)] as KeyStatus;
}

/** Asserts that no attempt, timer or connection is left open. */
async function expectNothingLeft(): Promise<void> {
  expect(manager.status().keys.map(({ usage }) => usage.inUse)).toEqual([0, 0]);
  expect([...timers.values()]).toEqual([]);
  await soon(() => expect(server.openCount).toBe(0));
}

/** Expects the second key's complete stream, or the start of the first key's: with an error, unless it is complete. */
function expectOneStream({ seen, error }: Outcome): 'fell over' | 'failed' | 'whole' {
  const fellOver = seen[0] === words[second][0];
  const all = words[fellOver ? second : first];
  expect(seen).toEqual(error === undefined ? all : all.slice(0, seen.length));
  if (error !== undefined) return 'failed';
  return fellOver ? 'fell over' : 'whole';
}

const cases = (['chat', 'responses'] as const).flatMap((api) => forms.map((form) => [form, api] as const));

/** How many chunks a stream sends before its first output. */
const announced = { chat: 1, responses: 2 } as const;

describe.each(cases)('%s (%s) at every chunk', (form, api) => {
  const failed = { code: 'invalid_api_key', message: 'Revoked', type: 'invalid_request_error' };
  const errorEvent =
    api === 'chat'
      ? `data: ${JSON.stringify({ error: failed })}\n\n`
      : `event: error\ndata: ${JSON.stringify({ ...failed, type: 'error' })}\n\n`;

  /** Whether the first key failed. What follows a settled method does not count for the key. */
  const keyFailed = (how: string): boolean => how === 'fell over' || (how === 'failed' && isGenerator(form));

  /** Runs a case after 0, 1, 2, … chunks of the first key and checks the outcome. */
  async function atEvery(
    run: (chunks: string[], isWhole: boolean, mayFallOver: boolean) => Promise<void>,
  ): Promise<void> {
    const all = await chunksOf(api);
    for (let sent = 0; sent <= all.length; sent += 1) {
      const chunks = all.slice(0, sent);
      const isSilent = isGenerator(form) ? !/one /.test(chunks.join('')) : sent <= announced[api];
      await run(chunks, sent === all.length, isSilent);
      await expectNothingLeft();
    }
  }

  it('ends too early: falls over before the first text, fails after it', async () => {
    await atEvery(async (chunks, isWhole, mayFallOver) => {
      start({ chunks });
      const outcome = await consume(stream(form, api));
      const how = mayFallOver ? 'fell over' : isWhole ? 'whole' : 'failed';
      expect(expectOneStream(outcome)).toBe(how);
      const failure = how === 'failed' ? 'Error: The stream ended before its last event.' : 'undefined';
      expect(String(outcome.error)).toBe(failure);
      expect(server.requests.at(-1)?.key).toBe(mayFallOver ? second : first);
      expect(statusOf(first).state).toBe(keyFailed(how) ? 'suspect' : 'healthy');
    });
  });

  it('is cut off: no text is repeated or mixed', async () => {
    await atEvery(async (chunks, _isWhole, mayFallOver) => {
      start({ chunks, ending: 'reset' });
      const { seen, error } = await consume(stream(form, api));
      // Received but unread bytes are lost with the connection. The client stops reading after `[DONE]`.
      const how = expectOneStream({ seen, error });
      expect(mayFallOver ? ['fell over'] : ['fell over', 'failed', 'whole']).toContain(how);
      expect(String(error)).toBe(how === 'failed' ? 'TypeError: terminated' : 'undefined');
      expect(statusOf(first).state).toBe(keyFailed(how) ? 'suspect' : 'healthy');
    });
  });

  it('sends an error: it reaches the consumer once and counts for the key', async () => {
    await atEvery(async (chunks, isWhole, mayFallOver) => {
      start({ chunks: [...chunks, errorEvent] });
      const outcome = await consume(stream(form, api));
      // The client ignores everything after `[DONE]`.
      const how = mayFallOver ? 'fell over' : isWhole && api === 'chat' ? 'whole' : 'failed';
      expect(expectOneStream(outcome)).toBe(how);
      expect(statusOf(first).state).toBe(keyFailed(how) ? 'disabled' : 'healthy');
      expect(statusOf(first).usage.failures['invalid-key']).toBe(keyFailed(how) ? 1 : 0);
    });
  });

  /** Makes the first key send only these chunks, and waits until the consumer has read all of them. */
  async function stall(
    chunks: string[],
    isSettled: boolean,
    signal?: AbortSignal,
  ): Promise<{ consuming: Promise<Outcome> }> {
    start({ chunks, ending: 'hang' });
    const before = server.requestCount();
    const seen: string[] = [];
    const consuming = consume(stream(form, api, signal), seen);
    await soon(() => expect(server.requestCount()).toBe(before + 1));
    await soon(() => expect(seen).toHaveLength(textsIn(chunks)));
    await soon(() => expect(statusOf(first).usage.successes).toBe(isSettled ? 1 : 0));
    // Wrapped, so that awaiting this function does not await the outcome.
    return { consuming };
  }

  it('is aborted: the consumer gets the abort reason and every key stays healthy', async () => {
    await atEvery(async (chunks, isWhole, mayFallOver) => {
      if (isWhole) return;
      const isSettled = !isGenerator(form) && !mayFallOver;
      const controller = new AbortController();
      const { consuming } = await stall(chunks, isSettled, controller.signal);
      controller.abort(new Error('enough'));
      const { seen, error } = await consuming;
      expect(seen).toEqual(words[first].slice(0, textsIn(chunks)));
      // A client that is aborted mid-stream ends without an error, so a settled method shows none.
      expect(error).toEqual(isSettled ? undefined : new Error('enough'));
      expect(statusOf(first)).toMatchObject({ state: 'healthy', usage: { attempts: 1, successes: isSettled ? 1 : 0 } });
      expect(statusOf(second).usage.attempts).toBe(0);
      await soon(() => expect(getEventListeners(controller.signal, 'abort')).toEqual([]));
    });
  });

  it('is left early: it closes once and counts as neither success nor failure', async () => {
    const chunks = (await chunksOf(api)).slice(0, -1);
    for (const at of [1, 2, 3]) {
      start({ chunks, ending: 'hang' });
      let seen = 0;
      for await (const text of stream(form, api)) if (text && ++seen === at) break;
      const { state, usage } = statusOf(first);
      expect(state).toBe('healthy');
      expect(Object.values(usage.failures)).toEqual([0, 0, 0, 0, 0]);
      expect([service.cleanups, usage.successes]).toEqual(isGenerator(form) ? [1, 0] : [0, 1]);
      await expectNothingLeft();
    }
  });

  it('stalls: the attempt times out before the first text; after it the stream fails', async () => {
    await atEvery(async (chunks, isWhole, mayFallOver) => {
      // Timeouts do not apply to the stream that a settled method resolved to.
      if (isWhole || (!mayFallOver && !isGenerator(form))) return;
      const { consuming } = await stall(chunks, false);
      expect([...timers.values()]).toEqual([mayFallOver ? 1000 : 2000]);
      for (const fire of timers.keys()) {
        timers.delete(fire);
        fire();
      }
      const outcome = await consuming;
      expect(expectOneStream(outcome)).toBe(mayFallOver ? 'fell over' : 'failed');
      const failure = mayFallOver ? 'undefined' : 'TimeoutError: The stream sent nothing for 2000 ms.';
      expect(String(outcome.error)).toBe(failure);
      expect(statusOf(first)).toMatchObject({ state: 'suspect', usage: { failures: { transient: 1 } } });
    });
  });
});
