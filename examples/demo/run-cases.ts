import { injectKeys, registry, type KeyManagerOptions, type Locale } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { reportCall } from './report-call.ts';
import { logger, say, sayTitle } from './say.ts';
import { ChatService, VideoService } from './services.ts';
import { texts } from './texts.ts';

function limitedFor(seconds: number): ProviderStep {
  const error = { message: 'Rate limit exceeded', type: 'requests', code: 'rate_limit_exceeded' };
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: { error } };
}

/** Plays four failures with the real clients against a server on this machine. */
export async function runCases(locale: Locale): Promise<void> {
  // The user's own keys must not reach the demo server, and requests to it must not go through a proxy.
  for (const name of Object.keys(process.env)) if (/^(?:OPENAI|YOUTUBE)_|_PROXY$/i.test(name)) delete process.env[name];

  const text = texts[locale];
  const { rateLimit, invalidKey, network, exhausted } = text;
  const server = await startProviderServer({ reply: text.reply });
  const chats = injectKeys(new ChatService(server.openaiBaseURL));
  const videos = injectKeys(new VideoService());

  // Each case has a manager of its own, which knows nothing of the case before.
  const options = {
    directory: import.meta.dirname,
    locale,
    logger,
    logLevel: 'info',
    store: false,
  } satisfies KeyManagerOptions & { directory: string };
  const clientOptions = { rootUrl: server.youtubeRootUrl };
  const providers = {
    openai: { create: () => OpenAIKeyManager.fromEnv(options), call: () => chats.chat(text.prompt) },
    youtube: {
      create: () => YouTubeKeyManager.fromEnv({ ...options, clientOptions }),
      call: () => videos.titleOf('dQw4w9WgXcQ'),
    },
  };

  async function play(
    { title, narration }: { readonly title: string; readonly narration: string },
    provider: keyof typeof providers,
    steps: readonly ProviderStep[],
  ): Promise<void> {
    const { create, call } = providers[provider];
    const manager = create();
    // Not replaced: each case starts with healthy keys.
    registry.unregister(provider);
    registry.register(manager);
    for (const [index, key] of manager.getAllKeys().entries()) server.script(key, [steps[index] ?? 'ok']);
    sayTitle(title);
    say(`${narration}\n`);
    await reportCall(manager, call, locale);
    await manager.close();
  }

  say(text.intro);
  await play(rateLimit, 'openai', [limitedFor(20)]);
  await play(invalidKey, 'youtube', ['invalid-key']);
  await play(network, 'openai', ['reset']);
  await play(exhausted, 'openai', [30, 45, 60, 15].map(limitedFor));
  say(`\n${text.outro}`);
  await server.close();
}
