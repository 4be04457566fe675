import { once } from 'node:events';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import OpenAI from 'openai';

/** What a worker does: it answers each question that the parent process sends, until the parent disconnects. */
export async function answerQuestions(store: KeyStateStore): Promise<void> {
  const isOver = once(process, 'disconnect');
  const keys = OpenAIKeyManager.fromEnv({ store, logger: console, logLevel: 'warn' });
  keys.on('key.cooled-down', ({ key, reason, isFromStore }) => {
    console.log(`${key.label} is out (${reason})${isFromStore ? ', as another process has found' : ''}`);
    process.send?.({ out: key.label });
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

  // Without this the first call may try a key that other processes know to be out.
  await keys.ready();
  for (const { label, state, sharedUsage } of keys.status().keys) {
    console.log(`${label} is ${state}, attempts by all processes: ${sharedUsage.attempts}`);
  }
  process.send?.({ isReady: true });

  await isOver;
  // Hands over what the store does not have yet.
  await keys.close();
}
