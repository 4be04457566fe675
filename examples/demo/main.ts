import { parseArgs } from 'node:util';
import { injectKeys, NoApiKeysError, registry } from '@api-key-fallback/core';
import { printKeys } from './print-keys.ts';
import { runCases } from './run-cases.ts';
import { ChatService, VideoService } from './services.ts';

const { values } = parseArgs({
  options: { lang: { type: 'string', default: 'en' }, live: { type: 'boolean', default: false } },
});
if (values.lang !== 'en' && values.lang !== 'pt-BR') {
  throw new TypeError(`--lang must be en or pt-BR, not ${values.lang}.`);
}

/** Makes one real call per provider, with the keys from the environment and the .env files. */
async function runLive(): Promise<void> {
  const calls = {
    openai: () => injectKeys(new ChatService()).chat('Olá, como você está?'),
    youtube: () => injectKeys(new VideoService()).titleOf('dQw4w9WgXcQ'),
  };
  for (const provider of ['openai', 'youtube'] as const) {
    try {
      const manager = registry.get(provider);
      await calls[provider]().then(console.log, (error: unknown) => console.log(String(error)));
      printKeys(manager.status().keys);
    } catch (error) {
      if (!NoApiKeysError.isInstance(error)) throw error;
      console.log(error.message);
    }
  }
}

if (values.live) {
  process.env['API_KEY_FALLBACK_LOCALE'] = values.lang;
  await runLive();
} else {
  await runCases(values.lang);
}
