import { callWithFallback } from '@api-key-fallback/core';
import type { ErrorRule } from '@api-key-fallback/core/adapter';
import { startProviderServer } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { openAICompatible } from '../../src/index.ts';
import { presets, type PresetName } from '../../src/presets.ts';
import { provokeOpenAIError } from '../provoke-openai-error.ts';
import { azureOpenAIAnswers } from './azure-openai-answers.ts';
import { cerebrasAnswers } from './cerebras-answers.ts';
import { deepseekAnswers } from './deepseek-answers.ts';
import { fireworksAnswers } from './fireworks-answers.ts';
import { geminiAnswers } from './gemini-answers.ts';
import { groqAnswers } from './groq-answers.ts';
import { litellmAnswers } from './litellm-answers.ts';
import { mistralAnswers } from './mistral-answers.ts';
import { moonshotAnswers } from './moonshot-answers.ts';
import { nimAnswers } from './nim-answers.ts';
import { ollamaAnswers } from './ollama-answers.ts';
import { openrouterAnswers } from './openrouter-answers.ts';
import type { PresetAnswer } from './preset-answer.ts';
import { togetherAnswers } from './together-answers.ts';
import { vllmAnswers } from './vllm-answers.ts';
import { xaiAnswers } from './xai-answers.ts';

const answersOf: Readonly<Record<PresetName, readonly PresetAnswer[]>> = {
  'azure-openai': azureOpenAIAnswers,
  cerebras: cerebrasAnswers,
  deepseek: deepseekAnswers,
  fireworks: fireworksAnswers,
  gemini: geminiAnswers,
  groq: groqAnswers,
  litellm: litellmAnswers,
  mistral: mistralAnswers,
  moonshot: moonshotAnswers,
  nim: nimAnswers,
  ollama: ollamaAnswers,
  openrouter: openrouterAnswers,
  together: togetherAnswers,
  vllm: vllmAnswers,
  xai: xaiAnswers,
};

const now = Date.parse('2026-07-01T12:00:00Z');

const cases = Object.entries(answersOf).map(([name, answers]) => ({ name: name as PresetName, answers }));

describe.each(cases)('$name', ({ name, answers }) => {
  const preset = presets[name];
  const adapter = openAICompatible(name, { baseURL: 'http://127.0.0.1:1/v1' });
  const unknown = openAICompatible({ name: 'acme', baseURL: 'http://127.0.0.1:1/v1', env: 'ACME_API_KEY' });

  it.each(answers)('classifies $name', async ({ status, headers = {}, body, expected }) => {
    const { resetsInMs, retryAfterMs, ...rest } = expected;
    const error = await provokeOpenAIError({ status, headers, body });
    const verdict: Record<string, unknown> = { ...adapter.classifyError(error, { now }) };
    expect(verdict).toMatchObject({ ...rest, ...(resetsInMs !== undefined && { resetsAtMs: now + resetsInMs }) });
    expect(verdict['retryAfterMs']).toBe(retryAfterMs);
  });

  it('is judged alike under another name, unless its status alone decides', async () => {
    const byStatus = preset.rules
      .filter(({ codes, text, when }) => !(codes ?? text ?? when))
      .map(({ reason }) => reason);
    for (const { status, headers = {}, body, expected } of answers) {
      if (byStatus.includes(expected.reason)) continue;
      const error = await provokeOpenAIError({ status, headers, body });
      expect(unknown.classifyError(error, { now })).toMatchObject({ kind: expected.kind });
    }
  });

  it('serves a call although every key before the last one is dead or spent', async () => {
    const dead = answers.filter(({ expected }) => ['invalid-key', 'quota-exhausted'].includes(expected.kind));
    // vLLM knows a single one.
    expect(dead.length).toBeGreaterThanOrEqual(name === 'vllm' ? 1 : 3);
    const steps = dead.map(({ status, headers = {}, body }) => ({ status, headers, body }));
    const keys = [...steps.map((_, index) => `key-0123456789-${index}`), 'key-0123456789-healthy'];
    const server = await startProviderServer({
      keys: Object.fromEntries(keys.map((key, index) => [key, [steps[index] ?? ('ok' as const)]])),
    });
    try {
      const clientOptions = { baseURL: server.openaiBaseURL };
      const manager = adapter.createKeyManager({ keys, clientOptions, logger: false });
      const messages = [{ role: 'user' as const, content: 'Hello' }];
      const completion = await callWithFallback(
        manager,
        (client) => client.chat.completions.create({ model: 'any', messages }),
        { inject: 'client' },
      );
      expect(completion.choices[0]?.message.content).toBe('You said: Hello');
      expect(keys.map((key) => server.requestCount(key))).toEqual(keys.map(() => 1));
    } finally {
      await server.close();
    }
  });

  it('states the source of every rule', () => {
    const hasSource = ({ source }: ErrorRule) => URL.canParse(source);
    expect(preset.rules.filter((rule) => !hasSource(rule))).toEqual([]);
    expect(URL.canParse(preset.documentation)).toBe(true);
  });

  it('has no verdict on an error inside a stream that names nothing', async () => {
    const chunks = ['data: {"error":{"message":"Something went wrong"}}\n\n'];
    const error = await provokeOpenAIError({ chunks }, { stream: 'chat' });
    expect(adapter.classifyError(error, { now })).toBeUndefined();
  });
});
