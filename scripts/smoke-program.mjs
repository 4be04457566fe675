import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  createKeyedFetch,
  FileStore,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  wrapWithFallback,
} from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer } from '@api-key-fallback/testing';
import OpenAI from 'openai';

// Runs on every supported Node, so it is plain JavaScript: Node cannot run decorators, and the decorator is called by hand.

const working = 'sk-example-working';
const messages = [{ role: 'user', content: 'ping' }];
const server = await startProviderServer({
  keys: { [working]: ['ok'] },
  otherwise: 'invalid-key',
  reply: 'pong',
});
const baseURL = server.openaiBaseURL;
const options = { provider: 'openai', maxRetries: 1 };

async function chat(apiKey) {
  const client = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
  const completion = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
  return completion.choices[0]?.message.content;
}

/** Returns two keys of which the provider refuses the first. Each call gets a new one, since what is known of a key stays. */
function keys(name) {
  return [`sk-example-refused-${name}`, working];
}

function register(name) {
  registry.register(new OpenAIKeyManager(keys(name)), { replace: true });
}

register('wrapped');
assert.equal(await wrapWithFallback(chat, options)(), 'pong', 'a wrapped function');

class ChatService {
  chat(apiKey) {
    return chat(apiKey);
  }
}
const method = Object.getOwnPropertyDescriptor(ChatService.prototype, 'chat');
Object.defineProperty(
  ChatService.prototype,
  'chat',
  retryWithApiKeyFallback(options)(ChatService.prototype, 'chat', method) ?? method,
);
register('decorated');
assert.equal(await injectKeys(new ChatService()).chat(), 'pong', 'a decorated method');

register('fetched');
const client = new OpenAI({ apiKey: 'unused', baseURL, fetch: createKeyedFetch(options), maxRetries: 0 });
const completion = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
assert.equal(completion.choices[0]?.message.content, 'pong', 'a keyed fetch');

const folder = join(import.meta.dirname, 'key-state');
const first = new OpenAIKeyManager(keys('stored'), { store: new FileStore(folder) });
assert.equal(await first.retryWithFallback(chat, { maxRetries: 1 }), 'pong', 'a manager with a store');
await first.close();
const second = new OpenAIKeyManager(keys('stored'), { store: new FileStore(folder) });
await second.ready();
assert.deepEqual(
  second.status().keys.map(({ state }) => state),
  ['disabled', 'healthy'],
  'what the file store kept',
);
await second.close();
assert.equal(server.requestCount(), 8, 'each call tried both keys');

const required = createRequire(import.meta.url)('@api-key-fallback/core');
assert.equal(required.registry, registry, 'require() and import have one core');

await server.close();
console.log(`Node ${process.version} on ${process.platform}: 4 fall-overs, a file store and require() work`);
