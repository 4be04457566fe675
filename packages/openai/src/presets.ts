import { azureOpenAI } from './presets/azure-openai.ts';
import { cerebras } from './presets/cerebras.ts';
import { deepseek } from './presets/deepseek.ts';
import { fireworks } from './presets/fireworks.ts';
import { gemini } from './presets/gemini.ts';
import { groq } from './presets/groq.ts';
import { litellm } from './presets/litellm.ts';
import { mistral } from './presets/mistral.ts';
import { moonshot } from './presets/moonshot.ts';
import { nim } from './presets/nim.ts';
import { ollama } from './presets/ollama.ts';
import { openrouter } from './presets/openrouter.ts';
import type { Preset } from './presets/preset.ts';
import { together } from './presets/together.ts';
import { vllm } from './presets/vllm.ts';
import { xai } from './presets/xai.ts';

/** The name of a server that `openAICompatible()` knows. */
export type PresetName =
  | 'azure-openai'
  | 'cerebras'
  | 'deepseek'
  | 'fireworks'
  | 'gemini'
  | 'groq'
  | 'litellm'
  | 'mistral'
  | 'moonshot'
  | 'nim'
  | 'ollama'
  | 'openrouter'
  | 'together'
  | 'vllm'
  | 'xai';

/** The servers that `openAICompatible()` knows by name. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  'azure-openai': azureOpenAI,
  cerebras,
  deepseek,
  fireworks,
  gemini,
  groq,
  litellm,
  mistral,
  moonshot,
  nim,
  ollama,
  openrouter,
  together,
  vllm,
  xai,
};
