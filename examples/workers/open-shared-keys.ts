import { FileStore } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';

/** The keys of one worker, which knows what the other workers have learned. */
export interface SharedKeys {
  ask(prompt: string, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

export async function openSharedKeys(): Promise<SharedKeys> {
  // Each process and each thread opens a store of its own in the same directory.
  const store = new FileStore(process.env['STATE_DIR'] ?? '.api-key-state');
  const keys = OpenAIKeyManager.fromEnv({ store });
  // Reads what the others know, so that the first call tries no key that is known to fail.
  await keys.ready();

  return {
    ask: (prompt, signal) =>
      keys.retryWithFallback(
        async (openai, attempt) => {
          const body = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: prompt }] };
          const { choices } = await openai.chat.completions.create(body, { signal: attempt.signal });
          return choices[0]?.message.content ?? '';
        },
        { inject: 'client', maxRetries: 2, delay: 200, signal },
      ),
    async close() {
      // First the manager, which sends what the store does not have yet.
      await keys.close();
      await store.close();
    },
  };
}
