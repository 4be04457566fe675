import { firstChunk, injectKeys, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnthropicKeyManager, firstOutput } from '../src/index.ts';
import { question } from './provoke-anthropic-error.ts';

const [first, second] = ['sk-ant-test-key-number-1-0123456789', 'sk-ant-test-key-number-2-0123456789'] as const;
const words = { [first]: 'one two three', [second]: 'uno due tre' };

type Events = AsyncIterable<object>;

function textOf(event: object): string {
  const { delta } = event as { delta?: { text?: string } };
  return delta?.text ?? '';
}

const options = { provider: 'anthropic', inject: 'client', maxRetries: 1, delay: 0 } as const;

/** Every kind of streaming method. */
class StreamService {
  @retryWithApiKeyFallback(options)
  async *generate(client: ApiClient<'anthropic'>): AsyncGenerator<string> {
    for await (const event of await client.messages.create({ ...question, stream: true })) {
      if (textOf(event)) yield textOf(event);
    }
  }

  @retryWithApiKeyFallback(options)
  async openFirstOutput(client: ApiClient<'anthropic'>): Promise<Events> {
    return firstOutput(await client.messages.create({ ...question, stream: true }));
  }

  @retryWithApiKeyFallback(options)
  async openFirstChunk(client: ApiClient<'anthropic'>): Promise<Events> {
    return firstChunk(await client.messages.create({ ...question, stream: true }));
  }
}

const service = injectKeys(new StreamService());

const forms = {
  'a generator': () => service.generate(),
  'a stream with firstOutput': () => textsOf(service.openFirstOutput()),
  'a stream with firstChunk': () => textsOf(service.openFirstChunk()),
} as const;

async function* textsOf(opening: Promise<Events>): AsyncGenerator<string> {
  for await (const event of await opening) if (textOf(event)) yield textOf(event);
}

let server: ProviderServer;
let manager: AnthropicKeyManager;

beforeEach(async () => {
  const reply = ({ key }: { key?: string }): string => words[key as typeof first];
  server = await startProviderServer({ otherwise: 'ok', reply });
});
afterEach(async () => {
  registry.unregister('anthropic');
  await server.close();
});

/** The first key plays this step, the second one answers. */
function start(step: ProviderStep): void {
  server.script(first, [step]);
  const clientOptions = { baseURL: server.url };
  manager = new AnthropicKeyManager([first, second], { logger: false, retryBudget: false, clientOptions });
  registry.unregister(manager.provider);
  registry.register(manager);
}

/** The events of a complete stream from the first key. */
async function eventsOf(): Promise<string[]> {
  const response = await fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': first },
    body: JSON.stringify({ ...question, stream: true }),
  });
  return (await response.text()).match(/[^]+?\n\n/g) ?? [];
}

/** Reads to the end; returns the text so far and the error that ends it. */
async function read(texts: AsyncIterable<string>): Promise<{ seen: string; error: unknown }> {
  let seen = '';
  try {
    for await (const text of texts) seen += text;
    return { seen, error: undefined };
  } catch (error) {
    return { seen, error };
  }
}

const overload = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
const errorEvent = `event: error\ndata: ${overload}\n\n`;

/** Reads with the first key failing after 0, 1, 2, … events; returns what each reader got. */
async function readAfterEach(open: () => AsyncGenerator<string>, stepAfter: (events: string[]) => ProviderStep) {
  const all = await eventsOf();
  const outcomes: string[] = [];
  for (let sent = 0; sent < all.length; sent += 1) {
    start(stepAfter(all.slice(0, sent)));
    const { seen, error } = await read(open());
    const fellOver = seen === words[second] && manager.status().keys[0]?.state === 'suspect';
    const isBeginning = words[first].startsWith(seen);
    outcomes.push(fellOver ? 'fell over' : isBeginning ? String(error) : `read ${seen}`);
  }
  return outcomes;
}

const failures: readonly (readonly [string, (events: string[]) => ProviderStep, string])[] = [
  ['an error event', (events) => ({ chunks: [...events, errorEvent] }), `APIError: ${overload}`],
  ['an early end', (events) => ({ chunks: events }), 'Error: The stream ended before its last event.'],
];

describe.each(Object.entries(forms))('%s', (form, open) => {
  /** Until how many events a failure falls over. There are three before the first text. */
  const buffered = form.endsWith('firstChunk') ? 0 : 3;

  it.each(failures)('falls over from %s until the first output, and passes it on afterwards', async (...failure) => {
    const [, stepAfter, message] = failure;
    const outcomes = await readAfterEach(open, stepAfter);
    expect(outcomes.slice(0, buffered + 1)).toEqual(Array(buffered + 1).fill('fell over'));
    expect(new Set(outcomes.slice(buffered + 1))).toEqual(new Set([message]));
  });

  it('is read to its end', async () => {
    start({ chunks: await eventsOf() });
    expect(await read(open())).toEqual({ seen: words[first], error: undefined });
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('falls over from a refused request', async () => {
    start('invalid-key');
    expect(await read(open())).toEqual({ seen: words[second], error: undefined });
    expect(manager.status().keys[0]?.state).toBe('disabled');
  });
});
