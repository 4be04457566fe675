import { injectKeys, NoApiKeysError, registry, type KeyManagerOptions, type Locale } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { reportCall } from './report-call.ts';
import { logger, say, sayTitle } from './say.ts';
import { ChatService, VideoService } from './services.ts';
import { texts } from './texts.ts';

/** Makes one real call per provider, with the keys from the environment and the .env files. */
export async function runLive(locale: Locale): Promise<void> {
  const text = texts[locale];
  const options: Pick<KeyManagerOptions, 'locale' | 'logger'> = { locale, logger };
  const chats = injectKeys(new ChatService(process.env['OPENAI_BASE_URL']));
  const videos = injectKeys(new VideoService());
  const providers = [
    {
      title: 'OpenAI',
      variable: 'OPENAI_API_KEY',
      create: () => OpenAIKeyManager.fromEnv(options),
      call: () => chats.chat(text.prompt),
    },
    {
      title: 'YouTube',
      variable: 'YOUTUBE_API_KEY',
      create: () => YouTubeKeyManager.fromEnv(options),
      call: () => videos.titleOf('dQw4w9WgXcQ'),
    },
  ];
  for (const { title, variable, create, call } of providers) {
    sayTitle(title);
    try {
      const manager = create();
      registry.register(manager);
      await reportCall(manager, call, locale);
    } catch (error) {
      if (!NoApiKeysError.isInstance(error)) throw error;
      say(text.setKeys(variable));
    }
  }
}
