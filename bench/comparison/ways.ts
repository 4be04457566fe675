import { createOpenAI } from '@ai-sdk/openai';
import { createKeyedFetch, registry } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { generateText, type LanguageModel } from 'ai';
import { createFallback } from 'ai-fallback';
import { createRetryableModel } from 'ai-retry/language-model';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll, retry, wrap } from 'cockatiel';
import OpenAI from 'openai';
import pRetry from 'p-retry';
import type { Way } from './way.ts';

const model = 'gpt-4o-mini';
const prompt = 'Olá';

function ask(client: OpenAI): Promise<unknown> {
  return client.chat.completions.create({ model, messages: [{ role: 'user', content: prompt }] });
}

function clientsOf(baseURL: string, keys: readonly string[]): OpenAI[] {
  return keys.map((apiKey) => new OpenAI({ apiKey, baseURL, maxRetries: 0 }));
}

function modelsOf(baseURL: string, keys: readonly string[]): ReturnType<ReturnType<typeof createOpenAI>['chat']>[] {
  // ai-retry tells models apart by the name of their provider.
  return keys.map((apiKey, index) => createOpenAI({ name: `openai-${index}`, apiKey, baseURL }).chat(model));
}

function generate(languageModel: LanguageModel): Promise<unknown> {
  return generateText({ model: languageModel, prompt, maxRetries: 0 });
}

const theClient: Way = {
  name: 'the `openai` client with one key',
  start: (baseURL, [apiKey = '']) => {
    const client = new OpenAI({ apiKey, baseURL });
    return () => ask(client);
  },
};

const pRetryNextKey: Way = {
  name: 'p-retry, the next key at each attempt',
  start: (baseURL, keys) => {
    const clients = clientsOf(baseURL, keys);
    const retries = keys.length - 1;
    return () => pRetry((attempt) => ask(clients[attempt - 1] as OpenAI), { retries });
  },
};

const cockatielBreakers: Way = {
  name: 'cockatiel, a breaker for each key',
  start: (baseURL, keys) => {
    const guarded = clientsOf(baseURL, keys).map((client) => {
      const breaker = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(3) });
      return { client, breaker };
    });
    const next = retry(handleAll, { maxAttempts: keys.length - 1 });
    return () => {
      const tried = new Set<OpenAI>();
      return next.execute(() => {
        const open = guarded.filter(({ client }) => !tried.has(client));
        const usable = open.find(({ breaker }) => breaker.state !== CircuitState.Open) ?? open[0] ?? guarded[0];
        if (!usable) throw new Error('No key is given.');
        tried.add(usable.client);
        return wrap(usable.breaker).execute(() => ask(usable.client));
      });
    };
  },
};

const aiFallback: Way = {
  name: 'ai-fallback, a model for each key',
  start: (baseURL, keys) => {
    const fallback = createFallback({ models: modelsOf(baseURL, keys) });
    return () => generate(fallback);
  },
};

function retryableOf(baseURL: string, keys: readonly string[]): LanguageModel {
  const [first, ...retries] = modelsOf(baseURL, keys);
  if (!first) throw new Error('No key is given.');
  return createRetryableModel({ model: first, retries });
}

const aiRetry: Way = {
  name: 'ai-retry, a model for each key',
  start: (baseURL, keys) => {
    const retryable = retryableOf(baseURL, keys);
    return () => generate(retryable);
  },
};

/** Calls that share a model also share which model is the current one. */
const aiRetryPerCall: Way = {
  name: 'ai-retry, a wrapper for each call',
  start: (baseURL, keys) => () => generate(retryableOf(baseURL, keys)),
};

const ours: Way = {
  name: 'API Key Fallback, the `openai` client',
  start: (baseURL, keys) => {
    const manager = new OpenAIKeyManager(keys, { logger: false, store: false });
    return () => manager.retryWithFallback((apiKey) => ask(new OpenAI({ apiKey, baseURL, maxRetries: 0 })));
  },
};

const oursInAiSdk: Way = {
  name: 'API Key Fallback, the AI SDK',
  start: (baseURL, keys) => {
    const manager = new OpenAIKeyManager(keys, { logger: false, store: false });
    registry.unregister('openai');
    registry.register(manager);
    const fetch = createKeyedFetch({ provider: 'openai' });
    const keyed = createOpenAI({ apiKey: 'unused', baseURL, fetch }).chat(model);
    return () => generate(keyed);
  },
};

/** Each library as its documentation suggests, with its defaults. */
export const ways: readonly Way[] = [
  theClient,
  pRetryNextKey,
  cockatielBreakers,
  aiFallback,
  aiRetry,
  aiRetryPerCall,
  ours,
  oursInAiSdk,
];
