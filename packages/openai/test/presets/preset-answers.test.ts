import { ApiKeyManager, callWithFallback } from '@api-key-fallback/core';
import {
  classifyByRules,
  defineAdapter,
  readFailure,
  type ErrorRule,
  type ErrorTable,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import { startProviderServer } from '@api-key-fallback/testing';
import type { OpenAI } from 'openai';
import { describe, expect, it } from 'vitest';
import { affectedByOpenAI } from '../../src/classify-openai-error.ts';
import { openaiAdapter } from '../../src/index.ts';
import { openaiErrorRules } from '../../src/openai-error-rules.ts';
import { azureOpenAI } from '../../src/presets/azure-openai.ts';
import { cerebras } from '../../src/presets/cerebras.ts';
import { deepseek } from '../../src/presets/deepseek.ts';
import { fireworks } from '../../src/presets/fireworks.ts';
import { gemini } from '../../src/presets/gemini.ts';
import { groq } from '../../src/presets/groq.ts';
import { litellm } from '../../src/presets/litellm.ts';
import { mistral } from '../../src/presets/mistral.ts';
import { moonshot } from '../../src/presets/moonshot.ts';
import { nim } from '../../src/presets/nim.ts';
import { ollama } from '../../src/presets/ollama.ts';
import { openrouter } from '../../src/presets/openrouter.ts';
import type { Preset } from '../../src/presets/preset.ts';
import { together } from '../../src/presets/together.ts';
import { vllm } from '../../src/presets/vllm.ts';
import { xai } from '../../src/presets/xai.ts';
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

interface Case {
  readonly preset: Preset;
  readonly answers: readonly PresetAnswer[];
}

const cases: readonly Case[] = [
  { preset: azureOpenAI, answers: azureOpenAIAnswers },
  { preset: cerebras, answers: cerebrasAnswers },
  { preset: deepseek, answers: deepseekAnswers },
  { preset: fireworks, answers: fireworksAnswers },
  { preset: gemini, answers: geminiAnswers },
  { preset: groq, answers: groqAnswers },
  { preset: litellm, answers: litellmAnswers },
  { preset: mistral, answers: mistralAnswers },
  { preset: moonshot, answers: moonshotAnswers },
  { preset: nim, answers: nimAnswers },
  { preset: ollama, answers: ollamaAnswers },
  { preset: openrouter, answers: openrouterAnswers },
  { preset: together, answers: togetherAnswers },
  { preset: vllm, answers: vllmAnswers },
  { preset: xai, answers: xaiAnswers },
];

const now = Date.parse('2026-07-01T12:00:00Z');

function adapterFor({ displayName, rules, limitWindows, limitsRefill, affected }: Preset): ProviderAdapter<OpenAI> {
  const table: ErrorTable = {
    rules: [...rules, ...openaiErrorRules],
    limits: { ...(limitWindows && { windows: limitWindows }), ...(limitsRefill && { refills: limitsRefill }) },
    affected: affected ?? affectedByOpenAI,
  };
  return defineAdapter<OpenAI>({
    ...openaiAdapter,
    displayName,
    keyPattern: /./,
    classifyError: (error, context) => classifyByRules(readFailure(error), context, table),
  });
}

describe.each(cases)('$preset.displayName', ({ preset, answers }) => {
  const adapter = adapterFor(preset);

  it.each(answers)('classifies $name', async ({ status, headers = {}, body, expected }) => {
    const { resetsInMs, retryAfterMs, ...rest } = expected;
    const error = await provokeOpenAIError({ status, headers, body });
    const verdict: Record<string, unknown> = { ...adapter.classifyError(error, { now }) };
    expect(verdict).toMatchObject({ ...rest, ...(resetsInMs !== undefined && { resetsAtMs: now + resetsInMs }) });
    expect(verdict['retryAfterMs']).toBe(retryAfterMs);
  });

  it('serves a call although every key before the last one is dead or spent', async () => {
    const dead = answers.filter(({ expected }) => ['invalid-key', 'quota-exhausted'].includes(expected.kind));
    // vLLM knows a single one.
    expect(dead.length).toBeGreaterThanOrEqual(preset === vllm ? 1 : 3);
    const steps = dead.map(({ status, headers = {}, body }) => ({ status, headers, body }));
    const keys = [...steps.map((_, index) => `key-0123456789-${index}`), 'key-0123456789-healthy'];
    const server = await startProviderServer({
      keys: Object.fromEntries(keys.map((key, index) => [key, [steps[index] ?? ('ok' as const)]])),
    });
    try {
      const clientOptions = { baseURL: server.openaiBaseURL };
      const manager = new ApiKeyManager(adapter, keys, { clientOptions, logger: false });
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
