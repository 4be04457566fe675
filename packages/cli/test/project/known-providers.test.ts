import { anthropicAdapter } from '@api-key-fallback/anthropic';
import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { geminiAdapter } from '@api-key-fallback/gemini';
import { openAICompatible, openaiAdapter, type PresetName } from '@api-key-fallback/openai';
import { rapidApiAdapter } from '@api-key-fallback/rapidapi';
import { youtubeAdapter } from '@api-key-fallback/youtube';
import { expect, it } from 'vitest';
import { knownProviders } from '../../src/project/known-providers.ts';

const adapters: readonly ProviderAdapter[] = [
  openaiAdapter,
  anthropicAdapter,
  geminiAdapter,
  youtubeAdapter,
  rapidApiAdapter,
] as readonly ProviderAdapter[];

function adapterOf(name: string): ProviderAdapter {
  const baseURL = 'https://example.openai.azure.com/openai/v1';
  return adapters.find((adapter) => adapter.name === name) ?? openAICompatible(name as PresetName, { baseURL });
}

it.each(knownProviders)('knows $name as its adapter does', ({ name, displayName, env, keyPattern, adapterExport }) => {
  const adapter = adapterOf(name);
  expect({ displayName, env }).toEqual({ displayName: adapter.displayName, env: adapter.env });
  // A key that the adapter takes for one of another provider must not pass here.
  const examples = ['sk-proj-0123', 'sk-ant-0123', 'AIzaSy0123', 'AQ.0123'].filter((key) => keyPattern?.test(key));
  expect(examples.filter((key) => adapter.keyPattern?.test(key) === false)).toEqual([]);
  expect(adapterExport === undefined).toBe(!adapters.includes(adapter));
});
