import { once } from 'node:events';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import OpenAI from 'openai';

/** Answers the questions of the parent process until it disconnects. */
export async function answerQuestions(store: KeyStateStore): Promise<void> {
  const isOver = once(process, 'disconnect');
  const keys = OpenAIKeyManager.fromEnv({ store, logger: console, logLevel: 'warn' });
  keys.on('key.cooled-down', ({ key, reason, isFromStore }) => {
    console.log(`${key.label} is cooling down (${reason})${isFromStore ? ', reported by another process' : ''}`);
    process.send?.({ cooledDown: key.label });
  });

  process.on('message', (question: string) => {
    void keys
      .retryWithFallback(async (apiKey, { keyId }) => {
        const client = new OpenAI({ apiKey, maxRetries: 0 });
        const messages = [{ role: 'user' as const, content: question }];
        const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
        const label = keys.status().keys.find((key) => key.keyId === keyId)?.label;
        return { answer: `${choices[0]?.message.content} (with ${label})` };
      })
      .then((reply) => process.send?.(reply));
  });

  // Loads the shared state, so that the first call does not try a key that is already unavailable.
  await keys.ready();
  for (const { label, state, sharedUsage } of keys.status().keys) {
    console.log(`${label} is ${state}, attempts by all processes: ${sharedUsage.attempts}`);
  }
  process.send?.({ isReady: true });

  await isOver;
  // Sends pending changes to the store.
  await keys.close();
}
