import { AllKeysFailedError, injectKeys, registry, type Locale } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { printKeys } from './print-keys.ts';
import { ChatService, VideoService } from './services.ts';

const titles = {
  en: {
    rateLimit: 'Rate limit',
    invalidKey: 'Invalid key',
    network: 'Network failure',
    exhausted: 'All keys exhausted',
    answer: 'Answer',
    failed: 'Failed',
  },
  'pt-BR': {
    rateLimit: 'Limite de requisições',
    invalidKey: 'Chave inválida',
    network: 'Falha de rede',
    exhausted: 'Todas as chaves esgotadas',
    answer: 'Resposta',
    failed: 'Falhou',
  },
} as const;

/** Plays four failures with the real clients against a server on this machine. */
export async function runCases(locale: Locale): Promise<void> {
  // The user's own keys must not reach the demo server, and requests to it must not go through a proxy.
  for (const name of Object.keys(process.env)) if (/^(?:OPENAI|YOUTUBE)_|_PROXY$/i.test(name)) delete process.env[name];

  const title = titles[locale];
  const server = await startProviderServer({ keys: {} });
  const directory = import.meta.dirname;
  const logLevel = 'info';
  const openai = OpenAIKeyManager.fromEnv({ directory, locale, logLevel });
  const youtube = YouTubeKeyManager.fromEnv({
    directory,
    locale,
    logLevel,
    clientOptions: { rootUrl: server.youtubeRootUrl },
  });
  registry.register(openai, { replace: true });
  registry.register(youtube, { replace: true });
  const chats = injectKeys(new ChatService(server.openaiBaseURL));
  const videos = injectKeys(new VideoService());

  async function play(
    name: string,
    manager: OpenAIKeyManager | YouTubeKeyManager,
    steps: ProviderStep[],
    call: () => Promise<string>,
  ) {
    console.log(`\n— ${name} —`);
    manager.reset();
    for (const [index, key] of manager.getAllKeys().entries()) server.script(key, [steps[index] ?? 'ok']);
    try {
      console.log(`${title.answer}: ${await call()}`);
    } catch (error) {
      if (!AllKeysFailedError.isInstance(error)) throw error;
      console.log(
        `${title.failed}: ${error.name}, ${error.reason}, retryAfterMs ${error.retryAfterMs}, ${error.attempts.length} attempts`,
      );
    }
  }

  await play(title.rateLimit, openai, ['rate-limited'], () => chats.chat('Olá, como você está?'));
  await play(title.invalidKey, openai, ['invalid-key'], () => chats.chat('Olá, como você está?'));
  await play(title.network, youtube, ['reset'], () => videos.titleOf('dQw4w9WgXcQ'));
  const limited: ProviderStep[] = ['rate-limited', 'rate-limited', 'rate-limited', 'rate-limited'];
  await play(title.exhausted, openai, limited, () => chats.chat('Olá, como você está?'));

  for (const manager of [openai, youtube]) {
    const { displayName, keys } = manager.status();
    console.log(`\n${displayName}`);
    printKeys(
      keys,
      manager.getAllKeys().map((key) => server.requestCount(key)),
    );
  }
  await server.close();
}
