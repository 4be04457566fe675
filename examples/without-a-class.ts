// Fallback for a plain function, and the status of the keys after the call.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx pnpm@12 example examples/without-a-class.ts
import { AllKeysFailedError } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import OpenAI from 'openai';

const keys = OpenAIKeyManager.fromEnv();
keys.on('key.disabled', ({ key, reason }) => console.log(`Replace ${key.label}: ${reason}`));

try {
  const models = await keys.retryWithFallback(
    async (apiKey) => (await new OpenAI({ apiKey, maxRetries: 0 }).models.list()).data.map(({ id }) => id),
    { maxRetries: 2, delay: 500, backoff: 'exponential' },
  );
  console.log('Models:', models.join(', '));
} catch (error) {
  if (!AllKeysFailedError.isInstance(error)) throw error;
  console.log(`No key left (${error.reason}). Retry after: ${error.retryAfterMs ?? 'unknown'} ms`);
}

for (const { label, masked, state, usage } of keys.status().keys) {
  console.log(`${label} ${masked} ${state}: ${usage.successes} of ${usage.attempts} attempts succeeded`);
}
